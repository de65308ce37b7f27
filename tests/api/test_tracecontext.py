"""A trace is continued where its header is valid, and begun anew where it is not: the W3C's rules as tables."""

from __future__ import annotations

import pytest

from hct_kg.api.tracecontext import LONGEST_STATE, trace_context

TRACE, SPAN = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
GOOD = f"00-{TRACE}-{SPAN}-01".encode()


@pytest.mark.parametrize(
    ("parent", "flags"),
    [
        (f"00-{TRACE}-{SPAN}-00", 0),
        (f"00-{TRACE}-{SPAN}-01", 1),
        (f"00-{TRACE}-{SPAN}-03", 3),
        (f"00-{TRACE}-{SPAN}-fd", 1),
        (f"01-{TRACE}-{SPAN}-01", 1),
        (f"cc-{TRACE}-{SPAN}-01-what-the-future-will-be-like", 1),
        (f"cc-{TRACE}-{SPAN}-01-", 1),
    ],
)
def test_a_valid_trace_is_continued_by_a_span_of_ours(parent: str, flags: int) -> None:
    context = trace_context([parent.encode()], [])
    assert context.trace_id == TRACE
    assert context.span_id != SPAN
    assert len(bytes.fromhex(context.span_id)) == 8
    assert context.traceparent == f"00-{TRACE}-{context.span_id}-{flags:02x}"


@pytest.mark.parametrize(
    "parents",
    [
        [],
        [b""],
        [b"rubbish"],
        [GOOD, GOOD],
        [GOOD + b"-more"],
        [GOOD + b" "],
        [GOOD + b"\n"],
        [GOOD.upper()],
        [GOOD[:-1]],
        [GOOD.replace(b"0af7", b"0ag7")],
        [f"ff-{TRACE}-{SPAN}-01".encode()],
        [f"cc-{TRACE}-{SPAN}-01.what".encode()],
        [f"00-{'0' * 32}-{SPAN}-01".encode()],
        [f"00-{TRACE}-{'0' * 16}-01".encode()],
        [f"00_{TRACE}_{SPAN}_01".encode()],
        [b"00-\xff\xfe" + GOOD[5:]],
    ],
)
def test_what_is_no_traceparent_begins_a_new_trace(parents: list[bytes]) -> None:
    first, second = trace_context(parents, [b"a=1"]), trace_context(parents, [b"a=1"])
    assert TRACE not in (first.trace_id, second.trace_id)
    assert first.trace_id != second.trace_id
    assert [len(bytes.fromhex(part)) for part in (first.trace_id, first.span_id)] == [16, 8]
    assert first.state == ""


@pytest.mark.parametrize(
    ("states", "kept"),
    [
        ([], ""),
        ([b"rojo=00f067aa0ba902b7,congo=t61rcWkgMzE"], "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE"),
        ([b"a=1", b"b=2"], "a=1,b=2"),
        ([b"a=" + b"x" * (LONGEST_STATE - 2)], "a=" + "x" * (LONGEST_STATE - 2)),
        ([b"a=" + b"x" * LONGEST_STATE], ""),
        ([b"a=\xff"], ""),
        ([b"a=\n"], ""),
    ],
)
def test_the_state_of_tracers_is_passed_on_as_it_is_or_dropped(states: list[bytes], kept: str) -> None:
    assert trace_context([GOOD], states).state == kept

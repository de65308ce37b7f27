"""Frames, errors and requests arrive as they were sent."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hct_kg.errors import HctError, NotAcceptable, QuerySyntaxError, QueryTimeout, RdfSyntaxError
from hct_kg.store.formats import CSV, FORMATS, Format
from hct_kg.store.frames import FrameReader, FrameSource, Kind, frame, write_all
from hct_kg.store.values import GraphChange, GraphRequest, Limits, Payload, QueryAnswer, QueryRequest, Request, Update
from hct_kg.store.wire import (
    read_end,
    read_error,
    read_limits,
    read_request,
    write_end,
    write_error,
    write_limits,
    write_request,
)

texts = st.text(st.characters(exclude_categories=["Cs"]))
graphs = st.lists(texts, max_size=3).map(tuple)
forms = st.none() | st.sampled_from(list(FORMATS.values()))


@given(st.builds(QueryRequest, texts, graphs, graphs, forms, forms, st.booleans()))
def test_a_query_arrives_with_its_graphs_and_formats(request: QueryRequest) -> None:
    assert read_request(write_request(request)) == request


@pytest.mark.parametrize(
    "request_",
    [
        GraphRequest(None, CSV, whole=True, stream=True),
        Update("? {\n}", ("urn:a",), ("urn:b", "urn:c")),
        GraphChange("replace", "urn:g", (Payload(b"\n1", CSV), Payload(b"", CSV))),
    ],
)
def test_other_requests_arrive(request_: Request) -> None:
    assert read_request(write_request(request_)) == request_


@given(st.lists(st.tuples(st.sampled_from(Kind), st.binary(max_size=40))), st.integers(1, 50))
def test_frames_are_found_in_pieces_of_any_size(frames: list[tuple[Kind, bytes]], size: int) -> None:
    stream = b"".join(piece for item in frames for piece in frame(*item))
    reader = FrameReader()
    pieces = [stream[start : start + size] for start in range(0, len(stream), size)]
    assert [item for piece in pieces for item in reader.feed(piece)] == frames


def test_a_stream_that_ends_within_a_frame_holds_no_frame() -> None:
    ours, theirs = os.pipe()
    write_all(theirs, [*frame(Kind.REQUEST, b"who", b"le"), *frame(Kind.REQUEST, b"part", b"ing")[:-1]])
    os.close(theirs)
    source = FrameSource(ours)
    assert [source.read(), source.read()] == [b"whole", None]
    os.close(ours)


@pytest.mark.parametrize(
    "error",
    [
        QueryTimeout("too long"),
        QuerySyntaxError("no", 3, 7),
        NotAcceptable("none", ["text/csv"]),
        RdfSyntaxError("no", Path("data/a.ttl"), 2, 5),
    ],
)
def test_an_error_arrives_with_all_that_it_says(error: HctError) -> None:
    arrived = read_error(write_error(error))
    assert (type(arrived), str(arrived), vars(arrived)) == (type(error), str(error), vars(error))


def test_frames_that_come_in_one_piece_are_read_one_by_one() -> None:
    ours, theirs = os.pipe()
    write_all(theirs, [*frame(Kind.REQUEST, b"one"), *frame(Kind.REQUEST), *frame(Kind.REQUEST, b"three")])
    os.close(theirs)
    source = FrameSource(ours)
    assert [source.read() for _ in range(4)] == [b"one", b"", b"three", None]
    os.close(ours)


def test_a_frame_longer_than_a_pipe_is_written_and_read_whole() -> None:
    ours, theirs = os.pipe()
    body = bytes(range(256)) * 4000
    with ThreadPoolExecutor() as pool:
        pool.submit(write_all, theirs, frame(Kind.REQUEST, body[:7], body[7:]))
        assert FrameSource(ours).read() == body
    os.close(ours)
    os.close(theirs)


@pytest.mark.parametrize("form", FORMATS.values(), ids=lambda form: form.name)
@pytest.mark.parametrize(("existed", "spent"), [(True, False), (False, True)])
def test_the_end_of_an_answer_arrives_with_its_bytes(form: Format, existed: bool, spent: bool) -> None:
    answer = QueryAnswer(b"bytes", form, 1 << 40, 0.25, existed)
    assert read_end(write_end(answer, spent) + answer.body) == (answer, spent)


def test_limits_arrive() -> None:
    limits = Limits(0.5, 1, 2, 3)
    assert read_limits(write_limits(limits)) == limits

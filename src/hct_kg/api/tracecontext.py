"""W3C trace context: continue the trace that a request belongs to, or begin one; pure functions.

https://www.w3.org/TR/trace-context/. No spans are recorded here: the ids tie our log lines to the traces of
whoever calls, and are there to be passed on to whatever is called for the request.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass

VERSION = "00"
TRACE_BYTES, SPAN_BYTES = 16, 8
KNOWN_FLAGS = 0b11
"""`sampled` (level 1) and `random` (level 2); the others are reserved, and sent as zero."""
LONGEST_STATE = 512
TRACEPARENT = re.compile(
    rb"(?P<version>[0-9a-f]{2})-(?P<trace>[0-9a-f]{32})-(?P<span>[0-9a-f]{16})-(?P<flags>[0-9a-f]{2})(?P<rest>-.*)?"
)
TRACESTATE = re.compile(rb"[\x20-\x7e\t]+")


@dataclass(frozen=True, slots=True)
class TraceContext:
    """A trace (32 hex digits), our span in it (16), its flags, and what tracers say to one another."""

    trace_id: str
    span_id: str
    flags: int = 0
    state: str = ""

    @property
    def traceparent(self) -> str:
        """Return the header that names this span as the parent."""
        return f"{VERSION}-{self.trace_id}-{self.span_id}-{self.flags:02x}"


def trace_context(parents: Sequence[bytes], states: Sequence[bytes]) -> TraceContext:
    """Return our span of the trace that the headers name; of a new trace where they name none.

    What cannot be read is as good as missing; `tracestate` counts only beside a good `traceparent`.
    """
    match = TRACEPARENT.fullmatch(parents[0]) if len(parents) == 1 else None
    if match is None or not usable(match):
        return TraceContext(random_id(TRACE_BYTES), random_id(SPAN_BYTES))
    flags = int(match["flags"], 16) & KNOWN_FLAGS
    return TraceContext(match["trace"].decode(), random_id(SPAN_BYTES), flags, read_state(states))


def usable(match: re.Match[bytes]) -> bool:
    """Tell whether a traceparent is valid beyond its letters; a later version may have more at its end."""
    if match["version"] == b"ff" or (match["version"] == VERSION.encode() and match["rest"] is not None):
        return False
    return match["trace"].strip(b"0") != b"" and match["span"].strip(b"0") != b""


def read_state(states: Sequence[bytes]) -> str:
    """Return the tracestate to pass on; one that is too long or not of printable letters is dropped."""
    state = b",".join(states)
    return state.decode("ascii") if len(state) <= LONGEST_STATE and TRACESTATE.fullmatch(state) else ""


def random_id(size: int) -> str:
    """Return a random id of so many bytes, in hex; unique rather than secret."""
    return random.randbytes(size).hex()  # noqa: S311 - nothing is kept from anyone by these ids

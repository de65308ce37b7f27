"""Frames, errors and requests arrive as they were sent."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hct_kg.errors import HctError, NotAcceptable, QuerySyntaxError, QueryTimeout, RdfSyntaxError
from hct_kg.store.formats import CSV
from hct_kg.store.frames import FrameReader, Kind, frame, read_frame, write_frames
from hct_kg.store.values import Limits, QueryRequest
from hct_kg.store.wire import (
    read_error,
    read_limits,
    read_request,
    write_error,
    write_limits,
    write_request,
)


@given(st.lists(st.tuples(st.sampled_from(Kind), st.binary(max_size=40))), st.integers(1, 50))
def test_frames_are_found_in_pieces_of_any_size(frames: list[tuple[Kind, bytes]], size: int) -> None:
    stream = b"".join(frame(*item) for item in frames)
    reader = FrameReader()
    pieces = [stream[start : start + size] for start in range(0, len(stream), size)]
    assert [item for piece in pieces for item in reader.feed(piece)] == frames


def test_a_stream_that_ends_within_a_frame_holds_no_frame() -> None:
    ours, theirs = os.pipe()
    write_frames(theirs, [frame(Kind.REQUEST, b"whole"), frame(Kind.REQUEST, b"part")[:-1]])
    os.close(theirs)
    assert [read_frame(ours), read_frame(ours)] == [b"whole", None]
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


def test_requests_and_limits_arrive() -> None:
    request = QueryRequest("ASK { ?s ?p '\N{SNOWMAN}' }", ("https://example.org/a",), row_format=CSV, graph_format=None)
    limits = Limits(0.5, 1, 2, 3)
    assert read_request(write_request(request)) == request
    assert read_limits(write_limits(limits)) == limits

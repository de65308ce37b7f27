"""How server and worker talk: frames of four bytes of length, one of kind, then the payload.

The server sends REQUEST. The worker answers with BODY and END; or, where the answer is long, with BEGIN, any
number of BODY frames and END; or with FAILED, at any point. A worker that ends in between has failed, so an
answer without END is never taken for a short one.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from enum import IntEnum

HEADER = struct.Struct("!IB")


class Kind(IntEnum):
    """What a frame holds."""

    REQUEST = 1
    """A request (see `wire.write_request`)."""
    BODY = 2
    """Bytes of the answer."""
    END = 3
    """JSON: format, rows, milliseconds, and whether the worker should be replaced."""
    FAILED = 4
    """JSON: an error (see `wire.write_error`)."""
    BEGIN = 5
    """The name of the format: the answer is likely to succeed, and its first bytes follow."""


def frame(kind: Kind, payload: bytes) -> bytes:
    """Return one frame."""
    return HEADER.pack(len(payload), kind) + payload


class FrameReader:
    """Cuts a stream of bytes, fed in any pieces, into frames."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> Iterator[tuple[Kind, bytes]]:
        """Take the next bytes; yield every frame that is complete now."""
        self._buffer += data
        while len(self._buffer) >= HEADER.size:
            length, kind = HEADER.unpack_from(self._buffer)
            end = HEADER.size + length
            if len(self._buffer) < end:
                return
            payload = bytes(memoryview(self._buffer)[HEADER.size : end])
            del self._buffer[:end]
            yield Kind(kind), payload


def read_frame(descriptor: int) -> bytes | None:
    """Read the payload of one frame from a blocking descriptor; None where the other side is gone."""
    header = read_exactly(descriptor, HEADER.size)
    if header is None:
        return None
    length, _ = HEADER.unpack(header)
    return read_exactly(descriptor, length)


def read_exactly(descriptor: int, size: int) -> bytes | None:
    """Read `size` bytes, or return None at the end of the stream."""
    data = b""
    while len(data) < size:
        piece = os.read(descriptor, size - len(data))
        if not piece:
            return None
        data += piece
    return data


def write_frames(descriptor: int, frames: list[bytes]) -> None:
    """Write all frames to a blocking descriptor, in few calls."""
    rest = [memoryview(item) for item in frames]
    while rest:
        written = os.writev(descriptor, rest)
        while rest and written >= len(rest[0]):
            written -= len(rest.pop(0))
        if rest:
            rest[0] = rest[0][written:]

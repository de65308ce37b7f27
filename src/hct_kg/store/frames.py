"""How server and worker talk: frames of four bytes of length, one of kind, then the payload.

The server sends REQUEST. The worker answers with END; or, where the answer is long, with BEGIN, any number of
BODY frames and END; or with FAILED, at any point. A worker that ends in between has failed, so an answer without
END is never taken for a short one.
"""

from __future__ import annotations

import os
import struct
from collections import deque
from collections.abc import Iterator
from enum import IntEnum

HEADER = struct.Struct("!IB")
READ_SIZE = 1 << 16


class Kind(IntEnum):
    """What a frame holds."""

    REQUEST = 1
    """A request (see `wire.write_request`)."""
    BODY = 2
    """The next bytes of a long answer."""
    END = 3
    """How the answer has ended, and its last bytes (see `wire.write_end`); of a short one these are all."""
    FAILED = 4
    """JSON: an error (see `wire.write_error`), and whether the worker should be replaced."""
    BEGIN = 5
    """The name of the format: the answer is likely to succeed, and its first bytes follow."""


def frame(kind: Kind, *parts: bytes) -> list[bytes]:
    """Return one frame, in pieces: its payload may be long and is not copied."""
    return [HEADER.pack(sum(map(len, parts)), kind), *parts]


class FrameReader:
    """Cuts a stream of bytes, fed in any pieces, into frames."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> Iterator[tuple[Kind, bytes]]:
        """Take the next bytes; yield every frame that is complete now."""
        if not self._buffer and len(data) >= HEADER.size:
            length, kind = HEADER.unpack_from(data)
            if len(data) == HEADER.size + length:  # as most are: nothing needs to be kept
                yield Kind(kind), data[HEADER.size :]
                return
        self._buffer += data
        while len(self._buffer) >= HEADER.size:
            length, kind = HEADER.unpack_from(self._buffer)
            end = HEADER.size + length
            if len(self._buffer) < end:
                return
            payload = bytes(memoryview(self._buffer)[HEADER.size : end])
            del self._buffer[:end]
            yield Kind(kind), payload


class FrameSource:
    """Reads frames from a blocking descriptor, each in one call where it has come whole."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._reader = FrameReader()
        self._payloads: deque[bytes] = deque()

    def read(self) -> bytes | None:
        """Return the payload of the next frame; None where the other side is gone."""
        while not self._payloads:
            data = os.read(self._descriptor, READ_SIZE)
            if not data:
                return None
            self._payloads.extend(payload for _, payload in self._reader.feed(data))
        return self._payloads.popleft()


def write_all(descriptor: int, pieces: list[bytes]) -> None:
    """Write all pieces of frames to a blocking descriptor, in few calls."""
    rest = [memoryview(item) for item in pieces]
    while rest:
        written = os.writev(descriptor, rest)
        while rest and written >= len(rest[0]):
            written -= len(rest.pop(0))
        if rest:
            rest[0] = rest[0][written:]

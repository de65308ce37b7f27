"""PNG files read by hand, for tests that look at what was drawn: https://www.w3.org/TR/png-3/."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

SIGNATURE = b"\x89PNG\r\n\x1a\n"
CHANNELS = 4


@dataclass(frozen=True)
class Picture:
    """A picture of eight bits a channel, with red, green, blue and how opaque it is."""

    width: int
    height: int
    rows: tuple[bytes, ...]

    def grey(self, x: int, y: int) -> int:
        """Return how light a pixel is, from 0 to 255."""
        red, green, blue, opaque = self.rows[y][x * CHANNELS : (x + 1) * CHANNELS]
        assert opaque == 255, "drawings have a ground"
        return (red + green + blue) // 3

    def darkest(self, left: float, top: float, right: float, bottom: float) -> int:
        """Return how light the darkest pixel of a rectangle is."""
        return min(self.grey(x, y) for y in range(int(top), int(bottom)) for x in range(int(left), int(right)))


def read_picture(body: bytes) -> Picture:
    """Read a PNG file."""
    parts = list(chunks(body))
    (width, height, depth, colour, *rest) = struct.unpack(">IIBBBBB", dict(parts)[b"IHDR"])
    assert (depth, colour, rest) == (8, 6, [0, 0, 0]), "eight bits, RGBA, not interlaced"
    data = zlib.decompress(b"".join(part for name, part in parts if name == b"IDAT"))
    return Picture(width, height, tuple(unfiltered(data, width * CHANNELS)))


def size_of(body: bytes) -> tuple[int, int]:
    """Return width and height of a PNG file."""
    assert body.startswith(SIGNATURE)
    width, height = struct.unpack(">II", body[16:24])
    return width, height


def chunks(body: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield the chunks of a file by name, each with its check sum looked at."""
    assert body.startswith(SIGNATURE)
    place = len(SIGNATURE)
    while place < len(body):
        length, name = struct.unpack(">I4s", body[place : place + 8])
        data = body[place + 8 : place + 8 + length]
        assert zlib.crc32(name + data) == struct.unpack(">I", body[place + 8 + length : place + 12 + length])[0]
        yield name, data
        place += length + 12


def unfiltered(data: bytes, length: int) -> Iterator[bytes]:
    """Yield the rows of pixels as they were before they were filtered."""
    above = bytes(length)
    for start in range(0, len(data), length + 1):
        row = bytearray(data[start + 1 : start + 1 + length])
        undo(data[start], row, above)
        above = bytes(row)
        yield above


def undo(kind: int, row: bytearray, above: bytes) -> None:
    """Undo the filter of a row: none, left, above, their mean, or the nearest of three."""
    for place in range(len(row)):
        left = row[place - CHANNELS] if place >= CHANNELS else 0
        corner = above[place - CHANNELS] if place >= CHANNELS else 0
        guess = (0, left, above[place], (left + above[place]) // 2, nearest(left, above[place], corner))[kind]
        row[place] = (row[place] + guess) & 255


def nearest(left: int, above: int, corner: int) -> int:
    """Return the Paeth predictor."""
    guess = left + above - corner
    return min((left, above, corner), key=lambda value: abs(guess - value))

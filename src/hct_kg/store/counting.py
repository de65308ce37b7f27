"""The rows in a result, counted in the bytes that the engine writes.

The engine serialises SELECT results by itself, ten times faster than Python could from single rows, and
tells no number. Each counter below is fed the chunks in order; a chunk may end anywhere, even inside a
character. What is counted stands in the W3C recommendations for each format.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Protocol

from hct_kg.store.formats import CSV, JSON, TSV, XML, Format


class Counter(Protocol):
    """Counts the rows of one result."""

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes of the result."""

    @property
    def rows(self) -> int:
        """The rows seen so far."""


class LineCounter:
    """TSV: a header line, then a line a row; the engine escapes line ends within terms."""

    def __init__(self) -> None:
        self._lines = 0

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes."""
        self._lines += chunk.count(b"\n")

    @property
    def rows(self) -> int:
        """The complete rows so far."""
        return max(0, self._lines - 1)


class QuotedLineCounter(LineCounter):
    """CSV: as TSV, but a line end within quotes belongs to its value (RFC 4180, 2.6).

    A quote within quotes is doubled, so the parts of a chunk between quotes are in turn outside and
    inside; of a doubled one, the part between the two is empty.
    """

    def __init__(self) -> None:
        super().__init__()
        self._inside = 0

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes."""
        parts = chunk.split(b'"')
        self._lines += sum(part.count(b"\n") for part in parts[self._inside :: 2])
        self._inside ^= (len(parts) - 1) & 1


class ElementCounter:
    """XML: a `result` element a row; `<` is escaped in text, so the tag is nowhere else."""

    TAG = b"<result>"

    def __init__(self) -> None:
        self._tail = b""
        self.rows = 0

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes."""
        text = self._tail + chunk
        self.rows += text.count(self.TAG)
        self._tail = text[1 - len(self.TAG) :]


class ObjectCounter:
    """JSON: an object a row, directly in an array; objects elsewhere are values of a key.

    Without its strings the document reads `{:{:[,]},:{:[{:{:,:}},{}]}}`: a row opens with `[{` or `,{`.
    """

    STRING = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
    REST_OF_STRING = re.compile(rb'[^"\\]*(?:\\.[^"\\]*)*', re.DOTALL)

    def __init__(self) -> None:
        self._inside = False
        self._tail = b""
        self.rows = 0

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes."""
        outside = self._tail + b"".join(self._outside(chunk))
        self.rows += outside.count(b"[{") + outside.count(b",{")
        self._tail = outside[-1:]

    def _outside(self, chunk: bytes) -> Iterator[bytes]:
        """Yield what stands outside strings; remember whether the chunk ends in one."""
        if self._inside:
            chunk = self._escaped + chunk
            end = self._end_of_string(chunk, 0)
            if end is None:
                return
            chunk = chunk[end:]
        chunk = self.STRING.sub(b"", chunk)
        start = chunk.find(b'"')
        if start >= 0:
            self._end_of_string(chunk, start + 1)
            chunk = chunk[:start]
        yield chunk

    def _end_of_string(self, chunk: bytes, start: int) -> int | None:
        """Return where the string ends that `start` is in, or None where its end is still to come."""
        match = self.REST_OF_STRING.match(chunk, start)
        assert match is not None, "the pattern matches the empty string"
        self._inside = match.end() == len(chunk) or chunk[match.end()] != ord('"')
        self._escaped = chunk[match.end() :] if self._inside else b""
        return None if self._inside else match.end() + 1


COUNTERS: dict[Format, type[Counter]] = {
    TSV: LineCounter,
    CSV: QuotedLineCounter,
    XML: ElementCounter,
    JSON: ObjectCounter,
}

"""The rows in a result, counted in the bytes that the engine writes.

The engine serialises SELECT results by itself, ten times faster than Python could from single rows, and
tells no number. Each counter below is fed the chunks in order; a chunk may end anywhere, even inside a
character. What is counted stands in the W3C recommendations for each format.
"""

from __future__ import annotations

from operator import itemgetter
from typing import Protocol

from hct_kg.store.formats import CSV, JSON, TSV, XML, Format

FIRST_TWO = itemgetter(slice(2))


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
    """JSON: an object a row, directly in the array `bindings`; objects elsewhere are values of a key.

    So every row but the first opens with `},{`. A string may hold these letters too; the two after them tell.
    Within a row they are `"` and a letter of a name; within a string `"` is its end, with `,` or `}` behind it.
    Where they are anything but a row's, be it one that binds nothing, the strings are taken out first.
    """

    FIRST = b'"bindings":['
    BETWEEN = b"},{"
    STRING_ENDS = (b'",', b'"}')

    def __init__(self) -> None:
        self._held = b""
        self._begun = False
        self._inside = False
        self.rows = 0

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes; those that can only be judged with the next ones are held back."""
        text = self._held + chunk
        if not self._begun:
            _, _, rest = text.partition(self.FIRST)
            self._held = text
            if not rest:
                return
            self._begun, text = True, rest
            self.rows += rest.startswith(b"{")
        parts = text.split(self.BETWEEN)
        undecided = parts.pop() if len(parts) > 1 and len(parts[-1]) < 2 else None
        held = 2 if undecided is None else len(self.BETWEEN) + len(undecided)
        judged = text[:-held]
        if ends_in_escape(judged):
            judged = judged[:-1]
        self._held = text[len(judged) :]
        self._count(judged, len(parts) - 1, set(map(FIRST_TWO, parts[1:])))

    def _count(self, text: bytes, places: int, heads: set[bytes]) -> None:
        """Count the rows that begin at some places of a text; `heads` are the letters after these."""
        plain = without_escapes(text)
        if all(head[:1] == b'"' and head not in self.STRING_ENDS for head in heads):
            self.rows += places
        else:
            outside = b"".join(plain.split(b'"')[self._inside :: 2])
            self.rows += outside.count(self.BETWEEN)
        self._inside ^= plain.count(b'"') % 2 == 1


def ends_in_escape(text: bytes) -> bool:
    """Tell whether the last letter is a backslash that belongs to the next one."""
    return text.endswith(b"\\") and (len(text) - len(text.rstrip(b"\\"))) % 2 == 1


def without_escapes(text: bytes) -> bytes:
    """Return JSON without escaped backslashes and quotes: then each quote begins or ends a string."""
    return text.replace(b"\\\\", b"").replace(b'\\"', b"") if b"\\" in text else text


COUNTERS: dict[Format, type[Counter]] = {
    TSV: LineCounter,
    CSV: QuotedLineCounter,
    XML: ElementCounter,
    JSON: ObjectCounter,
}

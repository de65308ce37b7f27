"""Source documents as they are held by whoever runs this: text, digests, paragraphs."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from hct_kg.errors import DocumentError

PARAGRAPH = re.compile(r"[^\n]*\S[^\n]*")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One non-empty line of a document; offsets in code points, end exclusive; lines count from 1."""

    start: int
    end: int
    line: int


@dataclass(frozen=True, slots=True)
class Document:
    """A document's text, exactly as it stands in its file: line ends and all."""

    path: Path
    text: str
    sha256: str

    def digest(self, start: int, end: int) -> str:
        """Return the SHA-256 (hex) of the UTF-8 bytes of `text[start:end]`."""
        return hashlib.sha256(self.text[start:end].encode()).hexdigest()

    def line(self, offset: int) -> int:
        """Return the line (from 1) on which an offset stands."""
        return self.text.count("\n", 0, offset) + 1

    def paragraphs(self) -> Iterator[Paragraph]:
        """Yield the non-empty lines in order."""
        line, last = 1, 0
        for match in PARAGRAPH.finditer(self.text):
            line += self.text.count("\n", last, match.start())
            last = match.start()
            yield Paragraph(match.start(), match.end(), line)


def read_document(path: Path) -> Document:
    """Read a document; offsets are of this very text, so nothing is normalised.

    Raises DocumentError where the file is missing or is not UTF-8.
    """
    try:
        content = path.read_bytes()
        return Document(path, content.decode("utf-8"), hashlib.sha256(content).hexdigest())
    except OSError as error:
        raise DocumentError(f"cannot be read: {error.strerror}", path) from None
    except UnicodeDecodeError as error:
        raise DocumentError(f"is not UTF-8 at byte {error.start}", path) from None

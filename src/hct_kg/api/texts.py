"""The text of passages, where the service holds copies of the documents; each digest is checked when it is read."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path

from hct_kg.documents import Document, read_document
from hct_kg.errors import DocumentError
from hct_kg.passages import SOURCES_QUERY, Source, read_source
from hct_kg.store.engine import Pool
from hct_kg.terms import shorten

SO_FAR = 400
"""Code points that are shown at most on either side of a passage."""


@dataclass(frozen=True, slots=True)
class Texts:
    """The documents that are held, by IRI, and a note for each that is not; empty where there is no folder."""

    documents: Mapping[str, Document] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)

    def read(self, document: str, start: int, end: int, sha256: str) -> tuple[str | None, str | None]:
        """Return a passage's text, or None and why; None and None where no copies are held at all."""
        held = self.documents.get(document)
        if held is None:
            return None, self.notes.get(document)
        if not 0 <= start < end <= len(held.text) or held.digest(start, end) != sha256:
            return None, f"{held.path.name} is not the text that the data was made from: it has changed here"
        return held.text[start:end], None

    def around(self, document: str, start: int, end: int) -> tuple[str, str]:
        """Return what stands before and after a passage: the rest of its paragraphs, cut at a word if it is long.

        To be asked for a passage whose text `read` has returned; nothing where no copy is held.
        """
        held = self.documents.get(document)
        if held is None:
            return "", ""
        before = held.text[max(0, start - SO_FAR) : start]
        after = held.text[end : end + SO_FAR]
        return first_cut(before.rpartition("\n")[2], before), last_cut(after.partition("\n")[0], after)

    @property
    def edition(self) -> bytes:
        """Return what tells answers with these texts from answers with others."""
        if not self.documents and not self.notes:
            return b""
        known = [f"{iri} {document.sha256}" for iri, document in sorted(self.documents.items())]
        return blake2b("\n".join([*known, *sorted(self.notes)]).encode(), digest_size=8).digest()


def first_cut(paragraph: str, read: str) -> str:
    """Return the beginning of a paragraph; what was cut off in the middle begins with a whole word."""
    return f"… {paragraph.partition(' ')[2]}" if len(paragraph) == SO_FAR == len(read) else paragraph


def last_cut(paragraph: str, read: str) -> str:
    """Return the end of a paragraph; what is cut off in the middle ends with a whole word."""
    return f"{paragraph.rpartition(' ')[0]} …" if len(paragraph) == SO_FAR == len(read) else paragraph


async def load_texts(pool: Pool, folder: Path | None) -> Texts:
    """Read the documents of a dataset that a folder holds, once per version of the dataset."""
    if folder is None:
        return Texts()
    sources = [read_source(row) for row in await pool.select(SOURCES_QUERY)]
    return await asyncio.to_thread(read_texts, sources, folder)


def read_texts(sources: list[Source], folder: Path) -> Texts:
    """Read the documents that a folder holds; one that it has not, or that cannot be read, is noted."""
    documents: dict[str, Document] = {}
    notes: dict[str, str] = {}
    for source in sources:
        try:
            documents[source.iri] = read_document(folder / Path(source.file_name).name)
        except DocumentError as error:
            # Not the path: that is no business of a client.
            notes[source.iri] = f"{source.file_name} of {shorten(source.iri)} {error.message}"
    return Texts(documents, notes)

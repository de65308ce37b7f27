"""The copy guard: facts and names carry over from a document into the data, sentences do not."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from hct_kg.documents import Document
from hct_kg.store import Literal, Quad
from hct_kg.terms import DCTERMS, HCT

WORDS = 9
WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
NAMES = frozenset({DCTERMS + "title", HCT + "authors"})
"""Properties whose values are titles and authors as cited, which are facts and stay as they are."""


@dataclass(frozen=True, slots=True)
class CopiedRun:
    """A run of words in our own text that also stands in a document."""

    subject: str
    predicate: str
    words: str
    document: str


def words(text: str) -> list[str]:
    """Return the words of a text in lower case, with straight apostrophes."""
    return [match.group().lower().replace("’", "'") for match in WORD.finditer(text)]


def runs(of: list[str], size: int = WORDS) -> Iterator[tuple[str, ...]]:
    """Yield every run of `size` consecutive words."""
    return (tuple(of[start : start + size]) for start in range(len(of) - size + 1))


def find_copies(quads: Iterable[Quad], documents: Iterable[Document]) -> Iterator[CopiedRun]:
    """Yield the first run of nine words that each literal shares with a document; titles aside."""
    known: dict[tuple[str, ...], str] = {}
    for document in documents:
        known.update(dict.fromkeys(runs(words(document.text)), document.path.name))
    for quad in quads:
        if not isinstance(quad.object, Literal) or quad.predicate.value in NAMES:
            continue
        copied = next((run for run in runs(words(quad.object.value)) if run in known), None)
        if copied is not None:
            yield CopiedRun(str(quad.subject), quad.predicate.value, " ".join(copied), known[copied])

"""Passages as pages show them: where each stands, and its words amid their paragraph where a copy is held."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from hct_kg.web.causal_links import Json, Name, read_name

Around: TypeAlias = Mapping[str, tuple[str, str]]
"""Identifier of a passage to what stands before and after it in its document."""


@dataclass(frozen=True, slots=True)
class Source:
    """A document, with what one needs to ask for it and to know that one has it."""

    id: str
    title: str
    publishers: tuple[str, ...]
    issued: str
    file_name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A passage; without text where the service holds no copy of the document, `note` says why if it holds others."""

    id: str
    document: Name
    section: Name
    start: int
    end: int
    sha256: str
    text: str
    note: str
    before: str
    after: str
    source: Source | None


def sources(documents: Iterable[Json]) -> Mapping[str, Source]:
    """Return the documents of `/v1/documents` by their identifiers."""
    return {
        item["id"]: Source(
            item["id"],
            item["label"],
            tuple(publisher["label"] for publisher in item["publishers"]),
            item["issued"] or "",
            item["file_name"] or "",
            item["sha256"] or "",
        )
        for item in documents
    }


def excerpts(passages: Iterable[Json], known: Mapping[str, Source], around: Around) -> Sequence[Excerpt]:
    """Return passages in the order of their documents and places."""
    found = [
        Excerpt(
            item["id"],
            read_name(item["document"]),
            read_name(item["section"]),
            item["start"],
            item["end"],
            item["sha256"],
            item["text"] or "",
            item["text_note"] or "",
            *around.get(item["id"], ("", "")),
            source=known.get(item["document"]["id"]),
        )
        for item in passages
    ]
    return sorted(found, key=lambda excerpt: (excerpt.document.id, excerpt.start, excerpt.end))

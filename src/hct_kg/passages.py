"""Passages: pointers into documents that anybody who holds the documents can check.

A passage is a W3C Web Annotation TextPositionSelector into a source document (start and end in
Unicode code points, end exclusive) with the SHA-256 of the text between them.
Source: https://www.w3.org/TR/annotation-model/#text-position-selector
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from hct_kg.documents import Document, read_document
from hct_kg.errors import DocumentError
from hct_kg.store import Row
from hct_kg.terms import HCT, ID, NAMESPACES, OA, shorten

PREFIXES = "".join(f"PREFIX {prefix}: <{namespace}>\n" for prefix, namespace in NAMESPACES.items())

SOURCES_QUERY = (
    PREFIXES
    + """
SELECT ?document ?file ?sha256 WHERE {
  ?document a hct:SourceDocument ; hct:fileName ?file ; hct:sha256 ?sha256 .
} ORDER BY ?document"""
)

SECTIONS_QUERY = (
    PREFIXES
    + """
SELECT ?section ?document ?notation ?title ?start ?end WHERE {
  ?section a hct:Section ; oa:hasSource ?document ; dcterms:title ?title ; oa:hasSelector ?at .
  ?at oa:start ?start ; oa:end ?end .
  OPTIONAL { ?section skos:notation ?notation }
} ORDER BY ?document ?start DESC(?end)"""
)

PASSAGES_QUERY = (
    PREFIXES
    + """
SELECT ?passage ?document ?section ?start ?end ?sha256 WHERE {
  ?passage a hct:Passage ; oa:hasSource ?document ; hct:section ?section ; hct:sha256 ?sha256 ;
    oa:hasSelector ?at .
  ?at oa:start ?start ; oa:end ?end .
} ORDER BY ?document ?start ?end"""
)


class Selects(Protocol):
    """Whatever answers a SELECT with rows."""

    def select(self, query: str) -> list[Row]:
        """Return the rows of a SELECT."""


@dataclass(frozen=True, slots=True)
class Source:
    """What the data says of a source document: its IRI, its file's name and digest."""

    iri: str
    file_name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Section:
    """A section of a document; offsets in code points, end exclusive."""

    iri: str
    document: str
    notation: str
    title: str
    start: int
    end: int

    @property
    def name(self) -> str:
        """Number and heading, as a reader would look it up."""
        return f"{self.notation} {self.title}".strip()


@dataclass(frozen=True, slots=True)
class Passage:
    """A pointer into a document; offsets in code points, end exclusive."""

    iri: str
    document: str
    section: str
    start: int
    end: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that a dataset says of its documents: the documents, their sections, the passages."""

    sources: tuple[Source, ...]
    sections: tuple[Section, ...]
    passages: tuple[Passage, ...]

    def innermost(self, document: str, start: int, end: int) -> Section | None:
        """Return the smallest section of a document that holds the whole slice."""
        holding = [s for s in self.sections if s.document == document and s.start <= start and end <= s.end]
        return min(holding, key=lambda section: section.end - section.start, default=None)

    def of(self, document: str) -> Iterator[Passage]:
        """Yield the passages of a document in its order."""
        return (passage for passage in self.passages if passage.document == document)


def read_evidence(store: Selects) -> Evidence:
    """Read documents, sections and passages from a store."""
    return Evidence(
        tuple(read_source(row) for row in store.select(SOURCES_QUERY)),
        tuple(read_section(row) for row in store.select(SECTIONS_QUERY)),
        tuple(read_passage(row) for row in store.select(PASSAGES_QUERY)),
    )


def read_source(row: Row) -> Source:
    """Read one row of SOURCES_QUERY."""
    return Source(row["document"].value, row["file"].value, row["sha256"].value)


def read_section(row: Row) -> Section:
    """Read one row of SECTIONS_QUERY."""
    return Section(
        iri=row["section"].value,
        document=row["document"].value,
        notation=row["notation"].value if "notation" in row else "",
        title=row["title"].value,
        start=int(row["start"].value),
        end=int(row["end"].value),
    )


def read_passage(row: Row) -> Passage:
    """Read one row of PASSAGES_QUERY."""
    return Passage(
        iri=row["passage"].value,
        document=row["document"].value,
        section=row["section"].value,
        start=int(row["start"].value),
        end=int(row["end"].value),
        sha256=row["sha256"].value,
    )


def open_documents(sources: Iterable[Source], folder: Path) -> dict[str, Document]:
    """Read the documents that the folder holds, by IRI.

    Raises DocumentError where it holds none of them.
    """
    sources = tuple(sources)
    found = {s.iri: read_document(folder / s.file_name) for s in sources if (folder / s.file_name).is_file()}
    if not found:
        names = ", ".join(source.file_name for source in sources)
        raise DocumentError(f"holds none of the documents ({names})", folder)
    return found


def check(evidence: Evidence, documents: Mapping[str, Document]) -> list[str]:
    """Return a sentence for everything that does not hold: digests, offsets, sections; empty if all does."""
    problems: list[str] = []
    for source in evidence.sources:
        document = documents.get(source.iri)
        if document is None:
            problems.append(f"{source.file_name}: not in the folder; its passages are not checked")
            continue
        problems.extend(check_sections(evidence, source.iri, document))
        broken = list(check_passages(evidence, source.iri, document))
        problems.extend(broken)
        if document.sha256 != source.sha256:
            where = "in the passages named" if broken else "outside every passage"
            problems.append(f"{source.file_name}: is not the text that the data was made from; it differs {where}")
    return problems


def check_sections(evidence: Evidence, document_iri: str, document: Document) -> Iterator[str]:
    """Yield a sentence for each section whose bounds or heading are not in the text."""
    for section in evidence.sections:
        if section.document != document_iri:
            continue
        if not 0 <= section.start < section.end <= len(document.text):
            yield f"{shorten(section.iri)}: {section.start} to {section.end} is not within {document.path.name}"
        elif section.notation and not document.text.startswith((section.notation, section.title), section.start):
            yield f"{shorten(section.iri)}: {document.path.name} has no heading {section.name!r} at {section.start}"


def check_passages(evidence: Evidence, document_iri: str, document: Document) -> Iterator[str]:
    """Yield a sentence for each passage whose offsets, digest or section is not that of the text."""
    for passage in evidence.of(document_iri):
        name = shorten(passage.iri)
        if not 0 <= passage.start < passage.end <= len(document.text):
            yield f"{name}: {passage.start} to {passage.end} is not within {document.path.name}"
            continue
        section = evidence.innermost(document_iri, passage.start, passage.end)
        if document.digest(passage.start, passage.end) != passage.sha256:
            line = document.line(passage.start)
            where = section.name if section else "no section"
            yield f"{name}: the text has changed ({document.path.name} line {line}, {where})"
        elif section is None or section.iri != passage.section:
            yield f"{name}: its innermost section is {shorten(section.iri) if section else 'none'}"


def cite(evidence: Evidence, document_iri: str, document: Document, find: str) -> Iterator[str]:
    """Yield the Turtle of a passage for each place where the text stands, in order.

    `find` is exact; `first words … last words` stands for everything from the one to the next other.
    """
    first, ellipsis, last = find.partition(" … ")
    start = document.text.find(first)
    while first and start >= 0:
        stop = document.text.find(last, start + len(first)) if ellipsis else start
        if stop < 0:
            return
        # The first words may stand earlier too: a passage is as short as carries its claim.
        start = document.text.rfind(first, start, stop) if ellipsis else start
        end = stop + len(last) if ellipsis else start + len(first)
        yield passage_turtle(evidence, document_iri, document, start, end)
        start = document.text.find(first, end)


def passage_turtle(evidence: Evidence, document_iri: str, document: Document, start: int, end: int) -> str:
    """Return the Turtle of one passage and its selector, without prefixes.

    Raises DocumentError where no section holds it.
    """
    section = evidence.innermost(document_iri, start, end)
    if section is None:
        raise DocumentError(f"no section holds {start} to {end}: add the section first", document.path)
    slug = f"{document_iri.rsplit('/', 1)[-1]}-{start}-{end}"
    return (
        f"passage:{slug} a hct:Passage ;\n"
        f"    hct:section section:{section.iri.rsplit('/', 1)[-1]} ;\n"
        f'    hct:sha256 "{document.digest(start, end)}" ;\n'
        f"    oa:hasSelector selector:{slug} ;\n"
        f"    oa:hasSource document:{document_iri.rsplit('/', 1)[-1]} .\n\n"
        f"selector:{slug} a oa:TextPositionSelector ;\n"
        f"    oa:end {end} ;\n"
        f"    oa:start {start} .\n"
    )


CITE_PREFIXES = {
    "document": f"{ID}document/",
    "hct": HCT,
    "oa": OA,
    "passage": f"{ID}passage/",
    "section": f"{ID}section/",
    "selector": f"{ID}selector/",
}
"""The prefixes that `passage_turtle` uses."""

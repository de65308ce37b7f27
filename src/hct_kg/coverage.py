"""Coverage: which paragraphs of the documents no claim cites, and the share that is cited.

Paragraphs that hold nothing to claim (lists of contents, signposts, contact lines) are named one by one,
with the reason, in `left-out.toml` of the data folder.
"""

from __future__ import annotations

import tomllib
from bisect import bisect_right
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from hct_kg.documents import Document, Paragraph
from hct_kg.errors import DataError
from hct_kg.files import read_text
from hct_kg.passages import Evidence, Section
from hct_kg.terms import ID

LEFT_OUT = "left-out.toml"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A slice of a document that holds nothing to claim; offsets in code points, end exclusive."""

    document: str
    start: int
    end: int
    reason: str


def read_left_out(path: Path) -> tuple[LeftOut, ...]:
    """Read the list of what is left out; none where there is no such file.

    Raises DataError where an entry lacks document, start, end or reason.
    """
    if not path.is_file():
        return ()
    try:
        entries = tomllib.loads(read_text(path)).get("left-out", [])
        return tuple(
            LeftOut(ID + entry["document"], entry["start"], entry["end"], entry["reason"]) for entry in entries
        )
    except tomllib.TOMLDecodeError as error:
        raise DataError(str(error), path) from None
    except KeyError as error:
        raise DataError(f"an entry has no {error}", path) from None


@dataclass(frozen=True, slots=True)
class SectionCoverage:
    """The paragraphs that stand in a section itself (not in its sub-sections), and those uncited."""

    section: Section
    paragraphs: int
    uncited: tuple[Paragraph, ...]

    @property
    def cited(self) -> int:
        """Return how many paragraphs a passage touches."""
        return self.paragraphs - len(self.uncited)


def cover(
    evidence: Evidence, documents: Mapping[str, Document], left_out: Iterable[LeftOut] = ()
) -> list[SectionCoverage]:
    """Return the coverage of each section that holds paragraphs, by document and order of the text.

    A heading (the section's first line) is no paragraph, nor is what is left out; a paragraph is cited
    when a passage shares at least one character with it.
    """
    omitted = tuple(left_out)
    return [
        cover_section(section, paragraphs, evidence)
        for iri, document in documents.items()
        for section, paragraphs in by_section(
            evidence, iri, document, [item for item in omitted if item.document == iri]
        ).items()
    ]


def by_section(
    evidence: Evidence, iri: str, document: Document, left_out: Collection[LeftOut]
) -> dict[Section, list[Paragraph]]:
    """Return the paragraphs of a document by innermost section, without headings and what is left out."""
    found: dict[Section, list[Paragraph]] = {s: [] for s in evidence.sections if s.document == iri}
    for paragraph in document.paragraphs():
        if any(item.start <= paragraph.start and paragraph.end <= item.end for item in left_out):
            continue
        section = evidence.innermost(iri, paragraph.start, paragraph.end)
        if section is not None and not is_heading(paragraph, section, document):
            found[section].append(paragraph)
    return {section: paragraphs for section, paragraphs in found.items() if paragraphs}


def is_heading(paragraph: Paragraph, section: Section, document: Document) -> bool:
    """Tell whether a paragraph is the heading of its section, on one line or on two."""
    line = document.text[paragraph.start : paragraph.end].strip()
    return (paragraph.start == section.start and len(line) < 130) or line in (section.notation, section.title)


def cover_section(section: Section, paragraphs: list[Paragraph], evidence: Evidence) -> SectionCoverage:
    """Return the coverage of one section."""
    passages = list(evidence.of(section.document))
    starts = [passage.start for passage in passages]
    furthest: list[int] = []
    for passage in passages:
        furthest.append(max(passage.end, furthest[-1] if furthest else 0))
    uncited = tuple(p for p in paragraphs if not touched(p, starts, furthest))
    return SectionCoverage(section, len(paragraphs), uncited)


def touched(paragraph: Paragraph, starts: list[int], furthest: list[int]) -> bool:
    """Tell whether a passage that starts before the paragraph's end reaches beyond its start."""
    before = bisect_right(starts, paragraph.end - 1)
    return before > 0 and furthest[before - 1] > paragraph.start

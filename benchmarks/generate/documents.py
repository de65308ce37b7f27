"""The invented documents of a programme: sections in sections, passages in them, with offsets and digests that hold."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from dataclasses import dataclass, field

from benchmarks.generate.sampling import Sample, Thing
from benchmarks.generate.template import DOCUMENT, PASSAGE, SECTION, Plain, Reference, Text
from benchmarks.generate.words import Stream
from hct_kg.terms import DCTERMS, HCT, OA, SKOS

SHORTEST = 12
"""The fewest characters of a passage."""


@dataclass(frozen=True, slots=True)
class Slice:
    """A part of a document: the place of the document among them, offsets in code points, the digest of the text."""

    document: int
    start: int
    end: int
    sha256: str


@dataclass(slots=True)
class Part:
    """A section as it is laid out: where it belongs, what is in it, and in the end where it stands."""

    document: int
    whole: int | None
    title: str
    heading: str
    parts: list[int] = field(default_factory=list)
    passages: list[int] = field(default_factory=list)
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class Documents:
    """The texts of the documents, with their sections and passages, each by its place."""

    texts: tuple[str, ...]
    sections: tuple[Part, ...]
    passages: tuple[Slice, ...]
    section_of: tuple[int, ...]
    """The section of each passage."""


def lay_out(sample: Sample, lengths: Sequence[int], words: Stream, titles: Stream, chance: random.Random) -> Documents:
    """Return the documents of a programme; `lengths` are those of the template's passages."""
    sections = place_sections(sample, titles, chance)
    section_of = []
    for thing in sample.things[PASSAGE]:
        (reference,) = sample.skeleton(PASSAGE, thing.place).properties[HCT + "section"]
        section = sample.place_of(reference, thing.copy) if isinstance(reference, Reference) else 0
        sections[section].passages.append(thing.place)
        section_of.append(section)
    wanted = [max(SHORTEST, lengths[thing.number]) for thing in sample.things[PASSAGE]]
    slices: list[Slice | None] = [None] * len(wanted)
    texts = []
    for document in range(len(sample.things[DOCUMENT])):
        lines = Lines(document, words, chance)
        lines.add(titles.text(40, chance.random()))
        for part in sections:
            if part.document == document and part.whole is None:
                write(part, sections, lines, wanted, slices)
        texts.append("".join(lines.text))
    return Documents(tuple(texts), tuple(sections), tuple(one for one in slices if one), tuple(section_of))


def place_sections(sample: Sample, titles: Stream, chance: random.Random) -> list[Part]:
    """Return the sections: each in the nearest one around it that the programme has, else in the document's first."""
    sections: list[Part] = []
    first: dict[int, int] = {}
    for thing in sample.things[SECTION]:
        said = sample.skeleton(SECTION, thing.place).properties
        (source,) = said[OA + "hasSource"]
        document = sample.place_of(source, thing.copy) if isinstance(source, Reference) else 0
        whole = around(sample, thing)
        if whole is None and DCTERMS + "isPartOf" in said:
            whole = first.get(document)
        if whole is not None:
            document = sections[whole].document
            sections[whole].parts.append(thing.place)
        first.setdefault(document, thing.place)
        (title,) = said[DCTERMS + "title"]
        words = titles.text(title.length if isinstance(title, Text) else 1, chance.random())
        number = " ".join(value.text for value in said.get(SKOS + "notation", ()) if isinstance(value, Plain))
        sections.append(Part(document, whole, words, f"{number} {words}".strip()))
    return sections


def around(sample: Sample, thing: Thing) -> int | None:
    """Return the place of the nearest section around one that the programme has, and that comes before it."""
    skeleton = sample.skeleton(SECTION, thing.place)
    while True:
        whole = next((value for value in skeleton.properties.get(DCTERMS + "isPartOf", ())), None)
        if not isinstance(whole, Reference):
            return None
        place = sample.held(whole, thing.copy)
        if place is not None and place < thing.place:
            return place
        skeleton = sample.template[SECTION].skeletons[whole.number]


class Lines:
    """The lines of a document as they are written, and how far they go."""

    def __init__(self, document: int, words: Stream, chance: random.Random) -> None:
        self.document, self.words, self.chance = document, words, chance
        self.text: list[str] = []
        self.length = 0

    def add(self, line: str) -> None:
        """Write a line, and an empty one."""
        self.text.append(line + "\n\n")
        self.length += len(line) + 2

    def passage(self, length: int) -> Slice:
        """Write a passage, and return where it is."""
        line = self.words.text(length - 1, self.chance.random()) + "."
        start = self.length
        self.add(line)
        return Slice(self.document, start, start + len(line), hashlib.sha256(line.encode()).hexdigest())


def write(
    part: Part, sections: Sequence[Part], lines: Lines, wanted: Sequence[int], slices: list[Slice | None]
) -> None:
    """Write a section: its heading, its passages, the sections within it."""
    part.start = lines.length
    lines.add(part.heading)
    for place in part.passages:
        slices[place] = lines.passage(wanted[place])
    for place in part.parts:
        write(sections[place], sections, lines, wanted, slices)
    part.end = lines.length

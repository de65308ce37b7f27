"""One invented programme: its things with what they say, named and written, each property in the template's order."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from benchmarks.generate.documents import Slice, lay_out
from benchmarks.generate.links import Factor, join
from benchmarks.generate.notation import Notation, Thing
from benchmarks.generate.sampling import Sample
from benchmarks.generate.sampling import Thing as Place
from benchmarks.generate.template import (
    DOCUMENT,
    LINK,
    PASSAGE,
    SECTION,
    TREES,
    Plain,
    Reference,
    Template,
    Text,
    Value,
    passage_lengths,
)
from benchmarks.generate.words import NAMES, Stream
from hct_kg.terms import DCTERMS, HCT, ID, OA, SKOS, TYPE

DATED = frozenset({"date", "gYear", "gYearMonth"})
LABEL, ALTERNATIVE, TITLE, URL = SKOS + "prefLabel", SKOS + "altLabel", DCTERMS + "title", "https://schema.org/url"
PAIRS = frozenset({HCT + "between"})
"""Properties that say nothing with one value."""


@dataclass(frozen=True, slots=True)
class Source:
    """What programmes are made from: the template, and the streams of words for data, headings and documents."""

    template: Template
    lengths: Sequence[int]
    words: Stream
    titles: Stream
    prose: Stream

    @classmethod
    def of(cls, template: Template, seed: int) -> Source:
        """Return what the programmes of one seed are made from."""
        words, titles, prose = (Stream.of(f"{seed} {name}") for name in ("words", "titles", "prose"))
        return cls(template, passage_lengths(template), words, titles, prose)


class Programme:
    """One programme: `slug` is its own, and what the slugs of all its things begin with."""

    def __init__(self, source: Source, number: int, triples: float, seed: int) -> None:
        self.chance = random.Random(f"{seed} {number}")  # noqa: S311 - not a secret
        self.slug = f"{NAMES[number % len(NAMES)]}-{number + 1:05d}"
        self.source, self.sample = source, Sample(source.template, triples, self.chance)
        self.laid_out = lay_out(self.sample, source.lengths, source.prose, source.titles, self.chance)
        self.links = join(self.sample)
        self.money, self.years = self.chance.randrange(4, 25), self.chance.randrange(-9, 3)
        self.labels: dict[str, list[str]] = {}
        self.slugs = self._name_all()

    @property
    def documents(self) -> Iterator[tuple[str, str]]:
        """The documents: name of the file, and text."""
        for slug, text in zip(self.slugs[DOCUMENT], self.laid_out.texts, strict=True):
            yield f"{slug}.txt", text

    def _name_all(self) -> dict[str, list[str]]:
        """Return the slugs of all things, by kind and place; each also gets the label that its slug is made from."""
        slugs: dict[str, list[str]] = {}
        serials: dict[str, int] = {}
        for name in sorted(self.sample.things, key=lambda name: name in (PASSAGE, SECTION)):
            segment = self.source.template[name].segment
            slugs[name], self.labels[name] = [], []
            for thing in self.sample.things[name]:
                serial = serials[segment] = serials.get(segment, 0) + 1
                label = self._label(name, thing)
                self.labels[name].append(f"{label} ({self.slug.capitalize().replace('-', ' ')}, {serial})")
                slugs[name].append(f"{self.slug}-{'-'.join(label.lower().split()[:4])}-{serial}")
        slugs["Programme"] = [self.slug]
        slugs[PASSAGE] = [slug_of(one, slugs[DOCUMENT]) for one in self.laid_out.passages]
        return slugs

    def _label(self, kind: str, thing: Place) -> str:
        """Return invented words as long as the label, or title, of a thing."""
        said = self.sample.skeleton(kind, thing.place).properties
        text = next(iter(said.get(LABEL, said.get(TITLE, ()))), None)
        # What tells the label apart takes some 20 characters more
        length = text.length - 20 if isinstance(text, Text) else 20
        return self.source.words.text(max(length, 12), self.chance.random())

    def things(self, notation: Notation) -> Iterator[Thing]:
        """Yield all things with what they say, as a notation writes it."""
        template = self.source.template
        names = {
            name: [notation.thing(template[name].segment, slug) for slug in slugs] for name, slugs in self.slugs.items()
        }
        writer = Writer(self, notation, names)
        for name, things in self.sample.things.items():
            types = (notation.iri(TYPE), [notation.iri(iri) for iri in template[name].types])
            for thing in things:
                yield names[name][thing.place], [types, *writer.said(name, thing)]
        yield from writer.selectors()


def slug_of(one: Slice, documents: Sequence[str]) -> str:
    """Return the slug of a passage, and of its selector: it says where it is."""
    return f"{documents[one.document]}-{one.start}-{one.end}"


class Writer:
    """Writes what the things of a programme say."""

    def __init__(self, programme: Programme, notation: Notation, names: dict[str, list[str]]) -> None:
        self._of, self._notation, self._names = programme, notation, names
        self._sample, self._source = programme.sample, programme.source
        self._documents = programme.laid_out
        self._random = programme.chance.random
        self._iris: dict[str, str] = {}
        self._special = {PASSAGE: self._passage, SECTION: self._section, DOCUMENT: self._document, LINK: self._link}

    def said(self, kind: str, thing: Place) -> list[tuple[str, list[str]]]:
        """Return each property of a thing with its values."""
        special = self._special[kind](thing.place) if kind in self._special else {}
        said = []
        for name, values in self._sample.skeleton(kind, thing.place).properties.items():
            written = special[name] if name in special else self._values(kind, thing, name, values)
            if written:
                said.append((self._iri(name), written))
        return said

    def _iri(self, iri: str) -> str:
        if iri not in self._iris:
            self._iris[iri] = self._notation.iri(iri)
        return self._iris[iri]

    def _values(self, kind: str, thing: Place, name: str, values: Sequence[Value]) -> list[str]:
        """Return the values of a property; no two are the same."""
        if name == LABEL or (name == TITLE and kind != SECTION):
            return [f'"{self._of.labels[kind][thing.place]}"@en']
        found: list[str] = []
        for value in values:
            written = self._value(kind, thing, name, value)
            if written in found and isinstance(value, Reference) and name not in TREES:
                written = self._another(value.kind, found)
            if written and written not in found:
                found.append(written)
        if name in PAIRS and len(found) < 2:
            found.append(self._another("Finding", found))
        return found

    def _another(self, kind: str, found: list[str]) -> str:
        """Return a thing of a kind that is not among those found, "" where there is none."""
        if all(name in found for name in self._names[kind]):
            return ""
        while (name := self._names[kind][self._sample.deal(kind)]) in found:
            pass
        return name

    def _value(self, kind: str, thing: Place, name: str, value: Value) -> str:
        """Return one value, "" for one that a smaller programme has nothing for."""
        if isinstance(value, Reference):
            return self._reference(kind, thing, name, value)
        if isinstance(value, Text):
            return f'"{self._source.words.text(value.length, self._random())}"{value.tag}'
        if isinstance(value, Plain):
            return self._plain(value)
        if name == URL and not value.iri.startswith(ID):
            return self._notation.iri(f"https://example.org/{self._of.slugs[kind][thing.place]}")
        return self._iri(value.iri)

    def _reference(self, kind: str, thing: Place, name: str, value: Reference) -> str:
        """Return the thing that a reference leads to; a part leads to what comes before it, so never in a circle."""
        if name not in TREES or value.kind != kind:
            return self._names[value.kind][self._sample.place_of(value, thing.copy)]
        place = self._sample.held(value, thing.copy)
        if place is None or place >= thing.place:
            if not thing.place:
                return ""
            place = int(self._random() * thing.place)
        return self._names[kind][place]

    def _plain(self, value: Plain) -> str:
        """Return a number, date or code: amounts and years of their own for each programme, the rest as it is."""
        text, datatype = value.text, value.datatype
        if datatype == "decimal":
            tenths = round(float(text) * self._of.money)
            text = f"{tenths // 10}.{tenths % 10}"
        elif datatype in DATED:
            text = f"{int(text[:4]) + self._of.years}{text[4:]}"
        return self._notation.plain(text, datatype)

    def _passage(self, place: int) -> dict[str, list[str]]:
        one = self._documents.passages[place]
        return {
            HCT + "section": [self._names[SECTION][self._documents.section_of[place]]],
            HCT + "sha256": [f'"{one.sha256}"'],
            OA + "hasSelector": [self._notation.thing("selector", self._of.slugs[PASSAGE][place])],
            OA + "hasSource": [self._names[DOCUMENT][one.document]],
        }

    def _section(self, place: int) -> dict[str, list[str]]:
        one = self._documents.sections[place]
        return {
            DCTERMS + "isPartOf": [self._names[SECTION][one.whole]] if one.whole is not None else [],
            TITLE: [f'"{one.title}"@en'],
            OA + "hasSelector": [self._notation.thing("selector", "section-" + self._of.slugs[SECTION][place])],
            OA + "hasSource": [self._names[DOCUMENT][one.document]],
        }

    def _document(self, place: int) -> dict[str, list[str]]:
        digest = hashlib.sha256(self._documents.texts[place].encode()).hexdigest()
        return {HCT + "fileName": [f'"{self._of.slugs[DOCUMENT][place]}.txt"'], HCT + "sha256": [f'"{digest}"']}

    def _link(self, place: int) -> dict[str, list[str]]:
        ends: dict[str, Factor] = self._of.links[place]
        return {name: [self._names[kind][factor]] for name, (kind, factor) in ends.items()}

    def selectors(self) -> Iterator[Thing]:
        """Yield where each passage and each section is."""
        types = (self._iri(TYPE), [self._iri(OA + "TextPositionSelector")])
        start, end = self._iri(OA + "start"), self._iri(OA + "end")
        slugs = [*self._of.slugs[PASSAGE], *("section-" + slug for slug in self._of.slugs[SECTION])]
        places = [(one.start, one.end) for one in self._documents.passages]
        places += [(one.start, one.end) for one in self._documents.sections]
        for slug, bounds in zip(slugs, places, strict=True):
            said = [
                (name, [self._notation.plain(str(at), "integer")])
                for name, at in zip((start, end), bounds, strict=True)
            ]
            yield self._notation.thing("selector", slug), [types, *said]

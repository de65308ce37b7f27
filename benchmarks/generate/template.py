"""The shape of a dataset, read from it: how many things of each kind there are, and what each of them says.

A thing of the published data becomes a skeleton: its properties, with marks and other concepts of the schemes as they
are, references as places in the template, and of each text only how long it is. Nothing is counted by hand: whatever
the data become, what is generated follows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph

from hct_kg.sources import discover
from hct_kg.terms import DCTERMS, HCT, ID, OA, SKOS, TYPE, XSD

LETTERS = re.compile(r"[A-Za-z]{3}")
AS_THEY_ARE = frozenset({SKOS + "notation", HCT + "currency", DCTERMS + "language"})
"""Strings that say nothing of a document: numbers of sections and strands, codes."""
TREES = frozenset({SKOS + "broader", DCTERMS + "isPartOf", HCT + "sumOf"})
"""Properties that lead from a thing to what it is a part of, or from a sum to its parts: never round in a circle."""
PASSAGE, SECTION, SELECTOR = "Passage", "Section", "TextPositionSelector"
DOCUMENT, PROGRAMME, LOOP, LINK = "CreativeWork+SourceDocument", "Programme", "FeedbackLoop", "Link"
"""Kinds that are made in a way of their own."""


@dataclass(frozen=True, slots=True)
class Text:
    """A text of so many characters; `tag` is what follows the closing quotation mark."""

    length: int
    tag: str


@dataclass(frozen=True, slots=True)
class Concept:
    """A concept of a scheme, or another thing that is no part of a programme, by its IRI."""

    iri: str


@dataclass(frozen=True, slots=True)
class Plain:
    """A number, date or code, with the last part of its datatype's IRI; it is said again as it is, or nearly."""

    text: str
    datatype: str


@dataclass(frozen=True, slots=True)
class Reference:
    """Another thing of the template: the kind, and which one of it."""

    kind: str
    number: int


Value = Text | Concept | Plain | Reference


@dataclass(frozen=True, slots=True)
class Skeleton:
    """What one thing says, without the words: its properties, each with its values, in a fixed order."""

    properties: Mapping[str, tuple[Value, ...]]
    pool: str
    """Things of one kind that may stand for each other: for factors, those of the same causal models."""

    @property
    def triples(self) -> int:
        """How many triples it takes, its types apart."""
        return sum(len(values) for values in self.properties.values())

    def references(self) -> Iterator[tuple[str, Reference]]:
        """Yield each property with the thing that it leads to."""
        for name, values in self.properties.items():
            for value in values:
                if isinstance(value, Reference):
                    yield name, value


@dataclass(frozen=True, slots=True)
class Kind:
    """All things with the same types: what follows `/id/` in their IRIs, and their skeletons, wholes before parts."""

    name: str
    types: tuple[str, ...]
    segment: str
    skeletons: tuple[Skeleton, ...]
    triples: float
    """How many triples one of them takes in the mean, its types among them."""


Template = Mapping[str, Kind]


def read_template(folder: Path) -> Template:
    """Return the shape of the data in a folder.

    Raises DataError for a folder that is missing or holds no Turtle.
    """
    statements = read_statements(folder)
    names: dict[str, list[str]] = {}
    for thing in whole_before_part(statements):
        names.setdefault(kind_of(statements[thing]), []).append(thing)
    places = {thing: Reference(kind, number) for kind, things in names.items() for number, thing in enumerate(things)}
    return {kind: describe(kind, things, statements, places) for kind, things in sorted(names.items())}


Objects = Sequence[str | pyoxigraph.Literal]


Statements = Mapping[str, Mapping[str, Objects]]


def describe(kind: str, things: Sequence[str], statements: Statements, places: Mapping[str, Reference]) -> Kind:
    """Return a kind with the skeletons of its things."""
    types = tuple(sorted(str(name) for name in statements[things[0]][TYPE]))
    skeletons = tuple(skeleton(statements[thing], places) for thing in things)
    triples = len(types) + sum(one.triples for one in skeletons) / len(skeletons)
    return Kind(kind, types, things[0].removeprefix(ID).partition("/")[0], skeletons, triples)


def read_statements(folder: Path) -> dict[str, dict[str, list[str | pyoxigraph.Literal]]]:
    """Return what each thing says: its properties with their values, each said once; an IRI is a plain string."""
    found: dict[str, dict[str, list[str | pyoxigraph.Literal]]] = {}
    for source in discover(folder):
        for triple in pyoxigraph.parse(path=str(source.path), format=pyoxigraph.RdfFormat.TURTLE):
            value = triple.object if isinstance(triple.object, pyoxigraph.Literal) else triple.object.value
            values = found.setdefault(triple.subject.value, {}).setdefault(triple.predicate.value, [])
            if value not in values:
                values.append(value)
    return found


def kind_of(said: Mapping[str, Objects]) -> str:
    """Return the name of a thing's kind: the last parts of its types' IRIs."""
    return "+".join(sorted(re.split("[#/]", str(name))[-1] for name in said[TYPE]))


def whole_before_part(statements: Statements) -> Iterator[str]:
    """Yield all things so that each comes after what it is a part of."""
    done: set[str] = set()

    def visit(thing: str) -> Iterator[str]:
        if thing in done or thing not in statements:
            return
        done.add(thing)
        for name in sorted(TREES & statements[thing].keys()):
            for value in statements[thing][name]:
                yield from visit(str(value))
        yield thing

    for thing in sorted(statements):
        yield from visit(thing)


def skeleton(said: Mapping[str, Objects], places: Mapping[str, Reference]) -> Skeleton:
    """Return what a thing says without its words."""
    properties = {
        name: tuple(value_of(name, value, places) for value in values)
        for name, values in sorted(said.items())
        if name != TYPE
    }
    models = properties.get(HCT + "model", ()) if HCT + "cause" not in properties else ()
    return Skeleton(properties, " ".join(sorted({model.kind for model in models if isinstance(model, Reference)})))


def value_of(name: str, value: str | pyoxigraph.Literal, places: Mapping[str, Reference]) -> Value:
    """Return a value without its words."""
    if isinstance(value, str):
        return places.get(value) or Concept(value)
    datatype = value.datatype.value.removeprefix(XSD)
    if value.language:
        return Text(len(value.value), "@" + value.language)
    if datatype == "string" and name not in AS_THEY_ARE and LETTERS.search(value.value):
        return Text(len(value.value), "")
    return Plain(value.value, datatype)


def passage_lengths(template: Template) -> tuple[int, ...]:
    """Return how many characters each passage of the template has, by its number."""
    return tuple(passage_length(template, passage) for passage in template[PASSAGE].skeletons)


def passage_length(template: Template, passage: Skeleton) -> int:
    """Return how many characters a passage has."""
    (place,) = passage.properties[OA + "hasSelector"]
    if not isinstance(place, Reference):
        raise TypeError("a passage without a selector in the data: `hct-kg validate` names it")
    said = template[place.kind].skeletons[place.number].properties
    start, end = (int(value.text) for name in ("start", "end") for value in said[OA + name] if isinstance(value, Plain))
    return end - start


def segments_of(template: Template) -> set[str]:
    """Return what stands after `/id/` in the IRIs of the template's things, and of the concepts that they lead to."""
    said = (
        value
        for kind in template.values()
        for one in kind.skeletons
        for values in one.properties.values()
        for value in values
    )
    concepts = {
        value.iri.removeprefix(ID).partition("/")[0]
        for value in said
        if isinstance(value, Concept) and value.iri.startswith(ID)
    }
    return concepts | {kind.segment for kind in template.values()}

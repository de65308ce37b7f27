"""Triples as people read them: what is said of a thing, by which property, and what everything is called."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from hct_kg.store import Literal, NamedNode, Triple
from hct_kg.terms import BASE, DCTERMS, HCT, OA, RDF, RDFS, SKOS, TYPE, shorten
from hct_kg.turtle import natural

Node: TypeAlias = Any
"""An IRI, a blank node or a literal of the store."""
LABELS = (SKOS + "prefLabel", RDFS + "label", DCTERMS + "title")
MOST_NESTED = 4
CALLED = {"https://creativecommons.org/licenses/by/4.0/": "CC BY 4.0"}
"""What is called otherwise than by its IRI, and has no label in the data."""


@dataclass(frozen=True, slots=True, order=True)
class Text:
    """Words and the language that they are in, if one is told."""

    words: str
    language: str = ""


class Statements:
    """Triples by subject and by object."""

    def __init__(self, triples: Iterable[Triple]) -> None:
        self._of: dict[str, dict[str, list[Node]]] = defaultdict(lambda: defaultdict(list))
        self._to: dict[str, dict[str, list[Node]]] = defaultdict(lambda: defaultdict(list))
        for triple in triples:
            self._of[key(triple.subject)][triple.predicate.value].append(triple.object)
            if not isinstance(triple.object, Literal):
                self._to[key(triple.object)][triple.predicate.value].append(triple.subject)

    def subjects(self) -> list[str]:
        """Return the IRIs that something is said of, in natural order."""
        return sorted((name for name in self._of if not name.startswith("_:")), key=natural)

    def of(self, name: str) -> dict[str, list[Node]]:
        """Return property to values of a thing."""
        return self._of.get(name, {})

    def to(self, name: str) -> dict[str, list[Node]]:
        """Return property to the things that have this one as its value."""
        return self._to.get(name, {})

    def values(self, name: str, predicate: str) -> list[Node]:
        """Return the values of one property of a thing."""
        return self.of(name).get(predicate, [])

    def first(self, name: str, predicate: str) -> Node | None:
        """Return one value of a property of a thing, always the same, or None."""
        found = self.values(name, predicate)
        return found[0] if len(found) == 1 else min(found, key=str, default=None)

    def label(self, name: str) -> Text:
        """Return what a thing is called: its label; a link by its ends, a passage by its place; else its short IRI."""
        for predicate in LABELS:
            found = self.values(name, predicate)
            if found:
                node = min(found, key=lambda node: (not (node.language or "").startswith("en"), str(node)))
                return Text(self._numbered(name, node.value), node.language or "")
        return self._by_parts(name) or Text(short(name))

    def _numbered(self, name: str, title: str) -> str:
        """Return a title with the number that its section, table or factor has in the document, if any."""
        number = self.first(name, SKOS + "notation")
        titled = SKOS + "prefLabel" not in self.of(name)
        return f"{number.value} {title}" if number is not None and titled else title

    def _by_parts(self, name: str) -> Text | None:
        """Return a name made of the things that a link joins or a passage is in."""
        cause, effect = self.first(name, HCT + "cause"), self.first(name, HCT + "effect")
        if cause is not None and effect is not None:
            ends = self.label(key(cause)), self.label(key(effect))
            return Text(f"{ends[0].words} → {ends[1].words}", ends[0].language)
        start, end = self.first(name, OA + "start"), self.first(name, OA + "end")
        if start is not None and end is not None:
            return Text(f"characters {start.value} to {end.value}", "en")
        source, selector = self.first(name, OA + "hasSource"), self.first(name, OA + "hasSelector")
        if source is None:
            return None
        title = self.label(key(source))
        place = self.label(key(selector)).words if selector is not None else short(name)
        return Text(f"{title.words}, {place}", title.language)

    def spell(self, node: Node, depth: int = 0) -> Text:
        """Return a value in words; a blank node by what is said of it, a list by its members."""
        if isinstance(node, Literal):
            return Text(node.value, node.language or "")
        if isinstance(node, NamedNode):
            return self.label(node.value)
        members = self.members(node)
        if members:
            return Text(", ".join(self.spell(member, depth + 1).words for member in members), "en")
        if depth > MOST_NESTED or not self.of(key(node)):
            return Text("something unnamed", "en")
        said = (
            f"{self.label(predicate).words}: {', '.join(self.spell(value, depth + 1).words for value in values)}"
            for predicate, values in sorted(self.of(key(node)).items())
        )
        return Text("; ".join(said), "en")

    def members(self, node: Node) -> Sequence[Node]:
        """Return the members of an RDF list, none for anything else."""
        found: list[Node] = []
        seen: set[str] = set()
        while key(node) not in seen and (first := self.first(key(node), RDF + "first")) is not None:
            seen.add(key(node))
            found.append(first)
            node = self.first(key(node), RDF + "rest")
        return found

    def types(self, name: str) -> list[str]:
        """Return the IRIs of a thing's classes, ours before those of others."""
        found = (node.value for node in self.values(name, TYPE) if isinstance(node, NamedNode))
        return sorted(found, key=lambda iri: (not iri.startswith(BASE), iri))


def short(iri: str) -> str:
    """Return an IRI in the form in which people write it; one of ours without what they all begin with."""
    return CALLED.get(iri) or shorten(iri).removeprefix(BASE)


def key(node: Node) -> str:
    """Return the name of an IRI or a blank node."""
    return node.value if isinstance(node, NamedNode) else str(node)

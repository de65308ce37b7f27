"""The page of the dataset: what it is, where to have it, and how much of what is in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from markupsafe import Markup

from hct_kg.store import Triple
from hct_kg.terms import DCTERMS, PROV, shorten
from hct_kg.web.pages import Place, environment, render
from hct_kg.web.statements import Node, Statements, Text, key
from hct_kg.web.things import Value
from hct_kg.web.vocabulary import text

VOID = "http://rdfs.org/ns/void#"
DCAT = "http://www.w3.org/ns/dcat#"
COUNTS = {
    "Triples": "triples",
    "Things described": "entities",
    "Subjects": "distinctSubjects",
    "Objects": "distinctObjects",
    "Properties": "properties",
    "Classes": "classes",
}


@dataclass(frozen=True, slots=True)
class Count:
    """How many there are of something, and what it was made from."""

    what: Value
    number: int
    sources: Sequence[Value] = ()


@dataclass(frozen=True, eq=False)
class Measured:
    """What is measured of the dataset, which is the same wherever the service is seen.

    Equal to nothing but itself: what is written of it is found without a look at all its triples.
    """

    triples: Sequence[Triple]

    @cached_property
    def said(self) -> Statements:
        """The triples by subject and by object."""
        return Statements(self.triples)


def dataset_page(iri: str, measured: Measured, placed: Sequence[Triple]) -> Callable[[Sequence[Triple], Place], str]:
    """Return how the page of the dataset is written: from its measures, and from where it is seen."""

    def page(_: Sequence[Triple], place: Place) -> str:
        said, seen = measured.said, Statements(placed)
        return render(
            "dataset.html",
            place,
            iri=iri,
            title=seen.label(iri),
            description=text(seen, iri, DCTERMS + "description"),
            version=text(seen, iri, DCAT + "version").words,
            licences=links(said.values(iri, DCTERMS + "license"), said, place),
            sources=links(said.values(iri, DCTERMS + "source"), said, place),
            counts=[(heading, number(said, iri, name)) for heading, name in COUNTS.items()],
            endpoint=text(seen, iri, VOID + "sparqlEndpoint").words,
            dumps=sorted(key(node) for node in seen.values(iri, VOID + "dataDump")),
            examples=links(said.values(iri, VOID + "exampleResource"), said, place),
            tables=tables(measured, iri, place.base, place.path),
        )

    return page


@lru_cache(maxsize=8)
def tables(measured: Measured, iri: str, base: str, path: str) -> Markup:
    """Return the tables of graphs, classes and properties for a page at a path: the longest part of it."""
    said, place = measured.said, Place(base, path)
    written = (
        environment()
        .get_template("dataset_tables.html")
        .module.tables(  # type: ignore[attr-defined]
            graphs(said, iri, place),
            partitions(said, iri, place, "classPartition", "class", "entities"),
            partitions(said, iri, place, "propertyPartition", "property", "triples"),
        )
    )
    return Markup(written)  # noqa: S704


def number(said: Statements, name: str, counted: str) -> int:
    """Return a count; 0 where there is nothing to count."""
    found = said.first(name, VOID + counted)
    return int(found.value) if found is not None else 0


def links(nodes: Sequence[Node], said: Statements, place: Place) -> list[Value]:
    """Return things with the links to them, by name."""
    return sorted((Value(said.spell(node), place.href(key(node))) for node in nodes), key=lambda value: value.text)


def graphs(said: Statements, iri: str, place: Place) -> list[Count]:
    """Return the named graphs, by name, with what each was made from or by."""
    found = []
    for graph in sorted(key(node) for node in said.values(iri, VOID + "subset")):
        rules = said.values(graph, PROV + "wasGeneratedBy")
        sources = links(rules or said.values(graph, PROV + "wasDerivedFrom"), said, place)
        name = Value(Text(graph.removeprefix(place.base + "graph/")), place.href(graph))
        found.append(Count(name, number(said, graph, "triples"), sources))
    return found


def partitions(said: Statements, iri: str, place: Place, kind: str, by: str, counted: str) -> list[Count]:
    """Return classes or properties, the most frequent first."""
    found = []
    for node in said.values(iri, VOID + kind):
        term = key(said.first(key(node), VOID + by))
        found.append(Count(Value(Text(shorten(term)), place.href(term)), number(said, key(node), counted)))
    return sorted(found, key=lambda count: (-count.number, count.what.text))

"""One change made to a copy of the dataset; runs inside a worker that ends after it.

The answer is a snapshot of the outcome: nothing is changed until the server has made it the current one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from time import perf_counter

from hct_kg.errors import FederationDisabled, MalformedRequest, ProtectedGraph, UnknownResource
from hct_kg.store.clearing import clearing_silently
from hct_kg.store.datasets import with_dataset
from hct_kg.store.embedded import EmbeddedStore, NamedNode, Quad
from hct_kg.store.formats import NQUADS
from hct_kg.store.keywords import uses_keyword
from hct_kg.store.received import HOW_LONG, LONGEST_TERM, read_graph
from hct_kg.store.snapshots import write_snapshot
from hct_kg.store.values import Change, GraphChange, QueryAnswer, Update
from hct_kg.terms import BASE, is_derived

OUTWARD = ("LOAD", "SERVICE")
TRIPLE_TERM, DEEPEST = b"<<(", 100
STRING = re.compile(rb'"(?:[^"\\]|\\.)*"')


Contents = Mapping[str, frozenset[Quad]]


@dataclass(frozen=True, slots=True)
class Protected:
    """The graphs that no request writes: those of the ontology, and those that rules fill."""

    ontology: frozenset[str]

    def covers(self, graph: str) -> bool:
        """Tell whether a graph is protected."""
        return graph in self.ontology or is_derived(graph)

    def contents(self, store: EmbeddedStore) -> Contents:
        """Return the quads of each protected graph that there is."""
        return {name: frozenset(store.quads(NamedNode(name))) for name in store.graphs() if self.covers(name)}


def change(store: EmbeddedStore, request: Change, protected: Protected) -> QueryAnswer:
    """Make a change and return the snapshot of its outcome.

    Raises QuerySyntaxError, EvaluationError, FederationDisabled, MalformedRequest, UnknownResource (a graph to
    be dropped is not there) and ProtectedGraph.
    """
    started = perf_counter()
    before = protected.contents(store)
    if isinstance(request, Update):
        existed = True
        update(store, request)
    else:
        existed = change_graph(store, request)
    check_protected(before, protected.contents(store))
    body = write_snapshot(store, protected.covers)
    check_readable(body)
    return QueryAnswer(body, NQUADS, 0, (perf_counter() - started) * 1000, existed)


def update(store: EmbeddedStore, request: Update) -> None:
    """Run a SPARQL update over the graphs that it is about."""
    for keyword in OUTWARD:
        if uses_keyword(request.text, keyword, update=True):
            raise FederationDisabled(f"{keyword} is not allowed here: nothing is ever fetched. Send the data itself.")
    store.update(clearing_silently(with_dataset(request)))


def change_graph(store: EmbeddedStore, request: GraphChange) -> bool:
    """Replace, extend or drop a graph; return whether it was there."""
    name = request.graph
    existed = name is None or store.has_graph(name)
    if request.operation == "drop" and not existed:
        raise UnknownResource(f"There is no graph <{name}>.")
    triples = [triple for payload in request.payloads for triple in read_graph(payload, name or BASE)]
    if request.operation != "merge":
        store.remove_graph(name)
    if request.operation != "drop":
        if name is not None:
            store.add_graph(name)
        place = [] if name is None else [NamedNode(name)]
        store.add(Quad(triple.subject, triple.predicate, triple.object, *place) for triple in triples)
    return existed


def check_readable(snapshot: bytes) -> None:
    """Raise MalformedRequest where a snapshot holds what the parser that is to read it back does not take.

    RDF/XML and SPARQL take longer terms than N-Quads does, and escapes make a term longer when it is written.
    Whatever walks down triple terms within triple terms overflows its stack at some depth.
    """
    start = 0
    while len(snapshot) - start > LONGEST_TERM:
        end = snapshot.rfind(b"\n", start, start + LONGEST_TERM)
        if end < 0:
            raise MalformedRequest(f"The outcome would hold a triple that is too long. {HOW_LONG}")
        start = end + 1
    if TRIPLE_TERM in snapshot and any(nesting(line) > DEEPEST for line in snapshot.splitlines()):
        raise MalformedRequest(f"The outcome would hold triple terms nested more than {DEEPEST} deep.")


def nesting(line: bytes) -> int:
    """Return how deep the triple terms of a line of N-Quads are nested: only its object can be one."""
    return STRING.sub(b"", line).count(TRIPLE_TERM) if line.count(TRIPLE_TERM) > DEEPEST else 0


def check_protected(before: Contents, after: Contents) -> None:
    """Raise ProtectedGraph where a change of a protected graph would be lost.

    What rules derive is derived anew, so to remove of it is no loss; to add to it is. Whoever clears all
    graphs means the data: the ontology is there again.
    """
    cleared = not any(quads for graph, quads in after.items() if not is_derived(graph))
    for graph in sorted(before.keys() | after.keys()):
        old, new = before.get(graph, frozenset()), after.get(graph, frozenset())
        if new - old or (old - new and not cleared and not is_derived(graph)):
            whose = "rules fill it" if is_derived(graph) else "it is part of the ontology"
            raise ProtectedGraph(f"<{graph}> is not changed by request: {whose}. Name the graphs to change.", graph)

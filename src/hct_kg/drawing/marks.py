"""What a reader has selected, what leads to it and what follows from it: shown in a diagram that stays as it is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from hct_kg.drawing.graphs import Edge, Graph


@dataclass(frozen=True, slots=True)
class Marks:
    """Ids of nodes and edges by how they are shown; what is both upstream and downstream stands in both sets."""

    selected: frozenset[str] = frozenset()
    upstream: frozenset[str] = frozenset()
    downstream: frozenset[str] = frozenset()
    faded: frozenset[str] = frozenset()

    def classes(self, name: str) -> tuple[str, ...]:
        """Return the names of the sets that hold an id."""
        sets = (
            ("selected", self.selected),
            ("upstream", self.upstream),
            ("downstream", self.downstream),
            ("faded", self.faded),
        )
        return tuple(word for word, ids in sets if name in ids)


def marks_around(graph: Graph, selected: str, steps: int | None = None) -> Marks:
    """Return the marks of a node: what leads to it and what follows from it, by so many arrows; the rest fades."""
    upstream = walked(selected, ((edge.target, edge.source, edge) for edge in graph.edges), steps)
    downstream = walked(selected, ((edge.source, edge.target, edge) for edge in graph.edges), steps)
    everything = {node.id for node in graph.nodes} | {edge.id for edge in graph.edges}
    return Marks(
        frozenset({selected}), upstream, downstream, frozenset(everything - upstream - downstream - {selected})
    )


def walked(start: str, ways: Iterable[tuple[str, str, Edge]], steps: int | None) -> frozenset[str]:
    """Return the ids of the nodes and edges that are met from a node, itself left out."""
    onward: dict[str, list[tuple[str, Edge]]] = defaultdict(list)
    for here, there, edge in ways:
        onward[here].append((there, edge))
    met: set[str] = set()
    reached, front, taken = {start}, {start}, 0
    while front and taken != steps:
        edges = [(there, edge) for here in front for there, edge in onward[here]]
        met |= {edge.id for _, edge in edges}
        front = {there for there, _ in edges} - reached
        reached |= front
        taken += 1
    return frozenset((met | reached) - {start})

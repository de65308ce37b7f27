"""The columns with their boxes and, where an arrow passes a column, a place to pass through."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from hct_kg.drawing.graphs import Graph


@dataclass(frozen=True, slots=True)
class Skeleton:
    """Vertices by number: first the nodes, in their order, then the places where arrows pass a column.

    `chains` holds each edge's vertices from the left to the right, whichever way its arrow points; those of an
    edge within one column are its two ends (source, target). `left` and `right` are the neighbours in the next
    columns, one for every line to them; `beside` those in the same column.
    """

    columns: tuple[tuple[int, ...], ...]
    chains: tuple[tuple[int, ...], ...]
    left: tuple[tuple[int, ...], ...]
    right: tuple[tuple[int, ...], ...]
    beside: tuple[tuple[int, ...], ...]
    nodes: int

    def alone(self, vertex: int) -> bool:
        """Return whether no arrow begins, ends or passes at a vertex."""
        return not (self.left[vertex] or self.right[vertex] or self.beside[vertex])


def skeleton_of(graph: Graph, columns: Sequence[int]) -> Skeleton:
    """Return the skeleton of a graph whose nodes stand in the given columns."""
    number = {node.id: place for place, node in enumerate(graph.nodes)}
    standing: list[list[int]] = [[] for _ in range(max(columns, default=-1) + 1)]
    for vertex, column in enumerate(columns):
        standing[column].append(vertex)
    vertices = len(graph.nodes)
    chains: list[tuple[int, ...]] = []
    for edge in graph.edges:
        ends = (number[edge.source], number[edge.target])
        first, last = sorted(ends, key=lambda vertex: columns[vertex])
        between = range(columns[first] + 1, columns[last])
        passing = range(vertices, vertices + len(between))
        vertices += len(between)
        for vertex, column in zip(passing, between, strict=True):
            standing[column].append(vertex)
        chains.append(ends if columns[first] == columns[last] else (first, *passing, last))
    left: list[list[int]] = [[] for _ in range(vertices)]
    right: list[list[int]] = [[] for _ in range(vertices)]
    beside: list[list[int]] = [[] for _ in range(vertices)]
    for chain in chains:
        within = len(chain) == 2 and columns[chain[0]] == columns[chain[1]]
        for here, there in pairwise(chain):
            (beside if within else right)[here].append(there)
            (beside if within else left)[there].append(here)
    return Skeleton(
        tuple(map(tuple, standing)),
        tuple(chains),
        tuple(map(tuple, left)),
        tuple(map(tuple, right)),
        tuple(tuple(other for other in others if other != vertex) for vertex, others in enumerate(beside)),
        len(graph.nodes),
    )

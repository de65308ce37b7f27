"""What is to be drawn: boxes and signed arrows between them, with the marks that the drawing shows."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Node:
    """A box: its label, its column where the model has stages, where it leads, the group that it can be folded into."""

    id: str
    label: str
    column: int | None = None
    href: str = ""
    group: str = ""


@dataclass(frozen=True, slots=True)
class Edge:
    """An arrow: sign +1, -1 or 0 (not said); how it is known; how many passages carry it."""

    id: str
    source: str
    target: str
    sign: int
    modality: str
    implied: bool = False
    evidence: int = 0
    href: str = ""


@dataclass(frozen=True, slots=True)
class Graph:
    """Boxes, the arrows between them, and a heading a column.

    Raises ValueError where an id is used twice or an arrow ends nowhere: a mistake of the caller's.
    """

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    headings: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        times = Counter([*(node.id for node in self.nodes), *(edge.id for edge in self.edges)])
        if twice := sorted(name for name, count in times.items() if count > 1):
            raise ValueError(f"give every node and edge an id of its own: {', '.join(twice)}")
        known = {node.id for node in self.nodes}
        if lost := [edge.id for edge in self.edges if not {edge.source, edge.target} <= known]:
            raise ValueError(f"add the nodes at both ends of: {', '.join(lost)}")
        if odd := [edge.id for edge in self.edges if edge.sign not in (-1, 0, 1)]:
            raise ValueError(f"give a sign of -1, 0 or 1 to: {', '.join(odd)}")
        if any(node.column is not None and node.column < 0 for node in self.nodes):
            raise ValueError("columns are counted from 0")

    def part(self, ids: frozenset[str]) -> Graph:
        """Return the boxes of these ids and the arrows between them."""
        return Graph(
            tuple(node for node in self.nodes if node.id in ids),
            tuple(edge for edge in self.edges if edge.source in ids and edge.target in ids),
            self.headings,
        )

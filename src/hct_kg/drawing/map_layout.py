"""A causal system map: each part that hangs together in columns of its own, the parts side by side.

Layers show such a map better than forces do: its labels are long, most of its ways are short, and what leads to what
is read from the left to the right; the few arrows that close a loop run back.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain

from hct_kg.drawing.diagrams import Diagram
from hct_kg.drawing.graphs import Graph
from hct_kg.drawing.layered import COUNTS_FROM, lay_out

PART_GAP = 24.0
WIDEST = 1088.0
"""What a page shows without sideways scrolling; a single part can be wider."""


def lay_out_map(graph: Graph, counts_from: int = COUNTS_FROM) -> Diagram:
    """Return a map laid out: columns that the nodes name are not looked at, nor headings."""
    plain = Graph(tuple(replace(node, column=None) for node in graph.nodes), graph.edges)
    diagrams = [lay_out(part, counts_from) for part in parts(plain)]
    return packed(plain, sorted(diagrams, key=lambda diagram: -diagram.height))


def parts(graph: Graph) -> Iterator[Graph]:
    """Yield the parts of a graph between which no arrow runs, in the order of their first nodes."""
    neighbours: dict[str, list[str]] = defaultdict(list)
    for edge in graph.edges:
        neighbours[edge.source].append(edge.target)
        neighbours[edge.target].append(edge.source)
    seen: set[str] = set()
    for node in graph.nodes:
        if node.id not in seen:
            part, waiting = {node.id}, [node.id]
            while waiting:
                new = set(neighbours[waiting.pop()]) - part
                part |= new
                waiting += new
            seen |= part
            yield graph.part(frozenset(part))


def packed(graph: Graph, diagrams: Sequence[Diagram]) -> Diagram:
    """Return one diagram of several in rows; they come highest first, and each goes into the first row with room."""
    room = max([WIDEST, *(diagram.width for diagram in diagrams)])
    rows: list[list[Diagram]] = []
    for diagram in diagrams:
        row = next((row for row in rows if length(row) + PART_GAP + diagram.width <= room), None)
        if row is None:
            rows.append([diagram])
        else:
            row.append(diagram)
    moved: list[Diagram] = []
    down = 0.0
    for row in rows:
        moved += (
            diagram.moved(length(row[:place]) + PART_GAP * bool(place), down) for place, diagram in enumerate(row)
        )
        down += row[0].height + PART_GAP
    return Diagram(
        graph,
        width=max(map(length, rows), default=0.0),
        height=max(down - PART_GAP, 0.0),
        boxes=tuple(chain.from_iterable(diagram.boxes for diagram in moved)),
        routes=tuple(chain.from_iterable(diagram.routes for diagram in moved)),
        counts=tuple(chain.from_iterable(diagram.counts for diagram in moved)),
        crossings=sum(diagram.crossings for diagram in moved),
    )


def length(row: Sequence[Diagram]) -> float:
    """Return how long a row of diagrams is, with the gaps between them."""
    return sum(diagram.width for diagram in row) + PART_GAP * max(len(row) - 1, 0)

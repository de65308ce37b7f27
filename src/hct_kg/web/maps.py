"""Which part of a causal map is drawn for a question, and how what was asked for is marked in it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from hct_kg.drawing.graphs import Edge, Graph
from hct_kg.drawing.marks import Marks
from hct_kg.web.drawings import Direction, around, marks_for, marks_of_paths, names, restricted

LARGEST_WHOLE = 160
"""The most links of a map that is drawn whole, and of a part that is drawn of a larger one."""
FARTHEST = 3


@dataclass(frozen=True, slots=True)
class Picture:
    """What is drawn and how it is marked; `steps` is how far a part of a larger map goes, 0 for one drawn whole."""

    graph: Graph
    marks: Marks | None = None
    steps: int = 0


def picture_of(graph: Graph, selected: str, direction: Direction, steps: int | None) -> Picture:
    """Return a map with the marks of what is selected: of a large map, the part around it, of none nothing."""
    if len(graph.edges) <= LARGEST_WHOLE:
        return Picture(graph, marks_for(graph, selected, direction, steps))
    line = next((edge for edge in graph.edges if edge.id == selected), None)
    if line is not None:
        part = beside(graph, line)
        return Picture(part, marks_for(part, selected), 1)
    part, reach = within_reach(graph, selected, direction, steps)
    return Picture(part, marks_for(part, selected, direction), reach)


def within_reach(graph: Graph, factor: str, direction: Direction, steps: int | None) -> tuple[Graph, int]:
    """Return the part of a map around a factor, and how many steps it goes: fewer than asked for, where it grows."""
    for reach in range(1 if steps is None else min(steps, FARTHEST), 1, -1):
        part = around(graph, factor, direction, reach)
        if len(part.edges) <= LARGEST_WHOLE:
            return part, reach
    return around(graph, factor, direction, 1), 1


def beside(graph: Graph, line: Edge) -> Graph:
    """Return a link with what leads to its cause and what its effect leads to."""
    before, after = around(graph, line.source, "causes", 1), around(graph, line.target, "effects", 1)
    return restricted(graph, names(before) | names(after) | {line.id})


def picture_of_paths(graph: Graph, ends: Collection[str], links: frozenset[str]) -> Picture:
    """Return a map with the links that paths run along; of a large map, nothing but these."""
    if len(graph.edges) > LARGEST_WHOLE:
        met = {end for edge in graph.edges if edge.id in links for end in (edge.source, edge.target)}
        graph = restricted(graph, links | met | frozenset(ends))
    return Picture(graph, marks_of_paths(graph, ends, links))

"""What pages do with a drawing: boxes and lines that lead somewhere, and marks for what a reader has asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal, get_args

from hct_kg.drawing.diagrams import Diagram
from hct_kg.drawing.graphs import Edge, Graph
from hct_kg.drawing.marks import Marks, marks_around
from hct_kg.drawing.overview import MERGED, folded, outermost

Direction = Literal["causes", "effects", "both"]
"""What a reader wants to see of a factor: what leads to it, what it affects, or both."""
DIRECTIONS: tuple[Direction, ...] = get_args(Direction)


@dataclass(frozen=True, slots=True)
class Drawn:
    """What is drawn of a graph, and as which box or line each of its factors and links is drawn."""

    graph: Graph
    drawn_as: Mapping[str, str]


def whole(graph: Graph) -> Drawn:
    """Return a graph drawn as it is."""
    return Drawn(graph, {name: name for name in names(graph)})


def overview(graph: Graph) -> Drawn:
    """Return a graph folded into its groups; a link within one group is drawn as the group's box."""
    small = folded(graph)
    nodes = {node.id: node for node in graph.nodes}
    boxes = {name: outermost(node, nodes).id for name, node in nodes.items()}
    lines = {(edge.source, edge.target, edge.sign): edge.id for edge in small.edges}
    ends = {edge.id: (boxes[edge.source], boxes[edge.target], edge.sign) for edge in graph.edges}
    return Drawn(small, {**boxes, **{name: lines.get(line, line[0]) for name, line in ends.items()}})


def leading(diagram: Diagram, to: Callable[[str], str]) -> Diagram:
    """Return a diagram in which boxes, and lines that stand for one link, lead to the address of their identifier."""

    def edge(item: Edge) -> Edge:
        return item if item.id.startswith(MERGED) else replace(item, href=to(item.id))

    return replace(
        diagram,
        boxes=tuple(replace(box, node=replace(box.node, href=to(box.node.id))) for box in diagram.boxes),
        routes=tuple(replace(route, edge=edge(route.edge)) for route in diagram.routes),
    )


def marks_for(graph: Graph, selected: str, direction: Direction = "both", steps: int | None = None) -> Marks | None:
    """Return the marks of a selected factor or link; None where it is not drawn."""
    if any(node.id == selected for node in graph.nodes):
        return one_way(marks_around(graph, selected, steps), direction)
    line = next((edge for edge in graph.edges if edge.id == selected), None)
    return None if line is None else marks_of_line(graph, line)


def one_way(marks: Marks, direction: Direction) -> Marks:
    """Return marks of which those of the other direction have faded."""
    if direction == "both":
        return marks
    kept, lost = (marks.upstream, marks.downstream) if direction == "causes" else (marks.downstream, marks.upstream)
    none: frozenset[str] = frozenset()
    upstream, downstream = (kept, none) if direction == "causes" else (none, kept)
    return Marks(marks.selected, upstream, downstream, marks.faded | (lost - kept))


def marks_of_line(graph: Graph, line: Edge) -> Marks:
    """Return the marks of a link: what leads to its cause, and what follows from its effect."""
    before = marks_around(graph, line.source).upstream | {line.source}
    after = marks_around(graph, line.target).downstream | {line.target}
    return Marks(frozenset({line.id}), before, after, names(graph) - before - after - {line.id})


def marks_of_paths(graph: Graph, ends: Iterable[str], links: Iterable[str]) -> Marks:
    """Return the marks of the links that paths run along from one end to the other."""
    along = frozenset(links)
    met = {end for edge in graph.edges if edge.id in along for end in (edge.source, edge.target)}
    selected = frozenset(ends)
    on_the_way = frozenset((along | met) - selected)
    return Marks(selected, on_the_way, on_the_way, names(graph) - on_the_way - selected)


def around(graph: Graph, factor: str, direction: Direction, steps: int) -> Graph:
    """Return the factors that so many links lead to or from, and the links on the way there."""
    marks = one_way(marks_around(graph, factor, steps), direction)
    return restricted(graph, marks.upstream | marks.downstream | {factor})


def restricted(graph: Graph, ids: frozenset[str]) -> Graph:
    """Return the boxes and the lines of these identifiers."""
    return Graph(
        tuple(node for node in graph.nodes if node.id in ids), tuple(edge for edge in graph.edges if edge.id in ids)
    )


def names(graph: Graph) -> frozenset[str]:
    """Return the identifiers of all boxes and lines."""
    return frozenset({node.id for node in graph.nodes} | {edge.id for edge in graph.edges})

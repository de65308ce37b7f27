"""The ways of the arrows: curves between the columns, level lines past boxes, arcs along a column's right side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hct_kg.drawing.diagrams import Point, Route
from hct_kg.drawing.graphs import Graph
from hct_kg.drawing.ports import ports_of
from hct_kg.drawing.skeleton import Skeleton

FIRST_ARC, NEXT_ARC, WIDEST_ARC = 26.0, 9.0, 110.0
NARROWEST_GAP, WIDEST_GAP = 44.0, 110.0
A_LINE = 1.2
LEAN = 0.75
"""A cubic arc reaches three quarters as far as its handles."""


def gaps_of(skeleton: Skeleton, bulges: Mapping[int, float]) -> list[float]:
    """Return the width of the gap to the right of each column: more lines and wider arcs need more room."""
    gaps = []
    for column in skeleton.columns:
        lines = sum(len(skeleton.right[vertex]) for vertex in column)
        members = set(column)
        arcs = [reach for edge, reach in bulges.items() if skeleton.chains[edge][0] in members]
        gap = min(NARROWEST_GAP + A_LINE * max(lines - 6, 0), WIDEST_GAP) if lines else 0.0
        gaps.append(max(gap, LEAN * max(arcs, default=0.0) + (28.0 if lines else 8.0 if arcs else 0.0)))
    return gaps


def bulges_of(skeleton: Skeleton, place: dict[int, int]) -> dict[int, float]:
    """Return how far each arc reaches out, by edge: an arc around others farther than these."""
    within = {vertex: column for column, members in enumerate(skeleton.columns) for vertex in members}
    arcs: list[tuple[int, int, int, int]] = []
    for edge, chain in enumerate(skeleton.chains):
        if len(chain) == 2 and within[chain[0]] == within[chain[1]]:
            top, bottom = sorted((place[chain[0]], place[chain[1]]))
            arcs.append((bottom - top, within[chain[0]], top, edge))
    track: dict[int, int] = {}
    done: list[tuple[int, int, int, int]] = []
    for span, column, top, edge in sorted(arcs):
        inside = [
            track[other]
            for length, group, upper, other in done
            if group == column and upper < top + max(span, 1) and top < upper + max(length, 1)
        ]
        track[edge] = 1 + max(inside, default=-1)
        done.append((span, column, top, edge))
    return {edge: min(FIRST_ARC + NEXT_ARC * number, WIDEST_ARC) for edge, number in track.items()}


def routes_of(
    graph: Graph,
    skeleton: Skeleton,
    middle: Sequence[float],
    heights: Sequence[float],
    borders: Mapping[int, tuple[float, float]],
    bulges: Mapping[int, float],
) -> tuple[Route, ...]:
    """Return the route of every edge; `borders` are the left and right border of each vertex's column."""
    ports = ports_of(skeleton, middle, heights)
    routes = []
    for number, edge in enumerate(graph.edges):
        chain = skeleton.chains[number]
        start, end = ports[number, True], ports[number, False]
        if number in bulges:
            side = borders[chain[0]][1]
            routes.append(Route(edge, ((side, start), (side, end)), bulges[number]))
            continue
        points: list[Point] = [(borders[chain[0]][1], start)]
        for vertex in chain[1:-1]:
            points += [(borders[vertex][0], middle[vertex]), (borders[vertex][1], middle[vertex])]
        points.append((borders[chain[-1]][0], end))
        forward = graph.nodes[chain[0]].id == edge.source
        routes.append(Route(edge, tuple(points if forward else reversed(points))))
    return tuple(routes)

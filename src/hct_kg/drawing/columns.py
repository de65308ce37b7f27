"""In which column each box stands: the one that the model gives, or the one that the arrows ask for."""

from __future__ import annotations

from collections.abc import Sequence

from hct_kg.drawing.acyclic import Arc, turned
from hct_kg.drawing.graphs import Graph


def columns_of(graph: Graph) -> list[int]:
    """Return a column for every node, in their order, counted from 0.

    Where no node has one, causes stand left of their effects. Where some have, the others stand in the column
    after the last of their causes, else before the first of their effects, else in the first.
    """
    number = {node.id: place for place, node in enumerate(graph.nodes)}
    arcs = [(number[edge.source], number[edge.target]) for edge in graph.edges if edge.source != edge.target]
    given = [node.column for node in graph.nodes]
    if all(column is None for column in given):
        return computed(len(given), arcs)
    return completed(given, arcs)


def computed(count: int, arcs: Sequence[Arc]) -> list[int]:
    """Return the columns of the longest ways, with short arrows: a cause stands close to its first effect."""
    back = turned(count, arcs)
    ahead: list[list[int]] = [[] for _ in range(count)]
    behind: list[list[int]] = [[] for _ in range(count)]
    for place, (tail, head) in enumerate(arcs):
        start, end = (head, tail) if place in back else (tail, head)
        ahead[start].append(end)
        behind[end].append(start)
    order = topological(ahead, behind)
    column = [0] * count
    for node in order:
        column[node] = max((column[cause] + 1 for cause in behind[node]), default=0)
    for node in reversed(order):
        if ahead[node] and len(ahead[node]) >= len(behind[node]):
            column[node] = min(column[effect] for effect in ahead[node]) - 1
    return column


def topological(ahead: Sequence[Sequence[int]], behind: Sequence[Sequence[int]]) -> list[int]:
    """Return the nodes of a network without loops, causes first."""
    missing = [len(causes) for causes in behind]
    order = [node for node, count in enumerate(missing) if not count]
    for node in order:
        for effect in ahead[node]:
            missing[effect] -= 1
            if not missing[effect]:
                order.append(effect)
    return order


def completed(given: Sequence[int | None], arcs: Sequence[Arc]) -> list[int]:
    """Return the given columns, and one for each node without, from its neighbours' columns."""
    column = list(given)
    last = max(place for place in given if place is not None)
    for node in (node for node, place in enumerate(given) if place is None):
        causes = [place for tail, head in arcs if head == node and (place := column[tail]) is not None]
        effects = [place for tail, head in arcs if tail == node and (place := column[head]) is not None]
        column[node] = min(max(causes) + 1, last) if causes else max(min(effects) - 1, 0) if effects else 0
    return [place or 0 for place in column]

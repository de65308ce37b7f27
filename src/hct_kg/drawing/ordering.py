"""The order of the boxes in each column: few crossings, the same every time.

Sweeps put each vertex at the mean height of its neighbours in the column that the sweep comes from, and of those in
its own; neighbours are then exchanged while that helps. That ends where no small change helps, often not at the best
place: so it begins anew from shuffled orders, as often as the size allows, and the best order of all is sifted.
"""

from __future__ import annotations

from collections.abc import Sequence

from hct_kg.drawing.crossings import Order, crossings, length_beside
from hct_kg.drawing.exchanges import exchanged, sifted
from hct_kg.drawing.skeleton import Skeleton

SWEEPS, PATIENCE = 24, 6
MOST_STARTS, VERTICES = 12, 1600
"""How often to begin at most, and how many vertices to order in all: a large diagram is begun less often."""
BESIDE = 0.5
"""The weight of a neighbour in the same column, against 1 for one in the next."""


def ordered(skeleton: Skeleton, given: Order) -> Order:
    """Return an order of the columns with no more crossings than the one given."""
    starts = min(MOST_STARTS, max(1, VERTICES // max(len(skeleton.left), 1)))
    best = improved(skeleton, given)
    for start in range(1, starts):
        if not crossings(skeleton, best):
            return best
        best = min(best, improved(skeleton, shuffled(given, start)), key=lambda order: cost(skeleton, order))
    polished = [list(column) for column in best]
    if len(skeleton.left) <= VERTICES:
        sifted(skeleton, polished)
    return min(best, polished, key=lambda order: cost(skeleton, order))


def shuffled(order: Order, start: int) -> Order:
    """Return the columns in an order that looks random and is the same everywhere (Knuth's multiplicative hash)."""
    return [sorted(column, key=lambda vertex: (vertex + 1) * (2 * start + 1) * 2654435761 % 2**32) for column in order]


def improved(skeleton: Skeleton, start: Order) -> Order:
    """Return the best order that sweeps from a start meet."""
    order = [list(column) for column in start]
    best, least = [list(column) for column in order], cost(skeleton, order)
    tired = 0
    for sweep in range(SWEEPS):
        swept(skeleton, order, towards_right=sweep % 2 == 0)
        exchanged(skeleton, order)
        now = cost(skeleton, order)
        if now < least:
            best, least, tired = [list(column) for column in order], now, 0
        else:
            tired += 1
        if tired == PATIENCE or least == (0, 0):
            break
    return best


def cost(skeleton: Skeleton, order: Order) -> tuple[int, int]:
    """Return what an order is judged by: its crossings, then the length of its arcs."""
    return crossings(skeleton, order), length_beside(skeleton, order)


def swept(skeleton: Skeleton, order: Order, towards_right: bool) -> None:
    """Order each column by the heights of its neighbours, one column after the other."""
    height = {vertex: at for column in order for vertex, at in heights(column).items()}
    neighbours = skeleton.left if towards_right else skeleton.right
    for number in range(len(order)) if towards_right else reversed(range(len(order))):
        column = order[number]
        wish = {vertex: mean(vertex, neighbours[vertex], skeleton.beside[vertex], height) for vertex in column}
        column.sort(key=wish.__getitem__)
        height |= heights(column)
        if any(hangs_on_arcs(skeleton, vertex) for vertex in column):
            column.sort(key=lambda vertex: followed(skeleton, vertex, height))
            height |= heights(column)


def hangs_on_arcs(skeleton: Skeleton, vertex: int) -> bool:
    """Return whether a vertex has neighbours in its own column only: it goes where they have gone."""
    return bool(skeleton.beside[vertex]) and not (skeleton.left[vertex] or skeleton.right[vertex])


def followed(skeleton: Skeleton, vertex: int, height: dict[int, float]) -> float:
    """Return a vertex's height, or that of the neighbours that alone hold it."""
    return mean(vertex, (), skeleton.beside[vertex], height) if hangs_on_arcs(skeleton, vertex) else height[vertex]


def heights(column: Sequence[int]) -> dict[int, float]:
    """Return heights in a column whose middle is 0."""
    middle = (len(column) - 1) / 2
    return {vertex: place - middle for place, vertex in enumerate(column)}


def mean(vertex: int, across: Sequence[int], beside: Sequence[int], height: dict[int, float]) -> float:
    """Return the mean height of a vertex's neighbours, or its own where it has none."""
    weight = len(across) + BESIDE * len(beside)
    if not weight:
        return height[vertex]
    return (sum(height[other] for other in across) + BESIDE * sum(height[other] for other in beside)) / weight

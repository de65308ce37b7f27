"""How many times arrows cross: between two columns, and where an arrow runs along a column's right side."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Sequence
from itertools import combinations

from hct_kg.drawing.skeleton import Skeleton

Order = list[list[int]]
"""The vertices of each column from the top to the bottom."""

Arc = tuple[int, int]


def crossings(skeleton: Skeleton, order: Sequence[Sequence[int]]) -> int:
    """Return the number of crossings of a drawing with this order."""
    place = places(order)
    between = sum(gap_crossings(skeleton, column, place) for column in order)
    return between + sum(side_crossings(skeleton, column, place) for column in order)


def places(order: Sequence[Sequence[int]]) -> dict[int, int]:
    """Return each vertex's place in its column."""
    return {vertex: place for column in order for place, vertex in enumerate(column)}


def gap_crossings(skeleton: Skeleton, column: Sequence[int], place: dict[int, int]) -> int:
    """Return the crossings between a column and the next: the inversions among the lines' right ends."""
    seen: list[int] = []
    found = 0
    for vertex in column:
        ends = sorted(place[other] for other in skeleton.right[vertex])
        found += sum(len(seen) - bisect_right(seen, end) for end in ends)
        for end in ends:
            insort(seen, end)
    return found


def side_crossings(skeleton: Skeleton, column: Sequence[int], place: dict[int, int]) -> int:
    """Return the crossings of a column's arcs with each other and with the lines that leave from between their ends."""
    arcs = [
        (place[vertex], place[other])
        for vertex in column
        for other in skeleton.beside[vertex]
        if place[vertex] < place[other]
    ]
    leaving = sum(len(skeleton.right[column[at]]) for top, bottom in arcs for at in range(top + 1, bottom))
    return leaving + sum(interleaved(one, other) for one, other in combinations(arcs, 2))


def interleaved(one: Arc, other: Arc) -> bool:
    """Return whether exactly one end of an arc lies strictly between the ends of another."""
    (top, bottom), (upper, lower) = sorted((one, other))
    return top < upper < bottom < lower


def length_beside(skeleton: Skeleton, order: Sequence[Sequence[int]]) -> int:
    """Return how many places all arcs within columns run past, in sum."""
    place = places(order)
    return sum(abs(place[vertex] - place[other]) for vertex in place for other in skeleton.beside[vertex])

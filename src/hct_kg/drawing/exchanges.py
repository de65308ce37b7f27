"""What the exchange of two neighbours in a column gains, and two searches made of it: pairwise, and by sifting.

Sifting (Matuszewski, Schönfeld and Molitor 1999, https://doi.org/10.1007/3-540-46648-7_22) moves one vertex past all
the others of its column and leaves it where the crossings are fewest.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

from hct_kg.drawing.crossings import Order, interleaved, places
from hct_kg.drawing.skeleton import Skeleton

ROUNDS = 3


def exchanged(skeleton: Skeleton, order: Order) -> None:
    """Exchange vertices that stand one below the other while a column gains by it; a few rounds are enough."""
    place = places(order)
    for _ in range(ROUNDS):
        gained = False
        for column in order:
            for upper in range(len(column) - 1):
                if gain(skeleton, column[upper], column[upper + 1], place) > 0:
                    swap(column, upper, place)
                    gained = True
        if not gained:
            return


def sifted(skeleton: Skeleton, order: Order) -> None:
    """Move each vertex to the best place in its column, those with the most lines first; once round."""
    place = places(order)
    for column in order:
        for vertex in sorted(column, key=lambda vertex: -lines_at(skeleton, vertex)):
            sift(skeleton, vertex, column, place)


def lines_at(skeleton: Skeleton, vertex: int) -> int:
    """Return how many lines begin or end at a vertex."""
    return len(skeleton.left[vertex]) + len(skeleton.right[vertex]) + len(skeleton.beside[vertex])


def sift(skeleton: Skeleton, vertex: int, column: list[int], place: dict[int, int]) -> None:
    """Move a vertex up to the top, down to the bottom, and back to the best place met."""
    best_gain, best, total, last = 0, place[vertex], 0, len(column) - 1
    for step in (-1, 1):
        while 0 <= place[vertex] + step <= last:
            upper = min(place[vertex], place[vertex] + step)
            total += gain(skeleton, column[upper], column[upper + 1], place)
            swap(column, upper, place)
            if total > best_gain:
                best_gain, best = total, place[vertex]
    while place[vertex] > best:
        swap(column, place[vertex] - 1, place)


def swap(column: list[int], upper: int, place: dict[int, int]) -> None:
    """Exchange the vertices at a place and at the one below it."""
    above, below = column[upper], column[upper + 1]
    column[upper], column[upper + 1] = below, above
    place[above], place[below] = upper + 1, upper


def gain(skeleton: Skeleton, above: int, below: int, place: dict[int, int]) -> int:
    """Return how many crossings fewer there are when two vertices change places."""
    left, right, beside = skeleton.left, skeleton.right, skeleton.beside
    lines = inversions(left[above], left[below], place) + inversions(right[above], right[below], place)
    if not (beside[above] or beside[below]):
        return lines
    return lines + passed(skeleton, above, below, place) + passed_back(skeleton, above, below, place)


def inversions(upper: Sequence[int], lower: Sequence[int], place: dict[int, int]) -> int:
    """Return the crossings of lines to these ends now, less those when their beginnings change places."""
    if not (upper and lower):
        return 0
    if len(upper) == len(lower) == 1:
        one, other = place[upper[0]], place[lower[0]]
        return (one > other) - (one < other)
    ends = [place[end] for end in lower]
    return sum((one > other) - (one < other) for one in [place[end] for end in upper] for other in ends)


def passed(skeleton: Skeleton, above: int, below: int, place: dict[int, int]) -> int:
    """Return the crossings of arcs with leaving lines now, less those after the exchange."""
    right, beside = skeleton.right, skeleton.beside
    own = sum((place[end] > place[below]) - (place[end] < place[above]) for end in beside[above])
    others = sum((place[end] < place[above]) - (place[end] > place[below]) for end in beside[below])
    return own * len(right[below]) + others * len(right[above])


def passed_back(skeleton: Skeleton, above: int, below: int, place: dict[int, int]) -> int:
    """Return the crossings among the two vertices' arcs now, less those after the exchange."""
    top, bottom = place[above], place[below]
    pairs = [
        (place[one], place[other])
        for one, other in product(skeleton.beside[above], skeleton.beside[below])
        if one != below and other != above
    ]
    now = sum(interleaved(arc(top, one), arc(bottom, other)) for one, other in pairs)
    return now - sum(interleaved(arc(bottom, one), arc(top, other)) for one, other in pairs)


def arc(one: int, other: int) -> tuple[int, int]:
    """Return two places, the upper first."""
    return (one, other) if one < other else (other, one)

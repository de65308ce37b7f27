"""The height of each vertex in its column: near its neighbours, long arrows straight, nothing too close.

Column by column, the sum of the squared distances to the neighbours in the next columns is made as small as the
order and the gaps allow: an isotonic regression, solved exactly by pooling adjacent violators (Barlow, Bartholomew,
Bremner and Brunk 1972, Statistical Inference under Order Restrictions).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from hct_kg.drawing.crossings import Order
from hct_kg.drawing.skeleton import Skeleton

SWEEPS = 30
BOX_GAP, LINE_GAP, MIXED_GAP = 9.0, 6.0, 8.0
ENDS, END_AND_PASSAGE, PASSAGES, BESIDE = 1.0, 2.0, 8.0, 0.5
"""Weights of a line between two boxes, a box and a passage, two passages: the longer an arrow, the straighter.

An arc within a column draws its ends together a little."""


@dataclass(frozen=True, slots=True)
class Column:
    """The vertices of a column, what draws each of them how strongly, and how far below the first each must be."""

    vertices: tuple[int, ...]
    pulls: tuple[tuple[tuple[int, float], ...], ...]
    totals: tuple[float, ...]
    offsets: tuple[float, ...]


def placed(skeleton: Skeleton, order: Order, heights: Sequence[float]) -> list[float]:
    """Return the middle of each vertex, downwards; `heights` are the boxes', 0 for a passage."""
    middle = [0.0] * len(heights)
    linked = ([vertex for vertex in column if not skeleton.alone(vertex)] for column in order)
    columns = [column_of(skeleton, vertices, heights) for vertices in linked if vertices]
    for column in columns:
        for vertex, offset in zip(column.vertices, column.offsets, strict=True):
            middle[vertex] = offset - column.offsets[-1] / 2
    for sweep in range(SWEEPS):
        for column in columns if sweep % 2 else reversed(columns):
            settle(column, middle)
    hang_the_rest(skeleton, order, heights, middle)
    return middle


def column_of(skeleton: Skeleton, vertices: Sequence[int], heights: Sequence[float]) -> Column:
    """Return a column with what is the same in every sweep."""
    pulls = tuple(pulls_of(skeleton, vertex) for vertex in vertices)
    offsets = [0.0]
    for above, below in pairwise(vertices):
        gap = (LINE_GAP, MIXED_GAP, BOX_GAP)[(above < skeleton.nodes) + (below < skeleton.nodes)]
        offsets.append(offsets[-1] + (heights[above] + heights[below]) / 2 + gap)
    return Column(tuple(vertices), pulls, tuple(sum(pull for _, pull in each) for each in pulls), tuple(offsets))


def pulls_of(skeleton: Skeleton, vertex: int) -> tuple[tuple[int, float], ...]:
    """Return the neighbours that draw a vertex, and how strongly."""
    strengths = (PASSAGES, END_AND_PASSAGE, ENDS)
    across = (*skeleton.left[vertex], *skeleton.right[vertex])
    return (
        *((other, strengths[(vertex < skeleton.nodes) + (other < skeleton.nodes)]) for other in across),
        *((other, BESIDE) for other in skeleton.beside[vertex]),
    )


def settle(column: Column, middle: list[float]) -> None:
    """Move the vertices of a column to where their neighbours draw them, as far as order and gaps allow."""
    wishes = []
    for pulls, total, offset in zip(column.pulls, column.totals, column.offsets, strict=True):
        drawn = 0.0
        for other, pull in pulls:
            drawn += pull * middle[other]
        wishes.append(drawn / total - offset)
    levels = isotonic(wishes, column.totals)
    for vertex, level, offset in zip(column.vertices, levels, column.offsets, strict=True):
        middle[vertex] = level + offset


def isotonic(wishes: Sequence[float], weights: Sequence[float]) -> list[float]:
    """Return the values that never fall and are nearest to the wishes, by the sum of weighted squares."""
    blocks: list[tuple[float, float, int]] = []
    for wish, share in zip(wishes, weights, strict=True):
        value, total, count = wish, share, 1
        while blocks and blocks[-1][0] >= value:
            before, mass, members = blocks.pop()
            value = (value * total + before * mass) / (total + mass)
            total, count = total + mass, count + members
        blocks.append((value, total, count))
    return [value for value, _, count in blocks for _ in range(count)]


def hang_the_rest(skeleton: Skeleton, order: Order, heights: Sequence[float], middle: list[float]) -> None:
    """Put the boxes without arrows below the others of their column, level with those of the other columns."""
    edges = [
        (middle[vertex] - heights[vertex] / 2, middle[vertex] + heights[vertex] / 2)
        for column in order
        for vertex in column
        if not skeleton.alone(vertex)
    ]
    top = min((upper for upper, _ in edges), default=0.0)
    for column in order:
        lower = [middle[vertex] + heights[vertex] / 2 for vertex in column if not skeleton.alone(vertex)]
        bottom = max(lower) + 2 * BOX_GAP if lower else top
        for vertex in column:
            if skeleton.alone(vertex):
                middle[vertex] = bottom + heights[vertex] / 2
                bottom += heights[vertex] + BOX_GAP

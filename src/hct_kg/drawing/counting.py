"""Where the number of passages stands on each line: where it hides no box, no other number and few other lines."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from hct_kg.drawing.diagrams import Box, Count, Point, Route, along
from hct_kg.drawing.measuring import text_width

SIZE, HEIGHT = 11.0, 13.0
SHARES = (0.7, 0.62, 0.77, 0.54, 0.84, 0.46, 0.38, 0.3, 0.23, 0.16)
"""Where on a curve a number is looked for: nearer the arrowhead first."""
STEPS = tuple(step / 16 for step in range(16))
CELL = 32.0

Rectangle = tuple[float, float, float, float]


def counts_of(routes: Sequence[Route], boxes: Sequence[Box], least: int) -> tuple[Count, ...]:
    """Return the place of the number of every edge that at least so many passages carry."""
    numbered = [route for route in routes if route.edge.evidence >= least]
    crowd = Crowd(routes if numbered else (), boxes)
    counts = []
    for route in numbered:
        width = text_width(str(route.edge.evidence), SIZE) + 4
        x, y = min(candidates(route), key=lambda at: crowd.cost(around(at, width), route.edge.id))
        crowd.take(around((x, y), width))
        counts.append(Count(route.edge, x, y))
    return tuple(counts)


def candidates(route: Route) -> Iterator[Point]:
    """Yield points of a route, the last curve's first."""
    for curve in reversed(tuple(route.curves())):
        yield from (along(curve, share) for share in SHARES)


def around(point: Point, width: float) -> Rectangle:
    """Return the rectangle that a number of a width takes up around a point."""
    x, y = point
    return (x - width / 2, y - HEIGHT / 2, x + width / 2, y + HEIGHT / 2)


class Crowd:
    """What a number could hide: rectangles taken up and points of lines, in a grid, so that only near ones count."""

    def __init__(self, routes: Sequence[Route], boxes: Sequence[Box]) -> None:
        self._taken: dict[tuple[int, int], list[Rectangle]] = defaultdict(list)
        self._lines: dict[tuple[int, int], list[tuple[float, float, str]]] = defaultdict(list)
        for box in boxes:
            self.take((box.x, box.y, box.right, box.bottom))
        for route in routes:
            for curve in route.curves():
                for share in STEPS:
                    x, y = along(curve, share)
                    self._lines[int(x // CELL), int(y // CELL)].append((x, y, route.edge.id))

    def take(self, rectangle: Rectangle) -> None:
        """Take a rectangle up."""
        for cell in cells(rectangle):
            self._taken[cell].append(rectangle)

    def cost(self, rectangle: Rectangle, edge: str) -> tuple[float, int]:
        """Return how much of a rectangle is taken up, and how many points of lines other than an edge's it hides."""
        left, top, right, bottom = rectangle
        near = list(cells(rectangle))
        hidden = sum(
            left < x < right and top < y < bottom and name != edge
            for cell in near
            for x, y, name in self._lines.get(cell, ())
        )
        return sum(shared(rectangle, other) for cell in near for other in self._taken.get(cell, ())), hidden


def cells(rectangle: Rectangle) -> Iterator[tuple[int, int]]:
    """Yield the cells of the grid that a rectangle touches."""
    left, top, right, bottom = (int(side // CELL) for side in rectangle)
    for across in range(left, right + 1):
        for down in range(top, bottom + 1):
            yield across, down


def shared(one: Rectangle, other: Rectangle) -> float:
    """Return the area that two rectangles share."""
    across = min(one[2], other[2]) - max(one[0], other[0])
    down = min(one[3], other[3]) - max(one[1], other[1])
    return across * down if across > 0 and down > 0 else 0.0

"""A diagram that is laid out: boxes, bands, routes and counts at their places, in pixels, y downwards."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TypeAlias

from hct_kg.drawing.graphs import Edge, Graph, Node

Point: TypeAlias = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Box:
    """A node's box, with its label in lines."""

    node: Node
    x: float
    y: float
    width: float
    height: float
    lines: tuple[str, ...]

    @property
    def right(self) -> float:
        """Return where the right border is."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """Return where the lower border is."""
        return self.y + self.height


@dataclass(frozen=True, slots=True)
class Band:
    """The ground of a column, with its heading in lines."""

    x: float
    width: float
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Route:
    """An edge's way: points at which it runs level, from its source to its target.

    Between two points it is a curve that leaves and arrives level and stays between their heights; `bulge` is how
    far the handles of an arc, whose two points stand on one side of a column, reach to the right.
    """

    edge: Edge
    points: tuple[Point, ...]
    bulge: float = 0.0

    @property
    def heading(self) -> int:
        """Return whether the arrow arrives going right (1) or left (-1)."""
        return -1 if self.bulge or self.points[-1][0] < self.points[-2][0] else 1

    def curves(self) -> Iterator[tuple[Point, Point, Point, Point]]:
        """Yield the cubic Bézier curves of the way: start, two handles, end."""
        for (x, y), (to_x, to_y) in zip(self.points, self.points[1:], strict=False):
            one, other = (x + self.bulge, to_x + self.bulge) if self.bulge else ((x + to_x) / 2, (x + to_x) / 2)
            yield (x, y), (one, y), (other, to_y), (to_x, to_y)


@dataclass(frozen=True, slots=True)
class Count:
    """The number of passages that carry an edge, beside its line: the middle of the number."""

    edge: Edge
    x: float
    y: float


@dataclass(frozen=True, slots=True, eq=False)
class Diagram:
    """Everything at its place; boxes in reading order: column by column, from the top.

    A diagram is equal to nothing but itself: what is kept of it is found without a look at all its points.
    """

    graph: Graph
    width: float
    height: float
    boxes: tuple[Box, ...]
    routes: tuple[Route, ...]
    bands: tuple[Band, ...] = ()
    counts: tuple[Count, ...] = ()
    crossings: int = 0

    def moved(self, x: float, y: float) -> Diagram:
        """Return the same diagram further to the right and further down."""
        return replace(
            self,
            boxes=tuple(replace(box, x=box.x + x, y=box.y + y) for box in self.boxes),
            routes=tuple(
                replace(route, points=tuple((at + x, down + y) for at, down in route.points)) for route in self.routes
            ),
            bands=tuple(replace(band, x=band.x + x) for band in self.bands),
            counts=tuple(replace(count, x=count.x + x, y=count.y + y) for count in self.counts),
        )


def along(curve: tuple[Point, Point, Point, Point], share: float) -> Point:
    """Return the point of a cubic Bézier curve at a share of its parameter, 0 to 1."""
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = curve
    rest = 1 - share
    first, second, third, fourth = rest**3, 3 * rest * rest * share, 3 * rest * share * share, share**3
    return first * x0 + second * x1 + third * x2 + fourth * x3, first * y0 + second * y1 + third * y2 + fourth * y3

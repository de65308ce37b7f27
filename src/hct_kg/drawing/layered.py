"""A diagram in columns: the stages of a theory of change, or those that the arrows ask for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hct_kg.drawing.columns import columns_of
from hct_kg.drawing.counting import counts_of
from hct_kg.drawing.crossings import Order, crossings, places
from hct_kg.drawing.diagrams import Band, Box, Diagram
from hct_kg.drawing.graphs import Graph
from hct_kg.drawing.measuring import LINE_HEIGHT, text_width, wrap
from hct_kg.drawing.ordering import ordered
from hct_kg.drawing.placing import placed
from hct_kg.drawing.routing import bulges_of, gaps_of, routes_of
from hct_kg.drawing.skeleton import Skeleton, skeleton_of

TEXT_WIDTH, NARROWEST_BOX = 128.0, 88.0
PADDING_X, PADDING_Y, BAND_PADDING = 8.0, 5.0, 9.0
HEADING_SIZE, HEADING_LINE = 14.0, 18.0
BOLD = 1.12
"""How much wider the bold letters of a heading are than plain ones."""
COUNTS_FROM = 2


@dataclass(frozen=True, slots=True)
class Sizes:
    """The lines of every node's label, the height of every vertex, the width of every column's boxes."""

    lines: tuple[tuple[str, ...], ...]
    heights: tuple[float, ...]
    widths: tuple[float, ...]


def lay_out(graph: Graph, counts_from: int = COUNTS_FROM) -> Diagram:
    """Return a graph laid out in columns; lines that fewer passages than `counts_from` carry show no number."""
    skeleton = skeleton_of(graph, columns_of(graph))
    sizes = sizes_of(graph, skeleton)
    order = order_of(graph, skeleton)
    bulges = bulges_of(skeleton, places(order))
    gaps = gaps_of(skeleton, bulges)
    bands = bands_of(graph, sizes.widths, gaps)
    borders = borders_of(order, bands, BAND_PADDING if graph.headings else 0.0)
    middle = lowered(placed(skeleton, order, sizes.heights), sizes.heights, top_of(bands))
    boxes = boxes_of(graph, order, sizes, middle, borders)
    routes = routes_of(graph, skeleton, middle, sizes.heights, borders, bulges)
    return Diagram(
        graph,
        width=bands[-1].x + bands[-1].width + gaps[-1] + 1 if bands else 0.0,
        height=max([top_of(bands), *(box.bottom for box in boxes), *middle]) + (BAND_PADDING if graph.headings else 1),
        boxes=boxes,
        routes=routes,
        bands=bands if graph.headings else (),
        counts=counts_of(routes, boxes, counts_from),
        crossings=crossings(skeleton, order),
    )


def sizes_of(graph: Graph, skeleton: Skeleton) -> Sizes:
    """Return the sizes that the labels ask for; a passage has no height."""
    lines = tuple(wrap(node.label, TEXT_WIDTH) for node in graph.nodes)
    heights = [len(label) * LINE_HEIGHT + 2 * PADDING_Y for label in lines]
    needed = [max(map(text_width, label)) + 2 * PADDING_X for label in lines]
    widths = [
        max([NARROWEST_BOX, *(needed[vertex] for vertex in column if vertex < skeleton.nodes)])
        for column in skeleton.columns
    ]
    passages = len(skeleton.left) - skeleton.nodes
    return Sizes(lines, (*heights, *[0.0] * passages), tuple(round(width) + 1.0 for width in widths))


def order_of(graph: Graph, skeleton: Skeleton) -> Order:
    """Return the order of each column; boxes without arrows come last, by group and label."""
    linked = [[vertex for vertex in column if not skeleton.alone(vertex)] for column in skeleton.columns]
    alone = [
        sorted(
            (vertex for vertex in column if skeleton.alone(vertex)),
            key=lambda vertex: (graph.nodes[vertex].group, graph.nodes[vertex].label, vertex),
        )
        for column in skeleton.columns
    ]
    return [[*first, *last] for first, last in zip(ordered(skeleton, linked), alone, strict=True)]


def bands_of(graph: Graph, widths: Sequence[float], gaps: Sequence[float]) -> tuple[Band, ...]:
    """Return the columns' grounds from the left to the right, with their headings where there are any."""
    padding = BAND_PADDING if graph.headings else 0.0
    bands, at = [], 0.5
    for column, (width, gap) in enumerate(zip(widths, gaps, strict=True)):
        heading = graph.headings[column] if column < len(graph.headings) else ""
        lines = wrap(heading, width / BOLD, HEADING_SIZE) if heading else ()
        bands.append(Band(at, width + 2 * padding, lines))
        at += width + max(gap, 2 * padding + 6)
    return tuple(bands)


def top_of(bands: Sequence[Band]) -> float:
    """Return where the first boxes are, below the longest heading."""
    lines = max((len(band.lines) for band in bands), default=0)
    return lines * HEADING_LINE + 2 * BAND_PADDING if lines else 0.5


def borders_of(order: Order, bands: Sequence[Band], padding: float) -> dict[int, tuple[float, float]]:
    """Return the left and the right border of every vertex: those of its column's boxes."""
    return {
        vertex: (band.x + padding, band.x + band.width - padding)
        for column, band in zip(order, bands, strict=True)
        for vertex in column
    }


def lowered(middle: Sequence[float], heights: Sequence[float], top: float) -> tuple[float, ...]:
    """Return the middles moved to below the headings, in tenths of a pixel."""
    upper = min((at - height / 2 for at, height in zip(middle, heights, strict=True)), default=0.0)
    return tuple(round(at - upper + top, 1) for at in middle)


def boxes_of(
    graph: Graph, order: Order, sizes: Sizes, middle: Sequence[float], borders: dict[int, tuple[float, float]]
) -> tuple[Box, ...]:
    """Return the boxes in reading order."""
    return tuple(
        Box(
            graph.nodes[vertex],
            x=borders[vertex][0],
            y=round(middle[vertex] - sizes.heights[vertex] / 2, 1),
            width=borders[vertex][1] - borders[vertex][0],
            height=sizes.heights[vertex],
            lines=sizes.lines[vertex],
        )
        for column in order
        for vertex in column
        if vertex < len(graph.nodes)
    )

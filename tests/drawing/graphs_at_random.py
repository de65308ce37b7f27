"""Graphs by chance for the drawing tests, and what is measured in a diagram."""

from __future__ import annotations

from collections.abc import Iterator

from hypothesis import strategies as st

from hct_kg.drawing.diagrams import Box, Diagram, Point, Route, along
from hct_kg.drawing.graphs import Edge, Graph, Node

MODALITIES = ("intended", "perceived", "observed", "anticipated", "recommended")
HOSTILE = (
    "",
    "<script>alert('x')</script>",
    'a & b "quoted" &amp; ]]>',
    "Grund" * 30,
    "ثقة متبادلة بين الشركاء",
    "健康社区伙伴关系" * 6,
    "e\u0301" * 70,
    "control \x00\x1b\ufffe characters",
    "Time and capacity to explore new ways of working",
)
labels = st.sampled_from(HOSTILE) | st.text(max_size=60)


@st.composite
def graphs(draw: st.DrawFn, columns: bool | None = None) -> Graph:
    """A graph of up to 14 nodes: loops, arrows to oneself, several arrows between two nodes, nodes without any."""
    count = draw(st.integers(0, 14))
    staged = draw(st.booleans()) if columns is None else columns
    column = st.integers(0, 4) | st.none() if staged else st.none()
    nodes = tuple(Node(f"n{place}", draw(labels), draw(column), f"/n?a=1&b={place}") for place in range(count))
    ends = st.integers(0, count - 1)
    pairs = draw(st.lists(st.tuples(ends, ends), max_size=30)) if count else []
    edges = tuple(
        Edge(
            f"e{place}",
            f"n{source}",
            f"n{target}",
            draw(st.sampled_from((1, -1, 0))),
            draw(st.sampled_from(MODALITIES)),
            implied=draw(st.booleans()),
            evidence=draw(st.integers(0, 120)),
        )
        for place, (source, target) in enumerate(pairs)
    )
    return Graph(
        nodes, edges, draw(st.sampled_from(((), ("Inputs", "", "Outcomes of the <programme>")))) if staged else ()
    )


@st.composite
def crowded(draw: st.DrawFn) -> Graph:
    """A graph of two columns with many arrows between and within them."""
    nodes = tuple(Node(f"n{place}", f"Factor {place}", place % 2) for place in range(10))
    ends = st.integers(0, 9)
    pairs = draw(st.lists(st.tuples(ends, ends), min_size=8, max_size=24))
    return Graph(nodes, tuple(Edge(f"e{at}", f"n{one}", f"n{two}", 1, "") for at, (one, two) in enumerate(pairs)))


def overlapping(boxes: tuple[Box, ...]) -> list[tuple[str, str]]:
    return [
        (one.node.id, other.node.id)
        for place, one in enumerate(boxes)
        for other in boxes[place + 1 :]
        if one.x < other.right and other.x < one.right and one.y < other.bottom and other.y < one.bottom
    ]


def on_the_way(route: Route) -> Iterator[Point]:
    for curve in route.curves():
        yield from (along(curve, step / 40) for step in range(41))


def boxes_run_through(diagram: Diagram) -> list[tuple[str, str]]:
    """The edges that touch the inside of a box, their own two included."""
    found = []
    for route in diagram.routes:
        points = list(on_the_way(route))
        for box in diagram.boxes:
            left, right, top, bottom = box.x + 0.2, box.right - 0.2, box.y + 0.2, box.bottom - 0.2
            if any(left < x < right and top < y < bottom for x, y in points):
                found.append((route.edge.id, box.node.id))
    return found


def at_border(box: Box, point: Point) -> bool:
    x, y = point
    return min(abs(x - box.x), abs(x - box.right)) < 0.11 and box.y <= y <= box.bottom


def unanchored(diagram: Diagram) -> list[str]:
    """The edges that do not begin and end at the left or right border of their own boxes."""
    boxes = {box.node.id: box for box in diagram.boxes}
    return [
        route.edge.id
        for route in diagram.routes
        if not at_border(boxes[route.edge.source], route.points[0])
        or not at_border(boxes[route.edge.target], route.points[-1])
    ]


def beyond_the_canvas(diagram: Diagram) -> list[str]:
    points = [(route.edge.id, point) for route in diagram.routes for point in on_the_way(route)]
    points += [(box.node.id, corner) for box in diagram.boxes for corner in ((box.x, box.y), (box.right, box.bottom))]
    return [name for name, (x, y) in points if not (0 <= x <= diagram.width and 0 <= y <= diagram.height)]


def faults(diagram: Diagram) -> list[str]:
    """All that must not be in a diagram, in words."""
    return [
        *(f"{one} over {other}" for one, other in overlapping(diagram.boxes)),
        *(f"{edge} through {box}" for edge, box in boxes_run_through(diagram)),
        *(f"{edge} begins or ends beside its box" for edge in unanchored(diagram)),
        *(f"{name} beyond the canvas" for name in beyond_the_canvas(diagram)),
    ]

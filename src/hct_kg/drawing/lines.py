"""One arrow as SVG: its line, its head by sign, and a wider unseen line to point at."""

from __future__ import annotations

from collections.abc import Iterator

from hct_kg.drawing.diagrams import Point, Route
from hct_kg.drawing.graphs import Edge
from hct_kg.drawing.markup import element, number, text

SIGNS = {1: "increases", -1: "decreases", 0: "unsigned"}
VERBS = {1: "increases", -1: "decreases", 0: "influences"}
HEAD, HALF_HEAD, HALF_BAR, BEFORE_BAR = 8.0, 3.8, 5.5, 4.0


def arrow(route: Route, title: str) -> str:
    """Return an arrow; a link where the edge has a page of its own."""
    edge = route.edge
    parts = strokes(route, title)
    classes = " ".join(["edge", SIGNS[edge.sign], edge.modality, *(["implied"] if edge.implied else [])])
    marked = {"class_": classes, "data_edge": edge.id, "data_source": edge.source, "data_target": edge.target}
    if not edge.href:
        return element("g", parts, **marked)
    # The boxes are enough to tab through: the table beside the diagram holds the same links for the keyboard.
    return element("a", parts, href=edge.href, tabindex="-1", **marked)


def strokes(route: Route, title: str) -> Iterator[str]:
    """Yield what an arrow is made of."""
    path = line(route)
    yield element("title", [text(title)])
    if route.edge.href:
        yield element("path", class_="reach", d=path)
    yield element("path", class_="line", d=path)
    yield element("path", class_="head", d=head(route))


def sentence(edge: Edge, source: str, target: str) -> str:
    """Return what an arrow says, in words."""
    how = [edge.modality, *(["implied"] if edge.implied else [])]
    count = f"; {edge.evidence} {'passage' if edge.evidence == 1 else 'passages'}" if edge.evidence else ""
    return f"{source} – {VERBS[edge.sign]} – {target} ({', '.join(word for word in how if word)}{count})"


def line(route: Route) -> str:
    """Return the path data of a line, up to where its head begins."""
    start, *_ = route.points
    data = [f"M{point(start)}"]
    curves = list(route.curves())
    for place, (begin, one, other, end) in enumerate(curves):
        if place == len(curves) - 1:
            back = (BEFORE_BAR if route.edge.sign == -1 else HEAD) * route.heading
            end = (end[0] - back, end[1])
            other = (other[0] if route.bulge else min_or_max(other[0], end[0], route.heading), other[1])
        level = begin[1] == end[1] and not route.bulge
        data.append(f"H{number(end[0])}" if level else f"C{point(one)} {point(other)} {point(end)}")
    return "".join(data)


def min_or_max(one: float, other: float, heading: int) -> float:
    """Return the handle's place, not beyond the end of its curve."""
    return min(one, other) if heading > 0 else max(one, other)


def head(route: Route) -> str:
    """Return the path data of the arrowhead: a full or hollow point, or a bar for what decreases."""
    x, y = route.points[-1]
    back = x - HEAD * route.heading
    if route.edge.sign == -1:
        at = number(x - BEFORE_BAR * route.heading)
        return f"M{at} {number(y - HALF_BAR)}V{number(y + HALF_BAR)}"
    return f"M{point((x, y))}L{point((back, y - HALF_HEAD))}V{number(y + HALF_HEAD)}Z"


def point(at: Point) -> str:
    """Return a point as path data."""
    return f"{number(at[0])} {number(at[1])}"

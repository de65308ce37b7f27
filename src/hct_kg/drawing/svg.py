"""A diagram as SVG text: classes for a style sheet, no styles or scripts within, every box a link in reading order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache

from hct_kg.drawing.diagrams import Band, Box, Diagram, Point
from hct_kg.drawing.layered import BAND_PADDING, HEADING_LINE
from hct_kg.drawing.lines import arrow, sentence
from hct_kg.drawing.marks import Marks
from hct_kg.drawing.markup import element, number, text
from hct_kg.drawing.measuring import LINE_HEIGHT
from hct_kg.drawing.numbers import numbered

BASELINE = 4.7
"""How far below the middle of a line its letters stand, in pixels."""
SIDE = 5.0
ROUND = "4"


def svg(diagram: Diagram, title: str, description: str = "", marks: Marks | None = None, at: Point = (0.0, 0.0)) -> str:
    """Return a diagram as an element for a page that links the style sheet of `page_style`.

    It is a group, not an image: it holds links. Arrows are hidden from assistive technology, for a page says the
    same in a table; what a box is joined to is in its title. `at` is where it stands in an element around it.
    """
    return element(
        "svg",
        [*([element("desc", [text(description)])] if description else []), *content(diagram, marks or Marks())],
        xmlns="http://www.w3.org/2000/svg",
        class_="diagram",
        role="group",
        aria_label=title,
        viewBox=f"0 0 {number(diagram.width)} {number(diagram.height)}",
        x=number(at[0]) if any(at) else "",
        y=number(at[1]) if any(at) else "",
        width=number(diagram.width),
        height=number(diagram.height),
    )


def content(diagram: Diagram, marks: Marks) -> Iterator[str]:
    """Yield the bands, the arrows with their numbers, then headings and boxes as they are read."""
    for band in diagram.bands:
        x, width = number(band.x), number(band.width)
        yield element("rect", class_="band", x=x, y="0", width=width, height=number(diagram.height), rx=ROUND)
    yield element("g", [*arrows(diagram, marks), *numbers(diagram, marks)], class_="edges", aria_hidden="true")
    leading = Counter(edge.source for edge in diagram.graph.edges)
    following = Counter(edge.target for edge in diagram.graph.edges)
    titles = {
        node.id: f"{node.label}. Leads to: {leading[node.id]}. Led to by: {following[node.id]}."
        for node in diagram.graph.nodes
    }
    headed: set[Band] = set()
    for box in diagram.boxes:
        for band in diagram.bands:
            if band not in headed and band.x <= box.x:
                headed.add(band)
                yield heading(band)
        yield linked(box, titles[box.node.id], marks)
    yield from (heading(band) for band in diagram.bands if band not in headed)


def arrows(diagram: Diagram, marks: Marks) -> Iterator[str]:
    """Yield the arrows, those that fade beneath the others."""
    labels = {node.id: node.label for node in diagram.graph.nodes}
    for route in sorted(diagram.routes, key=lambda route: route.edge.id not in marks.faded):
        edge = route.edge
        yield arrow(route, sentence(edge, labels[edge.source], labels[edge.target]), marks.classes(edge.id))


def numbers(diagram: Diagram, marks: Marks) -> Iterator[str]:
    """Yield the numbers of passages, each on a ground of its own."""
    for count in diagram.counts:
        yield numbered(count, marks.classes(count.edge.id))


def heading(band: Band) -> str:
    """Return the heading of a column."""
    middle = band.x + band.width / 2
    spans = [
        element(
            "tspan", [text(line)], x=number(middle), y=number(BAND_PADDING + HEADING_LINE * (place + 0.5) + BASELINE)
        )
        for place, line in enumerate(band.lines)
    ]
    return element("text", [" ".join(spans)], class_="heading") if spans else ""


def linked(box: Box, title: str, marks: Marks) -> str:
    """Return a box with its label, a link where the node has a page."""
    states = marks.classes(box.node.id)
    frame, label = face(box)
    parts = [element("title", [text(title + relation(states))]), frame, *sides(box, states), label]
    classes = " ".join(["box", *states])
    current = "true" if "selected" in states else ""
    if box.node.href:
        return element("a", parts, class_=classes, href=box.node.href, data_node=box.node.id, aria_current=current)
    return element("g", parts, class_=classes, data_node=box.node.id)


@lru_cache(8192)
def face(box: Box) -> tuple[str, str]:
    """Return the frame of a box and its label, which are the same whatever is selected."""
    first = box.y + box.height / 2 - LINE_HEIGHT * (len(box.lines) - 1) / 2 + BASELINE
    middle = number(box.x + box.width / 2)
    # A space between the lines keeps their words apart where the text is copied or read out.
    spans = " ".join(
        element("tspan", [text(line)], x=middle, y=number(first + LINE_HEIGHT * place))
        for place, line in enumerate(box.lines)
    )
    width, height = number(box.width), number(box.height)
    frame = element("rect", x=number(box.x), y=number(box.y), width=width, height=height, rx=ROUND)
    return frame, element("text", [spans], class_="label")


def relation(states: Sequence[str]) -> str:
    """Return, in words, how a box stands to the selected one."""
    words = {"selected": " Selected.", "upstream": " Leads to the selected one.", "downstream": " Follows from it."}
    return "".join(words.get(state, "") for state in states)


def sides(box: Box, states: Sequence[str]) -> Iterator[str]:
    """Yield the bars that tell, without colour, on which side of a box the selected one lies."""
    for state, x in (("upstream", box.right - SIDE), ("downstream", box.x)):
        if state in states:
            data = f"M{number(x)} {number(box.y)}h{number(SIDE)}v{number(box.height)}h{number(-SIDE)}z"
            yield element("path", class_="side", d=data)

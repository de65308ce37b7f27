"""A diagram as SVG text: classes for a style sheet, no styles or scripts within, every box a link in reading order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
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
        [
            *([element("desc", [text(description)])] if description else []),
            *outline(diagram).marked(marks or Marks()),
        ],
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


@dataclass(frozen=True, slots=True)
class Piece:
    """An element that can be marked: what is written before and after the place of its further classes."""

    id: str
    before: str
    after: str

    @classmethod
    def of(cls, identifier: str, written: str) -> Piece:
        """Return an element that has classes; in attributes there are no quotes, so that the first are theirs."""
        before, opened, after = written.partition(' class="')
        classes, closed, rest = after.partition('"')
        return cls(identifier, before + opened + classes, closed + rest)

    def marked(self, states: Iterable[str]) -> str:
        """Return the element with further classes."""
        return "".join([self.before, *(f" {state}" for state in states), self.after])


@dataclass(frozen=True, slots=True)
class Seat:
    """A box but for what a selection changes, and the headings that are read before it."""

    headings: str
    box: Box
    title: str
    frame: str
    label: str

    def marked(self, states: Sequence[str]) -> str:
        """Return the headings and the box; it is a link where the node has a page."""
        node = self.box.node
        title = element("title", [text(self.title + relation(states))])
        parts = [title, self.frame, *sides(self.box, states), self.label]
        classes = " ".join(["box", *states])
        if not node.href:
            return self.headings + element("g", parts, class_=classes, data_node=node.id)
        current = "true" if "selected" in states else ""
        linked = element("a", parts, class_=classes, href=node.href, data_node=node.id, aria_current=current)
        return self.headings + linked


@dataclass(frozen=True, slots=True)
class Outline:
    """A diagram written once, but for what a selection changes: marking it takes a fraction of writing it."""

    bands: str
    arrows: Sequence[Piece]
    numbers: Sequence[Piece]
    seats: Sequence[Seat]
    headings: str

    def marked(self, marks: Marks) -> Iterator[str]:
        """Yield the bands, the arrows with their numbers, then headings and boxes as they are read."""
        arrows = sorted(self.arrows, key=lambda piece: piece.id not in marks.faded)  # those that fade, beneath
        lines = [piece.marked(marks.classes(piece.id)) for piece in (*arrows, *self.numbers)]
        yield self.bands
        yield element("g", lines, class_="edges", aria_hidden="true")
        for seat in self.seats:
            yield seat.marked(marks.classes(seat.box.node.id))
        yield self.headings


@lru_cache(maxsize=96)
def outline(diagram: Diagram) -> Outline:
    """Return what of a diagram is the same whatever is selected."""
    labels = {node.id: node.label for node in diagram.graph.nodes}
    leading = Counter(edge.source for edge in diagram.graph.edges)
    following = Counter(edge.target for edge in diagram.graph.edges)
    arrows = []
    for route in diagram.routes:
        edge = route.edge
        arrows.append(Piece.of(edge.id, arrow(route, sentence(edge, labels[edge.source], labels[edge.target]))))
    seats = []
    waiting = list(diagram.bands)
    for box in diagram.boxes:
        headings = "".join(heading(band) for band in waiting if band.x <= box.x)
        waiting = [band for band in waiting if band.x > box.x]
        title = f"{box.node.label}. Leads to: {leading[box.node.id]}. Led to by: {following[box.node.id]}."
        seats.append(Seat(headings, box, title, *face(box)))
    return Outline(
        "".join(ground(band, diagram.height) for band in diagram.bands),
        arrows,
        [Piece.of(count.edge.id, numbered(count)) for count in diagram.counts],
        seats,
        "".join(map(heading, waiting)),
    )


def ground(band: Band, height: float) -> str:
    """Return the ground of a column."""
    x, width = number(band.x), number(band.width)
    return element("rect", class_="band", x=x, y="0", width=width, height=number(height), rx=ROUND)


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


def face(box: Box) -> tuple[str, str]:
    """Return the frame of a box, and its label."""
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

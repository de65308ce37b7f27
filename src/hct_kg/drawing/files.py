"""A diagram as an SVG file on its own: title, diagram and key on white, with the style sheet within."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hct_kg.drawing.diagrams import Diagram
from hct_kg.drawing.key import WIDTH as KEY_WIDTH
from hct_kg.drawing.key import key, key_height
from hct_kg.drawing.layered import BOLD, COUNTS_FROM
from hct_kg.drawing.marks import Marks
from hct_kg.drawing.markup import element, number, text
from hct_kg.drawing.measuring import wrap
from hct_kg.drawing.style import LIGHT, file_style
from hct_kg.drawing.svg import svg

MARGIN, SIZE, LINE = 20.0, 18.0, 26.0


def svg_file(
    diagram: Diagram,
    title: str,
    description: str = "",
    marks: Marks | None = None,
    counts_from: int = COUNTS_FROM,
) -> str:
    """Return the text of an SVG file, with its declaration; `counts_from` is what the diagram was laid out with."""
    room = max(diagram.width, KEY_WIDTH)
    lines = wrap(title, room / BOLD, SIZE)
    top = MARGIN + LINE * len(lines)
    below = top + diagram.height + MARGIN
    width, height = number(room + 2 * MARGIN), number(below + key_height(diagram.graph, counts_from) + MARGIN)
    drawn = element(
        "svg",
        [
            element("title", [text(title)]),
            element("style", [text(file_style())]),
            element("rect", width=width, height=height, fill=LIGHT["paper"]),
            *headline(lines),
            svg(diagram, title, description, marks, at=(MARGIN, top)),
            key(diagram.graph, counts_from, at=(MARGIN, below)),
        ],
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {width} {height}",
        width=width,
        height=height,
    )
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{drawn}\n'


def headline(lines: Sequence[str]) -> Iterator[str]:
    """Yield the lines of the title."""
    for place, line in enumerate(lines):
        y = number(MARGIN + LINE * place + SIZE / 2)
        yield element("text", [text(line)], class_="diagram title", x=number(MARGIN), y=y)

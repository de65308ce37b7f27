"""The number of passages on a line as SVG: on a ground of its own, so that it can be read across lines."""

from __future__ import annotations

from hct_kg.drawing.counting import HEIGHT, SIZE
from hct_kg.drawing.diagrams import Count
from hct_kg.drawing.markup import element, number
from hct_kg.drawing.measuring import text_width

BASELINE = 0.36
"""How far below its middle a line of digits stands, in em."""


def numbered(count: Count) -> str:
    """Return the number of one line."""
    label = str(count.edge.evidence)
    width = text_width(label, SIZE) + 4
    ground = element(
        "rect",
        x=number(count.x - width / 2),
        y=number(count.y - HEIGHT / 2),
        width=number(width),
        height=number(HEIGHT),
        rx="4",
    )
    digits = element("text", [label], x=number(count.x), y=number(count.y + SIZE * BASELINE))
    return element("g", [ground, digits], class_="count")

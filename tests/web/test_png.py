"""A drawing as PNG: as large as it may be, with its boxes and words in it, on a machine without fonts too."""

from __future__ import annotations

import asyncio

import pytest

from hct_kg.drawing.diagrams import Diagram
from hct_kg.drawing.files import MARGIN, svg_file
from hct_kg.drawing.graphs import Edge, Graph, Node
from hct_kg.drawing.layered import lay_out
from hct_kg.errors import QueryTimeout, WorkerLost
from hct_kg.web.png import FONTS, MOST_PIXELS, SCALE, WIDEST, render, scale_of
from hct_kg.web.vendored import FOLDER
from pictures import read_picture, size_of

WHITE, DARK = 250, 120
GRAPH = Graph(
    (Node("a", "Grant funding", 0), Node("b", "<Trust> & “time”", 1)),
    (Edge("ab", "a", "b", 1, "intended", evidence=3),),
    ("Inputs", "Outcomes"),
)


def drawn(width: float, height: float) -> str:
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}"/>'


def words_at(diagram: Diagram, box: int, top: float) -> tuple[float, float, float, float]:
    """Return where the words of a box stand in the file, its border left out."""
    found = diagram.boxes[box]
    left, upper = found.x + MARGIN, found.y + top
    return left + 3, upper + 3, left + found.width - 3, upper + found.height - 3


def test_boxes_stand_in_the_picture_where_they_stand_in_the_drawing_with_words_in_them() -> None:
    diagram = lay_out(GRAPH)
    svg = svg_file(diagram, "A drawing")
    picture = read_picture(asyncio.run(render(svg.encode(), 60)))
    scale = scale_of(svg)
    assert scale == SCALE
    top = float(svg.partition('class="diagram" role="group"')[2].partition(' y="')[2].partition('"')[0])
    assert picture.darkest(0, 0, picture.width, MARGIN / 2 * scale) >= WHITE
    for box in range(2):
        left, upper, right, lower = (side * scale for side in words_at(diagram, box, top))
        assert picture.darkest(left, upper, right, lower) < DARK
        assert picture.darkest(left, upper, left + 8, lower) >= WHITE, "words are in the middle of their box"
    line = diagram.routes[0].points[0]
    assert (
        picture.darkest(
            *(scale * side for side in (line[0] + MARGIN, line[1] + top - 2, line[0] + MARGIN + 9, line[1] + top + 2))
        )
        < 190
    )


@pytest.mark.parametrize(
    ("width", "height", "scale"),
    [
        (600, 400, SCALE),
        (2400, 100, WIDEST / 2400),
        (4800, 100, WIDEST / 4800),
        (1000, 12_000, (MOST_PIXELS / 12_000_000) ** 0.5),
    ],
)
def test_a_large_drawing_is_drawn_smaller(width: float, height: float, scale: float) -> None:
    assert scale_of(drawn(width, height)) == pytest.approx(scale)


def test_a_picture_is_no_larger_than_it_may_be() -> None:
    width, height = size_of(asyncio.run(render(drawn(5000, 50).encode(), 60)))
    assert (width, height) == (WIDEST, 24)


def test_a_drawing_that_takes_too_long_is_given_up() -> None:
    with pytest.raises(QueryTimeout, match="the SVG is there at once"):
        asyncio.run(render(drawn(100, 100).encode(), 0.001))


def test_what_is_no_drawing_of_ours_ends_the_process_and_not_the_server() -> None:
    with pytest.raises(WorkerLost):
        asyncio.run(render(b"<svg>", 60))


def test_the_fonts_are_here() -> None:
    assert all((FOLDER / name).read_bytes()[:4] == b"\0\1\0\0" for name in FONTS)

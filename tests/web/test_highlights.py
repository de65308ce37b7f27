"""Highlighted parts of a text, and the cells of the evidence matrix."""

from __future__ import annotations

import pytest

from hct_kg.web.cells import draw
from hct_kg.web.highlights import parts


@pytest.mark.parametrize(
    ("text", "highlights", "expected"),
    [
        ("trust", [], [("trust", False)]),
        ("trust", [(0, 5)], [("trust", True)]),
        ("a 🙂 trust", [(4, 9)], [("a 🙂 ", False), ("trust", True)]),
        ("one two one", [(0, 3), (8, 11)], [("one", True), (" two ", False), ("one", True)]),
        ("", [], []),
    ],
)
def test_a_text_is_cut_at_its_highlights_by_code_points(
    text: str, highlights: list[tuple[int, int]], expected: list[tuple[str, bool]]
) -> None:
    assert list(parts(text, highlights)) == expected


def test_a_cell_shows_its_marks_in_the_order_of_the_key_and_is_darker_the_more_it_holds() -> None:
    cell = draw(
        "site/x", 7, {"modality/perceived": 5, "modality/observed": 2}, ("modality/observed", "modality/perceived")
    )
    assert cell.marks == (("observed", 2), ("perceived", 5))
    assert [draw("site/x", count, {}, ()).step for count in (0, 1, 2, 3, 6, 12, 99)] == [0, 1, 1, 2, 3, 4, 4]

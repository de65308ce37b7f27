"""Labels are broken into lines that fit, and nothing of them is lost."""

from __future__ import annotations

import pytest
from graphs_at_random import labels
from hypothesis import given
from hypothesis import strategies as st

from hct_kg.drawing.measuring import LONG_WORD, character_width, text_width, wrap


@given(text=labels, width=st.floats(60, 300))
def test_every_line_fits_and_every_character_is_there(text: str, width: float) -> None:
    lines = wrap(text, width)
    assert all(text_width(line) <= width * LONG_WORD + 1 for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (
            "Time and capacity to explore new ways of working",
            ("Time and capacity", "to explore new", "ways of working"),
        ),
        (
            "Permission to spend time on partnership-building",
            ("Permission to", "spend time on", "partnership-building"),
        ),
        ("", ("",)),
        ("  Trust \n across  sectors ", ("Trust across", "sectors")),
    ],
)
def test_lines_break_between_words_and_are_even(text: str, lines: tuple[str, ...]) -> None:
    assert wrap(text, 128) == lines


def test_a_mark_stays_with_its_letter_where_a_word_is_broken() -> None:
    lines = wrap("e\u0301" * 70, 128)
    assert len(lines) > 1
    assert all(line.startswith("e") and line.endswith("\u0301") for line in lines)


@pytest.mark.parametrize(
    ("one", "other"), [("é", "e"), ("\u0301", ""), ("\u200f", "")], ids=["accent", "mark", "direction"]
)
def test_what_takes_no_room_adds_none(one: str, other: str) -> None:
    assert text_width(one) == text_width(other)


def test_an_unknown_character_is_taken_to_be_wide() -> None:
    assert min(map(character_width, "健Щш\u0e01★")) >= 0.7

"""Rows become a table that says what things are called; what is no thing leads nowhere."""

from __future__ import annotations

import pytest

from hct_kg.terms import HCT, ID
from hct_kg.web.answers import Cell, Item, Row, Value, heading, identified, tabulate, things

TRUST, CARE = ID + "factor/trust", ID + "factor/care"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("factor/trust", ("factor/trust",)),
        ("passage/a-1-2 passage/b-3-4", ("passage/a-1-2", "passage/b-3-4")),
        ("hct:Finding", ("hct:Finding",)),
        ("The King's Fund", "The King's Fund"),
        ("24/7", "24/7"),
        ("factor/trust and more", "factor/trust and more"),
        ("", ""),
        (7, 7),
        (None, None),
    ],
)
def test_a_value_of_which_every_word_is_an_identifier_names_things(value: Value, expected: Value) -> None:
    assert identified(value) == expected


def test_the_things_of_rows_are_found_by_iri() -> None:
    rows: list[Row] = [{"a": ("factor/trust", "hct:Finding"), "b": "factor/care"}, {"a": None, "b": 3}]
    assert list(things(rows)) == [TRUST, HCT + "Finding"]


def test_the_column_that_says_what_a_thing_is_called_becomes_the_words_of_its_link() -> None:
    table = tabulate(["cause", "causeLabel"], [{"cause": ("factor/trust",), "causeLabel": "Trust"}], {TRUST: "other"})
    assert table.headings == [("Cause", False)]
    assert table.rows == [[Cell([Item("Trust", TRUST)])]]


def test_a_thing_without_words_of_its_own_has_its_name_and_one_without_name_leads_nowhere() -> None:
    table = tabulate(["x", "y"], [{"x": ("factor/trust",), "y": ("and/or",)}], {TRUST: "Trust", ID + "and/or": None})
    assert table.rows == [[Cell([Item("Trust", TRUST)]), Cell([Item("and/or")])]]


def test_marks_are_marks_and_passages_are_counted_with_their_names_for_listeners() -> None:
    names = {ID + "modality/observed": "Observed", ID + "passage/a": "Report, 1", ID + "passage/b": "Report, 2"}
    row = {"modality": ("modality/observed",), "passages": ("passage/a", "passage/b")}
    table = tabulate(["modality", "passages"], [row], names)
    assert table.rows[0][0].items == [Item("Observed", ID + "modality/observed", "observed")]
    assert table.rows[0][1].items == [
        Item("Passage 1", ID + "passage/a", name="Report, 1"),
        Item("Passage 2", ID + "passage/b", name="Report, 2"),
    ]


def test_numbers_are_grouped_unless_they_may_be_years_and_their_column_says_that_it_is_of_numbers() -> None:
    rows: list[Row] = [{"n": 2024, "m": 499558, "b": True}, {"n": 0.5, "m": None, "b": False}]
    table = tabulate(["n", "m", "b"], rows, {})
    assert [[item.text for cell in row for item in cell.items] for row in table.rows] == [
        ["2024", "499,558", "yes"],
        ["0.5", "no"],
    ]
    assert table.headings == [("N", True), ("M", True), ("B", False)]


def test_columns_without_a_value_are_left_out_and_named() -> None:
    table = tabulate(["a", "curatorNote"], [{"a": "x", "curatorNote": None}], {})
    assert table.headings == [("A", False)]
    assert table.empty == ["Curator note"]


def test_an_answer_without_rows_keeps_its_headings() -> None:
    assert tabulate(["a", "b"], [], {}).headings == [("A", False), ("B", False)]


@pytest.mark.parametrize(
    ("name", "expected"),
    [("effectLabel", "Effect"), ("aboutLabels", "About"), ("curatorNote", "Curator note"), ("Label", "Label")],
)
def test_a_column_is_headed_in_words(name: str, expected: str) -> None:
    assert heading(name) == expected

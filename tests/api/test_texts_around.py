"""What stands around a passage: the rest of its paragraph, cut at a word where it is long."""

from __future__ import annotations

from pathlib import Path

import pytest

from hct_kg.api.texts import SO_FAR, Texts
from hct_kg.documents import Document

IRI = "https://example.org/report"
LONG = "word " * 200


def around(text: str, passage: str) -> tuple[str, str]:
    start = text.index(passage)
    return Texts({IRI: Document(Path("report.txt"), text, "")}).around(IRI, start, start + len(passage))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("PASSAGE", ("", "")),
        ("Before PASSAGE after.", ("Before ", " after.")),
        ("Another line.\nBefore PASSAGE after.\nAnother.", ("Before ", " after.")),
        ("Another.\n\nPASSAGE\n\nAnother.", ("", "")),
    ],
)
def test_it_is_the_rest_of_the_paragraph(text: str, expected: tuple[str, str]) -> None:
    assert around(text, "PASSAGE") == expected


def test_what_is_too_long_is_cut_at_a_word_and_says_so() -> None:
    before, after = around(f"{LONG}PASSAGE {LONG}", "PASSAGE")
    assert before.startswith("… word ")
    assert after.endswith("word …")
    assert LONG.endswith(before.removeprefix("… "))
    assert f" {LONG}".startswith(after.removesuffix(" …"))
    assert max(len(before), len(after)) <= SO_FAR + 2


def test_a_long_paragraph_that_begins_within_reach_is_whole() -> None:
    assert around(f"Line.\n{'x' * (SO_FAR - 10)} PASSAGE", "PASSAGE")[0] == f"{'x' * (SO_FAR - 10)} "


def test_of_a_document_that_is_not_held_there_is_nothing() -> None:
    assert Texts().around(IRI, 0, 5) == ("", "")

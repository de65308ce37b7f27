"""Stated values in words: money, numbers, dates and ranges."""

from __future__ import annotations

import pytest

from hct_kg.web.amounts import spell


@pytest.mark.parametrize(
    ("value", "low", "high", "unit", "precision", "words"),
    [
        ("449558", None, None, "Pound sterling", "Exact", "£449,558"),
        ("10000.0", None, None, "GBP", None, "£10,000"),
        ("12.50", None, None, "GBP", None, "£12.50"),
        ("34", None, None, "Person", "About", "about 34 people"),
        ("1", None, None, "Interview", "Exact", "1 interview"),
        ("0", None, None, "Session", "Exact", "0 sessions"),
        ("4", None, None, "Case study", None, "4 case studies"),
        ("3", None, None, "Hypothesis", None, "3 hypotheses"),
        ("6", None, None, "Day a year", "Up to", "up to 6 days a year"),
        ("2", None, None, "Times a year", None, "2 times a year"),
        ("3", None, None, "Set of sessions", None, "3 sets of sessions"),
        (None, "6", "10", "Person", "Range", "6 to 10 people"),
        (None, "6", None, "Person", None, "from 6 people"),
        (None, None, "10", None, None, "up to 10"),
        ("2024", None, None, None, None, "2024"),
        ("2025-01", None, None, None, None, "January 2025"),
        ("2021-07-05", None, None, None, None, "5 July 2021"),
        ("2021-13", None, None, None, None, "2021-13"),
        (None, "2022-01", "2025-03", None, None, "January 2022 to March 2025"),
        ("monthly", None, None, None, None, "monthly"),
        ("NaN", None, None, "GBP", None, "NaN"),
        (None, None, None, "Person", "Exact", ""),
    ],
)
def test_a_value_is_read_as_people_say_it(
    value: str | None, low: str | None, high: str | None, unit: str | None, precision: str | None, words: str
) -> None:
    assert spell(value, low, high, unit, precision) == words

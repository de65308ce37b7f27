"""Stated values as people read them: money, numbers with their unit, dates as exact as the source, ranges."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
DATE = re.compile(r"(\d{4})-(\d{2})(?:-(\d{2}))?")
MONEY = ("GBP", "Pound sterling")
PLURALS = {"person": "people"}
PRECISIONS = {"About": "about", "At least": "at least", "Up to": "up to"}
"""Those that a number is read without are left out: exact ones, and ranges, which show both ends."""


def spell(value: str | None, low: str | None, high: str | None, unit: str | None, precision: str | None = None) -> str:
    """Return a value or range in words, with its unit and how exact it is; empty where there is none."""
    if value is not None:
        one = value in ("1", "-1")
        words = spell_one(value, unit)
    elif low is not None or high is not None:
        one = False
        words = " to ".join(spell_one(end, unit) for end in (low, high) if end is not None)
        words = f"from {words}" if high is None else f"up to {words}" if low is None else words
    else:
        return ""
    counted = "" if unit is None or unit in MONEY else f" {name(unit, one)}"
    return " ".join(filter(None, (PRECISIONS.get(precision or ""), f"{words}{counted}")))


def spell_one(value: str, unit: str | None) -> str:
    """Return a single value in words: a date, an amount of money, a number, or the word that it is."""
    if date := DATE.fullmatch(value):
        return spell_date(*date.groups())
    try:
        number = Decimal(value)
    except InvalidOperation:
        return value
    # A year stands without a comma; it has no unit.
    if not number.is_finite() or (unit is None and len(value) == 4):
        return value
    whole = number == number.to_integral_value()
    words = f"{int(number):,}" if whole else f"{number:,}"
    return f"£{words}" if unit in MONEY else words


def spell_date(year: str, month: str, day: str | None) -> str:
    """Return a date in words."""
    if not 1 <= int(month) <= len(MONTHS):
        return f"{year}-{month}"
    words = f"{MONTHS[int(month) - 1]} {year}"
    return f"{int(day)} {words}" if day else words


def name(unit: str, one: bool) -> str:
    """Return what is counted, of one or of several: hour a week, hours a week."""
    lowered = unit[:1].lower() + unit[1:]
    if one:
        return lowered
    head, joint, rest = re.split(r"( a | of |$)", lowered, maxsplit=1)
    return f"{plural(head)}{joint}{rest}"


def plural(word: str) -> str:
    """Return the plural of a noun."""
    if word in PLURALS or word.endswith("s"):
        return PLURALS.get(word) or (f"{word[:-2]}es" if word.endswith("sis") else word)
    return f"{word[:-1]}ies" if word.endswith("y") and word[-2:-1] not in "aeiou" else f"{word}s"

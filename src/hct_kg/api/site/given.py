"""What a page was asked with: single values, and those of a choice."""

from __future__ import annotations

from collections.abc import Sequence

from hct_kg.api.site.pages import Given
from hct_kg.errors import InvalidParameter


def single(given: Given, name: str, default: str = "") -> str:
    """Return the value of a parameter; raises InvalidParameter where it is given twice."""
    values = given.get(name, [default])
    if len(values) > 1:
        raise InvalidParameter(f"{name} is given {len(values)} times; give it once", name)
    return values[0]


def choice(given: Given, name: str, choices: Sequence[str]) -> str:
    """Return the value of a parameter that chooses, by default the first; raises InvalidParameter for any other."""
    value = single(given, name, choices[0])
    if value not in choices:
        raise InvalidParameter(f"{name}={value[:80]!r} is none of {', '.join(choices)}", name)
    return value

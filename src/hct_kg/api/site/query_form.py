"""The form of a curated query: a field for each of its parameters, a choice where there are few values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hct_kg.api.collections import ROUTES
from hct_kg.api.site.asking import Asker
from hct_kg.terms import expand
from hct_kg.web.answers import heading

MOST_CHOICES = 60
"""So many things, a list offers; of more of them the identifier is written."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A value that a list offers, and what it is called."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the form: its label, what it means, what stands in it, and what can be chosen, if it is a list."""

    name: str
    label: str
    hint: str
    value: str
    required: bool
    example: str
    choices: Sequence[Choice]


async def fields_of(ask: Asker, parameters: Sequence[Mapping[str, Any]], given: Mapping[str, list[str]]) -> list[Field]:
    """Return the fields of a query's parameters, as `/v1/queries` describes them, filled in with what is given."""
    return [await field_of(ask, item, given.get(item["name"], [""])[0]) for item in parameters]


async def field_of(ask: Asker, parameter: Mapping[str, Any], given: str) -> Field:
    """Return the field of one parameter."""
    value = given or parameter["default"] or ""
    choices = await choices_of(ask, parameter)
    if choices and not parameter["default"]:
        choices = [Choice("", "choose one" if parameter["required"] else "any"), *choices]
    if choices and value not in {choice.value for choice in choices}:
        choices = [*choices, Choice(value, value)]
    return Field(
        parameter["name"],
        heading(parameter["name"]),
        parameter["description"],
        value,
        parameter["required"],
        parameter["example"] or "",
        choices,
    )


async def choices_of(ask: Asker, parameter: Mapping[str, Any]) -> list[Choice]:
    """Return the concepts of an enumeration, or the things of a class if they are few."""
    if parameter["values"] is not None:
        return [Choice(item["id"], item["label"]) for item in parameter["values"]]
    path = ROUTES.get(expand(parameter["class"] or "") or "")
    if path is None:
        return []
    answer = await ask.json(path, {"limit": str(MOST_CHOICES)})
    if not answer["meta"]["complete"]:
        return []
    found = [Choice(item["id"], item["label"] or item["id"]) for item in answer["data"]]
    return sorted(found, key=lambda choice: choice.label)

"""What an answer of the service says of one thing, as headings with values: whatever fields its kind has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from hct_kg.web.amounts import spell
from hct_kg.web.causal_links import Json, Name, read_name

MOST_SHOWN = 100
AT_ONCE = 6
"""So many values of a fact are seen without asking for more."""
HEADINGS: Mapping[str, str] = MappingProxyType(
    {
        "alternative_names": "Also called",
        "definition": "Meaning",
        "notation": "Number in its source",
        "evaluated_by": "Evaluated by",
        "models": "Told in",
        "about": "About",
        "finds": "Puts in words",
        "bears_on": "Bears on",
        "based_on": "Rests on",
        "during": "When",
        "condition": "On condition",
        "evidenced_by": "Comes from",
        "evidence_activities": "Evidence gathered",
        "issued": "Published",
        "file_name": "File",
        "answered_in": "Answered in",
        "kind": "How they differ",
        "resolution": "Explained?",
        "supports": "What it carries",
        "strand": "Strand of support",
        "discrepancies": "Where documents disagree on it",
        "loops": "Feedback loops",
        "at_least": "At least",
        "at_most": "At most",
    }
)
"""The heading of a field, where its name would not do."""
SHOWN_APART = frozenset(
    {"id", "iri", "label", "href", "types", "description", "cause", "effect", "polarity", "leads_to", "led_to_by"}
    | {"explicitness", "modality", "scope", "voices", "curator_note", "supported_by", "passages", "text", "text_note"}
    | {"claims", "findings", "links", "records", "between", "sha256", "amount", "currency", "value", "unit"}
    | {"min_value", "max_value", "precision"}
)
"""Fields that a page shows in a form of their own."""


DATES = frozenset({"issued"})


@dataclass(frozen=True, slots=True)
class Fact:
    """A heading with its values; those that are things have an identifier. `more` is how many are not shown."""

    heading: str
    values: Sequence[Name]
    more: int = 0

    @property
    def words(self) -> str:
        """Return the values in one line, where none of them is a thing."""
        return "" if any(value.id for value in self.values) else ", ".join(value.label for value in self.values)


def facts(item: Json) -> Sequence[Fact]:
    """Return all facts of a thing that a page does not show apart; fields without a value are left out."""
    amount = quantity(item)
    found = [Fact("Amount" if "amount" in item else "Value", [Name("", amount)])] if amount else []
    for field, value in item.items():
        values = list(read(value, field)) if field not in SHOWN_APART else []
        if values:
            found.append(Fact(heading(field), values[:MOST_SHOWN], max(0, len(values) - MOST_SHOWN)))
    return found


def quantity(item: Json) -> str:
    """Return the amount, number, date or range of a thing in words; "" where it has none."""
    amount = item.get("amount")
    if amount is not None:
        return spell(f"{amount:.2f}".removesuffix(".00"), None, None, item.get("currency"))
    unit, precision = (label(item.get(field)) for field in ("unit", "precision"))
    return spell(item.get("value"), item.get("min_value"), item.get("max_value"), unit, precision)


def label(reference: Json | None) -> str | None:
    """Return what a thing is called, if there is one."""
    return reference["label"] if reference else None


def heading(field: str) -> str:
    """Return the heading of a field."""
    return HEADINGS.get(field, field.replace("_", " ").capitalize())


def read(value: Any, field: str) -> Iterator[Name]:
    """Yield the values of a field; what has no name is left out."""
    if isinstance(value, list):
        for member in value:
            yield from read(member, field)
    elif isinstance(value, Mapping):
        if "id" in value and "label" in value:
            yield read_name(value)
    elif value is not None and value != "":
        yield Name("", spell(value, None, None, None) if field in DATES else str(value))

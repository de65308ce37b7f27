"""Things as a table in CSV: a row each, references by identifier. https://www.rfc-editor.org/rfc/rfc4180"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Any

from hct_kg.api.models import Ref, Resource

CONTENT_TYPE = "text/csv; charset=utf-8"
JOINED_BY = "; "
LEFT_OUT = ("href",)
"""It follows from the identifier."""


def columns(model: type[Resource]) -> list[str]:
    """Return the columns of a model's table: its fields."""
    return [name for name in model.model_fields if name not in LEFT_OUT]


def write(model: type[Resource], things: Iterable[Resource]) -> bytes:
    """Return things as CSV in UTF-8, with a row of names first; several values of a cell are joined by `; `."""
    text = io.StringIO(newline="")
    table = csv.writer(text)
    names = columns(model)
    table.writerow(names)
    table.writerows([cell(getattr(thing, name)) for name in names] for thing in things)
    return text.getvalue().encode()


def cell(value: Any) -> str:
    """Return a value as it stands in a table; nothing for None."""
    if value is None:
        return ""
    if isinstance(value, (Ref, Resource)):
        return value.id
    if isinstance(value, list):
        return JOINED_BY.join(map(cell, value))
    return str(value)

"""Rows of an answer as a table for people: what things are called and where they lead, marks, numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from hct_kg.terms import SHORT_ID, expand

Value: TypeAlias = str | int | float | bool | tuple[str, ...] | None
"""A value of a row; a tuple holds the identifiers of things, such as site/coventry or hct:Site."""
Row: TypeAlias = Mapping[str, Value]

CALLED = ("Label", "Title")
"""How the columns end that say what the thing of another column is called."""
CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
MARKED = ("modality/", "explicitness/")
PASSAGE = "passage/"
"""Passages are called by document and section: too long for a table that has some in every row."""
IDENTIFIER = re.compile(rf"{SHORT_ID.pattern}|hct:[A-Za-z]+")
LONG = 40
GROUPED_FROM = 10_000
"""From here on the digits of a number are grouped; below may be years."""


@dataclass(frozen=True, slots=True)
class Item:
    """A part of a cell: its words, the IRI that it leads to, which mark of a claim it is, its name in full."""

    text: str
    iri: str = ""
    mark: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of the table."""

    items: Sequence[Item] = ()
    number: bool = False

    @property
    def long(self) -> bool:
        """Return whether its words need room."""
        return any(len(item.text) > LONG for item in self.items)


@dataclass(frozen=True, slots=True)
class Table:
    """Headings, each with whether its column is of numbers; rows of as many cells.

    `empty` are the headings of the columns that are left out, since no row has a value.
    """

    headings: Sequence[tuple[str, bool]]
    rows: Sequence[Sequence[Cell]]
    empty: Sequence[str]


def identified(value: Value) -> Value:
    """Return a value of which every word is an identifier as identifiers, any other as it is."""
    if isinstance(value, str) and value and all(IDENTIFIER.fullmatch(word) for word in value.split(" ")):
        return tuple(value.split(" "))
    return value


def things(rows: Sequence[Row]) -> Iterator[str]:
    """Yield the IRI of every thing in some rows."""
    for row in rows:
        for value in row.values():
            if isinstance(value, tuple):
                yield from filter(None, map(expand, value))


def tabulate(columns: Sequence[str], rows: Sequence[Row], names: Mapping[str, str | None]) -> Table:
    """Return rows as a table; `names` says what things are called, by IRI."""
    calling = {name: called_by(name, columns, rows) for name in columns}
    taken = set(calling.values())
    shown = [name for name in columns if name not in taken]
    empty = [name for name in shown if rows and all(row.get(name) in (None, "") for row in rows)]
    kept = [name for name in shown if name not in empty]
    cells = [[cell(row.get(name), row.get(calling[name] or ""), names) for name in kept] for row in rows]
    numbers = [all(held.number or not held.items for held in column) for column in zip(*cells, strict=True)]
    headings = list(zip(map(heading, kept), numbers or [False] * len(kept), strict=True))
    return Table(headings, cells, [heading(name) for name in empty])


def called_by(name: str, columns: Sequence[str], rows: Sequence[Row]) -> str | None:
    """Return the column that says what the things of a column are called, if there is one."""
    if any(not isinstance(row.get(name), (tuple, type(None))) for row in rows):
        return None
    return next((name + ending for ending in CALLED if name + ending in columns), None)


def cell(value: Value, called: Value, names: Mapping[str, str | None]) -> Cell:
    """Return a value as a cell; `called` is what the row itself calls the thing."""
    if isinstance(value, tuple):
        own = called if isinstance(called, str) and len(value) == 1 else None
        return Cell([item(identifier, own, names, place) for place, identifier in enumerate(value, 1)])
    if value is None or value == "":
        return Cell([Item(called)] if isinstance(called, str) else ())
    if isinstance(value, bool):
        return Cell([Item("yes" if value else "no")])
    if isinstance(value, str):
        return Cell([Item(value)])
    return Cell([Item(f"{value:,}" if abs(value) >= GROUPED_FROM else str(value))], number=True)


def item(identifier: str, own: str | None, names: Mapping[str, str | None], place: int = 1) -> Item:
    """Return a thing by its name, with where it leads; what has no name leads nowhere."""
    iri = expand(identifier) or ""
    name = names.get(iri)
    if name is None:
        return Item(own or identifier)
    if identifier.startswith(PASSAGE):
        return Item(f"Passage {place}", iri, name=name)
    mark = identifier.rpartition("/")[2] if identifier.startswith(MARKED) else ""
    return Item(own or name, iri, mark)


def heading(name: str) -> str:
    """Return the heading of a column: `effectLabel` is `Effect`, `curatorNote` is `Curator note`."""
    for ending in (*CALLED, *(f"{ending}s" for ending in CALLED)):
        name = name.removesuffix(ending) or name
    words = CAMEL.sub(" ", name).replace("_", " ")
    return words[:1].upper() + words[1:].lower()

"""What the engine holds, as one triple in a graph of its own: which version, and whether it is whole.

Every change names the record that it takes the place of, so of two that are made at once one finds another record
there, and changes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from hct_kg.errors import EngineFault
from hct_kg.store.embedded import Literal
from hct_kg.store.remote.endpoint import Endpoint

PLACE = "urn:hct-kg:version"
"""The graph of the record, its subject, and what the names of our other graphs in the engine begin with."""
SAYS = "http://www.w3.org/2002/07/owl#versionInfo"
READ = f"SELECT ?says {{ GRAPH <{PLACE}> {{ <{PLACE}> <{SAYS}> ?says }} }}"


@dataclass(frozen=True, slots=True)
class Underway:
    """A change or load that is not done: who makes it, the record that it is to end with, its journal and the parts.

    `slow` where it takes several updates, between which nobody should ask the engine.
    """

    by: str
    to: Mapping[str, Any]
    journal: str = ""
    parts: int = 0
    slow: bool = False
    loading: bool = False


@dataclass(frozen=True, slots=True)
class Record:
    """The version of the dataset in the engine, its quads, its graphs that are not data, and those without triples.

    Where something is under way, it is of before; without one before it, the version is empty.
    """

    version: str
    triples: int
    ontology_graphs: tuple[str, ...] = ()
    empty_graphs: tuple[str, ...] = ()
    underway: Underway | None = None

    @property
    def document(self) -> Mapping[str, Any]:
        """The record as it is in JSON."""
        written: Mapping[str, Any] = json.loads(json.dumps(asdict(self)))
        return written

    @property
    def literal(self) -> str:
        """The record as the literal that it is kept as: in ASCII, which no engine writes in other ways."""
        return str(Literal(json.dumps(asdict(self), sort_keys=True)))

    @property
    def triple(self) -> str:
        """The triple that says it."""
        return f"<{PLACE}> <{SAYS}> {self.literal} ."

    @property
    def after(self) -> Record:
        """The record that what is under way is to end with."""
        assert self.underway is not None, "something is under way"
        return read_record(self.underway.to)

    def beginning(self, underway: Underway) -> Record:
        """Return the record with something under way."""
        return replace(self, underway=underway)

    def before(self) -> Record:
        """Return the record as it was before what is under way."""
        return replace(self, underway=None)


def read_record(document: Mapping[str, Any]) -> Record:
    """Return the record that a document holds."""
    underway = document["underway"]
    return Record(
        document["version"],
        int(document["triples"]),
        tuple(document["ontology_graphs"]),
        tuple(document["empty_graphs"]),
        Underway(**underway) if underway else None,
    )


async def current_record(endpoint: Endpoint, seconds: float = 0.0) -> Record | None:
    """Return the record that an engine has; None where it has none."""
    rows = await endpoint.select(READ, seconds)
    if not rows:
        return None
    try:
        (row,) = rows
        return read_record(json.loads(row["says"].value))
    except (ValueError, KeyError, TypeError):
        raise EngineFault(
            f"The engine's graph <{PLACE}> is not as hct-kg writes it: load the data again with `hct-kg load`."
        ) from None


def switch(before: Record | None, after: Record) -> str:
    """Return the update that puts a record in the place of another; nothing if that is gone."""
    new = f"GRAPH <{PLACE}> {{ {after.triple} }}"
    if before is None:
        nothing = f"FILTER NOT EXISTS {{ GRAPH <{PLACE}> {{ <{PLACE}> <{SAYS}> ?says }} }}"
        return f"INSERT {{ {new} }} WHERE {{ {nothing} }}"
    old = f"GRAPH <{PLACE}> {{ {before.triple} }}"
    return f"DELETE {{ {old} }} INSERT {{ {new} }} WHERE {{ {old} }}"

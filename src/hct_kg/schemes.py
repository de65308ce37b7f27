"""Concept schemes: the concepts that an enumeration lets one choose from, in the order of their scheme."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeAlias

from hct_kg.links import text
from hct_kg.store import Row
from hct_kg.terms import SKOS
from hct_kg.turtle import natural

QUERY = f"""PREFIX skos: <{SKOS}>
SELECT ?scheme ?concept ?label ?notation WHERE {{
  ?concept skos:inScheme ?scheme ;
    skos:prefLabel ?label .
  OPTIONAL {{ ?concept skos:notation ?notation }}
}}
ORDER BY ?scheme ?concept ?label"""
"""The query whose rows `read_schemes` takes."""


@dataclass(frozen=True, slots=True)
class Concept:
    """A concept of a scheme."""

    iri: str
    label: str


Schemes: TypeAlias = Mapping[str, tuple[Concept, ...]]
"""The IRI of each scheme with its concepts."""


def read_schemes(rows: Iterable[Row]) -> Schemes:
    """Read the rows of QUERY: concepts that a notation ranks come first, by it; then the others, by IRI."""
    found: dict[str, dict[str, Row]] = defaultdict(dict)
    for row in rows:
        found[row["scheme"].value].setdefault(row["concept"].value, row)
    return MappingProxyType({scheme: tuple(map(read_concept, ordered(of))) for scheme, of in found.items()})


def ordered(rows: Mapping[str, Row]) -> list[Row]:
    """Return the rows of one scheme's concepts in its order."""
    return sorted(
        rows.values(), key=lambda row: ("notation" not in row, natural(text(row, "notation")), row["concept"].value)
    )


def read_concept(row: Row) -> Concept:
    """Read one row."""
    return Concept(row["concept"].value, row["label"].value)

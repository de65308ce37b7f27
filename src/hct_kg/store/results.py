"""SPARQL results as plain values: what every engine can give, and all that the core needs."""

from __future__ import annotations

import json
from typing import Literal, NamedTuple, TypeAlias


class Term(NamedTuple):
    """One RDF term of a result row."""

    kind: Literal["uri", "literal", "bnode"]
    value: str
    datatype: str | None = None
    language: str | None = None


Row: TypeAlias = dict[str, Term]
"""Variable name (without `?`) to term; an unbound variable is absent."""


def parse_rows(body: bytes) -> list[Row]:
    """Read a SPARQL 1.1 Query Results JSON document of a SELECT into rows, in its order.

    Source: https://www.w3.org/TR/sparql11-results-json/
    """
    document = json.loads(body)
    return [{name: read_term(term) for name, term in row.items()} for row in document["results"]["bindings"]]


def read_term(term: dict[str, str]) -> Term:
    """Read one term; `typed-literal` is the older name that some engines still send."""
    kind: Literal["uri", "literal", "bnode"] = "literal"
    if term["type"] == "uri":
        kind = "uri"
    elif term["type"] == "bnode":
        kind = "bnode"
    return Term(kind, term["value"], term.get("datatype"), term.get("xml:lang"))

"""SPARQL results as plain values: what every engine can give, and all that the core needs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Literal, NamedTuple, TypeAlias

from pydantic_core import from_json


class Term(NamedTuple):
    """One RDF term of a result row."""

    kind: Literal["uri", "literal", "bnode"]
    value: str
    datatype: str | None = None
    language: str | None = None


Row: TypeAlias = dict[str, Term]
"""Variable name (without `?`) to term; an unbound variable is absent."""


KINDS: Mapping[str, Literal["uri", "bnode"]] = MappingProxyType({"uri": "uri", "bnode": "bnode"})
"""What is no literal; literals are `literal`, or as some engines still say `typed-literal`."""


def parse_rows(body: bytes) -> list[Row]:
    """Read a SPARQL 1.1 Query Results JSON document of a SELECT into rows, in its order.

    Source: https://www.w3.org/TR/sparql11-results-json/
    """
    return read_rows(from_json(body, cache_strings="all")["results"]["bindings"])


def read_rows(bindings: Iterable[Mapping[str, Mapping[str, str]]]) -> list[Row]:
    """Return the bindings of such a document as rows."""
    # Every answer of the curated routes comes through here: a call of Term for each takes a third longer.
    new, kinds = tuple.__new__, KINDS.get
    return [
        {
            name: new(Term, (kinds(term["type"], "literal"), term["value"], term.get("datatype"), term.get("xml:lang")))
            for name, term in row.items()
        }
        for row in bindings
    ]

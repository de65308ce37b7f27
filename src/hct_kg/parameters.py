"""Typed parameters of curated queries: as declared in front matter, and from values to RDF terms."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from hct_kg.errors import CatalogueError, InvalidParameter
from hct_kg.frontmatter import DeclaredQuery
from hct_kg.store import Literal as RdfLiteral
from hct_kg.store import NamedNode, is_name
from hct_kg.terms import HCT, ID, XSD, expand

ParameterType = Literal["iri", "string", "integer", "date"]
TYPES: tuple[ParameterType, ...] = ("iri", "string", "integer", "date")
KEYS = frozenset({"type", "class", "scheme", "description", "default", "optional", "example"})
RESERVED = ("limit", "cursor")
"""Names that mean the same to every query, where its rows are asked for page by page."""
LONGEST = 2000
"""Characters of a value."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a curated query, as declared; one with a scheme is an enumeration of its concepts."""

    name: str
    type: ParameterType
    description: str
    class_iri: str | None
    scheme_iri: str | None
    default: str | None
    optional: bool
    example: str | None

    @property
    def required(self) -> bool:
        """Return whether a value must be given."""
        return self.default is None and not self.optional

    def term(self, value: str) -> str:
        """Return a value as an RDF term in N-Triples form; raises InvalidParameter."""
        if len(value) > LONGEST:
            raise self._refusal(value, f"of {LONGEST} characters at most")
        readers = {"iri": self._iri, "string": self._string, "integer": self._integer, "date": self._date}
        return readers[self.type](value)

    def _iri(self, value: str) -> str:
        iri = expand(value)
        if iri is None or not is_name(iri):
            raise self._refusal(value, f"an identifier such as {self.example or 'site/coventry'}, or an IRI")
        return str(NamedNode(iri))

    def _string(self, value: str) -> str:
        return str(RdfLiteral(value))

    def _integer(self, value: str) -> str:
        if not re.fullmatch(r"[+-]?\d{1,18}", value, re.ASCII):
            raise self._refusal(value, "an integer")
        return str(RdfLiteral(str(int(value)), datatype=NamedNode(XSD + "integer")))

    def _date(self, value: str) -> str:
        try:
            day = datetime.date.fromisoformat(value)
        except ValueError:
            raise self._refusal(value, "a date such as 2024-12-31") from None
        return str(RdfLiteral(day.isoformat(), datatype=NamedNode(XSD + "date")))

    def stranger(self, value: str, there: str = "") -> InvalidParameter:
        """Return the error for an iri that the dataset does not hold as the declared class or concept.

        `there` says what the dataset does hold, or where to look for it.
        """
        kind = (self.class_iri or self.scheme_iri or "").replace("#", "/").rsplit("/", 1)[-1]
        message = f"{self.name}={value[:80]!r} is no {kind} in this dataset"
        return InvalidParameter(f"{message}; {there}" if there else message, self.name)

    def _refusal(self, value: str, wanted: str) -> InvalidParameter:
        return InvalidParameter(f"{self.name}={value[:80]!r} is not {wanted}", self.name)


def read_parameter(declared: DeclaredQuery, name: str, values: Mapping[str, Any]) -> Parameter:
    """Read one `[params.NAME]` table; raises CatalogueError."""
    where = line_of(declared, f"params.{name}")
    if not isinstance(values, dict):
        raise CatalogueError(f"params.{name} is a table, [params.{name}]", declared.path, where)
    if name in RESERVED:
        raise CatalogueError(f"params.{name}: this name is taken, for the rows of an answer", declared.path, where)
    check_keys(declared, values, KEYS, f"params.{name}")
    if values.get("type") not in TYPES:
        raise CatalogueError(f"params.{name}: type is one of {', '.join(TYPES)}", declared.path, where)
    if values["type"] != "iri" and ("class" in values or "scheme" in values):
        raise CatalogueError(f'params.{name}: class and scheme go with type = "iri"', declared.path, where)
    if "class" in values and "scheme" in values:
        raise CatalogueError(f"params.{name}: give class or scheme, not both", declared.path, where)
    parameter = Parameter(
        name=name,
        type=values["type"],
        description=values.get("description", ""),
        class_iri=read_iri(declared, name, values.get("class")),
        scheme_iri=read_iri(declared, name, values.get("scheme")),
        default=None if "default" not in values else str(values["default"]),
        optional=bool(values.get("optional", False)),
        example=None if "example" not in values else str(values["example"]),
    )
    for value in filter(None, (parameter.default, parameter.example)):
        try:
            parameter.term(value)
        except InvalidParameter as error:
            raise CatalogueError(f"params.{name}: {error}", declared.path, where) from None
    if not parameter.description:
        raise CatalogueError(f"params.{name}: description is missing", declared.path, where)
    return parameter


def read_iri(declared: DeclaredQuery, name: str, value: str | None) -> str | None:
    """Return the IRI of a class or scheme."""
    iri = expand(str(value)) if value else None
    if value and (iri is None or not iri.startswith((HCT, ID, "http"))):
        raise CatalogueError(f"params.{name}: {value!r} is no IRI", declared.path, line_of(declared, str(value)))
    return iri


def check_keys(declared: DeclaredQuery, values: Mapping[str, Any], known: frozenset[str], where: str) -> None:
    """Raise CatalogueError for a key that nothing reads."""
    unknown = sorted(set(values) - known)
    if unknown:
        message = f"{where}: unknown key {unknown[0]!r}; known: {', '.join(sorted(known))}"
        raise CatalogueError(message, declared.path, line_of(declared, unknown[0]))


def line_of(declared: DeclaredQuery, text: str) -> int:
    """Return the number of the first line that holds a text; 1 where none does."""
    return next((number for number, line in enumerate(declared.text.splitlines(), 1) if text in line), 1)

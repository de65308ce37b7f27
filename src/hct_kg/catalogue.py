"""Curated queries: one .rq file in `queries/` is one question, with declared and typed parameters.

Front matter (TOML in `#+` lines):

    question     the question in plain words, as a person would ask it
    number       its number in the README's list of questions; several files may answer one
    audience     funder, evaluator or partnership lead
    summary      what the rows are; one or two sentences
    [params.NAME]
      type         iri | string | integer | date
      class        for iri: the class that the thing must be of, such as hct:Site
      scheme       for iri: the concept scheme that the concept must be in
      description  one sentence
      default      the value where none is given; a parameter without default or `optional` is required
      optional     true where the query answers for everything if nothing is given
      example      a value that works on the real data

A parameter is bound at `VALUES ?NAME { UNDEF }`, which leaves the file a valid query that runs as it
stands in any SPARQL tool.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from hct_kg import frontmatter
from hct_kg.errors import CatalogueError, InvalidParameter, QuerySyntaxError
from hct_kg.store import EmbeddedStore, NamedNode, is_name
from hct_kg.store import Literal as RdfLiteral
from hct_kg.terms import HCT, ID, SKOS, XSD, expand

ParameterType = Literal["iri", "string", "integer", "date"]
TYPES: tuple[ParameterType, ...] = ("iri", "string", "integer", "date")
AUDIENCES = ("funder", "evaluator", "partnership lead")
NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
PLACEHOLDER = re.compile(r"VALUES \?(\w+) \{ UNDEF \}")
DECLARED = frozenset({"question", "number", "audience", "summary", "params"})
PARAMETER_KEYS = frozenset({"type", "class", "scheme", "description", "default", "optional", "example"})


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a curated query, as declared."""

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
        if not re.fullmatch(r"[+-]?\d{1,18}", value):
            raise self._refusal(value, "an integer")
        return str(RdfLiteral(str(int(value)), datatype=NamedNode(XSD + "integer")))

    def _date(self, value: str) -> str:
        try:
            day = datetime.date.fromisoformat(value)
        except ValueError:
            raise self._refusal(value, "a date such as 2024-12-31") from None
        return str(RdfLiteral(day.isoformat(), datatype=NamedNode(XSD + "date")))

    def stranger(self, value: str) -> InvalidParameter:
        """Return the error for an iri that the dataset does not hold as the declared class or concept."""
        kind = (self.class_iri or self.scheme_iri or "").replace("#", "/").rsplit("/", 1)[-1]
        return InvalidParameter(f"{self.name}={value[:80]!r} is no {kind} in this dataset", self.name)

    def _refusal(self, value: str, wanted: str) -> InvalidParameter:
        return InvalidParameter(f"{self.name}={value[:80]!r} is not {wanted}", self.name)


@dataclass(frozen=True, slots=True)
class CuratedQuery:
    """One question: its declaration, its SPARQL text, and the columns of its answer in order."""

    name: str
    path: Path
    question: str
    number: int
    audience: str
    summary: str
    parameters: Mapping[str, Parameter]
    columns: tuple[str, ...]
    text: str

    def bind(self, given: Mapping[str, str]) -> str:
        """Return the query text with the given values bound as terms.

        Raises InvalidParameter, naming it, for a parameter that is unknown, missing or unusable.
        """
        unknown = sorted(set(given) - set(self.parameters))
        if unknown:
            known = ", ".join(self.parameters) or "none"
            raise InvalidParameter(f"{self.name} has no parameter {unknown[0]!r}; known: {known}", unknown[0])
        text = self.text
        for parameter in self.parameters.values():
            value = given.get(parameter.name, parameter.default)
            if value is not None:
                text = frontmatter.bind(text, parameter.name, parameter.term(value))
            elif parameter.required:
                raise InvalidParameter(f"{self.name} needs {parameter.name}: {parameter.description}", parameter.name)
        return text

    def membership_checks(self, given: Mapping[str, str]) -> Iterator[tuple[Parameter, str, str]]:
        """Yield (parameter, value, query) for each given iri; the query has a row if it is what is declared."""
        for name, value in given.items():
            parameter = self.parameters[name]
            if parameter.class_iri:
                pattern = f"{parameter.term(value)} a <{parameter.class_iri}>"
            elif parameter.scheme_iri:
                pattern = f"{parameter.term(value)} <{SKOS}inScheme> <{parameter.scheme_iri}>"
            else:
                continue
            yield parameter, value, f"SELECT (1 AS ?known) {{ {pattern} }} LIMIT 1"


def load(folder: Path) -> Mapping[str, CuratedQuery]:
    """Load every curated query of a folder, by name.

    Raises CatalogueError, with file and line, for front matter or SPARQL that is not as declared above.
    """
    engine = EmbeddedStore()
    return MappingProxyType(
        {declared.name: read_query(declared, engine) for declared in frontmatter.read_folder(folder)}
    )


def read_query(declared: frontmatter.DeclaredQuery, engine: EmbeddedStore) -> CuratedQuery:
    """Check one file against its declaration and return it."""
    values = declared.declaration
    check_keys(declared, values, DECLARED, "front matter")
    for key in ("question", "summary", "audience"):
        if not isinstance(values.get(key), str):
            raise CatalogueError(f'front matter: {key} = "…" is missing', declared.path, 1)
    if type(values.get("number")) is not int:
        raise CatalogueError("front matter: number = … is missing, an integer", declared.path, 1)
    if values["audience"] not in AUDIENCES:
        where = line_of(declared, "audience")
        raise CatalogueError(f"front matter: audience is one of {', '.join(AUDIENCES)}", declared.path, where)
    if not isinstance(values.get("params", {}), dict):
        raise CatalogueError(
            "front matter: params are tables, [params.NAME]", declared.path, line_of(declared, "params")
        )
    if not NAME.fullmatch(declared.name):
        raise CatalogueError("the file's name is words in lower case joined by hyphens", declared.path)
    parameters = {name: read_parameter(declared, name, item) for name, item in values.get("params", {}).items()}
    check_placeholders(declared, set(parameters))
    return CuratedQuery(
        name=declared.name,
        path=declared.path,
        question=values["question"],
        number=values["number"],
        audience=values["audience"],
        summary=values["summary"],
        parameters=MappingProxyType(parameters),
        columns=columns(declared, engine),
        text=declared.text,
    )


def check_keys(
    declared: frontmatter.DeclaredQuery, values: Mapping[str, Any], known: frozenset[str], where: str
) -> None:
    """Raise CatalogueError for a key that nothing reads."""
    unknown = sorted(set(values) - known)
    if unknown:
        message = f"{where}: unknown key {unknown[0]!r}; known: {', '.join(sorted(known))}"
        raise CatalogueError(message, declared.path, line_of(declared, unknown[0]))


def line_of(declared: frontmatter.DeclaredQuery, text: str) -> int:
    """Return the number of the first line that holds a text; 1 where none does."""
    return next((number for number, line in enumerate(declared.text.splitlines(), 1) if text in line), 1)


def read_parameter(declared: frontmatter.DeclaredQuery, name: str, values: Mapping[str, Any]) -> Parameter:
    """Read one `[params.NAME]` table."""
    where = line_of(declared, f"params.{name}")
    if not isinstance(values, dict):
        raise CatalogueError(f"params.{name} is a table, [params.{name}]", declared.path, where)
    check_keys(declared, values, PARAMETER_KEYS, f"params.{name}")
    if values.get("type") not in TYPES:
        raise CatalogueError(f"params.{name}: type is one of {', '.join(TYPES)}", declared.path, where)
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


def read_iri(declared: frontmatter.DeclaredQuery, name: str, value: str | None) -> str | None:
    """Return the IRI of a class or scheme."""
    iri = expand(str(value)) if value else None
    if value and (iri is None or not iri.startswith((HCT, ID, "http"))):
        raise CatalogueError(f"params.{name}: {value!r} is no IRI", declared.path, line_of(declared, str(value)))
    return iri


def check_placeholders(declared: frontmatter.DeclaredQuery, names: set[str]) -> None:
    """Raise CatalogueError where declared and used parameters are not the same."""
    used = set(PLACEHOLDER.findall(declared.text))
    for name in sorted(names - used):
        message = f"params.{name} is not used: add `{frontmatter.placeholder(name)}`"
        raise CatalogueError(message, declared.path, line_of(declared, f"[params.{name}]"))
    for name in sorted(used - names):
        message = f"?{name} is used and not declared: add [params.{name}]"
        raise CatalogueError(message, declared.path, line_of(declared, frontmatter.placeholder(name)))


def columns(declared: frontmatter.DeclaredQuery, engine: EmbeddedStore) -> tuple[str, ...]:
    """Return the variables that a SELECT gives, in order; raises CatalogueError if it is none."""
    try:
        return engine.variables(declared.text)
    except QuerySyntaxError as error:
        raise CatalogueError(str(error), declared.path, error.line) from None

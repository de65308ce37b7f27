"""Curated queries: one .rq file in `queries/` is one question, with declared and typed parameters.

Front matter (TOML in `#+` lines):

    question     the question in plain words, as a person would ask it
    number       its number in the README's list of questions; several files may answer one
    audience     funder, evaluator or partnership lead
    summary      what the rows are; one or two sentences
    [params.NAME]
      type         iri | string | integer | date
      class        for iri: the class that the thing must be of, such as hct:Site
      scheme       for iri: the concept scheme that the concept must be in, such as scheme/modality: an enumeration
      description  one sentence
      default      the value where none is given; a parameter without default or `optional` is required
      optional     true where the query answers for everything if nothing is given
      example      a value that works on the real data

A parameter is bound at `VALUES ?NAME { UNDEF }`, which leaves the file a valid query that runs as it
stands in any SPARQL tool. `queries/examples/NAME.json` holds the beginning of the answer to a query that is
given nothing but the examples of what it needs; a test writes these files and keeps them true.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from hct_kg import frontmatter
from hct_kg.errors import CatalogueError, InvalidParameter, QuerySyntaxError
from hct_kg.files import read_text
from hct_kg.parameters import Parameter, check_keys, line_of, read_parameter
from hct_kg.store import EmbeddedStore
from hct_kg.terms import SKOS

AUDIENCES = ("funder", "evaluator", "partnership lead")
NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
PLACEHOLDER = re.compile(r"VALUES \?(\w+) \{ UNDEF \}")
DECLARED = frozenset({"question", "number", "audience", "summary", "params"})
EXAMPLES = "examples"


@dataclass(frozen=True, slots=True)
class Example:
    """The beginning of a real answer: its first rows as they are sent, and how many rows it has in all."""

    rows: tuple[Mapping[str, Any], ...]
    total: int


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
    example: Example | None

    @property
    def sparql(self) -> str:
        """The text without its front matter."""
        lines = self.text.splitlines(keepends=True)
        return "".join(line for line in lines if not line.startswith(frontmatter.MARK))

    @property
    def needed(self) -> Mapping[str, str]:
        """What has to be given, with the examples of it as values."""
        return {name: item.example or "" for name, item in self.parameters.items() if item.required}

    def bind(self, given: Mapping[str, str], also: Iterable[str] = ()) -> str:
        """Return the query text with the given values bound as terms.

        Raises InvalidParameter, naming all that are unknown or missing, or the first that is unusable; `also` are
        names that whoever asks has taken out of what is given, and that are known too.
        """
        self._refuse_unknown(given, also)
        self._refuse_missing(given)
        text = self.text
        for parameter in self.parameters.values():
            value = given.get(parameter.name, parameter.default)
            if value is not None:
                text = frontmatter.bind(text, parameter.name, parameter.term(value))
        return text

    def _refuse_unknown(self, given: Mapping[str, str], also: Iterable[str]) -> None:
        unknown = [name[:80] for name in given if name not in self.parameters]
        if unknown:
            known = ", ".join([*self.parameters, *also]) or "none"
            named = ", ".join(map(repr, unknown))
            raise InvalidParameter(f"{self.name} has no parameter {named}; known: {known}", unknown[0])

    def _refuse_missing(self, given: Mapping[str, str]) -> None:
        missing = [item for name, item in self.parameters.items() if item.required and name not in given]
        if missing:
            wanted = " ".join(
                f"{item.name}: {item.description}"
                + (f" For example {item.name}={item.example}" if item.example else "")
                for item in missing
            )
            raise InvalidParameter(f"{self.name} needs {wanted}", missing[0].name)

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
    of = columns(declared, engine)
    return CuratedQuery(
        name=declared.name,
        path=declared.path,
        question=values["question"],
        number=values["number"],
        audience=values["audience"],
        summary=values["summary"],
        parameters=MappingProxyType(parameters),
        columns=of,
        text=declared.text,
        example=read_example(declared.path.parent / EXAMPLES / f"{declared.name}.json", of),
    )


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


def read_example(path: Path, of: tuple[str, ...]) -> Example | None:
    """Read the example of an answer with these columns, where there is one; raises CatalogueError."""
    if not path.exists():
        return None
    try:
        document = json.loads(read_text(path))
        example = Example(tuple(document["rows"]), int(document["total"]))
        fits = all(tuple(row) == of for row in example.rows)
    except (ValueError, KeyError, TypeError):
        fits = False
    if not fits:
        message = 'is no example of this query: {"rows": […], "total": …}, each row with the columns of the query'
        raise CatalogueError(message, path)
    return example

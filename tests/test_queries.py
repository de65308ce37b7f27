"""Curated queries: exact rows over the story, and a run of every query over the real data."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from hct_kg.catalogue import CuratedQuery, load
from hct_kg.dataset import Dataset
from hct_kg.errors import InvalidParameter
from hct_kg.store import Row, Term
from hct_kg.terms import XSD, shorten

FOLDER = Path(__file__).parent
QUERIES = load(FOLDER.parent / "queries")
NUMBERS = (XSD + "integer", XSD + "decimal")

Cell: TypeAlias = str | Decimal | bool


def answers(name: str) -> dict[str, Any]:
    path = FOLDER / "answers" / f"{name}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)


def cases() -> Iterator[Any]:
    for name in QUERIES:
        for number, case in enumerate(answers(name)["cases"], 1):
            yield pytest.param(QUERIES[name], case, id=f"{name}-{number}")


def requests() -> Iterator[Any]:
    """Every query with what it needs, and with each further parameter's example alone."""
    for query in QUERIES.values():
        needed = {name: item.example or "" for name, item in query.parameters.items() if item.required}
        yield pytest.param(query, needed, id=query.name)
        for name, item in query.parameters.items():
            if not item.required:
                yield pytest.param(query, {**needed, name: item.example or ""}, id=f"{query.name}-{name}")


def cell(term: Term | None) -> Cell:
    if term is None:
        return ""
    if term.kind == "uri":
        return shorten(term.value)
    if term.datatype in NUMBERS:
        return Decimal(term.value)
    return term.value == "true" if term.datatype == XSD + "boolean" else term.value


def table(query: CuratedQuery, rows: list[Row]) -> list[list[Cell]]:
    return [[cell(row.get(column)) for column in query.columns] for row in rows]


def test_every_query_has_answers_and_every_answer_a_query() -> None:
    answered = {path.stem for path in (FOLDER / "answers").glob("*.toml")}
    assert len(answered) > 20
    assert answered == set(QUERIES)


@pytest.mark.parametrize(("query", "case"), list(cases()))
def test_the_answer_has_exactly_these_rows_in_this_order(
    query: CuratedQuery, case: dict[str, Any], story: Dataset
) -> None:
    rows = story.store.select(query.bind(case.get("parameters", {})))
    assert table(query, rows) == case["rows"]


@pytest.mark.parametrize("query", QUERIES.values(), ids=list(QUERIES))
def test_the_answers_try_every_parameter_and_fill_every_column(query: CuratedQuery) -> None:
    tried = answers(query.name)["cases"]
    assert {name for case in tried for name in case.get("parameters", {})} == set(query.parameters)
    rows = [row for case in tried for row in case["rows"]]
    empty = [column for place, column in enumerate(query.columns) if all(row[place] == "" for row in rows)]
    assert empty == []


@pytest.mark.parametrize(("query", "given"), list(requests()))
def test_the_real_data_answers_the_examples_without_a_row_twice(
    query: CuratedQuery, given: dict[str, str], real: Dataset
) -> None:
    rows = table(query, real.store.select(query.bind(given)))
    assert rows
    assert len({tuple(row) for row in rows}) == len(rows)


@pytest.mark.parametrize("query", QUERIES.values(), ids=list(QUERIES))
def test_examples_and_defaults_are_of_the_declared_kind_in_the_real_data(query: CuratedQuery, real: Dataset) -> None:
    examples = {name: item.example for name, item in query.parameters.items()}
    assert None not in examples.values()
    defaults = {name: item.default for name, item in query.parameters.items() if item.default}
    for values in (examples, defaults):
        for _, value, check in query.membership_checks({name: str(value) for name, value in values.items()}):
            assert real.store.select(check), value


@pytest.mark.parametrize("query", QUERIES.values(), ids=list(QUERIES))
def test_the_file_is_a_query_as_it_stands(query: CuratedQuery, story: Dataset) -> None:
    assert story.store.variables(query.path.read_text(encoding="utf-8")) == query.columns


@pytest.mark.parametrize("query", QUERIES.values(), ids=list(QUERIES))
def test_an_unknown_parameter_is_refused_by_name(query: CuratedQuery) -> None:
    with pytest.raises(InvalidParameter, match="no parameter 'colour'") as refusal:
        query.bind({"colour": "blue"})
    assert refusal.value.parameter == "colour"


@pytest.mark.parametrize(
    ("query", "name"),
    [(query, name) for query in QUERIES.values() for name, item in query.parameters.items() if item.required],
)
def test_a_missing_parameter_is_named_with_its_description(query: CuratedQuery, name: str) -> None:
    with pytest.raises(InvalidParameter, match=rf"needs {name}: \S") as refusal:
        query.bind({})
    assert refusal.value.parameter == name


@pytest.mark.parametrize(
    ("query", "name"),
    [(query, name) for query in QUERIES.values() for name, item in query.parameters.items() if item.type == "iri"],
)
def test_a_value_that_is_no_identifier_is_refused_by_name(query: CuratedQuery, name: str) -> None:
    given = {other: item.example or "" for other, item in query.parameters.items()}
    with pytest.raises(InvalidParameter, match="is not an identifier") as refusal:
        query.bind({**given, name: "two words"})
    assert refusal.value.parameter == name

"""Rows are counted exactly in every format, however the bytes are cut."""

from __future__ import annotations

import json
from itertools import pairwise

import pyoxigraph
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hct_kg.errors import ResultTooLarge
from hct_kg.store import EmbeddedStore, Literal, NamedNode, Quad
from hct_kg.store.counting import COUNTERS
from hct_kg.store.evaluation import answer
from hct_kg.store.formats import GRAPH_FORMATS, JSON, ROW_FORMATS, Format
from hct_kg.store.values import Limits, QueryRequest

P, G = NamedNode("https://example.org/p"), NamedNode("https://example.org/g")
SELECT_ALL = "SELECT ?s ?o ?nothing { ?s ?p ?o }"
awkward = st.text(st.sampled_from('",{}[]:\\\n\r\t <>&x\N{SNOWMAN}')) | st.sampled_from(["<result>", '},{"', "\\", '"'])


def store_of(values: list[str]) -> EmbeddedStore:
    """Return a store with one triple a value."""
    triples = [(NamedNode(f"https://example.org/{number}"), value) for number, value in enumerate(values)]
    return EmbeddedStore(Quad(subject, P, Literal(value), G) for subject, value in triples)


@pytest.mark.parametrize("form", ROW_FORMATS, ids=lambda form: form.name)
@given(values=st.lists(awkward, max_size=6), cuts=st.lists(st.integers(0, 2000), max_size=12))
def test_every_row_is_counted_once_wherever_chunks_end(form: Format, values: list[str], cuts: list[int]) -> None:
    result = store_of(values).evaluate(SELECT_ALL)
    assert isinstance(result, pyoxigraph.QuerySolutions)
    assert isinstance(form.engine, pyoxigraph.QueryResultsFormat)
    body = result.serialize(format=form.engine) or b""
    counter = COUNTERS[form]()
    for start, end in pairwise(sorted({0, len(body), *(cut for cut in cuts if cut < len(body))})):
        counter.feed(body[start:end])
    assert counter.rows == len(values)


like_a_row = st.sampled_from(
    ["},{", "},{}", '},{"', "[{}", ",{", "{}", '"bindings":[{"', "\\", '\\"', '"', ",", "}", "x"]
)
cell = st.none() | st.lists(like_a_row, max_size=5).map("".join)


@given(
    rows=st.lists(st.tuples(cell, cell, st.booleans()), max_size=6), cuts=st.lists(st.integers(0, 2000), max_size=40)
)
def test_rows_in_json_are_those_that_its_parser_finds(
    rows: list[tuple[str | None, str | None, bool]], cuts: list[int]
) -> None:
    def row(first: str | None, second: str | None, quoted: bool) -> str:
        terms = ["UNDEF" if value is None else str(Literal(value)) for value in (first, second)]
        return f"({' '.join(terms)} {f'<<( <{P.value}> <{P.value}> {terms[0]} )>>' if quoted and first else 'UNDEF'})"

    query = f"SELECT ?a ?b ?c {{ VALUES (?a ?b ?c) {{ {' '.join(row(*item) for item in rows)} }} }}"
    result = pyoxigraph.Store().query(query)
    assert isinstance(result, pyoxigraph.QuerySolutions)
    body = result.serialize(format=pyoxigraph.QueryResultsFormat.JSON) or b""
    counter = COUNTERS[JSON]()
    for start, end in pairwise(sorted({0, len(body), *(cut for cut in cuts if cut < len(body))})):
        counter.feed(body[start:end])
    assert counter.rows == len(json.loads(body)["results"]["bindings"]) == len(rows)


@pytest.mark.parametrize("form", ROW_FORMATS, ids=lambda form: form.name)
@pytest.mark.parametrize(("query", "rows"), [("SELECT * {}", 1), ("SELECT ?x { VALUES ?x { UNDEF UNDEF } }", 2)])
def test_rows_without_any_value_are_rows(form: Format, query: str, rows: int) -> None:
    assert answer(EmbeddedStore(), QueryRequest(query, row_format=form), Limits(1, 1, 10, 1)).rows == rows


@pytest.mark.parametrize("form", ROW_FORMATS, ids=lambda form: form.name)
def test_a_result_at_its_limit_of_rows_is_whole_and_one_more_row_is_an_error(form: Format) -> None:
    store, limits = store_of([str(number) for number in range(2001)]), Limits(1, 1, 2000, 1)
    request = QueryRequest(SELECT_ALL + " LIMIT 2000", row_format=form)
    assert answer(store, request, limits).rows == 2000
    with pytest.raises(ResultTooLarge, match="2000 rows"):
        answer(store, QueryRequest(SELECT_ALL, row_format=form), limits)


@pytest.mark.parametrize("form", GRAPH_FORMATS, ids=lambda form: form.name)
def test_a_graph_at_its_limit_of_triples_is_whole_and_one_more_is_an_error(form: Format) -> None:
    store, limits = store_of(["a", "b", "c"]), Limits(1, 1, 2, 1)
    query = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"
    assert answer(store, QueryRequest(query + " LIMIT 2", graph_format=form), limits).rows == 2
    with pytest.raises(ResultTooLarge, match="2 rows"):
        answer(store, QueryRequest(query, graph_format=form), limits)


@pytest.mark.parametrize("query", [SELECT_ALL, "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"])
def test_a_result_with_more_bytes_than_its_limit_is_an_error(query: str) -> None:
    with pytest.raises(ResultTooLarge, match="1 MiB"):
        answer(store_of(["x" * (1 << 20)]), QueryRequest(query), Limits(1, 1, 10, 1))

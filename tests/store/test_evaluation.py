"""The dataset of a query: what it names, else the union of all graphs; nothing is ever fetched."""

from __future__ import annotations

import pytest

from hct_kg.errors import EvaluationError, FederationDisabled, NotAcceptable, QuerySyntaxError
from hct_kg.store import EmbeddedStore, Literal, NamedNode, Quad, parse_rows
from hct_kg.store.evaluation import answer
from hct_kg.store.formats import CSV, FORMATS, JSON, TSV, TURTLE, XML, Format
from hct_kg.store.values import Limits, QueryRequest

EX = "https://example.org/"
LIMITS = Limits(1, 1, 10, 1)
STORE = EmbeddedStore(
    Quad(NamedNode(EX + "s"), NamedNode(EX + "p"), Literal(name), NamedNode(EX + name)) for name in ("a", "b")
)


def found(query: str, default: tuple[str, ...] = (), named: tuple[str, ...] = ()) -> set[str]:
    """Return the values of ?o."""
    request = QueryRequest(query, tuple(EX + name for name in default), tuple(EX + name for name in named))
    return {row["o"].value for row in parse_rows(answer(STORE, request, LIMITS).body)}


SELECT = "SELECT ?o"
SELECT_FROM_A, SELECT_FROM_NAMED_A = f"{SELECT} FROM <{EX}a>", f"{SELECT} FROM NAMED <{EX}a>"
DEFAULT, NAMED = "{ ?s ?p ?o }", "{ GRAPH ?g { ?s ?p ?o } }"


@pytest.mark.parametrize(
    ("query", "default", "named", "values"),
    [
        (f"{SELECT} {DEFAULT}", (), (), {"a", "b"}),
        (f"{SELECT} {NAMED}", (), (), {"a", "b"}),
        (f"{SELECT_FROM_A} {DEFAULT}", (), (), {"a"}),
        (f"{SELECT_FROM_A} FROM <{EX}b> {DEFAULT}", (), (), {"a", "b"}),
        (f"{SELECT_FROM_A} {NAMED}", (), (), set()),
        (f"{SELECT_FROM_NAMED_A} {NAMED}", (), (), {"a"}),
        (f"{SELECT_FROM_NAMED_A} {DEFAULT}", (), (), set()),
        (f"{SELECT} FROM <{EX}unknown> {DEFAULT}", (), (), set()),
        (f"{SELECT} {DEFAULT}", ("a",), (), {"a"}),
        (f"{SELECT} {NAMED}", ("a",), (), set()),
        (f"{SELECT} {NAMED}", (), ("b",), {"b"}),
        (f"{SELECT} {DEFAULT}", (), ("b",), set()),
        (f"{SELECT_FROM_A} {DEFAULT}", ("b",), (), {"b"}),
        (f"{SELECT} {DEFAULT}", ("unknown",), (), set()),
    ],
)
def test_the_dataset_is_that_of_the_protocol_else_of_the_query_else_the_union(
    query: str, default: tuple[str, ...], named: tuple[str, ...], values: set[str]
) -> None:
    assert found(query, default, named) == values


@pytest.mark.parametrize(("form", "body"), [(CSV, b"true"), (TSV, b"true")])
def test_ask_is_a_bare_word_in_csv_and_tsv(form: Format, body: bytes) -> None:
    assert answer(STORE, QueryRequest("ASK {}", row_format=form), LIMITS).body == body


@pytest.mark.parametrize("query", ["ASK {", "LOAD <http://h/>", "INSERT DATA {}", "ASK {} ; ASK {}", ""])
def test_what_is_no_query_is_a_syntax_error_with_its_place(query: str) -> None:
    with pytest.raises(QuerySyntaxError) as caught:
        answer(STORE, QueryRequest(query), LIMITS)
    assert caught.value.line == 1


def test_federation_is_refused() -> None:
    with pytest.raises(FederationDisabled):
        answer(STORE, QueryRequest("ASK { SERVICE <http://h/> {} }"), LIMITS)


def test_a_graph_that_is_named_by_no_iri_is_refused() -> None:
    with pytest.raises(EvaluationError):
        answer(STORE, QueryRequest("ASK {}", ("no iri",)), LIMITS)


@pytest.mark.parametrize(
    ("query", "rows", "graph", "offered"),
    [("ASK {}", None, TURTLE, XML.media_type), ("DESCRIBE <http://h/>", JSON, None, "application/n-quads")],
)
def test_a_kind_of_result_without_a_wanted_format_is_refused_with_what_there_is(
    query: str, rows: Format | None, graph: Format | None, offered: str
) -> None:
    with pytest.raises(NotAcceptable) as caught:
        answer(STORE, QueryRequest(query, row_format=rows, graph_format=graph), LIMITS)
    assert offered in caught.value.offered


def test_formats_have_names_and_media_types_of_their_own() -> None:
    assert len({form.media_type for form in FORMATS.values()}) == len(FORMATS) == 10


COUNT = "SELECT (COUNT(*) AS ?o)"


@pytest.mark.parametrize(
    ("query", "count"),
    [
        (COUNT + " { ?s ?p ?v }", "2"),
        (COUNT + " { GRAPH ?g { ?s ?p ?v } }", "3"),
        (f"{COUNT} FROM <{EX}a> {{ ?s ?p ?v }}", "1"),
        (COUNT + " { ?s ?graph 'both' }", "1"),
    ],
)
def test_the_union_of_all_graphs_holds_a_triple_once_that_stands_in_several(query: str, count: str) -> None:
    both = [
        Quad(NamedNode(EX + "s"), NamedNode(EX + "p"), Literal("both"), NamedNode(EX + name)) for name in ("a", "b")
    ]
    store = EmbeddedStore([*both, Quad(NamedNode(EX + "s"), NamedNode(EX + "p"), Literal("b"), NamedNode(EX + "b"))])
    store.merge()
    assert [row["o"].value for row in parse_rows(answer(store, QueryRequest(query), LIMITS).body)] == [count]

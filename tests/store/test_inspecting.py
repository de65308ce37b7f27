"""What a query is, before another engine is sent it: its form, and the graphs that it names, taken out of its text."""

from __future__ import annotations

import pytest

from hct_kg.errors import EvaluationError, FederationDisabled, QuerySyntaxError
from hct_kg.store.inspecting import Inspected, inspected

PREFIX = "PREFIX ex: <http://e/> "


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("SELECT * { ?s ?p ?o }", "rows"),
        ("#ASK\nBASE <http://e/> ASK { ?s ?p ?o }", "boolean"),
        ("CONSTRUCT WHERE { ?s ?p ?o }", "graph"),
        ("DESCRIBE <http://e/a>", "graph"),
    ],
)
def test_the_form_of_a_query_is_that_of_its_result(text: str, form: str) -> None:
    assert inspected(text) == Inspected(form, text)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "default", "named"),
    [
        ("SELECT * FROM <http://e/a> { ?s ?p ?o }", ["http://e/a"], []),
        (
            f"{PREFIX}SELECT ?from FROM ex:a FROM NAMED ex:b #FROM ex:c\n{{ ?s ?p 'FROM <x>' }}",  # noqa: S608
            ["http://e/a"],
            ["http://e/b"],
        ),
        ("ASK from#\nnamed\n<rel> { ?s <http://from/> ?o }", [], ["https://w3id.org/hct-kg/rel"]),
        ("DESCRIBE ?x FROM<http://e/a>FROM<http://e/b>WHERE{?x ?p ?o}", ["http://e/a", "http://e/b"], []),
        ("PREFIX from: <http://e/> CONSTRUCT { ?s ?p ?o } FROM from:a { ?s from:p ?o }", ["http://e/a"], []),
    ],
)
def test_the_graphs_of_from_are_taken_out(text: str, default: list[str], named: list[str]) -> None:
    found = inspected(text)
    assert (list(found.default_graphs), list(found.named_graphs)) == (default, named)
    assert inspected(found.text) == Inspected(found.form, found.text)
    assert len(found.text) == len(text)


@pytest.mark.parametrize(
    "text", ["SELECT ?from { ?from ?p '''FROM <x>''' }", "SELECT * { ?s <http://e/from> 1 } # FROM <x>"]
)
def test_what_only_looks_like_from_stays(text: str) -> None:
    assert inspected(text) == Inspected("rows", text)


@pytest.mark.parametrize(
    "text",
    [
        'SELECT ("\\u0022 } SERVICE <http://e/> {" AS ?x) {}',
        'SELECT ("\\U00000022" AS ?x) {}',
        "SELECT (<bif:http_get>('http://e/') AS ?x) {}",
        "SELECT * { ?s <BIF:contains> 'x' }",
        "PREFIX x: <b> SELECT * { ?s x:if:contains 'x' }",
        "BASE <b> SELECT * { ?s <c> 'x' }",
        "SELECT (<http://e/function>(1) AS ?x) {}",
    ],
)
def test_what_engines_read_in_other_ways_is_refused(text: str) -> None:
    with pytest.raises(EvaluationError):
        inspected(text)


def test_letters_beyond_ascii_may_be_escaped() -> None:
    assert inspected('SELECT ("\\u00fc" AS ?x) {}').form == "rows"


@pytest.mark.parametrize("text", ["SELECT * { SERVICE <http://e/> {} }", "SELECT * { FILTER(?a<?b)SERVICE?s{} }"])
def test_service_is_refused(text: str) -> None:
    with pytest.raises(FederationDisabled):
        inspected(text)


def test_a_mistake_has_its_place() -> None:
    with pytest.raises(QuerySyntaxError) as caught:
        inspected("SELECT *\n{ ?s ?p }")
    assert (caught.value.line, caught.value.column) == (2, 10)

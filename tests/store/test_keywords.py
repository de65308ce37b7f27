"""SERVICE and FROM are found where the engine's parser sees a keyword, and nowhere else."""

from __future__ import annotations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from rdflib.plugins.sparql.parser import parseQuery
from rdflib.plugins.sparql.parserutils import CompValue

from hct_kg.store.keywords import misspell, uses_keyword

FEDERATED = [
    "ASK { SERVICE <http://h/> {} }",
    "ASK{service<http://h/>{}}",
    "ASK { SERVICE SILENT ?where { ?s ?p ?o } }",
    "PREFIX h: <http://h/> ASK { SERVICE h:x {} }",
    "SELECT * { ?s ?p ?o FILTER EXISTS { SERVICE <http://h/> {} } }",
    "SELECT * { { SELECT * { SERVICE <http://h/> {} } } }",
    "CONSTRUCT { ?s ?p ?o } WHERE { OPTIONAL { SeRvIcE <http://h/> { ?s ?p ?o } } }",
    'ASK { ?s ?p "SERVICE" . SERVICE <http://h/> {} }',
    "ASK { ?s ?p 1SERVICE <http://h/> {} }",
    "ASK { #SERVICE\nSERVICE <http://h/> {} }",
    "ASK { FILTER(?a<?b)SERVICE?s#>\n{} }",
    "ASK { FILTER(?a < ?b) SERVICE <http://h/> {} FILTER(?c > ?d) }",
]
HARMLESS = [
    "ASK { ?service ?SERVICE $service }",
    "PREFIX service: <http://h/> ASK { service:SERVICE service: <http://h/SERVICE> }",
    'ASK { ?s ?p "SERVICE <http://h/> {}"@service }',
    "ASK { ?s ?p '''\nSERVICE ' <http://h/> {}''' }",
    "ASK { ?s ?p _:SERVICE } # SERVICE <http://h/> {}",
    "SELECT ?service { ?s ?p ?service } GROUP BY ?service",
    "SELECT (COUNT(?service) AS ?SERVICE) { ?s ?p ?service } ORDER BY ?SERVICE",
    "ASK { FILTER(?a<?SERVICE) FILTER(?b>?service) }",
    r"ASK { ?s ?p 'SERV\u0049CE' }",
    "ASK { ?s ?p 'servicf servicz' ; ?servicz ?service }",
]


@pytest.mark.parametrize("query", FEDERATED)
def test_a_service_clause_is_found(query: str) -> None:
    assert uses_keyword(query, "SERVICE")


@pytest.mark.parametrize("query", HARMLESS)
def test_the_word_service_elsewhere_is_no_clause(query: str) -> None:
    assert not uses_keyword(query, "SERVICE")


@pytest.mark.parametrize(
    "query", ["SELECT * FROM <http://h/> {}", "ASK FROM NAMED<http://h/>{}", "DESCRIBE<http://h/>from<http://h/g>"]
)
def test_a_dataset_clause_is_found(query: str) -> None:
    assert uses_keyword(query, "FROM")


@pytest.mark.parametrize("query", ["ASK { ?from ?p 'FROM <http://h/>' }", "DESCRIBE <http://h/from>", "ASK {} #FROM"])
def test_the_word_from_elsewhere_is_no_dataset_clause(query: str) -> None:
    assert not uses_keyword(query, "FROM")


def test_a_text_that_is_no_query_is_left_to_the_engine() -> None:
    assert not uses_keyword("ASK { ?s SERVICE", "SERVICE")


def test_misspelling_keeps_length_and_letter_case_and_takes_a_word_that_is_not_there() -> None:
    assert misspell("SERVICE service Servicz", "SERVICE") == "SERVICY servicy Servicz"


TRIPLES = [
    "?s ?p ?o .",
    "?service ?p 'SERVICE' .",
    '?s ?p "say \\"SERVICE <http://h/> {}\\"" .',
    "?s service:SERVICE <http://h/SERVICE> .",
    "?s ?p '''SERVICE\n<http://h/> {}''' .",
    "?s ?p 'x'@service .",
    "# SERVICE <http://h/> {}\n",
    "FILTER(?a < ?service && ?b > 1)",
    "FILTER(?a<?service)",
    "BIND('SERVICE' AS ?SERVICE)",
]
CLAUSES = [
    "SERVICE <http://h/> { ?s ?p ?o }",
    "service ?where { ?s ?p ?o }",
    "SERVICE SILENT service:x { ?s ?p ?o }",
]
WRAPPERS = [
    "{ %s }",
    "OPTIONAL { %s }",
    "FILTER EXISTS { %s }",
    "FILTER NOT EXISTS { %s }",
    "MINUS { %s }",
    "{ SELECT * { %s } }",
    "GRAPH ?service { %s }",
    "{ ?s ?p ?o } UNION { %s }",
]
FORMS = ["ASK { %s }", "SELECT * { %s }", "CONSTRUCT { ?s ?p ?o } WHERE { %s }", "DESCRIBE ?s { %s }"]

pieces = st.lists(st.sampled_from([*TRIPLES, *TRIPLES, *CLAUSES]), max_size=4).map("\n".join)
groups = st.recursive(
    pieces,
    lambda inner: st.tuples(pieces, st.sampled_from(WRAPPERS), inner, pieces).map(
        lambda parts: f"{parts[0]}\n{parts[1] % parts[2]}\n{parts[3]}"
    ),
    max_leaves=3,
)
queries = st.tuples(st.sampled_from(FORMS), groups).map(
    lambda parts: f"PREFIX service: <http://h/SERVICE#>\n{parts[0] % parts[1]}"
)


def has_service_clause(node: object) -> bool:
    """Tell whether rdflib's syntax tree of a query holds a SERVICE clause."""
    if isinstance(node, CompValue):
        return node.name == "ServiceGraphPattern" or any(map(has_service_clause, node.values()))
    return not isinstance(node, str) and hasattr(node, "__iter__") and any(map(has_service_clause, node))


@settings(max_examples=60, deadline=None)
@given(queries)
def test_the_finding_agrees_with_the_syntax_tree_of_another_parser(query: str) -> None:
    assume(
        query.count("BIND(") < 2
    )  # a second one to the same variable is a mistake, which rdflib's parser passes over
    assert uses_keyword(query, "SERVICE") == has_service_clause(parseQuery(query))

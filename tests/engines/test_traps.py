"""Where Virtuoso 7.2 is not what SPARQL 1.1 says: each is something that who talks to it must know.

When one of these tests fails, Virtuoso has changed: see whether what is built around it is still needed.
"""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from scripts.sparql_servers import Virtuoso

from engines import FEW_BUFFERS, SYSTEM_GRAPHS, Engine, installed

XSD = "http://www.w3.org/2001/XMLSchema#"
JSON = {"Accept": "application/sparql-results+json"}
ONE = "SELECT ?o { GRAPH <urn:g> { <urn:s> <urn:p> ?o } }"


@pytest.fixture(scope="module")
def as_it_comes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A second Virtuoso, with the limit of rows that its authors chose, which is killed in the end."""
    installed(Virtuoso)
    server = Virtuoso.in_folder(tmp_path_factory.mktemp("virtuoso-as-it-comes"), rows=10_000, buffers=FEW_BUFFERS)
    made = Engine(server)
    yield made
    made.kill()


def ask(engine: Engine, query: str, **parameters: str) -> httpx.Response:
    return httpx.get(engine.query_url, params={"query": query, **parameters}, headers=JSON, timeout=60)


def update(engine: Engine, text: str) -> None:
    done = httpx.post(engine.update_url, data={"update": text}, timeout=60)
    assert done.status_code == 200, done.text


def rows(answer: httpx.Response) -> list[dict[str, dict[str, str]]]:
    assert answer.status_code == 200, answer.text
    found: list[dict[str, dict[str, str]]] = answer.json()["results"]["bindings"]
    return found


def kept(engine: Engine, objects: str) -> set[tuple[str, str]]:
    """Insert one subject's objects; return the value and datatype (or language) of each that there is then."""
    update(engine, f"PREFIX xsd: <{XSD}> INSERT DATA {{ GRAPH <urn:g> {{ <urn:s> <urn:p> {objects} }} }}")
    terms = [row["o"] for row in rows(ask(engine, ONE))]
    return {(term["value"], term.get("datatype", term.get("xml:lang", "")).removeprefix(XSD)) for term in terms}


def test_a_query_by_get_or_by_form_is_answered(virtuoso: Engine) -> None:
    assert rows(ask(virtuoso, ONE)) == []
    assert rows(httpx.post(virtuoso.query_url, data={"query": ONE}, headers=JSON)) == []


@pytest.mark.parametrize("form", [True, False], ids=["form", "direct"])
def test_an_update_is_taken_in_both_forms(virtuoso: Engine, form: bool) -> None:
    text = "INSERT DATA { GRAPH <urn:g> { <urn:s> <urn:p> <urn:o> } }"
    direct = {"content": text, "headers": {"Content-Type": "application/sparql-update"}}
    done = httpx.post(virtuoso.update_url, data={"update": text}) if form else httpx.post(virtuoso.update_url, **direct)  # type: ignore[arg-type]
    assert done.status_code == 200, done.text
    assert [row["o"]["value"] for row in rows(ask(virtuoso, ONE))] == ["urn:o"]


def test_an_update_without_the_right_to_is_a_500(virtuoso: Engine) -> None:
    """Neither 401 nor 403: only the text tells."""
    virtuoso.server.close_to_others()  # type: ignore[union-attr]
    try:
        done = httpx.post(virtuoso.update_url, data={"update": "INSERT DATA { GRAPH <urn:g> { <a:s> <a:p> 1 } }"})
    finally:
        virtuoso.server.open_to_all()  # type: ignore[union-attr]
    assert done.status_code == 500
    assert "No permission" in done.text


def test_an_update_of_several_operations_is_not_one_transaction(virtuoso: Engine) -> None:
    """What comes before the operation that fails is kept."""
    fails = "DROP GRAPH <urn:there-is-none>"
    text = f"INSERT DATA {{ GRAPH <urn:g> {{ <urn:s> <urn:p> <urn:o> }} }} ; {fails}"
    assert httpx.post(virtuoso.update_url, data={"update": text}).status_code == 500
    assert len(rows(ask(virtuoso, ONE))) == 1


def test_an_update_that_names_no_graph_is_refused(virtuoso: Engine) -> None:
    """There is no default graph to write to."""
    done = httpx.post(virtuoso.update_url, data={"update": "INSERT DATA { <urn:s> <urn:p> 1 }"})
    assert done.status_code == 400
    assert "No plain default graph" in done.text


def test_ask_is_answered_in_json_as_if_it_were_a_select(virtuoso: Engine) -> None:
    """There is no `boolean`: false is no row, true is one row."""
    answers = [ask(virtuoso, f"ASK {{ {pattern} }}") for pattern in ("<urn:s> ?p ?o", "?s ?p ?o")]
    assert [answer.json()["head"]["vars"] for answer in answers] == [["__ASK_RETVAL"]] * 2
    assert [[row["__ASK_RETVAL"]["value"] for row in rows(answer)] for answer in answers] == [[], ["1"]]


def test_a_query_out_of_time_is_a_200_with_a_part_of_the_answer(virtuoso: Engine) -> None:
    """`timeout` is in milliseconds; 1,000 is the least that it heeds. Only a header tells."""
    answer = ask(virtuoso, "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }", timeout="1000")
    assert answer.status_code == 200
    assert answer.headers["X-SQL-State"] == "S1TAT"
    assert not rows(answer) or int(rows(answer)[0]["n"]["value"]) < 2000**3


def test_rows_beyond_the_limit_of_its_configuration_are_left_out_without_a_word(
    virtuoso: Engine, as_it_comes: Engine
) -> None:
    """Nothing in the answer tells the one from the other."""
    query = "SELECT ?a ?d { ?a ?b ?c . ?d ?e ?f } LIMIT 20000"
    whole, cut = ask(virtuoso, query), ask(as_it_comes, query)
    assert (len(rows(whole)), len(rows(cut))) == (20_000, 10_000)
    assert "X-SQL-State" not in cut.headers


def test_a_query_posted_as_it_is_is_never_answered(as_it_comes: Engine) -> None:
    """A thread of it may spin for ever after that; hence not on the server that other tests use."""
    asking = {"Content-Type": "application/sparql-query", **JSON}
    with pytest.raises(httpx.ReadTimeout):
        httpx.post(as_it_comes.query_url, content="ASK {}", headers=asking, timeout=httpx.Timeout(10, read=3))


def test_a_path_free_at_both_ends_is_a_500(virtuoso: Engine) -> None:
    answer = ask(virtuoso, "SELECT * { ?a <urn:p>+ ?b }")
    assert answer.status_code == 500
    assert "transitive start not given" in answer.text


def test_the_default_graph_of_a_query_has_graphs_of_its_own_in_it(virtuoso: Engine) -> None:
    graphs = {row["g"]["value"] for row in rows(ask(virtuoso, "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }"))}
    assert graphs
    assert graphs <= SYSTEM_GRAPHS
    assert rows(ask(virtuoso, "SELECT ?s { ?s ?p ?o } LIMIT 1"))


@pytest.mark.parametrize(
    ("objects", "found"),
    [
        ("true", {("1", "boolean")}),
        ("1.50", {("1.5", "decimal")}),
        ("100.0", {("100", "decimal")}),
        ("01", {("1", "integer")}),
        ('"x"@en-GB , "x"', {("x", "en-gb"), ("x", "")}),
        ('"2020-05"^^xsd:gYearMonth', {("2020-05", "gYearMonth")}),
        ('"x"^^<urn:unknown>', {("x", "urn:unknown")}),
    ],
)
def test_literals_come_back_with_the_same_value_written_otherwise(
    virtuoso: Engine, objects: str, found: set[tuple[str, str]]
) -> None:
    assert kept(virtuoso, objects) == found


@pytest.mark.parametrize(
    "objects",
    [
        "1 , 1.0",
        "1 , true",
        "1 , 1.0e0",
        '"2020"^^xsd:gYear , "2020-01-01"^^xsd:date',
        '"2020-05"^^xsd:gYearMonth , "2020-05-01"^^xsd:date',
    ],
)
def test_two_literals_equal_to_sql_become_one(virtuoso: Engine, objects: str) -> None:
    """Of one subject and predicate the second takes the place of the first: a triple is lost without a word."""
    assert len(kept(virtuoso, objects)) == 1


def test_an_integer_beyond_64_bits_becomes_another_number(virtuoso: Engine) -> None:
    ((value, datatype),) = kept(virtuoso, "123456789012345678901234567890")
    assert datatype == "integer"
    assert value != "123456789012345678901234567890"


def test_json_has_a_type_of_terms_that_sparql_has_not(virtuoso: Engine) -> None:
    """SPARQL 1.1 has the type `literal`; `typed-literal` is of a draft of 2007."""
    (row,) = rows(ask(virtuoso, "SELECT (1 AS ?o) {}"))
    assert row["o"] == {"type": "typed-literal", "datatype": f"{XSD}integer", "value": "1"}


def test_the_account_for_writing_is_let_in_by_digest_and_by_nothing_else(virtuoso: Engine) -> None:
    secured = virtuoso.secured
    assert secured.credentials is not None
    name, password = secured.credentials
    text = {"update": "INSERT DATA { GRAPH <urn:g> { <urn:s> <urn:p> <urn:o> } }"}
    turtle = {"content": "<urn:s> <urn:p> <urn:o> .", "headers": {"Content-Type": "text/turtle"}}
    graph = {"graph-uri": "urn:g"}
    for refused in (None, httpx.BasicAuth(name, password), httpx.DigestAuth(name, "wrong")):
        with httpx.Client(auth=refused) as client:
            assert client.get(secured.query_url, params={"query": ONE}).status_code == 401
            assert client.post(secured.update_url, data=text).status_code == 401
            assert client.put(secured.graph_store_url, params=graph, **turtle).status_code == 401  # type: ignore[arg-type]
    assert rows(ask(virtuoso, ONE)) == []
    with httpx.Client(auth=httpx.DigestAuth(name, password)) as client:
        assert client.get(secured.query_url, params={"query": ONE}).status_code == 200
        assert client.post(secured.update_url, data=text).status_code == 200
        assert client.put(secured.graph_store_url, params=graph, **turtle).is_success  # type: ignore[arg-type]
    assert len(rows(ask(virtuoso, ONE))) == 1


def test_the_oxigraph_server_writes_literals_its_own_way_and_has_no_other_of_them(oxigraph_server: Engine) -> None:
    posted = {"Content-Type": "application/sparql-query", **JSON}
    answer = httpx.post(oxigraph_server.query_url, content="ASK { ?s ?p ?o }", headers=posted)
    assert answer.json()["boolean"] is False
    text = "INSERT DATA { GRAPH <urn:g> { <urn:s> <urn:p> 1 , 1.0 , true , 1.50 , 'x'@en-GB } } ; FOO"
    assert httpx.post(oxigraph_server.update_url, data={"update": text}).status_code == 400
    assert rows(ask(oxigraph_server, ONE)) == []
    done = httpx.post(oxigraph_server.update_url, data={"update": text.removesuffix("; FOO")})
    assert done.status_code == 204
    terms = [row["o"] for row in rows(ask(oxigraph_server, ONE))]
    found = {(term["value"], term.get("datatype", term.get("xml:lang", "")).removeprefix(XSD)) for term in terms}
    decimals = {("1", "decimal"), ("1.5", "decimal")}
    assert found == {("1", "integer"), ("true", "boolean"), ("x", "en-gb"), *decimals}
    assert rows(ask(oxigraph_server, "SELECT * { ?a <urn:p>+ ?b }"))

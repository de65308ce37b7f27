"""`/sparql` is the query operation of the SPARQL 1.1 Protocol, sent by hand over HTTP."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import httpx
import pytest
import rdflib
from rdflib.compare import isomorphic

from reading import read_graph
from serving import BEADS, EX, GRAPH, ORCHARD, Server, free_port, invented, problem, start

ASK = "ASK {}"
FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"
NAMES = f"SELECT ?s ?o {{ ?s <{EX}name> ?o }} ORDER BY ?o"


@pytest.mark.parametrize("path", ["/sparql", "/sparql/"])
def test_the_three_ways_to_send_a_query_give_one_answer(server: Server, path: str) -> None:
    client = server.client
    answers = [
        client.get(path, params={"query": NAMES}),
        client.post(path, data={"query": NAMES}),
        client.post(path, content=NAMES.encode(), headers={"Content-Type": QUERY}),
        client.post(path, content=NAMES.encode(), headers={"Content-Type": QUERY + "; charset=UTF-8"}),
    ]
    assert [answer.status_code for answer in answers] == [200] * 4
    assert len({answer.content for answer in answers}) == 1


def test_head_is_get_without_its_body(server: Server) -> None:
    get, head = (server.client.request(method, "/sparql", params={"query": ASK}) for method in ("GET", "HEAD"))
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == str(len(get.content))


@pytest.mark.parametrize("path", ["/sparql", "/sparql/"])
def test_options_and_preflight(server: Server, path: str) -> None:
    response = server.client.options(path)
    assert (response.status_code, response.headers["allow"]) == (204, "GET, POST, HEAD, OPTIONS")
    asked = {"Origin": "https://example.org", "Access-Control-Request-Method": "POST"}
    preflight = server.client.options(path, headers=asked)
    assert preflight.status_code == 204
    assert "POST" in preflight.headers["access-control-allow-methods"]
    assert preflight.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_other_methods_are_told_which_there_are(server: Server, method: str) -> None:
    response = server.client.request(method, "/sparql")
    assert problem(response) == (405, "method-not-allowed")
    assert response.headers["allow"] == "GET, POST, HEAD, OPTIONS"


@pytest.mark.parametrize("query", [ASK, "SELECT {"])
def test_every_answer_is_open_to_pages_and_varies_with_accept(server: Server, query: str) -> None:
    headers = server.ask(query).headers
    assert headers["access-control-allow-origin"] == "*"
    assert "Accept" in headers["vary"].split(", ")


def graph_query(client: httpx.Client, *parameters: tuple[str, str]) -> set[str]:
    """Return the graphs that a query with dataset parameters sees."""
    query = ("query", "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }")
    got = client.get("/sparql", params=[query, *parameters]).json()["results"]["bindings"]
    posted = client.post(
        "/sparql", content=query[1].encode(), params=list(parameters), headers={"Content-Type": QUERY}
    ).json()["results"]["bindings"]
    assert got == posted
    return {row["g"]["value"].removeprefix(GRAPH) for row in got}


def test_graphs_named_in_the_request_are_the_dataset(server: Server) -> None:
    beads, orchard = (("named-graph-uri", GRAPH + name) for name in ("beads", "orchard"))
    assert {"beads", "orchard"} <= graph_query(server.client)
    assert graph_query(server.client, beads) == {"beads"}
    assert graph_query(server.client, beads, orchard) == {"beads", "orchard"}
    assert graph_query(server.client, ("named-graph-uri", EX + "unknown")) == set()


def test_default_graphs_named_in_the_request_are_merged(server: Server) -> None:
    def count(*names: str) -> int:
        parameters = {
            "query": "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }",
            "default-graph-uri": [GRAPH + name for name in names],
        }
        return int(server.client.get("/sparql", params=parameters).json()["results"]["bindings"][0]["n"]["value"])

    assert [count("beads"), count("orchard"), count("beads", "orchard")] == [BEADS, 7, BEADS + 7]
    assert count() > BEADS + 7


def test_graphs_named_in_a_form_are_the_dataset_wherever_they_are_named(server: Server) -> None:
    query = {"query": "SELECT DISTINCT ?g ?in { { GRAPH ?g { ?s ?p ?o } } UNION { ?s ?p ?o BIND('default' AS ?in) } }"}
    default, named = {"default-graph-uri": GRAPH + "orchard"}, {"named-graph-uri": [GRAPH + "beads", EX + "unknown"]}
    answers = [
        server.client.post("/sparql", data={**query, **default, **named}),
        server.client.post("/sparql", params=default, data={**query, **named}),
        server.client.post("/sparql", params={**default, **named}, data=query),
    ]
    for answer in answers:
        found = {(kind, row[kind]["value"]) for row in answer.json()["results"]["bindings"] for kind in row}
        assert found == {("g", GRAPH + "beads"), ("in", "default")}


def test_graphs_named_in_the_request_go_before_those_that_the_query_names(server: Server) -> None:
    query = f"SELECT DISTINCT ?g FROM <{GRAPH}beads> FROM NAMED <{GRAPH}beads> {{ GRAPH ?g {{ ?s ?p ?o }} }}"  # noqa: S608
    for asked, seen in [({}, "beads"), ({"named-graph-uri": GRAPH + "orchard"}, "orchard")]:
        rows = server.client.get("/sparql", params={"query": query, **asked}).json()["results"]["bindings"]
        assert [row["g"]["value"] for row in rows] == [GRAPH + seen]
    default = {"query": query.replace("GRAPH ?g", ""), "default-graph-uri": GRAPH + "unknown"}
    assert server.client.get("/sparql", params=default).json()["results"]["bindings"] == []


def test_a_relative_iri_is_made_absolute_with_the_iri_of_the_dataset(server: Server) -> None:
    response = server.ask("CONSTRUCT { <s> <p> 1 } WHERE {}", "application/n-triples")
    integer = "http://www.w3.org/2001/XMLSchema#integer"
    base = "https://w3id.org/hct-kg/"
    assert response.text == f'<{base}s> <{base}p> "1"^^<{integer}> .\n'
    (row,) = server.select(f"BASE <{EX}> SELECT (<pear> AS ?pear) {{}}")
    assert row["pear"]["value"] == EX + "pear"


def test_a_relative_iri_hides_no_call_of_another_service(server: Server) -> None:
    response = server.ask("SELECT * { <s> <p> ?o SERVICE <elsewhere> { ?s ?p ?o } }")
    assert problem(response) == (403, "federation-disabled")


def test_answers_of_each_kind_are_of_a_media_type_of_their_kind(server: Server) -> None:
    given = {"default-graph-uri": EX + "unknown"}
    for query, kind in [
        ("SELECT (1 AS ?value) {}", "application/sparql-results+json"),
        ("ASK {}", "application/sparql-results+json"),
        ("DESCRIBE <http://example.org/>", "text/turtle; charset=utf-8"),
        ("CONSTRUCT { <s> <p> 1 } WHERE {}", "text/turtle; charset=utf-8"),
    ]:
        response = server.client.post("/sparql", params=given, content=query, headers={"Content-Type": QUERY})
        assert (response.status_code, response.headers["content-type"]) == (200, kind)


def form(body: bytes, content_type: str = FORM) -> Callable[[httpx.Client], httpx.Response]:
    """Return a POST of these bytes."""
    return lambda client: client.post("/sparql", content=body, headers={"Content-Type": content_type})


def url(query_string: str) -> Callable[[httpx.Client], httpx.Response]:
    """Return a GET with this query string."""
    return lambda client: client.get("/sparql?" + query_string)


@pytest.mark.parametrize(
    ("send", "status", "slug", "named"),
    [
        (url("query=ASK%20%7B%7D&query=ASK%20%7B%7D"), 400, "malformed-request", "query"),
        (url("default-graph-uri=http%3A%2F%2Fh%2F"), 400, "malformed-request", "query"),
        (url("query=ASK%20%7B%7D&format=json"), 400, "malformed-request", "format"),
        (url("update=CLEAR%20ALL"), 400, "malformed-request", "update"),
        (url("query=%FF"), 400, "malformed-request", None),
        (url("&".join(["query=ASK"] * 1001)), 400, "malformed-request", None),
        (url("query="), 400, "query-syntax", None),
        (url("query=ASK%20%7B%7D&default-graph-uri=no%20iri"), 400, "query-evaluation", None),
        (form(b""), 400, "malformed-request", "query"),
        (form(b"query=ASK%20%7B%7D&query=ASK%20%7B%7D"), 400, "malformed-request", "query"),
        (form(b"query=\xff"), 400, "malformed-request", None),
        (form(b"query=%FF"), 400, "malformed-request", None),
        (form(b"ASK { ?s ?p '\xff' }", QUERY), 400, "malformed-request", None),
        (form(b"LOAD <http://h/>", QUERY), 400, "query-syntax", None),
        (url("query=ASK%20%7B%7"), 400, "malformed-request", None),
        (url("query=ASK%20%7B%7D&default-graph-uri=urn:%zz"), 400, "malformed-request", None),
        (form(b"query=ASK%20%7B%7D%"), 400, "malformed-request", None),
        (form("ASK {}".encode("utf-16"), QUERY + "; charset=UTF-16"), 415, "unsupported-media-type", None),
        (form("ASK {}".encode("utf-16"), QUERY), 400, "malformed-request", None),
        (form(b"query=ASK%20%7B%7D", QUERY), 400, "query-syntax", None),
        (form(b"query=ASK%20%7B%7D", ""), 415, "unsupported-media-type", None),
        (form(b"ASK {}", "text/plain"), 415, "unsupported-media-type", None),
        (form(b"ASK {}", ""), 415, "unsupported-media-type", None),
        (form(b"DROP ALL", "application/sparql-update"), 415, "unsupported-media-type", None),
        (form(b"ASK {}", QUERY + "; charset=latin-1"), 415, "unsupported-media-type", None),
        (form(b"query=" + b"x" * (1 << 20)), 413, "body-too-large", None),
    ],
)
def test_a_request_that_breaks_the_protocol_is_told_how(
    server: Server, send: Callable[[httpx.Client], httpx.Response], status: int, slug: str, named: str | None
) -> None:
    response = send(server.client)
    assert problem(response) == (status, slug)
    assert response.json().get("parameter") == named


def test_a_body_without_a_length_is_bounded_too(server: Server) -> None:
    def pieces() -> Any:
        for _ in range(40):
            yield b"x" * (1 << 16)

    response = server.client.post("/sparql", content=pieces(), headers={"Content-Type": QUERY})
    assert problem(response) == (413, "body-too-large")


def test_a_form_is_decoded_once(server: Server) -> None:
    query = "SELECT (STRLEN('%41+%2B') AS ?n) {}"
    for response in (
        server.client.post("/sparql", data={"query": query}),
        server.client.get("/sparql", params={"query": query}),
    ):
        assert response.json()["results"]["bindings"][0]["n"]["value"] == "7"


def test_a_syntax_error_says_where(server: Server) -> None:
    response = server.ask("SELECT *\nWHERE { ?s ?p }")
    assert problem(response) == (400, "query-syntax")
    assert response.json()["line"] == 2
    assert 15 <= response.json()["column"] <= 30, "the engine tells how far it looked ahead"


def read_rows(body: str, media_type: str) -> list[tuple[str, ...]]:
    """Read the rows of a result with a reader that is not ours."""
    if media_type.endswith("json"):
        document = json.loads(body)
        names = document["head"]["vars"]
        return [tuple(row[name]["value"] for name in names) for row in document["results"]["bindings"]]
    if media_type.endswith("xml"):
        namespace = "{http://www.w3.org/2005/sparql-results#}"
        rows = ET.fromstring(body).iter(namespace + "result")  # noqa: S314 - it is our own server's
        return [tuple(str(binding[0].text) for binding in row) for row in rows]
    if media_type == "text/csv":
        return [tuple(row) for row in csv.reader(io.StringIO(body))][1:]
    terms = [[rdflib.util.from_n3(cell) for cell in line.split("\t")] for line in body.splitlines()[1:]]
    return [tuple(map(str, row)) for row in terms]


ROW_TYPES = {
    "*/*": "application/sparql-results+json",
    "application/sparql-results+json": "application/sparql-results+json",
    "application/json": "application/json",
    "application/sparql-results+xml": "application/sparql-results+xml",
    "text/csv": "text/csv; charset=utf-8",
    "text/tab-separated-values": "text/tab-separated-values; charset=utf-8",
    "text/turtle, text/csv;q=0.1": "text/csv; charset=utf-8",
}


@pytest.mark.parametrize("accept", ROW_TYPES)
def test_rows_are_the_same_in_every_format(server: Server, accept: str) -> None:
    response = server.ask(NAMES, accept)
    assert response.headers["content-type"] == ROW_TYPES[accept]
    pear, plum = EX + "pear", EX + "plum"
    rows = read_rows(response.text, ROW_TYPES[accept].partition(";")[0])
    assert rows == [(pear, "pear"), (plum, "plum"), (pear, "poire")]


GRAPH_TYPES = {
    "*/*": ("text/turtle; charset=utf-8", "turtle"),
    "text/turtle": ("text/turtle; charset=utf-8", "turtle"),
    "application/n-triples": ("application/n-triples", "nt"),
    "application/rdf+xml": ("application/rdf+xml", "xml"),
    "application/ld+json": ("application/ld+json", "json-ld"),
    "application/trig": ("application/trig", "trig"),
    "application/n-quads": ("application/n-quads", "nquads"),
    "application/sparql-results+json, application/rdf+xml;q=0.5": ("application/rdf+xml", "xml"),
}


@pytest.mark.parametrize("accept", GRAPH_TYPES)
def test_a_graph_is_the_same_in_every_format(server: Server, accept: str) -> None:
    query = f"CONSTRUCT {{ ?s ?p ?o }} {{ GRAPH <{GRAPH}orchard> {{ ?s ?p ?o }} }}"
    response = server.ask(query, accept)
    content_type, syntax = GRAPH_TYPES[accept]
    assert response.headers["content-type"] == content_type
    assert isomorphic(read_graph(response.content, syntax), read_graph(ORCHARD.encode(), "turtle"))


@pytest.mark.parametrize(
    ("query", "accept", "offered"),
    [
        (ASK, "text/html", "application/sparql-results+json"),
        (ASK, "text/turtle", "text/csv"),
        ("DESCRIBE <http://h/>", "text/csv", "text/turtle"),
        (ASK, "*/*;q=0", "text/turtle"),
    ],
)
def test_what_is_not_offered_is_refused_with_what_is(server: Server, query: str, accept: str, offered: str) -> None:
    response = server.ask(query, accept)
    assert problem(response) == (406, "not-acceptable")
    assert offered in response.json()["offered"]


@pytest.mark.parametrize("accept", GRAPH_TYPES)
def test_without_a_query_the_service_describes_itself(server: Server, accept: str) -> None:
    response = server.client.get("/sparql", headers={"Accept": accept})
    content_type, syntax = GRAPH_TYPES[accept]
    assert response.headers["content-type"] == content_type
    graph = read_graph(response.content, syntax)
    sd = rdflib.Namespace("http://www.w3.org/ns/sparql-service-description#")
    endpoint = rdflib.URIRef(f"{server.client.base_url}/sparql".replace("//sparql", "/sparql"))
    (service,) = graph.subjects(sd.endpoint, endpoint)
    assert (service, sd.feature, sd.UnionDefaultGraph) in graph
    assert len(set(graph.objects(service, sd.resultFormat))) == 10
    dataset = graph.value(service, sd.defaultDataset)
    named = [graph.value(node, sd.name) for node in graph.objects(dataset, sd.namedGraph)]
    assert rdflib.URIRef(GRAPH + "beads") in named
    assert len(set(named)) == len(named) >= 2


def test_a_host_that_is_none_is_refused_and_not_repeated(server: Server) -> None:
    response = server.client.get("/sparql", headers={"Host": "a> . <b"})
    assert problem(response) == (400, "malformed-request")
    assert "a>" not in response.text


def test_the_documentation_is_complete(server: Server) -> None:
    document = server.client.get("/openapi.json").json()
    assert set(document["paths"]["/sparql"]) == {"get", "post"}
    get, post = (document["paths"]["/sparql"][method] for method in ("get", "post"))
    assert [item["name"] for item in get["parameters"]] == ["query", "default-graph-uri", "named-graph-uri"]
    assert set(post["requestBody"]["content"]) == {FORM, QUERY}
    assert {"200", "400", "403", "406", "413", "415", "503", "504", "507"} <= set(get["responses"])
    assert len(get["responses"]["200"]["content"]) == 10


def test_the_example_of_the_documentation_works(server: Server) -> None:
    get = server.client.get("/openapi.json").json()["paths"]["/sparql"]["get"]
    assert server.select(get["parameters"][0]["example"])


def test_health(server: Server) -> None:
    alive, ready = (server.client.get(path) for path in ("/healthz", "/readyz"))
    assert (alive.json()["status"], ready.json()["status"]) == ("alive", "ready")
    assert len(alive.json()["dataset_version"]) == 64


def test_data_that_cannot_be_read_ends_the_server_before_it_listens(tmp_path: Path) -> None:
    settings = invented(tmp_path)
    (settings.data / "broken.ttl").write_text("oops")
    with start(settings, free_port()) as process:
        assert process.wait(20) != 0

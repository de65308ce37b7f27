"""GET of the endpoint without a query describes it: https://www.w3.org/TR/sparql11-service-description/."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import rdflib
from rdflib import RDF, URIRef
from rdflib.compare import isomorphic

from editing import Editor
from reading import read_graph
from serving import GRAPH, Server, problem

SD = rdflib.Namespace("http://www.w3.org/ns/sparql-service-description#")
FORMATS = "http://www.w3.org/ns/formats/"
SYNTAXES = {
    "text/turtle": "turtle",
    "application/n-triples": "nt",
    "application/rdf+xml": "xml",
    "application/ld+json": "json-ld",
    "application/trig": "trig",
    "application/n-quads": "nquads",
}
RDF_FORMATS = {"Turtle", "N-Triples", "RDF_XML", "JSON-LD", "TriG", "N-Quads"}
ROW_FORMATS = {"SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV"}
# https://www.w3.org/ns/sparql-service-description: what each property goes from, and to.
VOCABULARY = {
    SD.endpoint: (SD.Service, None),
    SD.supportedLanguage: (SD.Service, None),
    SD.feature: (SD.Service, None),
    SD.resultFormat: (SD.Service, None),
    SD.inputFormat: (SD.Service, None),
    SD.defaultDataset: (SD.Service, SD.Dataset),
    SD.defaultGraph: (SD.Dataset, SD.Graph),
    SD.namedGraph: (SD.Dataset, SD.NamedGraph),
    SD.name: (SD.NamedGraph, None),
    SD.graph: (SD.NamedGraph, SD.Graph),
    RDF.type: (None, None),
}
CLASSES = {SD.Service, SD.Dataset, SD.Graph, SD.NamedGraph}
FEATURES = {SD.UnionDefaultGraph, SD.EmptyGraphs, SD.BasicFederatedQuery, SD.DereferencesURIs, SD.RequiresDataset}


def described(server: Server, path: str = "/sparql") -> rdflib.Graph:
    """Return the description of an endpoint."""
    response = server.client.get(path, headers={"Accept": "application/n-triples"})
    assert response.status_code == 200, response.text
    return read_graph(response.content, "nt")


def endpoint(server: Server, path: str = "/sparql") -> URIRef:
    """Return the URL of an endpoint."""
    return URIRef(str(server.client.base_url).rstrip("/") + path)


def service(graph: rdflib.Graph, url: URIRef) -> rdflib.term.Node:
    """Return the one service at an endpoint."""
    (found,) = graph.subjects(SD.endpoint, url)
    return found


def local(graph: rdflib.Graph, subject: rdflib.term.Node, predicate: URIRef) -> set[str]:
    """Return the last parts of the objects of a property."""
    return {str(node).removeprefix(FORMATS).removeprefix(SD) for node in graph.objects(subject, predicate)}


@pytest.mark.parametrize("path", ["/sparql", "/sparql/"])
def test_the_endpoint_that_is_asked_is_the_one_described(server: Server, path: str) -> None:
    graph = described(server, path)
    found = service(graph, endpoint(server, path))
    assert set(graph.objects(found, RDF.type)) == {SD.Service}


@pytest.mark.parametrize("accept", SYNTAXES)
def test_the_description_is_the_same_in_every_format(server: Server, accept: str) -> None:
    response = server.client.get("/sparql", headers={"Accept": accept})
    assert response.headers["content-type"].partition(";")[0] == accept
    assert "Accept" in response.headers["vary"].split(", ")
    assert isomorphic(read_graph(response.content, SYNTAXES[accept]), described(server))


@pytest.mark.parametrize("accept", [None, "*/*", "text/html, */*;q=0.1"])
def test_whoever_does_not_mind_gets_turtle(server: Server, accept: str | None) -> None:
    headers = {"Accept": accept} if accept else {}
    assert server.client.get("/sparql", headers=headers).headers["content-type"] == "text/turtle; charset=utf-8"


@pytest.mark.parametrize("accept", ["application/sparql-results+json", "text/csv"])
def test_a_description_is_no_table(server: Server, accept: str) -> None:
    response = server.client.get("/sparql", headers={"Accept": accept})
    assert problem(response) == (406, "not-acceptable")
    assert set(response.json()["offered"]) == set(SYNTAXES)


def test_head_is_get_without_its_body_and_the_tag_saves_a_second_get(server: Server) -> None:
    get, head = (server.client.request(method, "/sparql") for method in ("GET", "HEAD"))
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["etag"] == get.headers["etag"]
    again = server.client.get("/sparql")
    assert again.content == get.content, "a strong tag is of these bytes"
    assert server.client.get("/sparql", headers={"If-None-Match": get.headers["etag"]}).status_code == 304


def test_a_service_that_is_read_only_offers_queries_and_no_updates(server: Server) -> None:
    graph = described(server)
    assert set(graph.subjects(RDF.type, SD.Service)) == {service(graph, endpoint(server))}
    found = service(graph, endpoint(server))
    assert local(graph, found, SD.supportedLanguage) == {"SPARQL11Query"}
    assert local(graph, found, SD.feature) == {"UnionDefaultGraph", "EmptyGraphs"}
    assert local(graph, found, SD.resultFormat) == RDF_FORMATS | ROW_FORMATS
    assert not set(graph.objects(None, SD.inputFormat))


def test_a_service_that_takes_changes_offers_updates_too(editor: Editor) -> None:
    graph = described(editor.server)
    asking, changing = (service(graph, endpoint(editor.server, path)) for path in ("/sparql", "/update"))
    assert set(graph.subjects(RDF.type, SD.Service)) == {asking, changing}
    assert local(graph, asking, SD.supportedLanguage) == {"SPARQL11Query"}
    assert local(graph, changing, SD.supportedLanguage) == {"SPARQL11Update"}
    assert local(graph, changing, SD.inputFormat) == RDF_FORMATS
    assert local(graph, changing, SD.feature) == {"EmptyGraphs"}, "the default graph of an update is the unnamed one"
    datasets = {graph.value(item, SD.defaultDataset) for item in (asking, changing)}
    assert len(datasets) == 2
    first, second = ({*graph.objects(item, SD.namedGraph)} for item in datasets)
    assert first == second


def test_what_the_features_say_holds(editor: Editor, graph: str) -> None:
    union = f"ASK {{ <urn:s> <urn:p> <{graph}> }}"
    assert editor.graph("PUT", graph, f"<urn:s> <urn:p> <{graph}> .").status_code == 201
    assert editor.reader.get("/sparql", params={"query": union}).json()["boolean"], "UnionDefaultGraph"
    assert editor.graph("PUT", graph, "").status_code == 204
    assert editor.read(graph).status_code == 200, "EmptyGraphs"


def test_the_named_graphs_are_those_there_are_after_each_change(editor: Editor, graph: str) -> None:
    def names() -> set[str]:
        found = described(editor.server)
        dataset = found.value(service(found, endpoint(editor.server)), SD.defaultDataset)
        assert found.value(dataset, SD.defaultGraph) is not None
        named = [list(found.objects(item, SD.name)) for item in found.objects(dataset, SD.namedGraph)]
        assert all(len(item) == 1 for item in named)
        return {str(item[0]) for item in named}

    before = names()
    assert {GRAPH + "orchard", GRAPH + "beads"} <= before
    assert editor.graph("PUT", graph, "").status_code == 201
    assert names() == before | {graph}
    assert editor.graph("DELETE", graph).status_code == 204
    assert names() == before


def test_the_description_keeps_to_its_vocabulary(editor: Editor) -> None:
    graph = described(editor.server)
    types = {(subject, kind) for subject, kind in graph.subject_objects(RDF.type)}
    assert {kind for _, kind in types} == CLASSES
    for subject, predicate, value in graph:
        domain, target = VOCABULARY[URIRef(str(predicate))]
        assert domain is None or (subject, domain) in types, (subject, predicate)
        assert target is None or (value, target) in types, (predicate, value)
        assert isinstance(value, URIRef)
    assert set(graph.objects(None, SD.feature)) <= FEATURES
    assert {str(item) for item in graph.objects(None, SD.resultFormat)} <= {
        FORMATS + name for name in RDF_FORMATS | ROW_FORMATS
    }


def test_behind_a_proxy_the_endpoints_are_where_clients_see_them(start_editor: Callable[..., Editor]) -> None:
    editor = start_editor(public_url="https://data.example.org/hct/")
    graph = described(editor.server)
    assert set(graph.objects(None, SD.endpoint)) == {
        URIRef("https://data.example.org/hct/sparql"),
        URIRef("https://data.example.org/hct/update"),
    }
    made = editor.send("POST", "/graphs", {"Content-Type": "text/turtle"}, content="")
    assert made.headers["location"].startswith("https://data.example.org/hct/graphs/")

"""`/graphs` is the SPARQL 1.1 Graph Store HTTP Protocol, sent by hand to a server that takes changes.

https://www.w3.org/TR/sparql11-http-rdf-update/, and the cases of W3C's tests of it.
"""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

import httpx
import pytest
import rdflib
from rdflib.compare import isomorphic

from editing import TURTLE, Editor
from hct_kg.keys import Scope
from reading import read_graph
from serving import EX, GRAPH, problem

FOAF = "http://xmlns.com/foaf/0.1/"
CARD = f"""
@prefix foaf: <{FOAF}> .
<{EX}person/1> a foaf:Person ; foaf:businessCard [ a <{EX}Card> ; <{EX}fn> "NAME" ] .
"""
JOHN, JANE = CARD.replace("NAME", "John"), CARD.replace("NAME", "Jane")
EMPTY_RDF_XML = '<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>'


def holds(response: httpx.Response, turtle: str, syntax: str = "turtle") -> bool:
    """Tell whether a response holds the same graph as a piece of Turtle, whatever its blank nodes are called."""
    assert response.status_code == 200, response.text
    return isomorphic(read_graph(response.content, syntax), rdflib.Graph().parse(data=turtle, format="turtle"))


def test_put_makes_a_graph_and_then_replaces_it(editor: Editor, graph: str) -> None:
    made = editor.graph("PUT", graph, JOHN)
    assert (made.status_code, made.content) == (201, b"")
    read = editor.read(graph, TURTLE)
    assert read.headers["content-type"] == "text/turtle; charset=utf-8"
    assert holds(read, JOHN)
    assert editor.graph("PUT", graph, JANE).status_code == 204
    assert holds(editor.read(graph, TURTLE), JANE)


def test_put_replaces_the_unnamed_graph(editor: Editor) -> None:
    assert editor.graph("PUT", None, JOHN).status_code == 204
    assert holds(editor.read(None, TURTLE), JOHN)
    assert editor.graph("PUT", None, JANE).status_code == 204
    assert holds(editor.read(None, TURTLE), JANE)


def test_a_graph_may_be_empty_and_is_there(editor: Editor, graph: str) -> None:
    assert editor.graph("PUT", graph, "").status_code == 201
    assert holds(editor.read(graph, TURTLE), "")
    assert editor.graph("PUT", graph, "").status_code == 204
    assert editor.graph("POST", graph, "").status_code == 204
    listed = editor.reader.get("/graphs", headers={"Accept": "application/n-triples"}).text
    assert f"<{graph}>" in listed


def test_a_graph_that_is_deleted_is_not_there(editor: Editor, graph: str) -> None:
    editor.graph("PUT", graph, JOHN)
    deleted = editor.graph("DELETE", graph)
    assert (deleted.status_code, deleted.content) == (204, b"")
    assert problem(editor.read(graph)) == (404, "not-found")
    again = editor.graph("DELETE", graph)
    assert problem(again) == (404, "not-found")
    assert graph in again.json()["detail"]


def test_the_unnamed_graph_is_emptied_by_delete_and_stays(editor: Editor) -> None:
    editor.graph("PUT", None, JOHN)
    assert [editor.graph("DELETE", None).status_code for _ in range(2)] == [204, 204]
    assert editor.lines(None) == set()


def test_post_merges_into_a_graph_that_is_there(editor: Editor, graph: str) -> None:
    assert editor.graph("POST", graph, JOHN).status_code == 201, "it was not there"
    assert editor.graph("POST", graph, JANE).status_code == 204
    assert holds(editor.read(graph, TURTLE), JOHN + JANE.partition(".\n")[2])


def test_files_of_a_form_are_merged_each_in_its_own_format(editor: Editor, graph: str) -> None:
    editor.graph("PUT", graph, JOHN)
    last = f'<{EX}person/1> <{FOAF}familyName> "Doe" .'
    files = [
        ("lastName.ttl", ("lastName.ttl", last, "text/turtle; charset=utf-8")),
        (
            "firstName",
            ("first.jsonld", json.dumps({"@id": EX + "person/1", FOAF + "givenName": "John"}), "application/ld+json"),
        ),
        ("empty", ("empty.nt", "", "application/n-triples")),
    ]
    response = editor.send("POST", "/graphs", params={"graph": graph}, files=files)
    assert response.status_code == 204, response.text
    assert holds(editor.read(graph, TURTLE), f'{JOHN}{last} <{EX}person/1> <{FOAF}givenName> "John" .')


def test_post_without_a_graph_makes_one_whose_iri_is_where_it_is(editor: Editor) -> None:
    posts = [editor.send("POST", "/graphs", {"Content-Type": TURTLE}, content=JOHN) for _ in range(2)]
    assert [response.status_code for response in posts] == [201, 201]
    first, second = (response.headers["location"] for response in posts)
    assert first != second
    assert first.startswith(f"{editor.base}/graphs/")
    assert holds(editor.reader.get(first), JOHN)
    assert holds(editor.read(first, TURTLE), JOHN)
    (row,) = editor.server.select(f"SELECT ?s {{ GRAPH <{first}> {{ ?s a <{FOAF}Person> }} }}")
    assert row["s"]["value"] == EX + "person/1"


def test_a_graph_below_the_store_is_named_by_its_own_url(editor: Editor) -> None:
    url = f"{editor.base}/graphs/person/1.ttl"
    turtle = {"Content-Type": TURTLE}
    assert problem(editor.reader.get(url)) == (404, "not-found")
    assert editor.send("PUT", url, turtle, content="<> <urn:p> 'a' .").status_code == 201
    assert editor.send("POST", url, turtle, content="<> <urn:p> 'b' .").status_code == 204
    assert editor.lines(url) == {f'<{url}> <urn:p> "a" .', f'<{url}> <urn:p> "b" .'}
    head = editor.reader.head(url)
    assert (head.status_code, head.content) == (200, b"")
    both = editor.reader.get(url, params={"graph": url})
    assert problem(both) == (400, "malformed-request")
    assert editor.send("DELETE", url).status_code == 204
    assert editor.read(url).status_code == 404


def test_head_is_get_without_its_body(editor: Editor, graph: str) -> None:
    editor.graph("PUT", graph, JOHN)
    given = {"params": {"graph": graph}, "headers": {"Accept": "text/turtle; charset=utf-8"}}
    get, head = (editor.reader.request(method, "/graphs", **given) for method in ("GET", "HEAD"))  # type: ignore[arg-type]
    assert (head.status_code, head.content) == (200, b"")
    for name in ("content-type", "etag", "vary"):
        assert head.headers[name] == get.headers[name]
    missing = editor.reader.head("/graphs", params={"graph": graph + "/none"})
    assert (missing.status_code, missing.content) == (404, b"")


@pytest.mark.parametrize("path", ["/graphs", "/graphs/", "/graphs/person/1.ttl"])
def test_options_preflight_and_other_methods(editor: Editor, path: str) -> None:
    options = editor.reader.options(path)
    assert (options.status_code, options.headers["allow"]) == (204, "GET, POST, PUT, DELETE, HEAD, OPTIONS")
    preflight = {"Origin": "https://example.org", "Access-Control-Request-Method": "PUT"}
    allowed = editor.reader.options(path, headers=preflight).headers
    assert "PUT" in allowed["access-control-allow-methods"]
    assert "If-Match" in allowed["access-control-allow-headers"]
    patched = editor.send("PATCH", path)
    assert problem(patched) == (405, "method-not-allowed")
    assert patched.headers["allow"] == options.headers["allow"]


@pytest.mark.parametrize(
    "name", ["%2Fb", "a b".replace(" ", "%20"), "é", "x+y", "x&graph=urn:y", "x?y=z#part", "%2531", "😀"]
)
def test_the_name_of_a_graph_is_decoded_once(editor: Editor, graph: str, name: str) -> None:
    whole = f"{graph}/{name}"
    path = f"/graphs?graph={quote(whole, safe='')}"
    assert editor.send("PUT", path, {"Content-Type": TURTLE}, content="<urn:s> <urn:p> 1 .").status_code == 201
    (row,) = editor.server.select(
        f"SELECT ?g {{ GRAPH ?g {{ <urn:s> <urn:p> 1 }} FILTER(STRSTARTS(STR(?g), '{graph}')) }}"
    )
    assert row["g"]["value"] == whole
    assert editor.reader.get(path).status_code == 200


def test_percent_encoding_that_need_not_be_changes_nothing(editor: Editor, graph: str) -> None:
    editor.graph("PUT", f"{graph}/1.ttl", "<urn:s> <urn:p> 1 .")
    for sent in (f"{graph}/1.ttl", f"{graph}/%31.ttl", quote(f"{graph}/1.ttl", safe="")):
        assert editor.reader.get(f"/graphs?graph={sent}").status_code == 200, sent
    assert editor.reader.get(f"/graphs?graph={graph}/%2531.ttl").status_code == 404


@pytest.mark.parametrize("method", ["GET", "PUT", "POST", "DELETE"])
@pytest.mark.parametrize(
    "query",
    [
        "?graph=relative",
        "?graph=%2Frelative%2Fpath",
        "?graph=",
        "?graph=http%3A%2F%2Fh%2F%20space",
        "?graph=http%3A%2F%2F%5Bx",
        "?default&graph=urn:g",
        "?graph=urn:g&graph=urn:h",
        "?default&default",
        "?default=urn:g",
        "?graph=urn:g&format=ttl",
        "?named=urn:g",
        "?graph=urn:%FF",
        "?graph=urn:%2G",
    ],
)
def test_a_request_that_names_no_graph_or_more_than_one_is_refused(editor: Editor, method: str, query: str) -> None:
    body = {"content": "<urn:s> <urn:p> 1 ."} if method in ("PUT", "POST") else {}
    response = editor.send(method, f"/graphs{query}", {"Content-Type": TURTLE} if body else {}, **body)
    assert problem(response) == (400, "malformed-request")


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_the_store_itself_is_neither_replaced_nor_deleted(editor: Editor, method: str) -> None:
    response = editor.send(method, "/graphs", {"Content-Type": TURTLE}, content="")
    assert problem(response) == (400, "malformed-request")
    assert response.json()["parameter"] == "graph"


WRITTEN = {
    "text/turtle": ("<urn:s> <urn:p> 'é' .", "turtle"),
    "text/turtle; charset=UTF-8": ("<urn:s> <urn:p> 'é' .", "turtle"),
    "application/n-triples": ('<urn:s> <urn:p> "é" .', "nt"),
    "application/rdf+xml": (
        EMPTY_RDF_XML[:-2] + '><r:Description r:about="urn:s" xmlns:u="urn:"><u:p>é</u:p></r:Description></r:RDF>',
        "xml",
    ),
    "application/ld+json": ('{"@id": "urn:s", "urn:p": "é"}', "json-ld"),
    "application/trig": ("<urn:s> <urn:p> 'é' .", "trig"),
    "application/n-quads": ('<urn:s> <urn:p> "é" .', "nquads"),
}


@pytest.mark.parametrize("media_type", WRITTEN)
def test_every_format_is_read_and_written(editor: Editor, graph: str, media_type: str) -> None:
    body, syntax = WRITTEN[media_type]
    response = editor.send(
        "PUT", "/graphs", {"Content-Type": media_type}, params={"graph": graph}, content=body.encode()
    )
    assert response.status_code == 201, response.text
    assert editor.lines(graph) == {'<urn:s> <urn:p> "é" .'}
    read = editor.read(graph, media_type.partition(";")[0])
    assert read.headers["content-type"].partition(";")[0] == media_type.partition(";")[0]
    assert "Accept" in read.headers["vary"].split(", ")
    assert holds(read, "<urn:s> <urn:p> 'é' .", syntax)


@pytest.mark.parametrize(("accept", "status"), [("text/html", 406), ("text/csv", 406), ("text/html, */*;q=0.1", 200)])
def test_a_format_that_is_not_offered_is_refused_with_those_that_are(editor: Editor, accept: str, status: int) -> None:
    response = editor.read(GRAPH + "orchard", accept)
    assert response.status_code == status
    if status == 406:
        assert problem(response) == (406, "not-acceptable")
        assert TURTLE in response.json()["offered"]


UNREADABLE: list[tuple[str, bytes, tuple[int, str]]] = [
    ("application/rdf+xml", JOHN.encode(), (400, "malformed-request")),
    ("text/turtle", EMPTY_RDF_XML.encode(), (400, "malformed-request")),
    ("text/turtle", b"<urn:s> <urn:p> '\xff' .", (400, "malformed-request")),
    ("application/ld+json", b'{"@context": "http://127.0.0.1:9/c", "a": 1}', (400, "malformed-request")),
    ("application/n-quads", b"<urn:s> <urn:p> <urn:o> <urn:g> .", (400, "malformed-request")),
    ("application/trig", b"<urn:g> { <urn:s> <urn:p> <urn:o> }", (400, "malformed-request")),
    ("application/n-triples", b"<s> <urn:p> <urn:o> .", (400, "malformed-request")),
    ("multipart/form-data", b"x", (400, "malformed-request")),
    ("multipart/form-data; boundary=x", b"--y\r\n", (400, "malformed-request")),
    ("", b"<urn:s> <urn:p> 1 .", (415, "unsupported-media-type")),
    ("text/plain", b"<urn:s> <urn:p> 1 .", (415, "unsupported-media-type")),
    ("application/sparql-update", b"CLEAR ALL", (415, "unsupported-media-type")),
    ("text/turtle; charset=latin-1", b"<urn:s> <urn:p> 1 .", (415, "unsupported-media-type")),
    ("text/turtle", b"#" * (1 << 20) + b"#", (413, "body-too-large")),
]


@pytest.mark.parametrize(("content_type", "body", "expected"), UNREADABLE)
@pytest.mark.parametrize("method", ["PUT", "POST"])
def test_a_body_that_cannot_be_read_changes_nothing(
    editor: Editor, graph: str, method: str, content_type: str, body: bytes, expected: tuple[int, str]
) -> None:
    before = editor.version()
    headers = {"Content-Type": content_type} if content_type else {}
    response = editor.send(method, "/graphs", headers, params={"graph": graph}, content=body)
    assert problem(response) == expected
    assert (editor.version(), editor.read(graph).status_code) == (before, 404)


def test_a_part_of_a_form_must_be_a_file_in_a_format_that_is_read(editor: Editor, graph: str) -> None:
    place = {"graph": graph}
    field = editor.send("POST", "/graphs", params=place, files={"a": (None, "<urn:s> <urn:p> 1 .")})
    assert (problem(field), field.json()["parameter"]) == ((400, "malformed-request"), "a")
    other = editor.send("POST", "/graphs", params=place, files={"a": ("a.txt", "hello", "text/plain")})
    assert problem(other) == (415, "unsupported-media-type")
    coded = editor.send(
        "PUT", "/graphs", {"Content-Type": TURTLE, "Content-Encoding": "gzip"}, params=place, content=b"x"
    )
    assert problem(coded) == (415, "unsupported-media-type")
    assert editor.read(graph).status_code == 404


def test_relative_iris_of_a_body_are_those_of_its_graph(editor: Editor, graph: str) -> None:
    assert editor.graph("PUT", graph, "<> <urn:p> <#part> , </root> .").status_code == 201
    assert editor.lines(graph) == {f"<{graph}> <urn:p> <{graph}#part> .", f"<{graph}> <urn:p> <{EX}root> ."}


def test_data_of_others_is_taken_with_its_blank_nodes_datatypes_and_languages(editor: Editor, graph: str) -> None:
    foreign = f"""
    @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
    _:b <{EX}knows> [ <{EX}knows> _:b ] ;
        <{EX}list> ( 1 2.5 3.0e0 [] ) ; <{EX}said> "a"@en-gb , "\\"\\n\\t\\\\" .
    <urn:s> <{EX}when> "2024-02-29"^^xsd:date , "x"^^<{EX}own> , "" , true .
    """
    assert editor.graph("PUT", graph, foreign).status_code == 201
    assert holds(editor.read(graph, TURTLE), foreign)
    assert editor.graph("POST", graph, "_:b <urn:p> 1 .").status_code == 204
    assert holds(editor.read(graph, TURTLE), f"{foreign} _:other <urn:p> 1 ."), (
        "a blank node of another body is another"
    )


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE"])
@pytest.mark.parametrize(
    ("scope", "expected"),
    [(None, (401, "unauthenticated")), ("read", (403, "not-authorised")), ("write", None), ("admin", None)],
)
def test_who_may_change_a_graph(
    editor: Editor, graph: str, method: str, scope: Scope | None, expected: tuple[int, str] | None
) -> None:
    if method == "DELETE":
        editor.graph("PUT", graph, JOHN)
    before = editor.version()
    headers = {"Content-Type": TURTLE, **(editor.headers[scope] if scope else {})}
    response = editor.reader.request(method, "/graphs", params={"graph": graph}, content=JANE, headers=headers)
    if expected is None:
        assert response.status_code in (201, 204)
        assert editor.version() != before
    else:
        assert problem(response) == expected
        assert editor.version() == before
    if scope is None:
        assert response.headers["www-authenticate"].startswith("Bearer")


def test_a_change_holds_on_to_the_state_that_its_tag_names(editor: Editor, graph: str) -> None:
    editor.graph("PUT", graph, JOHN)
    stale = editor.read(graph, TURTLE).headers["etag"]
    assert editor.graph("PUT", graph, JANE, If_Match=stale).status_code == 204
    for method, body in (("PUT", JOHN), ("POST", JOHN), ("DELETE", None)):
        assert problem(editor.graph(method, graph, body, If_Match=stale)) == (412, "precondition-failed")
    assert holds(editor.read(graph, TURTLE), JANE)
    current = editor.read(graph, TURTLE).headers["etag"]
    assert current != stale
    assert problem(editor.graph("PUT", graph, JOHN, If_Match=f"W/{current}")) == (412, "precondition-failed")
    assert problem(editor.graph("PUT", graph, JOHN, If_None_Match=current)) == (412, "precondition-failed")
    assert editor.graph("PUT", graph, JOHN, If_Match=f'"other", {current}').status_code == 204
    assert editor.graph("DELETE", graph, If_Match=editor.read(graph).headers["etag"]).status_code == 204


def test_a_change_may_want_its_graph_to_be_there_or_not_to_be(editor: Editor, graph: str) -> None:
    for method, body in (("PUT", JOHN), ("POST", JOHN), ("DELETE", None)):
        assert problem(editor.graph(method, graph, body, If_Match="*")) == (412, "precondition-failed")
    assert editor.graph("PUT", graph, "", If_None_Match="*").status_code == 201
    for method, body in (("PUT", JOHN), ("POST", JOHN), ("DELETE", None)):
        assert problem(editor.graph(method, graph, body, If_None_Match="*")) == (412, "precondition-failed")
    assert editor.lines(graph) == set()
    assert editor.graph("PUT", graph, JOHN, If_Match="*").status_code == 204


def test_of_two_changes_with_one_tag_one_is_made(editor: Editor, graph: str) -> None:
    editor.graph("PUT", graph, "")
    tag = editor.read(graph).headers["etag"]
    with ThreadPoolExecutor(2) as writers:
        bodies = ["<urn:s> <urn:p> 'a' .", "<urn:s> <urn:p> 'b' ."]
        got = list(writers.map(lambda body: editor.graph("PUT", graph, body, If_Match=tag).status_code, bodies))
    assert sorted(got) == [204, 412]
    assert editor.lines(graph) == {f'<urn:s> <urn:p> "{"ab"[got.index(204)]}" .'}


@pytest.mark.parametrize("name", ["ontology", "schemes", "alignments", "derived", "derived/anything"])
@pytest.mark.parametrize("method", ["PUT", "POST"])
def test_what_nobody_writes_by_request_is_protected(editor: Editor, method: str, name: str) -> None:
    before = editor.version()
    response = editor.graph(method, GRAPH + name, "<urn:s> <urn:p> 1 .")
    assert problem(response) == (403, "protected-graph")
    assert response.json()["graph"] == GRAPH + name
    assert editor.version() == before


def test_an_outcome_out_of_shape_is_refused_with_a_report_and_changes_nothing(story_editor: Editor, graph: str) -> None:
    before = story_editor.version()
    response = story_editor.graph("PUT", graph, f"<{EX}finding> a <https://w3id.org/hct-kg/ns#Finding> .")
    assert problem(response) == (422, "shapes-violated")
    report = rdflib.Graph().parse(data=response.json()["report"], format="turtle")
    assert set(report.objects(None, rdflib.SH.focusNode)) == {rdflib.URIRef(EX + "finding")}
    assert (story_editor.version(), story_editor.read(graph).status_code) == (before, 404)


def test_a_graph_that_others_need_is_not_dropped(story_editor: Editor) -> None:
    before = story_editor.version()
    response = story_editor.graph("DELETE", GRAPH + "river-report")
    assert problem(response) == (422, "shapes-violated")
    assert story_editor.version() == before
    assert story_editor.read(GRAPH + "river-report").status_code == 200


LINK = """
@prefix hct: <https://w3id.org/hct-kg/ns#> .
@prefix id: <https://w3id.org/hct-kg/id/> .
<https://w3id.org/hct-kg/id/link/map-gossip-to-time> a hct:Link ;
    hct:cause <https://w3id.org/hct-kg/id/factor/gossip> ;
    hct:effect <https://w3id.org/hct-kg/id/factor/time> ;
    hct:explicitness <https://w3id.org/hct-kg/id/explicitness/stated> ;
    hct:modality <https://w3id.org/hct-kg/id/modality/perceived> ;
    hct:model <https://w3id.org/hct-kg/id/model/river-map> ;
    hct:polarity <https://w3id.org/hct-kg/id/polarity/negative> ;
    hct:scope <https://w3id.org/hct-kg/id/scope/groups-two-unnamed> ;
    hct:supportedBy <https://w3id.org/hct-kg/id/passage/river-report-2028-2047> ;
    hct:voice <https://w3id.org/hct-kg/id/voice/partner> .
"""


def test_what_rules_derive_and_what_is_traced_follow_a_change(story_editor: Editor, graph: str) -> None:
    edge = "ASK { GRAPH ?g { <ID/gossip> <NS#decreases> <ID/time> } FILTER(STRSTARTS(STR(?g), 'DERIVED')) }"
    for word, iri in (("ID", "factor"), ("NS", "ns"), ("DERIVED", "graph/derived")):
        edge = edge.replace(word, f"https://w3id.org/hct-kg/{'id/' if word == 'ID' else ''}{iri}")
    ends = {"from": "factor/gossip", "to": "factor/time", "model": "model/river-map"}

    def state() -> tuple[bool, int, str]:
        trace = story_editor.reader.get("/v1/trace", params=ends)
        assert trace.status_code == 200, trace.text
        derived = story_editor.reader.get("/sparql", params={"query": edge}).json()["boolean"]
        return derived, len(trace.json()["data"]["chains"]), trace.headers["etag"]

    before = state()
    assert story_editor.graph("PUT", graph, LINK).status_code == 201
    during = state()
    assert (before[:2], during[:2]) == ((False, 0), (True, 1))
    permalink = story_editor.reader.get("/v1/trace", params=ends).json()["meta"]["permalink"]
    assert story_editor.reader.get(permalink).status_code == 200
    assert story_editor.graph("DELETE", graph).status_code == 204
    assert problem(story_editor.reader.get(permalink)) == (410, "version-gone")
    assert state() == before, "the same content is the same version, and has the same tags"


def test_the_list_of_graphs_says_where_each_is_and_how_large(editor: Editor, graph: str) -> None:
    editor.graph("PUT", graph, JOHN)
    listed = rdflib.Graph().parse(data=editor.reader.get("/graphs").content, format="turtle")
    sd, void = (
        rdflib.Namespace(iri)
        for iri in ("http://www.w3.org/ns/sparql-service-description#", "http://rdfs.org/ns/void#")
    )
    (named,) = listed.subjects(sd.name, rdflib.URIRef(graph))
    address = listed.value(named, sd.graph)
    assert address == rdflib.URIRef(f"{editor.base}/graphs?graph={quote(graph, safe='')}")
    assert listed.value(address, void.triples) == rdflib.Literal(4)
    assert holds(editor.reader.get(str(address)), JOHN)

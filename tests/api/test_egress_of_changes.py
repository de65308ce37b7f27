"""No change makes the service reach out, nor the validation of its outcome: nothing is fetched, no file is opened."""

from __future__ import annotations

import json
import zlib
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from pathlib import Path

import pytest

from editing import Editor
from outside import SECRET, Outside, outside_of
from serving import problem

FEDERATION, SYNTAX, MALFORMED = (403, "federation-disabled"), (400, "query-syntax"), (400, "malformed-request")
JSON_LD, RDF_XML, TURTLE = "application/ld+json", "application/rdf+xml", "text/turtle"


@pytest.fixture
def outside(tmp_path: Path) -> Iterator[Outside]:
    with outside_of(tmp_path) as found:
        yield found


LOADS = [
    "LOAD <{url}>",
    "LOAD SILENT <{url}>",
    "LOAD <{url}> INTO GRAPH <urn:g>",
    "load silent <{url}> into graph <{url}>",
    "LOAD#\n<{url}>",
    "PREFIX h: <{url}> LOAD h:",
    "BASE <{url}> LOAD <>",
    "INSERT DATA {{ <urn:s> <urn:p> 'LOAD' }} ; LOAD <{url}>",
    "INSERT {{ ?s ?p ?o }} WHERE {{ SERVICE <{url}> {{ ?s ?p ?o }} }}",
    "INSERT {{ ?s ?p ?o }} WHERE {{ SERVICE SILENT <{url}> {{ ?s ?p ?o }} }}",
    "DELETE {{ ?s ?p ?o }} USING <{url}> WHERE {{ ?s ?p ?o FILTER EXISTS {{ service <{url}> {{ ?s ?p ?o }} }} }}",
    "CLEAR SILENT GRAPH <urn:g> ; LOAD <{url}> ; DROP SILENT GRAPH <urn:g>",
]


@pytest.mark.parametrize("update", LOADS)
def test_loading_is_refused_in_every_form(editor: Editor, outside: Outside, update: str) -> None:
    for url in outside.places:
        assert problem(editor.update(update.format(url=url))) == FEDERATION
    assert outside.noticed() == []


@pytest.mark.parametrize("word", ["L\\u004FAD", "\\u004COAD SILENT"])
def test_a_disguised_load_is_none(editor: Editor, outside: Outside, word: str) -> None:
    assert problem(editor.update(f"{word} <{outside.web}>")) == SYNTAX
    assert outside.noticed() == []


@pytest.mark.parametrize("operation", ["COPY", "MOVE", "ADD"])
def test_a_graph_that_is_not_there_is_not_fetched_to_be_copied(
    editor: Editor, outside: Outside, operation: str, graph: str
) -> None:
    for url in outside.places:
        assert editor.update(f"{operation} SILENT <{url}> TO <{graph}>").status_code in (204, 400)
    assert SECRET not in editor.read(graph).text
    assert outside.noticed() == []


def test_the_graphs_of_an_update_are_not_fetched(editor: Editor, outside: Outside, graph: str) -> None:
    insert = f"INSERT {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}"
    where = "WHERE { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }"
    own = "".join(f" USING <{url}> USING NAMED <{url}>" for url in outside.places)
    given = list(outside.places)
    assert editor.update(f"{insert}{own} {where}").status_code == 204
    assert editor.update(f"{insert} {where}", using_graph_uri=given, using_named_graph_uri=given).status_code == 204
    assert SECRET not in editor.read(graph).text
    assert outside.noticed() == []


CONTEXTS = [
    '{{"@context": "{url}", "@id": "urn:a", "urn:p": 1}}',
    '{{"@context": ["{url}", {{"p": "urn:p"}}], "@id": "urn:a", "p": 1}}',
    '{{"@context": {{"@import": "{url}"}}, "@id": "urn:a", "urn:p": 1}}',
    '{{"@context": {{"p": {{"@id": "urn:p", "@context": "{url}"}}}}, "@id": "urn:a", "p": {{"q": 1}}}}',
    '{{"@context": {{"T": {{"@id": "urn:T", "@context": "{url}"}}}}, "@id": "urn:a", "@type": "T", "q": 1}}',
    '{{"@id": "urn:a", "urn:p": {{"@context": "{url}", "urn:q": 1}}}}',
]


@pytest.mark.parametrize("method", ["PUT", "POST"])
@pytest.mark.parametrize("text", CONTEXTS)
def test_a_context_elsewhere_is_refused(editor: Editor, outside: Outside, text: str, method: str, graph: str) -> None:
    for url in outside.places:
        body = text.format(url=url)
        answer = editor.send(method, f"/graphs?graph={graph}", {"Content-Type": JSON_LD}, content=body)
        assert problem(answer) == MALFORMED
    assert outside.noticed() == []


RDF = 'xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="urn:"'
THING = '<r:Description r:about="urn:a"><e:p>x%s</e:p></r:Description>'
DOCUMENTS = {
    "external entity": f'<!DOCTYPE r [<!ENTITY x SYSTEM "{{url}}">]><r:RDF {RDF}>{THING % "&x;"}</r:RDF>',
    "public entity": f'<!DOCTYPE r [<!ENTITY x PUBLIC "x" "{{url}}">]><r:RDF {RDF}>{THING % "&x;"}</r:RDF>',
    "parameter entity": f'<!DOCTYPE r [<!ENTITY % x SYSTEM "{{url}}"> %x;]><r:RDF {RDF}>{THING % ""}</r:RDF>',
}
"""What has no meaning without a look outside."""
HARMLESS = {
    "document type": (RDF_XML, f'<!DOCTYPE r SYSTEM "{{url}}"><r:RDF {RDF}>{THING % ""}</r:RDF>'),
    "style sheet": (RDF_XML, f'<?xml-stylesheet href="{{url}}"?><r:RDF {RDF}>{THING % ""}</r:RDF>'),
    "schema": (
        RDF_XML,
        f'<r:RDF {RDF} xmlns:i="http://www.w3.org/2001/XMLSchema-instance"><r:Description r:about="urn:a" '
        'i:schemaLocation="urn: {url}"/></r:RDF>',
    ),
    "XInclude": (
        RDF_XML,
        f'<r:RDF {RDF} xmlns:i="http://www.w3.org/2001/XInclude"><r:Description r:about="urn:a">'
        '<e:p r:parseType="Literal"><i:include href="{url}" parse="text"/></e:p></r:Description></r:RDF>',
    ),
    "xml:base": (
        RDF_XML,
        f'<r:RDF {RDF} xml:base="{{url}}"><r:Description r:about=""><e:p r:resource="x"/></r:Description></r:RDF>',
    ),
    "@base": (TURTLE, "@base <{url}> . <> <http://www.w3.org/2000/01/rdf-schema#seeAlso> <x> ."),
    "@prefix": (TURTLE, "@prefix h: <{url}> . h: h: h: ."),
    "imports": (
        TURTLE,
        "<{url}> a <http://www.w3.org/2002/07/owl#Ontology> ; <http://www.w3.org/2002/07/owl#imports> <{url}> ; "
        "<http://www.w3.org/ns/shacl#shapesGraph> <{url}> ; <http://www.w3.org/ns/shacl#entailment> <{url}> .",
    ),
    "base of JSON-LD": (JSON_LD, '{{"@context": {{"@base": "{url}", "@vocab": "{url}#"}}, "@id": "", "p": 1}}'),
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_an_entity_elsewhere_is_refused(editor: Editor, outside: Outside, name: str, graph: str) -> None:
    for url in outside.places:
        body = DOCUMENTS[name].format(url=url)
        answer = editor.send("PUT", f"/graphs?graph={graph}", {"Content-Type": RDF_XML}, content=body)
        assert problem(answer) == MALFORMED
        assert SECRET not in answer.text
    assert outside.noticed() == []


def test_what_names_places_elsewhere_is_taken_for_names(editor: Editor, outside: Outside, graph: str) -> None:
    files = [
        (name, (name, text.format(url=url), media_type))
        for url in outside.places
        for name, (media_type, text) in HARMLESS.items()
    ]
    assert editor.send("PUT", f"/graphs?graph={graph}", files=files).status_code == 201
    assert SECRET not in editor.read(graph).text
    assert outside.noticed() == []


def test_a_graph_may_be_called_by_an_address_elsewhere(editor: Editor, outside: Outside) -> None:
    for url in outside.places:
        assert editor.graph("PUT", url, "<> <urn:p> 1 .").status_code == 201
        assert editor.lines(url) == {f'<{url}> <urn:p> "1"^^<http://www.w3.org/2001/XMLSchema#integer> .'}
    assert outside.noticed() == []


def test_the_name_of_a_file_in_a_form_leads_nowhere(
    editor: Editor, outside: Outside, graph: str, tmp_path: Path
) -> None:
    names = (str(outside.file), f"../../../../../..{outside.file}", outside.disk, "x\\..\\y")
    files = [(name, (name, b"<urn:a> <urn:p> 1 .", TURTLE)) for name in names]
    assert editor.send("PUT", f"/graphs?graph={graph}", files=files).status_code == 201
    assert editor.lines(graph) == {'<urn:a> <urn:p> "1"^^<http://www.w3.org/2001/XMLSchema#integer> .'}
    assert outside.file.read_text(encoding="utf-8").count(SECRET) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["secret.ttl"]


def token(content: bytes) -> str:
    """Return content packed as that of a permalink is."""
    return urlsafe_b64encode(zlib.compress(content, 9)).decode().rstrip("=")


def test_a_forged_permalink_calls_nothing_but_answers(editor: Editor, outside: Outside) -> None:
    version = editor.version()
    for path in ("/healthz", "/metrics", "/update", "/dumps/", "http://h/v1/", outside.web, outside.disk, "//h/sparql"):
        forged = json.dumps([version, path, "", "*/*"]).encode()
        assert problem(editor.reader.get(f"/v1/results/{token(forged)}")) == (404, "not-found")
    for path in ("/v1/../metrics", "/v1/../../etc/passwd", "/sparql/../update", "/v1/results/../x", "/graphs/x"):
        forged = json.dumps([version, path, "", "*/*"]).encode()
        assert problem(editor.reader.get(f"/v1/results/{token(forged)}")) == (404, "not-found")
    assert outside.noticed() == []


def test_a_permalink_is_a_reading_whatever_the_method(editor: Editor, graph: str) -> None:
    forged = token(json.dumps([editor.version(), "/graphs", f"graph={graph}", "*/*"]).encode())
    for method in ("POST", "PUT", "DELETE"):
        assert problem(editor.send(method, f"/v1/results/{forged}"))[0] == 405
    assert editor.read(graph).status_code == 404


def test_a_permalink_that_is_vast_once_unpacked_is_none(editor: Editor) -> None:
    for content in (b" " * (4 << 20), b'["' + b"x" * (3 << 20), b"[" * 900_000, b"1" * 5000):
        answer = editor.reader.get(f"/v1/results/{token(content)[:6000]}")
        assert problem(answer) == (404, "not-found")

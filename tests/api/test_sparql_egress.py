"""No query makes the service reach out: an address hears nothing, a file is not opened, and none of it is answered."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest

from outside import SECRET, Outside, outside_of
from serving import Server, problem


@pytest.fixture
def outside(tmp_path: Path) -> Iterator[Outside]:
    with outside_of(tmp_path) as found:
        yield found


def test_the_trap_notices_who_comes(outside: Outside) -> None:
    """Else the tests below would say nothing."""
    assert outside.noticed() == []
    outside.file.read_text(encoding="utf-8")
    with socket.create_connection(outside.listener.getsockname()):
        assert outside.noticed() == ["connection", "opened"]
    assert outside.noticed() == []


BODY = "{{ ?s ?p ?o }}"
SERVICES = {
    "plain": f"ASK {{{{ SERVICE <{{url}}> {BODY} }}}}",
    "silent": f"ASK {{{{ SERVICE SILENT <{{url}}> {BODY} }}}}",
    "variable by VALUES": f"SELECT * {{{{ VALUES ?where {{{{ <{{url}}> }}}} SERVICE ?where {BODY} }}}}",
    "variable by BIND": f"SELECT * {{{{ BIND(<{{url}}> AS ?where) SERVICE SILENT ?where {BODY} }}}}",
    "variable by the data": f"SELECT * {{{{ ?a ?b ?where SERVICE SILENT ?where {BODY} }}}}",
    "EXISTS": f"SELECT * {{{{ ?s ?p ?o FILTER EXISTS {{{{ SERVICE <{{url}}> {BODY} }}}} }}}}",
    "NOT EXISTS": f"SELECT * {{{{ ?s ?p ?o FILTER NOT EXISTS {{{{ SERVICE <{{url}}> {BODY} }}}} }}}}",
    "EXISTS in a BIND": f"SELECT * {{{{ BIND(EXISTS {{{{ SERVICE SILENT <{{url}}> {BODY} }}}} AS ?x) }}}}",
    "EXISTS in HAVING": f"SELECT ?s {{{{ ?s ?p ?o }}}} GROUP BY ?s HAVING(EXISTS {{{{ SERVICE <{{url}}> {BODY} }}}})",
    "EXISTS in ORDER BY": f"SELECT ?s {{{{ ?s ?p ?o }}}} ORDER BY (EXISTS {{{{ SERVICE <{{url}}> {BODY} }}}})",
    "EXISTS in SELECT": f"SELECT (EXISTS {{{{ SERVICE <{{url}}> {BODY} }}}} AS ?x) {{{{}}}}",
    "MINUS": f"SELECT * {{{{ ?s ?p ?o MINUS {{{{ SERVICE <{{url}}> {BODY} }}}} }}}}",
    "OPTIONAL": f"SELECT * {{{{ OPTIONAL {{{{ SERVICE <{{url}}> {BODY} }}}} }}}}",
    "UNION": f"SELECT * {{{{ {{{{}}}} UNION {{{{ SERVICE <{{url}}> {BODY} }}}} }}}}",
    "GRAPH": f"SELECT * {{{{ GRAPH ?g {{{{ SERVICE <{{url}}> {BODY} }}}} }}}}",
    "SERVICE in SERVICE": f"SELECT * {{{{ SERVICE SILENT <{{url}}> {{{{ SERVICE <{{url}}> {BODY} }}}} }}}}",
    "sub-select": f"SELECT * {{{{ {{{{ SELECT * {{{{ SERVICE <{{url}}> {BODY} }}}} }}}} }}}}",
    "CONSTRUCT": f"CONSTRUCT {BODY} {{{{ OPTIONAL {{{{ service <{{url}}> {BODY} }}}} }}}}",
    "DESCRIBE": f"DESCRIBE ?s {{{{ SERVICE <{{url}}> {BODY} }}}}",
    "prefixed name": f"PREFIX h: <{{url}}> ASK {{{{ SERVICE h: {BODY} }}}}",
    "relative IRI": f"BASE <{{url}}> ASK {{{{ SERVICE <> {BODY} }}}}",
    "no space": f"ASK {{{{ FILTER(1<2)SERVICE<{{url}}>{BODY} }}}}",
    "lines and tabs": f"ASK\r\n\t{{{{\tSERVICE\r\n\tSILENT\r\n<{{url}}>\n{BODY}\n}}}}",
    "mixed case": f"aSk {{{{ SeRvIcE sIlEnT <{{url}}> {BODY} }}}}",
    "after a comment": f"ASK {{{{ # SERVICE\nSERVICE #<\n<{{url}}> #>\n{BODY} }}}}",
    "after a string like an IRI": f"ASK {{{{ ?s ?p '<' . SERVICE <{{url}}> {BODY} FILTER('>' > '<') }}}}",
    "after a comparison": f"ASK {{{{ FILTER(?a<?b)SERVICE<{{url}}>{BODY} FILTER(?c>?d) }}}}",
    "after a long string": f"ASK {{{{ ?s ?p '''' # SERVICE'' ''' . SERVICE <{{url}}> {BODY} }}}}",
    "after a number": f"ASK {{{{ ?s ?p 1SERVICE<{{url}}>{BODY} }}}}",
    "escape in the IRI": f"ASK {{{{ SERVICE <\\u0068{{url[1:]}}> {BODY} }}}}",
}


@pytest.mark.parametrize("name", SERVICES)
def test_federation_is_refused_in_every_form(server: Server, outside: Outside, name: str) -> None:
    for url in outside.places:
        query = SERVICES[name].replace("{url[1:]}", url[1:]).format(url=url)
        assert problem(server.ask(query)) == (403, "federation-disabled")
        assert problem(server.client.post("/sparql", data={"query": query})) == (403, "federation-disabled")
    assert outside.noticed() == []


@pytest.mark.parametrize("word", ["\\u0053ERVICE", "SERV\\u0049CE", "\\U00000053ERVICE SILENT", "ſERVICE", "SERVİCE"])
def test_a_disguised_keyword_is_none(server: Server, outside: Outside, word: str) -> None:
    assert problem(server.ask(f"ASK {{ {word} <{outside.web}> {{ ?s ?p ?o }} }}")) == (400, "query-syntax")
    assert outside.noticed() == []


@pytest.mark.parametrize(
    "update", ["LOAD <{url}>", "LOAD SILENT <{url}> INTO GRAPH <{url}>", "INSERT {{ ?s ?p ?o }} WHERE {{ ?s ?p ?o }}"]
)
def test_an_update_is_no_query(server: Server, outside: Outside, update: str) -> None:
    for url in outside.places:
        assert problem(server.ask(update.format(url=url))) == (400, "query-syntax")
    assert outside.noticed() == []


def test_a_graph_that_is_not_there_is_empty_and_is_not_fetched(server: Server, outside: Outside) -> None:
    for iri in outside.places:
        assert server.ask(f"ASK FROM <{iri}> {{ ?s ?p ?o }}").json()["boolean"] is False
        assert server.ask(f"ASK FROM NAMED <{iri}> {{ GRAPH ?g {{ ?s ?p ?o }} }}").json()["boolean"] is False
        assert server.ask(f"ASK {{ GRAPH <{iri}> {{ ?s ?p ?o }} }}").json()["boolean"] is False
        assert SECRET not in server.ask(f"DESCRIBE <{iri}> FROM <{iri}>").text
        for name in ("default-graph-uri", "named-graph-uri"):
            parameters = {"query": "ASK { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }", name: iri}
            assert server.client.get("/sparql", params=parameters).json()["boolean"] is False
    assert outside.noticed() == []


def test_nothing_foreign_is_looked_up_for_who_asks_for_it(server: Server, outside: Outside) -> None:
    for iri in outside.places:
        answers: list[httpx.Response] = [server.client.get("/graphs", params={"graph": iri})]
        for prefix in ("/doc/", "/id/", "/graph/", "/doc/graph/"):
            answers += [server.client.get(prefix + found) for found in (iri, quote(iri, safe=""))]
        answers.append(server.client.get(f"/doc/../../..{outside.file}"))
        answers.append(server.client.get(f"/static/..%2f..%2f..%2f..%2f..%2f..{quote(str(outside.file), safe='')}"))
        for answer in answers:
            assert problem(answer) == (404, "not-found")
            assert SECRET not in answer.text
    assert outside.noticed() == []

"""`/update` is the update operation of the SPARQL 1.1 Protocol, sent by hand to a server that takes changes.

https://www.w3.org/TR/sparql11-protocol/#update-operation, and the cases of W3C's tests of it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
import rdflib

from editing import UPDATE, Editor
from hct_kg.keys import Scope
from serving import EX, GRAPH, Server, problem

FORM = "application/x-www-form-urlencoded"
INSERT = "INSERT DATA {{ GRAPH <{0}> {{ <urn:s> <urn:p> '{1}' }} }}"
StartServer = Callable[..., Server]


def line(value: str) -> str:
    """Return the line of N-Triples that INSERT makes."""
    return f'<urn:s> <urn:p> "{value}" .'


def form(text: str) -> dict[str, Any]:
    """Return an update as a form."""
    return {"data": {"update": text}}


def direct(text: str, content_type: str = UPDATE) -> dict[str, Any]:
    """Return an update as a body of its own."""
    return {"content": text.encode(), "headers": {"Content-Type": content_type}}


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        ("/update", form),
        ("/update", direct),
        ("/update/", form),
        ("/update/", lambda text: direct(text, f'{UPDATE.upper()}; charset="UTF-8"')),
    ],
)
def test_the_ways_to_send_an_update_have_one_outcome(
    editor: Editor, graph: str, path: str, sent: Callable[[str], dict[str, Any]]
) -> None:
    response = editor.send("POST", path, **sent(INSERT.format(graph, "ü + %41")))
    assert (response.status_code, response.content) == (204, b"")
    assert editor.lines(graph) == {line("ü + %41")}


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "PATCH"])
def test_an_update_is_sent_by_post_only(editor: Editor, method: str) -> None:
    before = editor.version()
    for path in ("/update", "/update?update=CLEAR%20ALL"):
        response = editor.send(method, path)
        assert (response.status_code, response.headers["allow"]) == (405, "POST, OPTIONS")
    assert editor.version() == before


@pytest.mark.parametrize("path", ["/update", "/update/"])
def test_options_and_preflight_need_no_key(editor: Editor, path: str) -> None:
    options = editor.reader.options(path)
    assert (options.status_code, options.headers["allow"]) == (204, "POST, OPTIONS")
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}
    preflight = editor.reader.options(path, headers={"Origin": "https://example.org", **asked})
    assert preflight.status_code == 204
    assert "Authorization" in preflight.headers["access-control-allow-headers"].split(", ")


DOCUMENTS = """
CREATE GRAPH <{0}> ;
INSERT DATA {{
    GRAPH <{0}/one> {{ <urn:one> a <urn:Document> }}
    GRAPH <{0}/two> {{ <urn:two> a <urn:Document> }}
    GRAPH <{0}/three> {{ <urn:three> a <urn:Document> }}
}} ;
INSERT {{ GRAPH <{0}> {{ ?s <urn:in> ?in }} }} WHERE {{
    {{ GRAPH ?g {{ ?s a <urn:Document> }} BIND(REPLACE(STR(?g), "^.*/", "") AS ?in) }}
    UNION {{ ?s a <urn:Document> BIND("default" AS ?in) }}
}}
"""


@pytest.mark.parametrize(
    ("using", "named", "seen"),
    [
        (["one"], [], {"one in default"}),
        (["one", "two"], [], {"one in default", "two in default"}),
        ([], ["one"], {"one in one"}),
        ([], ["one", "two"], {"one in one", "two in two"}),
        (["one"], ["two"], {"one in default", "two in two"}),
        (["one", "two"], ["two", "three"], {"one in default", "two in default", "two in two", "three in three"}),
        (["unknown"], ["unknown"], set()),
    ],
)
def test_the_graphs_that_the_request_names_are_what_where_is_about(
    editor: Editor, graph: str, using: list[str], named: list[str], seen: set[str]
) -> None:
    graphs = {
        "using-graph-uri": [f"{graph}/{name}" for name in using],
        "using-named-graph-uri": [f"{graph}/{name}" for name in named],
    }
    response = editor.send("POST", "/update", params=graphs, **direct(DOCUMENTS.format(graph)))
    assert response.status_code == 204, response.text
    assert editor.lines(graph) == {'<urn:{}> <urn:in> "{}" .'.format(*item.split(" in ")) for item in seen}


def test_the_graphs_may_be_named_in_the_form_too(editor: Editor, graph: str) -> None:
    graphs = {"using-graph-uri": f"{graph}/one", "using-named-graph-uri": [f"{graph}/two", f"{graph}/three"]}
    assert editor.send("POST", "/update", data={"update": DOCUMENTS.format(graph), **graphs}).status_code == 204
    seen = {("one", "default"), ("two", "two"), ("three", "three")}
    assert editor.lines(graph) == {f'<urn:{name}> <urn:in> "{place}" .' for name, place in seen}


@pytest.mark.parametrize(
    ("clause", "where", "seen"),
    [
        ("USING <{0}/one>", "?s a <urn:Document>", {"one"}),
        ("USING <{0}/one> USING <{0}/two>", "?s a <urn:Document>", {"one", "two"}),
        ("USING NAMED <{0}/two>", "GRAPH ?g {{ ?s a <urn:Document> }}", {"two"}),
        ("USING <{0}/one> USING NAMED <{0}/two>", "?s ?p ?o", {"one"}),
    ],
)
def test_an_update_may_name_its_graphs_itself(
    editor: Editor, graph: str, clause: str, where: str, seen: set[str]
) -> None:
    documents = DOCUMENTS.rpartition(";")[0].format(graph)
    choice = f"INSERT {{{{ GRAPH <{{0}}> {{{{ ?s a <urn:Found> }}}} }}}} {clause} WHERE {{{{ {where} }}}}".format(graph)
    assert editor.update(f"{documents} ; {choice}").status_code == 204
    assert editor.lines(graph) == {f"<urn:{name}> <{rdflib.RDF.type}> <urn:Found> ." for name in seen}


@pytest.mark.parametrize("parameter", ["using_graph_uri", "using_named_graph_uri"])
@pytest.mark.parametrize(
    "text",
    [
        "INSERT { ?s ?p ?o } USING <urn:g> WHERE { ?s ?p ?o }",
        "INSERT { ?s ?p ?o } USING NAMED <urn:g> WHERE { GRAPH ?g { ?s ?p ?o } }",
        "WITH <urn:g> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }",
    ],
)
def test_graphs_named_by_the_request_and_by_the_update_are_a_conflict(
    editor: Editor, parameter: str, text: str
) -> None:
    before = editor.version()
    response = editor.update(text, **{parameter: "urn:g"})
    assert problem(response) == (400, "malformed-request")
    assert parameter.replace("_", "-") in response.json()["detail"]
    assert editor.version() == before


def test_with_names_the_graph_that_is_changed_and_the_one_that_is_read(editor: Editor, graph: str) -> None:
    editor.update(INSERT.format(graph, "old"))
    text = f"WITH <{graph}> DELETE {{ ?s ?p 'old' }} INSERT {{ ?s ?p 'new' }} WHERE {{ ?s ?p 'old' }}"
    assert editor.update(text).status_code == 204
    assert editor.lines(graph) == {line("new")}


def test_the_default_graph_of_an_update_is_the_unnamed_one(editor: Editor, graph: str) -> None:
    editor.graph("PUT", None, "<urn:s> <urn:unnamed> 1 .")
    copied = f"INSERT {{ GRAPH <{graph}> {{ ?s ?p ?o }} }} WHERE {{ ?s ?p ?o }}"
    assert editor.update(copied).status_code == 204
    assert editor.lines(graph) == {f'<urn:s> <urn:unnamed> "1"^^<{rdflib.XSD.integer}> .'}


def test_a_relative_iri_is_made_absolute_with_the_iri_of_the_dataset(editor: Editor, graph: str) -> None:
    inserted = f"CLEAR GRAPH <{graph}> ; INSERT DATA {{ GRAPH <{graph}> {{ <urn:s> <urn:p> <test> }} }}"
    assert editor.update(inserted).status_code == 204
    (row,) = editor.server.select(f"SELECT ?o {{ GRAPH <{graph}> {{ <urn:s> <urn:p> ?o }} }}")
    assert row["o"] == {"type": "uri", "value": "https://w3id.org/hct-kg/test"}
    assert editor.update(f"BASE <{EX}> INSERT DATA {{ GRAPH <{graph}> {{ <a> <b> <c> }} }}").status_code == 204
    assert f"<{EX}a> <{EX}b> <{EX}c> ." in editor.lines(graph)


def test_a_sequence_of_operations_is_one_change_or_none(editor: Editor, graph: str) -> None:
    assert editor.update(f"{INSERT.format(graph, 'a')} ; {INSERT.format(graph, 'b')} ;").status_code == 204
    before = editor.version()
    failing = f"{INSERT.format(graph, 'c')} ; CREATE GRAPH <{graph}>"
    assert problem(editor.update(failing)) == (400, "query-evaluation")
    assert (editor.version(), editor.lines(graph)) == (before, {line("a"), line("b")})


@pytest.mark.parametrize("operation", ["CLEAR GRAPH", "CLEAR SILENT GRAPH", "DROP SILENT GRAPH"])
def test_to_empty_a_graph_that_is_not_there_is_no_mistake(editor: Editor, graph: str, operation: str) -> None:
    before = editor.version()
    assert editor.update(f"{operation} <{graph}>").status_code == 204
    assert editor.version() == before
    assert editor.read(graph).status_code == 404


def test_to_drop_a_graph_that_is_not_there_is_one(editor: Editor, graph: str) -> None:
    response = editor.update(f"DROP GRAPH <{graph}>")
    assert problem(response) == (400, "query-evaluation")
    assert graph in response.json()["detail"]


def test_graphs_are_made_emptied_dropped_copied_moved_and_added(editor: Editor, graph: str) -> None:
    one, two = f"{graph}/one", f"{graph}/two"
    for text, after in [
        (f"CREATE GRAPH <{one}>", (set(), None)),
        (f"{INSERT.format(one, 'a')} ; COPY <{one}> TO <{two}>", ({line("a")}, {line("a")})),
        (f"{INSERT.format(two, 'b')} ; ADD <{two}> TO <{one}>", ({line("a"), line("b")}, {line("a"), line("b")})),
        (f"CLEAR GRAPH <{two}>", ({line("a"), line("b")}, set())),
        (f"MOVE <{one}> TO <{two}>", (None, {line("a"), line("b")})),
        (f"DROP GRAPH <{two}>", (None, None)),
    ]:
        assert editor.update(text).status_code == 204, text
        held = tuple(None if editor.read(name).status_code == 404 else editor.lines(name) for name in (one, two))
        assert held == after, text


REFUSED: list[tuple[bytes, str, str, tuple[int, str]]] = [
    (b"", FORM, "", (400, "malformed-request")),
    (b"update=CLEAR%20NAMED&update=CLEAR%20DEFAULT", FORM, "", (400, "malformed-request")),
    (b"update=CLEAR%20NAMED", FORM, "?update=CLEAR%20NAMED", (400, "malformed-request")),
    (b"CLEAR NAMED", UPDATE, "?update=CLEAR%20NAMED", (400, "malformed-request")),
    (b"update=CLEAR%20NAMED&default-graph-uri=urn:g", FORM, "", (400, "malformed-request")),
    (b"query=ASK%20%7B%7D", FORM, "", (400, "malformed-request")),
    (b"update=%FF", FORM, "", (400, "malformed-request")),
    (b"update=\xff", FORM, "", (400, "malformed-request")),
    (b"update=CLEAR%2GNAMED", FORM, "", (400, "malformed-request")),
    (b"update=CLEAR%20NAMED%", FORM, "", (400, "malformed-request")),
    (b"CLEAR GRAPH <urn:\xff>", UPDATE, "", (400, "malformed-request")),
    (b"CLEAR NAMED", UPDATE, "?using-graph-uri=no%20iri", (400, "malformed-request")),
    (b"", UPDATE, "", (204, "")),
    (b"ASK {}", UPDATE, "", (400, "query-syntax")),
    (b"CLEAR NAMED", "text/plain", "", (415, "unsupported-media-type")),
    (b"update=CLEAR%20NAMED", "", "", (415, "unsupported-media-type")),
    (b"CLEAR NAMED", "", "", (415, "unsupported-media-type")),
    (b"ASK {}", "application/sparql-query", "", (415, "unsupported-media-type")),
    (b"CLEAR NAMED", "multipart/form-data; boundary=x", "", (415, "unsupported-media-type")),
    ("CLEAR NAMED".encode("utf-16"), UPDATE + "; charset=UTF-16", "", (415, "unsupported-media-type")),
    ("CLEAR NAMED".encode("utf-16"), UPDATE, "", (400, "malformed-request")),
    (b"LOAD <http://127.0.0.1:9/>", UPDATE, "", (403, "federation-disabled")),
    (b"LOAD SILENT <file:///etc/hostname>", UPDATE, "", (403, "federation-disabled")),
    (b"INSERT DATA { <s> <p> <o> } ; LOAD <elsewhere>", UPDATE, "", (403, "federation-disabled")),
    (b"INSERT { <s> ?p ?o } WHERE { SERVICE <urn:x> { ?s ?p ?o } }", UPDATE, "", (403, "federation-disabled")),
    (b"#" + b"x" * (1 << 20), UPDATE, "", (413, "body-too-large")),
]


@pytest.mark.parametrize(("body", "content_type", "query", "expected"), REFUSED)
def test_a_request_that_breaks_the_protocol_changes_nothing(
    editor: Editor, body: bytes, content_type: str, query: str, expected: tuple[int, str]
) -> None:
    before = editor.version()
    headers = {"Content-Type": content_type} if content_type else {}
    response = editor.send("POST", f"/update{query}", headers, content=body)
    if expected[1]:
        assert problem(response) == expected
    else:
        assert response.status_code == expected[0], "an update of no operations is one"
    assert editor.version() == before


def test_a_body_of_pieces_without_a_length_is_bounded_too(editor: Editor) -> None:
    def pieces() -> Iterator[bytes]:
        for _ in range(40):
            yield b"#" * (1 << 16)

    assert problem(editor.send("POST", "/update", {"Content-Type": UPDATE}, content=pieces())) == (
        413,
        "body-too-large",
    )


def test_a_syntax_error_says_where(editor: Editor) -> None:
    response = editor.update("CLEAR GRAPH <urn:none> ;\nINSERT DATA { <urn:s> <urn:p> }")
    assert problem(response) == (400, "query-syntax")
    assert response.json()["line"] == 2
    assert 20 <= response.json()["column"] <= 40, "the engine tells how far it looked ahead"


def test_an_update_that_is_sent_to_the_endpoint_of_queries_is_refused(editor: Editor) -> None:
    before = editor.version()
    for response in (
        editor.send("POST", "/sparql", **form("CLEAR ALL")),
        editor.send("POST", "/sparql", **direct("CLEAR ALL")),
        editor.send("GET", "/sparql", params={"update": "CLEAR ALL"}),
        editor.send("POST", "/sparql", data={"query": "CLEAR ALL"}),
    ):
        assert response.status_code in (400, 415), response.text
    assert editor.version() == before


@pytest.mark.parametrize(
    ("scope", "expected"),
    [(None, (401, "unauthenticated")), ("read", (403, "not-authorised")), ("write", None), ("admin", None)],
)
def test_who_may_update(editor: Editor, graph: str, scope: Scope | None, expected: tuple[int, str] | None) -> None:
    headers = {"Content-Type": UPDATE, **(editor.headers[scope] if scope else {})}
    response = editor.reader.post("/update", content=INSERT.format(graph, "a"), headers=headers)
    if expected is None:
        assert response.status_code == 204
        assert editor.lines(graph) == {line("a")}
    else:
        assert problem(response) == expected
        assert editor.read(graph).status_code == 404


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE"])
def test_a_service_that_takes_no_changes_says_how_that_is_turned_on(server: Server, method: str) -> None:
    path = "/update" if method == "POST" else "/graphs?default"
    response = server.client.request(method, path, content=b"CLEAR ALL", headers={"Content-Type": UPDATE})
    assert problem(response) == (403, "updates-disabled")
    assert "--writable" in response.json()["detail"]


@pytest.mark.parametrize(
    "text",
    [
        INSERT.format(GRAPH + "ontology", "a"),
        INSERT.format(GRAPH + "schemes", "a"),
        INSERT.format(GRAPH + "derived/anything", "a"),
        f"CREATE GRAPH <{GRAPH}derived/anything> ; {INSERT.format(GRAPH + 'derived/anything', 'a')}",
        f"DROP SILENT GRAPH <{GRAPH}ontology> ; {INSERT.format(GRAPH + 'ontology', 'a')}",
    ],
)
def test_what_nobody_writes_by_request_is_protected(editor: Editor, text: str) -> None:
    before = editor.version()
    response = editor.update(text)
    assert problem(response) == (403, "protected-graph")
    assert response.json()["graph"].startswith(GRAPH)
    assert editor.version() == before


def test_an_outcome_out_of_shape_is_refused_with_a_report_and_changes_nothing(editor: Editor, graph: str) -> None:
    before = editor.version()
    response = editor.update(f"INSERT DATA {{ GRAPH <{graph}> {{ <{EX}oak> a <{EX}Tree> }} }}")
    assert problem(response) == (422, "shapes-violated")
    assert focus_nodes(response) == {rdflib.URIRef(EX + "oak")}
    assert (editor.version(), editor.read(graph).status_code) == (before, 404)
    mended = f"INSERT DATA {{ GRAPH <{graph}> {{ <{EX}oak> a <{EX}Tree> ; <{EX}name> 'oak' }} }}"
    assert editor.update(mended).status_code == 204


def focus_nodes(response: httpx.Response) -> set[rdflib.term.Node | None]:
    """Return what the SHACL report of a problem is about."""
    report = rdflib.Graph().parse(data=response.json()["report"], format="turtle")
    (whole,) = report.subjects(rdflib.RDF.type, rdflib.SH.ValidationReport)
    assert report.value(whole, rdflib.SH.conforms) == rdflib.Literal(False)
    return {report.value(result, rdflib.SH.focusNode) for result in report.objects(whole, rdflib.SH.result)}


def test_a_change_makes_another_version_and_what_named_the_old_one_says_so(editor: Editor, graph: str) -> None:
    question = {"query": f"SELECT * {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}"}
    old = editor.reader.get("/sparql", params=question)
    link = old.links["bookmark"]["url"]
    assert editor.reader.get(link).content == old.content
    before = editor.version()
    assert editor.update(INSERT.format(graph, "a")).status_code == 204
    after = editor.version()
    assert after != before

    new = editor.reader.get("/sparql", params=question, headers={"If-None-Match": old.headers["etag"]})
    assert (new.status_code, len(new.json()["results"]["bindings"])) == (200, 1), "what is remembered is of a version"
    assert new.headers["etag"] != old.headers["etag"]
    gone = editor.reader.get(link)
    assert problem(gone) == (410, "version-gone")
    assert before in gone.json()["detail"]
    assert after in gone.json()["detail"]
    assert editor.reader.get(new.links["bookmark"]["url"]).content == new.content


def test_an_update_that_changes_nothing_leaves_the_version_and_its_permalinks(editor: Editor, graph: str) -> None:
    editor.update(INSERT.format(graph, "a"))
    answer = editor.reader.get("/sparql", params={"query": "ASK { <urn:s> ?p ?o }"})
    before = editor.version()
    assert editor.update(INSERT.format(graph, "a")).status_code == 204
    assert editor.version() == before
    assert editor.reader.get(answer.links["bookmark"]["url"]).content == answer.content


def test_readers_during_changes_see_the_old_state_or_the_new_one_whole(editor: Editor, graph: str) -> None:
    states = [{f'<urn:{name}> <urn:p> "{turn}" .' for name in "abcdefgh"} for turn in range(5)]
    editor.graph("PUT", graph, "\n".join(states[0]))
    done = threading.Event()

    def read() -> list[set[str]]:
        seen = []
        with httpx.Client(base_url=editor.base) as client:
            while True:
                last = done.is_set()
                response = client.get("/graphs", params={"graph": graph}, headers={"Accept": "application/n-triples"})
                assert response.status_code == 200, response.text
                seen.append(set(response.text.splitlines()))
                if last:
                    return seen

    with ThreadPoolExecutor(2) as readers:
        reading = [readers.submit(read) for _ in range(2)]
        try:
            for state in states[1:]:
                both = f"DELETE {{ GRAPH <{graph}> {{ ?s ?p ?o }} }} WHERE {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}"
                added = f"INSERT DATA {{ GRAPH <{graph}> {{ {' '.join(state)} }} }}"
                assert editor.update(f"{both} ; {added}").status_code == 204
        finally:
            done.set()
    for result in reading:
        order = [states.index(seen) for seen in result.result()]
        assert order == sorted(order), "a reader never goes back"
        assert order[-1] == len(states) - 1


def test_writers_at_once_all_end_up_in(editor: Editor, graph: str) -> None:
    with ThreadPoolExecutor(4) as writers:
        updates = [INSERT.format(graph, str(number)) for number in range(4)]
        assert [response.status_code for response in writers.map(editor.update, updates)] == [204] * 4
    assert editor.lines(graph) == {line(str(number)) for number in range(4)}


def test_clear_all_empties_what_can_be_changed_and_nothing_else(start_editor: Callable[[], Editor]) -> None:
    editor = start_editor()
    ontology = editor.reader.get("/graphs", params={"graph": GRAPH + "ontology"}).status_code
    assert editor.reader.get("/sparql", params={"query": f"ASK {{ <{EX}pear> ?p ?o }}"}).json()["boolean"]
    assert editor.update("CLEAR ALL").status_code == 204
    assert not editor.reader.get("/sparql", params={"query": f"ASK {{ <{EX}pear> ?p ?o }}"}).json()["boolean"]
    assert editor.reader.get("/graphs", params={"graph": GRAPH + "ontology"}).status_code == ontology
    assert editor.lines(GRAPH + "orchard") == set()
    assert editor.update("DROP ALL").status_code == 204
    assert editor.read(GRAPH + "orchard").status_code == 404


def test_the_documentation_names_both_ways_and_every_refusal(editor: Editor) -> None:
    post = editor.reader.get("/openapi.json").json()["paths"]["/update"]["post"]
    assert set(post["requestBody"]["content"]) == {FORM, UPDATE}
    assert {"204", "400", "401", "403", "405", "413", "415", "422"} <= set(post["responses"])

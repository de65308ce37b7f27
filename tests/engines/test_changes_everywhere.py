"""A change by request has the same outcome whichever engine keeps the data; every copy of the service sees it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from places import ELSEWHERE, engine_in, place_of, put

from editing import SHAPE, TERM, Editor
from hct_kg import keys
from hct_kg.keys import Scope
from hct_kg.settings import Settings
from serving import EX, eventually, invented, problem, running

ORCHARD = "https://w3id.org/hct-kg/graph/orchard"


def prepared(folder: Path, **given: Any) -> tuple[Settings, dict[Scope, dict[str, str]]]:
    """Write the invented dataset with a shape, and keys; return settings and the header of each key."""
    path = folder / "keys.json"
    scopes: tuple[Scope, ...] = ("read", "write", "admin")
    headers = {scope: {"Authorization": f"Bearer {keys.add(path, scope, scope)[1]}"} for scope in scopes}
    settings = invented(folder, writable=True, keys=path, query_seconds=10.0, store_seconds=3.0, **given)
    (settings.ontology / "shapes.ttl").write_text(SHAPE, encoding="utf-8")
    (settings.ontology / "hct.ttl").write_text(TERM, encoding="utf-8")
    return settings, headers


@pytest.fixture(scope="module", params=["memory", "disk", *ELSEWHERE])
def place(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Settings, dict[Scope, dict[str, str]]]]:
    """Settings of a service that takes changes, over each engine with the invented data in it."""
    folder = tmp_path_factory.mktemp(request.param)
    with ExitStack() as stack:
        given: dict[str, Any] = {"state": folder / "state"}
        if request.param == "disk":
            given = {"store": str(folder / "store")}
        elif request.param in ELSEWHERE:
            engine = stack.enter_context(engine_in(request.param, folder / "server"))
            given = {**place_of(engine.endpoint), "state": folder / "state"}
        settings, headers = prepared(folder, **given)
        if settings.store:
            put(settings)
        yield settings, headers


@pytest.fixture(scope="module")
def writer(place: tuple[Settings, dict[Scope, dict[str, str]]]) -> Iterator[Editor]:
    """One copy of the service."""
    with ExitStack() as stack:
        yield unhurried(Editor(running(place[0], stack), place[1]))


def unhurried(editor: Editor) -> Editor:
    """Have a client that waits for changes that wait for each other."""
    editor.server.client.timeout = httpx.Timeout(180)
    return editor


def test_an_update_is_seen_at_once_and_changes_the_version(writer: Editor, graph: str) -> None:
    before = writer.version()
    text = f"INSERT DATA {{ GRAPH <{graph}> {{ <urn:s> <urn:p> 'ü \"→\"'@de-AT , 7 , true , <urn:o> }} }}"
    done = writer.update(text)
    assert done.status_code == 204, done.text
    assert len(writer.lines(graph)) == 4
    assert writer.version() != before
    assert writer.update(f"DELETE WHERE {{ GRAPH <{graph}> {{ ?s ?p 7 }} }}").status_code == 204
    assert len(writer.lines(graph)) == 3
    assert writer.update(f"DROP GRAPH <{graph}>").status_code == 204
    assert writer.version() == before


def test_an_outcome_out_of_shape_is_refused_and_changes_nothing(writer: Editor, graph: str) -> None:
    before = writer.version()
    response = writer.update(f"INSERT DATA {{ GRAPH <{graph}> {{ <urn:oak> a <{EX}Tree> }} }}")
    assert problem(response) == (422, "shapes-violated")
    assert "A tree has a name." in response.json()["report"]
    assert (writer.version(), writer.read(graph).status_code) == (before, 404)


@pytest.mark.parametrize("protected", ["ontology", "derived/nothing-follows", "queries"])
def test_a_protected_graph_is_not_written(writer: Editor, protected: str) -> None:
    before = writer.version()
    text = f"INSERT DATA {{ GRAPH <https://w3id.org/hct-kg/graph/{protected}> {{ <urn:s> <urn:p> 1 }} }}"
    assert problem(writer.update(text)) == (403, "protected-graph")
    assert writer.version() == before


def test_a_graph_without_triples_is_there_until_it_is_dropped(writer: Editor, graph: str) -> None:
    done = writer.graph("PUT", graph, "")
    assert done.status_code == 201, done.text
    assert writer.lines(graph) == set()
    assert writer.graph("DELETE", graph).status_code in (200, 204)
    assert writer.read(graph).status_code == 404


def test_blank_nodes_stay_joined(writer: Editor, graph: str) -> None:
    tree = "<urn:a> <urn:p> [ <urn:q> 1 ; <urn:r> [ <urn:q> 2 ] ] ."
    assert writer.graph("PUT", graph, tree).status_code == 201
    found = writer.server.select(
        f"SELECT ?one ?two {{ GRAPH <{graph}> {{ ?s <urn:p> ?b . ?b <urn:q> ?one ; <urn:r>/<urn:q> ?two }} }}"
    )
    assert [(row["one"]["value"], row["two"]["value"]) for row in found] == [("1", "2")]
    assert writer.graph("POST", graph, "<urn:b> <urn:p> [ <urn:q> 3 ] .").status_code in (200, 204)
    assert len(writer.lines(graph)) == 6
    assert writer.graph("DELETE", graph).status_code in (200, 204)


def test_if_match_is_heeded(writer: Editor, graph: str) -> None:
    assert writer.graph("PUT", graph, "<urn:a> <urn:p> 1 .").status_code == 201
    tag = writer.read(graph, "text/turtle").headers["etag"]
    assert writer.graph("PUT", graph, "<urn:a> <urn:p> 2 .", if_match=tag).status_code in (200, 204)
    assert problem(writer.graph("PUT", graph, "<urn:a> <urn:p> 3 .", if_match=tag)) == (412, "precondition-failed")
    assert writer.lines(graph) == {'<urn:a> <urn:p> "2"^^<http://www.w3.org/2001/XMLSchema#integer> .'}
    assert writer.graph("DELETE", graph).status_code in (200, 204)


def test_a_change_of_thousands_of_triples(writer: Editor, graph: str) -> None:
    before = writer.version()
    lines = "".join(f"<urn:s{number}> <urn:p> 'value {number}' .\n" for number in range(3000))
    assert writer.graph("PUT", graph, lines).status_code == 201
    assert len(writer.lines(graph)) == 3000
    assert writer.graph("DELETE", graph).status_code in (200, 204)
    assert writer.version() == before


def test_nothing_is_fetched(writer: Editor) -> None:
    """A listener on loopback stands for all that is elsewhere: neither the service nor the engine asks it."""
    asked: list[str] = []

    class Listener(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        do_POST = do_HEAD = do_GET  # noqa: N815

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Listener) as listener:
        thread = threading.Thread(target=listener.serve_forever)
        thread.start()
        url = f"http://127.0.0.1:{listener.server_port}/x.ttl"
        client = writer.reader
        assert writer.server.ask(f"SELECT * FROM <{url}> {{ ?s ?p ?o }}").json()["results"]["bindings"] == []  # noqa: S608
        assert writer.server.ask(f"SELECT * FROM NAMED <{url}> {{ GRAPH ?g {{ ?s ?p ?o }} }}").status_code == 200  # noqa: S608
        for name in ("default-graph-uri", "named-graph-uri"):
            sent = {"query": "SELECT * { ?s ?p ?o }", name: url}
            assert client.get("/sparql", params=sent).json()["results"]["bindings"] == []
        assert problem(writer.server.ask(f"SELECT * {{ SERVICE <{url}> {{ ?s ?p ?o }} }}"))[0] == 403
        assert problem(writer.update(f"LOAD <{url}>")) == (403, "federation-disabled")
        assert problem(writer.update(f"INSERT {{ ?s ?p ?o }} WHERE {{ SERVICE <{url}> {{ ?s ?p ?o }} }}"))[0] == 403
        listener.shutdown()
        thread.join()
    assert asked == []


def elsewhere(place: tuple[Settings, dict[Scope, dict[str, str]]]) -> tuple[Settings, dict[Scope, dict[str, str]]]:
    if not (place[0].store or "").startswith("http"):
        pytest.skip("each copy has a place of its own")
    return place


def test_another_copy_serves_what_one_has_written(
    place: tuple[Settings, dict[Scope, dict[str, str]]], writer: Editor, graph: str
) -> None:
    settings, headers = elsewhere(place)
    with ExitStack() as stack:
        other = unhurried(Editor(running(replace(settings, state=None), stack), headers))
        assert other.version() == writer.version()
        assert writer.graph("PUT", graph, "<urn:a> <urn:p> 1 .").status_code == 201
        assert eventually(lambda: other.version() == writer.version(), 20)
        assert other.lines(graph) == writer.lines(graph)
        assert other.graph("DELETE", graph).status_code in (200, 204)
        assert eventually(lambda: other.version() == writer.version(), 20)


def test_of_two_copies_that_write_at_once_none_loses_what_the_other_wrote(
    place: tuple[Settings, dict[Scope, dict[str, str]]], writer: Editor, graph: str
) -> None:
    settings, headers = elsewhere(place)
    with ExitStack() as stack:
        other = unhurried(Editor(running(replace(settings, state=None), stack), headers))
        assert other.version() == writer.version()

        def write(number: int) -> int:
            text = f"INSERT DATA {{ GRAPH <{graph}> {{ <urn:s> <urn:p> {number} }} }}"
            return (writer, other)[number % 2].update(text).status_code

        with ThreadPoolExecutor(4) as threads:
            answers = list(threads.map(write, range(12)))
        assert set(answers) <= {204, 412, 503, 507}
        made = [number for number, status in enumerate(answers) if status == 204]
        assert made
        assert eventually(lambda: other.version() == writer.version(), 30)
        kept = {line.split('"')[1] for line in writer.lines(graph)}
        assert kept == {str(number) for number in made}
        assert writer.graph("DELETE", graph).status_code in (200, 204)

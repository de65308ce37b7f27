"""An engine that is down, slow, wrong or cut short: a clear problem, never a short answer; and all is well after it."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from faulty import Fault, Proxy, proxy_of
from places import ELSEWHERE, engine_in, place_of, put
from scripts.sparql_servers.oxigraph import command
from test_changes_everywhere import prepared

from editing import Editor
from engines import Engine
from hct_kg.errors import EngineUnreachable
from serving import Server, eventually, free_port, problem, running, start

QUERY = "SELECT ?s ?p ?o { ?s ?p ?o } LIMIT 500"


@pytest.fixture(scope="module", params=ELSEWHERE)
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Each engine, for these tests alone."""
    with engine_in(request.param, tmp_path_factory.mktemp(request.param) / "server") as found:
        yield found


@pytest.fixture(scope="module")
def behind(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Editor, Proxy, Path]]:
    """A service that takes changes, over an engine behind a proxy, and its log."""
    folder = tmp_path_factory.mktemp("behind")
    with ExitStack() as stack:
        proxy = stack.enter_context(proxy_of(engine.query_url))
        given = {
            **place_of(engine.endpoint),
            "store": proxy.at(engine.query_url),
            "store_update": proxy.at(engine.update_url),
            "state": folder / "state",
        }
        settings, headers = prepared(folder, **given)
        put(settings)
        log = folder / "log"
        short = replace(settings, query_seconds=2.0, store_seconds=1.0, state=None)
        yield Editor(running(short, stack, log), headers), proxy, log


@pytest.fixture
def served(behind: tuple[Editor, Proxy, Path], engine: Engine) -> Iterator[tuple[Editor, Proxy]]:
    """The same, with everything in order before and after."""
    editor, proxy, _ = behind
    yield editor, proxy
    proxy.fault = "none"
    engine.resume()
    engine.start()
    assert eventually(lambda: ready(editor.server) == 200, 60)


def ready(server: Server) -> int:
    status: int = server.client.get("/readyz").status_code
    return status


@pytest.mark.parametrize(
    ("fault", "status", "slug", "says"),
    [
        ("cut", 502, "engine-fault", "broke off"),
        ("closed", 502, "engine-fault", "no SPARQL result"),
        ("html", 502, "engine-fault", "text/html"),
        ("redirect", 502, "engine-fault", "HCT_KG_STORE"),
        ("partial", 504, "query-timeout", "time limit"),
        ("busy", 503, "engine-unreachable", "too busy"),
    ],
)
def test_an_answer_that_is_none_is_a_problem_that_says_so(
    served: tuple[Editor, Proxy], fault: Fault, status: int, slug: str, says: str
) -> None:
    editor, proxy = served
    whole = editor.server.select(QUERY)
    proxy.fault = fault
    fresh = f"{QUERY} # {fault}: not one that was answered before"
    for path in ("/sparql", "/readyz"):
        response = editor.reader.get(path, params={"query": fresh} if path == "/sparql" else None)
        assert problem(response) == (status, slug)
        assert says in response.json()["detail"]
        assert "127.0.0.1" not in response.text
    if fault == "busy":
        assert response.headers["retry-after"] == "7"
    assert editor.reader.get("/healthz").status_code == 200
    proxy.fault = "none"
    assert ready(editor.server) == 200
    assert len(editor.server.select(fresh)) == len(whole)


def test_an_engine_that_goes_down_is_said_and_comes_back_without_a_restart(
    served: tuple[Editor, Proxy], engine: Engine
) -> None:
    editor, _ = served
    engine.stop()
    response = editor.server.ask("ASK { ?s ?p ?o } # while it is down")
    assert problem(response) == (503, "engine-unreachable")
    assert response.headers["retry-after"]
    assert (ready(editor.server), editor.reader.get("/healthz").status_code) == (503, 200)
    assert problem(editor.update("INSERT DATA { GRAPH <urn:g> { <urn:s> <urn:p> 1 } }"))[0] in (502, 503)
    engine.start()
    assert eventually(lambda: ready(editor.server) == 200, 60)
    assert editor.server.ask("ASK { ?s ?p ?o }").json()["boolean"] is True


def test_an_engine_that_hangs_is_waited_for_no_longer_than_a_query_may_take(
    served: tuple[Editor, Proxy], engine: Engine
) -> None:
    editor, _ = served
    engine.suspend()
    assert problem(editor.server.ask("ASK { ?s ?p ?o } # while it hangs")) == (504, "query-timeout")
    assert (ready(editor.server), editor.reader.get("/healthz").status_code) == (504, 200)
    engine.resume()
    assert eventually(lambda: ready(editor.server) == 200, 30)


def test_an_update_whose_answer_is_lost_is_found_to_be_made(served: tuple[Editor, Proxy], graph: str) -> None:
    editor, proxy = served
    proxy.fault = "answer-lost"
    response = editor.graph("PUT", graph, "<urn:s> <urn:p> 1 .")
    assert response.status_code == 201, response.text
    proxy.fault = "none"
    assert len(editor.lines(graph)) == 1
    assert editor.graph("DELETE", graph).status_code in (200, 204)


def test_an_update_that_never_comes_to_the_engine_changes_nothing(served: tuple[Editor, Proxy], graph: str) -> None:
    editor, proxy = served
    before = editor.version()
    proxy.fault = "reset-update"
    assert problem(editor.graph("PUT", graph, "<urn:s> <urn:p> 1 .")) == (507, "change-not-kept")
    proxy.fault = "none"
    assert (editor.version(), editor.read(graph).status_code) == (before, 404)
    assert editor.graph("PUT", graph, "<urn:s> <urn:p> 1 .").status_code == 201
    assert editor.graph("DELETE", graph).status_code in (200, 204)


def test_a_change_that_was_broken_off_half_way_is_completed(served: tuple[Editor, Proxy], graph: str) -> None:
    """The proxy lets the first updates through: the journal, the record, some of the steps; then none for a while."""
    editor, proxy = served
    lines = "".join(f"<urn:s{number}> <urn:p> 'value {number}' .\n" for number in range(3000))
    updates = [request for request in proxy.requests if b"update=" in request]
    before = len(updates)

    def begun() -> bool:
        return sum(b"update=" in request for request in list(proxy.requests)) >= before + 4

    def cut() -> None:
        assert eventually(begun, 60)
        proxy.fault = "reset-update"

    thread = threading.Thread(target=cut)
    thread.start()
    response = editor.graph("PUT", graph, lines)
    thread.join()
    assert response.status_code in (201, 507), response.text
    proxy.fault = "none"
    assert eventually(lambda: editor.read(graph).status_code == 200 and len(editor.lines(graph)) == 3000, 90)
    assert eventually(lambda: editor.graph("DELETE", graph).status_code in (200, 204), 60)


@pytest.mark.parametrize("number", [1, 3000], ids=["one request", "many"])
@pytest.mark.parametrize("node", ["<urn:o>", "[ <urn:q> 1 ]"], ids=["names", "blank nodes"])
def test_a_change_that_the_engine_refuses_is_taken_back(
    served: tuple[Editor, Proxy], graph: str, number: int, node: str
) -> None:
    """The last of the triples is one that the engine is made to refuse, when others have been written already."""
    editor, proxy = served
    assert editor.graph("PUT", graph, f"<urn:s> <urn:p> 'was there' , {node} .").status_code == 201
    before, held = editor.version(), len(editor.lines(graph))
    proxy.refuse("<urn:z> <urn:refused>")
    lines = "".join(f"<urn:s{number}> <urn:p> 'value {number}' .\n" for number in range(number))
    refused = editor.graph("PUT", graph, f"{lines}<urn:z> <urn:refused> {node} .")
    assert problem(refused) == (502, "engine-fault")
    assert "nothing is changed. The engine does not take this: Too long." in refused.json()["detail"]
    proxy.refuse(None)
    assert eventually(lambda: ready(editor.server) == 200, 30)
    assert (editor.version(), len(editor.lines(graph))) == (before, held)
    assert editor.graph("DELETE", graph).status_code in (200, 204)


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"store": "http://127.0.0.1:9/sparql"}, "does not answer"),
        ({"store": "/nothing-here"}, "HCT_KG_STORE"),
    ],
)
def test_a_service_that_cannot_reach_its_data_does_not_start_and_says_why(
    engine: Engine, tmp_path: Path, changed: dict[str, Any], says: str
) -> None:
    given = place_of(engine.endpoint)
    url = changed["store"]
    given["store"] = engine.query_url.rsplit("/", 1)[0] + url if url.startswith("/") else url
    settings, _ = prepared(tmp_path, **{**given, "state": None})
    process = start(settings, free_port(), tmp_path / "log")
    try:
        assert process.wait(60) != 0
    finally:
        process.kill()
    assert says in (tmp_path / "log").read_text()
    assert "Traceback" not in (tmp_path / "log").read_text()


def test_an_engine_without_the_data_is_not_served(engine: Engine, tmp_path: Path) -> None:
    with engine_in("oxigraph", tmp_path / "empty") as empty:
        settings, _ = prepared(tmp_path, **{**place_of(empty.endpoint), "state": None})
        process = start(settings, free_port(), tmp_path / "log")
        assert process.wait(60) != 0
    assert "hct-kg load" in (tmp_path / "log").read_text()


def test_wrong_credentials_are_named_and_right_ones_are_sent_by_digest(engine: Engine, tmp_path: Path) -> None:
    if not hasattr(engine.server, "secured"):
        pytest.skip("the Oxigraph server knows no passwords")
    given = place_of(engine.secured)
    settings, _ = prepared(tmp_path, **{**given, "state": tmp_path / "state"})
    wrong = replace(settings, store_password="not-the-word", state=None)  # noqa: S106
    process = start(wrong, free_port(), tmp_path / "log")
    assert process.wait(60) != 0
    text = (tmp_path / "log").read_text()
    assert "HCT_KG_STORE_USER" in text
    assert "not-the-word" not in text
    with ExitStack() as stack:
        server = running(replace(settings, state=None), stack)
        assert server.ask("ASK { ?s ?p ?o }").json()["boolean"] is True


def test_an_engine_without_a_union_of_its_graphs_is_refused(tmp_path: Path) -> None:
    """The Oxigraph server without --union-default-graph."""
    port = free_port()
    process = subprocess.Popen(
        [str(command()), "serve", "--bind", f"127.0.0.1:{port}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    base = f"http://127.0.0.1:{port}"
    given = {"store": f"{base}/query", "store_update": f"{base}/update", "store_graphs": f"{base}/store"}
    try:
        settings, _ = prepared(tmp_path, **given, state=tmp_path / "state")

        def loaded() -> bool:
            try:
                put(settings)
            except EngineUnreachable:
                return False
            return True

        assert eventually(loaded, 30)
        service = start(replace(settings, state=None), free_port(), tmp_path / "log")
        assert service.wait(60) != 0
        assert "--union-default-graph" in (tmp_path / "log").read_text()
    finally:
        process.kill()
        process.wait()

"""Every request has ids, and one line in the log that says what became of it and gives nothing away."""

from __future__ import annotations

import asyncio
import json
import logging
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import APIRouter, FastAPI, Request
from starlette.responses import PlainTextResponse
from starlette.routing import Mount

from hct_kg import errors
from hct_kg.api.app import Application
from hct_kg.api.metrics import Metrics
from hct_kg.api.observation import OUTCOMES, observe
from hct_kg.api.observer import begin, level_of
from hct_kg.api.problems import install_problem_handlers, kind_of
from hct_kg.api.routetable import UNMATCHED, RouteTable
from hct_kg.settings import Settings
from serving import Server, eventually, invented, running

TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
HAPPENS = {"time", "ms", "request_id", "trace_id"}
"""Members of a line that a test cannot foretell."""
BOMB = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
ASK = "ASK { ?s ?p 'a text that only this query has' }"


@pytest.mark.parametrize("given", ["a", "A-Z_0.9", "x" * 128])
def test_a_request_id_that_is_one_is_kept(given: str) -> None:
    assert begin({"headers": [(b"x-request-id", given.encode())]}).request_id == given


@pytest.mark.parametrize("given", ["", "x" * 129, "a b", "a\n", 'a"', "a/b", "é"])
def test_one_that_is_none_gives_way_to_a_new_one(given: str) -> None:
    made = [begin({"headers": [(b"x-request-id", given.encode())]}).request_id for _ in range(2)]
    assert [len(bytes.fromhex(one)) for one in made] == [16, 16]
    assert made[0] != made[1]


def test_every_failure_of_a_query_has_an_outcome_of_its_own() -> None:
    slugs = {kind_of(error).slug for error in errors.QueryError.__subclasses__()}
    assert set(OUTCOMES) == slugs
    assert len(set(OUTCOMES.values())) == len(OUTCOMES)


@pytest.mark.parametrize(
    ("status", "level"),
    [(200, "INFO"), (304, "INFO"), (404, "INFO"), (499, "INFO"), (500, "ERROR"), (503, "WARNING"), (507, "WARNING")],
)
def test_what_is_wrong_with_the_service_stands_out(status: int, level: str) -> None:
    assert logging.getLevelName(level_of(status)) == level


@pytest.mark.parametrize(
    ("path", "template"),
    [
        ("/plain", "/plain"),
        ("/v1/sites/coventry", "/v1/sites/{slug}"),
        ("/files/any/depth", "/files"),
        ("/v1/sites/coventry/more", UNMATCHED),
        ("/sites/coventry", UNMATCHED),
        ("/v1/sites/{slug}/x", UNMATCHED),
        ("", UNMATCHED),
    ],
)
def test_a_path_has_the_template_of_its_route(path: str, template: str) -> None:
    routes = APIRouter(prefix="/v1")
    routes.add_api_route("/sites/{slug}", lambda: None)
    app = FastAPI()
    app.include_router(routes)
    app.add_api_route("/plain", lambda: None)
    app.router.routes.append(Mount("/files", PlainTextResponse("")))
    assert RouteTable(app.routes).template(path) == template


def ask_app(path: str, caplog: pytest.LogCaptureFixture, **given: Any) -> tuple[httpx.Response, list[dict[str, Any]]]:
    """Send a request to a small application; return the answer and the lines of its requests."""
    app = Application()
    app.state.settings = Settings(**given)
    app.state.metrics = Metrics()
    app.state.draining = False
    install_problem_handlers(app)

    @app.get("/keyed")
    async def keyed(request: Request) -> str:
        observe(request).key_id = "0123456789ab"
        observe(request).answered(7)
        observe(request).query = "ASK {}"
        return "granted"

    @app.get("/broken")
    async def broken() -> None:
        logging.getLogger("hct_kg").warning("about to break")
        raise RuntimeError("a mistake of ours")

    async def send() -> httpx.Response:
        transport = httpx.ASGITransport(app, raise_app_exceptions=False, client=("192.0.2.7", 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            return await client.get(path)

    with caplog.at_level(logging.INFO, "hct_kg"):
        response = asyncio.run(send())
    return response, [vars(record)["fields"] for record in caplog.records if record.name == "hct_kg.request"]


def test_what_others_learn_of_a_request_is_in_its_line(caplog: pytest.LogCaptureFixture) -> None:
    _, (line,) = ask_app("/keyed", caplog)
    assert {name: line[name] for name in ("key_id", "rows", "outcome", "client", "status")} == {
        "key_id": "0123456789ab",
        "rows": 7,
        "outcome": "ok",
        "client": "192.0.2.7",
        "status": 200,
    }


def test_the_answer_to_a_mistake_of_ours_has_its_ids_too(caplog: pytest.LogCaptureFixture) -> None:
    response, (line,) = ask_app("/broken", caplog)
    assert response.status_code == 500
    assert response.headers["x-request-id"] == line["request_id"]
    assert response.headers["traceparent"].split("-")[1] == line["trace_id"]
    assert (line["status"], line["problem"], line["route"]) == (500, "internal-error", "/broken")


@pytest.mark.parametrize(("given", "query"), [({}, None), ({"log_queries": True}, "ASK {}")])
def test_a_query_that_was_noted_is_in_the_line_where_that_is_set(
    caplog: pytest.LogCaptureFixture, given: dict[str, bool], query: str | None
) -> None:
    _, (line,) = ask_app("/keyed", caplog, **given)
    assert line.get("query") == query


def test_without_the_setting_there_is_no_line(caplog: pytest.LogCaptureFixture) -> None:
    response, lines = ask_app("/keyed", caplog, log=False)
    assert response.headers["x-request-id"]
    assert lines == []


class Logged:
    """A running server and the lines of its log."""

    def __init__(self, server: Server, path: Path) -> None:
        self.server = server
        self._path = path

    @property
    def text(self) -> str:
        return self._path.read_text(encoding="ascii")

    def lines(self) -> list[dict[str, Any]]:
        """Return all lines but the first, which says where the service is; one half written is left out."""
        start, *rest = self.text.rpartition("\n")[0].splitlines()
        assert start.startswith("hct-kg: dataset ")
        return [json.loads(line) for line in rest]

    def line(self, **wanted: Any) -> dict[str, Any]:
        """Return the one line that has these members, as soon as it is there."""
        found: list[dict[str, Any]] = []

        def there() -> bool:
            found[:] = [line for line in self.lines() if wanted.items() <= line.items()]
            return bool(found)

        assert eventually(there), f"no line has {wanted}"
        (line,) = found
        return line

    def get(self, path: str, **headers: str) -> tuple[httpx.Response, dict[str, Any]]:
        """Send a GET; return the answer and its line."""
        response = self.server.client.get(path, headers=headers)
        return response, self.line(request_id=response.headers["x-request-id"])


@pytest.fixture(scope="module")
def logged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Logged]:
    """A server that logs, for all tests that leave it as they found it."""
    folder = tmp_path_factory.mktemp("logged")
    with ExitStack() as stack:
        yield Logged(running(invented(folder), stack, folder / "log"), folder / "log")


def test_a_request_is_one_line(logged: Logged) -> None:
    response, line = logged.get("/v1/queries/colours")
    assert line.keys() >= HAPPENS
    assert {name: value for name, value in line.items() if name not in HAPPENS} == {
        "level": "info",
        "logger": "hct_kg.request",
        "method": "GET",
        "route": "/v1/queries/colours",
        "path": "/v1/queries/colours",
        "status": 200,
        "bytes": len(response.content),
        "client": "127.0.0.1",
    }
    assert 0 < line["ms"] < 20_000


def test_the_ids_of_the_caller_are_kept_sent_back_and_logged(logged: Logged) -> None:
    response, line = logged.get("/healthz", **{"X-Request-Id": "caller.1", "traceparent": TRACEPARENT})
    version, trace_id, span_id, flags = response.headers["traceparent"].split("-")
    assert (version, trace_id, flags) == ("00", TRACEPARENT.split("-")[1], "01")
    assert span_id != TRACEPARENT.split("-")[2]
    assert (line["request_id"], line["trace_id"]) == ("caller.1", trace_id)


def test_an_answer_from_memory_and_one_to_head_are_lines_like_others(logged: Logged) -> None:
    paths = ["/v1/sites", "/v1/sites", "/v1/sites/nobody-knows"]
    routes = [logged.get(path)[1]["route"] for path in paths]
    head = logged.server.client.head("/v1/sites/nobody-knows")
    line = logged.line(request_id=head.headers["x-request-id"])
    assert routes == ["/v1/sites", "/v1/sites", "/v1/sites/{slug}"]
    assert (line["method"], line["route"], line["status"], line["bytes"]) == ("HEAD", "/v1/sites/{slug}", 404, 0)


def test_a_path_that_is_none_of_ours_is_unmatched_and_cannot_break_its_line(logged: Logged) -> None:
    response, line = logged.get("/%0a%7B%22level%22:%22error%22%7D%1b%5B31m%e2%80%a8" + 600 * "x")
    assert response.status_code == 404
    assert line["route"] == UNMATCHED
    assert line["problem"] == "not-found"
    assert line["path"] == ('/\n{"level":"error"}\x1b[31m\u2028' + 600 * "x")[:500]


@pytest.mark.parametrize(
    ("query", "outcome", "problem", "level"),
    [
        ("ASK {", "syntax", "query-syntax", "info"),
        ("ASK { SERVICE <http://localhost:1/> { ?s ?p ?o } }", "federation", "federation-disabled", "info"),
        (BOMB, "timeout", "query-timeout", "warning"),
        ("SELECT ?a { ?a ?b ?c . ?d ?e ?f } LIMIT 5001", "too-large", "result-too-large", "warning"),
    ],
)
def test_how_a_query_failed_is_in_its_line(logged: Logged, query: str, outcome: str, problem: str, level: str) -> None:
    response = logged.server.ask(query)
    line = logged.line(request_id=response.headers["x-request-id"])
    assert (line["outcome"], line["problem"], line["level"]) == (outcome, problem, level)
    assert line["status"] == response.status_code


def test_a_client_that_hangs_up_has_a_line(start_server: Callable[..., Server], tmp_path: Path) -> None:
    logged = Logged(start_server(tmp_path / "log", query_seconds=30.0), tmp_path / "log")
    with socket.create_connection(("127.0.0.1", logged.server.client.base_url.port or 0)) as raw:
        head = f"Host: h\r\nX-Request-Id: gone\r\nContent-Type: application/sparql-query\r\nContent-Length: {len(BOMB)}"
        raw.sendall(f"POST /sparql HTTP/1.1\r\n{head}\r\n\r\n{BOMB}".encode())
        assert eventually(lambda: "hct_kg_requests_in_flight 2.0" in logged.server.client.get("/metrics").text)
    assert logged.line(request_id="gone")["outcome"] == "cancelled"


def test_no_key_cookie_or_query_is_in_the_log(logged: Logged) -> None:
    secret = 4 * "fedcba9876543210"
    key = f"hctkg_0123456789ab_{secret}"
    headers = {"Authorization": f"Bearer {key}", "Cookie": f"session={secret}", "X-Request-Id": "secretive"}
    for path in ("/v1/sites", f"/{key}", f"/v1/sites?key={key}", f"/v1/sites/{key}"):
        logged.server.client.get(path, headers=headers)
    response = logged.server.client.post("/sparql", data={"query": ASK}, headers=headers)
    assert response.status_code == 200
    assert eventually(lambda: logged.text.count('"secretive"') == 5)
    assert "fedcba" not in logged.text
    assert "only this query" not in logged.text


def test_the_text_of_queries_is_logged_only_where_that_is_set(
    start_server: Callable[..., Server], tmp_path: Path
) -> None:
    logged = Logged(start_server(tmp_path / "log", log_queries=True), tmp_path / "log")
    response = logged.server.ask(ASK)
    assert logged.line(request_id=response.headers["x-request-id"])["query"] == ASK
    key = "hctkg_0123456789ab_" + 4 * "fedcba9876543210"
    response = logged.server.ask(f"ASK {{ ?s ?p '{key}' }}")
    assert logged.line(request_id=response.headers["x-request-id"])["query"] == "ASK { ?s ?p 'hctkg_0123456789ab_...' }"
    assert "query" not in logged.get("/v1/sites")[1]


def test_what_the_workers_and_the_server_say_is_json_too(start_server: Callable[..., Server], tmp_path: Path) -> None:
    logged = Logged(start_server(tmp_path / "log"), tmp_path / "log")
    with socket.create_connection(("127.0.0.1", logged.server.client.base_url.port or 0)) as raw:
        raw.sendall(b"no HTTP at all\r\n\r\n")
        assert raw.recv(1000).startswith(b"HTTP/1.1 400")
    assert logged.line(logger="uvicorn.error")["message"] == "Invalid HTTP request received."
    logged.server.process.terminate()
    assert logged.server.process.wait(10) == 0
    assert {line["logger"] for line in logged.lines()} == {"uvicorn.error", "hct_kg.request"}


def test_no_header_names_a_program(logged: Logged) -> None:
    for path in ("/healthz", "/nowhere", "/metrics", "/v1/sites"):
        headers = logged.server.client.get(path).headers
        assert not {"server", "x-powered-by", "via"} & headers.keys()
        assert "uvicorn" not in str(headers).lower()

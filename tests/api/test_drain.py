"""Told to stop, the service says so, ends what it has begun, and is gone with all its processes."""

from __future__ import annotations

import fcntl
import os
import signal
import socket
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from hct_kg.api.server import longest_drain
from hct_kg.settings import Settings
from serving import BEADS, EX, Server, alive, eventually, problem

PAIRS = f"SELECT (COUNT(*) AS ?n) {{ ?a <{EX}next> ?b . ?c <{EX}next> ?d FILTER(STR(?a) != CONCAT(STR(?c), '-')) }}"
"""Takes about a second."""
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"


def ask_meanwhile(server: Server, pool: ThreadPoolExecutor, query: str) -> Future[httpx.Response]:
    """Send a query in a thread, and return when it is under way."""
    port = server.client.base_url.port
    answer = pool.submit(
        httpx.get, f"http://127.0.0.1:{port}/sparql", params={"query": query}, timeout=30, trust_env=False
    )
    # The request for the metrics is under way itself.
    assert eventually(lambda: "hct_kg_requests_in_flight 2.0" in server.client.get("/metrics").text)
    return answer


def refused(server: Server) -> bool:
    """Tell whether the service takes no connection."""
    try:
        socket.create_connection(("127.0.0.1", server.client.base_url.port or 0)).close()
    except ConnectionRefusedError:
        return True
    return False


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_query_under_way_is_answered_whole_and_then_nothing_is_left(
    start_server: Callable[..., Server], number: int
) -> None:
    server = start_server(query_seconds=20.0, notice_seconds=0.1)
    family = {server.process.pid, server.zygote, *server.workers}
    with ThreadPoolExecutor() as pool:
        answer = ask_meanwhile(server, pool, PAIRS)
        server.process.send_signal(number)
        response = answer.result()
    assert response.status_code == 200
    assert response.json()["results"]["bindings"][0]["n"]["value"] == str(BEADS * BEADS)
    assert response.headers["connection"] == "close"
    assert server.process.wait(10) == (0 if number == signal.SIGTERM else 130)
    assert len(family) == 5
    assert not any(map(alive, family))


def test_from_sigterm_on_readyz_says_no_while_all_else_is_answered(start_server: Callable[..., Server]) -> None:
    server = start_server(notice_seconds=60.0)
    server.process.terminate()
    assert eventually(lambda: server.client.get("/readyz").status_code == 503)
    assert problem(server.client.get("/readyz")) == (503, "stopping")
    response = server.ask("ASK {}")
    assert response.json()["boolean"]
    assert response.headers["connection"] == "close"
    assert server.client.get("/healthz").status_code == 200


def test_after_the_notice_connections_are_refused_and_after_the_drain_the_service_ends(
    start_server: Callable[..., Server],
) -> None:
    server = start_server(query_seconds=60.0, notice_seconds=0.1, drain_seconds=2.0)
    family = {server.process.pid, server.zygote, *server.workers}
    with ThreadPoolExecutor() as pool:
        answer = ask_meanwhile(server, pool, ENDLESS)
        server.process.terminate()
        assert eventually(lambda: refused(server), 1.5)
        assert not answer.done()
        assert server.process.poll() is None
        assert server.process.wait(10) == 0
        assert answer.exception() is not None or answer.result().status_code == 500
    assert not any(map(alive, family))


def test_a_log_that_nobody_reads_stops_neither_the_answers_nor_the_end(
    start_server: Callable[..., Server], tmp_path: Path
) -> None:
    os.mkfifo(tmp_path / "log")
    reader = os.open(tmp_path / "log", os.O_RDONLY | os.O_NONBLOCK)
    server = start_server(tmp_path / "log")
    for _ in range(400):
        assert server.client.get("/" + 400 * "x").status_code == 404
    held = fcntl.fcntl(reader, fcntl.F_GETPIPE_SZ)
    server.process.terminate()
    assert server.process.wait(10) == 0
    assert held // 2 < len(os.read(reader, 2 * held)) <= held < 400 * 400
    os.close(reader)


@pytest.mark.parametrize(
    ("given", "seconds"),
    [
        ({"query_seconds": 3.0}, 4.0),
        ({"query_seconds": 3.0, "write_seconds": 30.0, "writable": True}, 31.0),
        ({"query_seconds": 3.0, "drain_seconds": 7.5}, 7.5),
    ],
)
def test_requests_under_way_have_the_time_that_they_may_take(given: dict[str, Any], seconds: float) -> None:
    assert longest_drain(Settings(**given)) == seconds

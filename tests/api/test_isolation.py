"""What one client does is not felt by the others: queues, hang-ups, and processes that are killed by hand."""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from urllib.parse import urlencode

import httpx
import pytest

from bombs import QUERIES
from editing import Editor, editor_of
from processes import family
from serving import EX, Server, alive, ended, eventually, problem

BOMB = QUERIES["count of a cross product"].content.decode()
STREAM = f"SELECT ('{'x' * 500}' AS ?x) ?a ?d {{ ?a <{EX}next> ?b . ?c <{EX}next> ?d . ?e <{EX}next> ?f }}"
BOUNDLESS = {"query_rows": 10_000_000, "query_bytes": 4000}
WHOLE_FAMILY = 4
"""Server, zygote, one worker for the public and one for the curated routes."""


@pytest.fixture(scope="module")
def editor_of_one(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Editor]:
    """A server that takes changes, with one public worker and no end of patience."""
    with ExitStack() as stack:
        limits = {"query_workers": 1, "query_queue": 8, "query_seconds": 20.0, **BOUNDLESS}
        yield editor_of(stack, tmp_path_factory.mktemp("isolated"), **limits)


@pytest.fixture(autouse=True)
def whole(editor_of_one: Editor) -> None:
    """Wait until what an earlier test has left behind is gone."""
    pid = editor_of_one.server.process.pid
    assert eventually(lambda: len(family(pid)) == WHOLE_FAMILY and busy(editor_of_one.server) == 0, 10)


def address(server: Server) -> tuple[str, int]:
    """Return where a server listens."""
    return "127.0.0.1", server.client.base_url.port or 0


@contextmanager
def asking(server: Server, query: str, method: str) -> Iterator[socket.socket]:
    """Send a query over a connection that is closed at the end."""
    with socket.create_connection(address(server)) as connection:
        connection.settimeout(10)
        connection.sendall(written(query, method))
        yield connection


def written(query: str, method: str) -> bytes:
    """Return a query as a request."""
    if method == "GET":
        return f"GET /sparql?{urlencode({'query': query})} HTTP/1.1\r\nHost: h\r\n\r\n".encode()
    head = f"POST /sparql HTTP/1.1\r\nHost: h\r\nContent-Type: application/sparql-query\r\nContent-Length: {len(query)}"
    return f"{head}\r\n\r\n{query}".encode()


def busy(server: Server) -> float:
    """Return how many workers of the public endpoint are at work."""
    return gauge(server, 'hct_kg_workers{pool="public",state="busy"}')


def gauge(server: Server, name: str) -> float:
    """Return the value of a metric."""
    lines = server.client.get("/metrics").text.splitlines()
    return next(float(line.removeprefix(name)) for line in lines if line.startswith(name + " "))


def test_a_queue_full_of_bombs_is_felt_by_nobody_else(editor_of_one: Editor, graph: str) -> None:
    server = editor_of_one.server
    with ExitStack() as stack:
        for _ in range(9):
            stack.enter_context(asking(server, BOMB, "POST"))
        assert eventually(lambda: gauge(server, 'hct_kg_queue_length{pool="public"}') == 8)
        assert server.client.get("/healthz").status_code == 200
        assert server.client.get("/readyz").status_code == 200
        assert EX + "blue" in server.client.get("/v1/queries/colours").text
        assert problem(server.ask("ASK {}")) == (503, "queue-full")
        assert editor_of_one.graph("PUT", graph, "<urn:a> <urn:p> 1 .").status_code == 201
    assert server.ask(f"ASK {{ GRAPH <{graph}> {{ <urn:a> <urn:p> 1 }} }}").json()["boolean"] is True


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("query", [BOMB, STREAM], ids=["whole", "streamed"])
def test_who_hangs_up_frees_the_worker_within_a_second(editor_of_one: Editor, method: str, query: str) -> None:
    server = editor_of_one.server
    before = server.workers
    with asking(server, query, method) as connection:
        if query is STREAM:
            assert connection.recv(1 << 16).startswith(b"HTTP/1.1 200")
        else:
            assert eventually(lambda: busy(server) == 1)
        assert not ended(before)
    assert eventually(lambda: len(ended(before)) == 1, 1)
    assert server.select(f"SELECT ?o {{ <{EX}bead1> <{EX}next> ?o }}")


@pytest.mark.parametrize("victim", ["workers", "zygote"])
def test_a_process_killed_by_hand_fails_its_query_and_is_replaced(editor_of_one: Editor, victim: str) -> None:
    server = editor_of_one.server
    found: list[tuple[int, str]] = []
    thread = threading.Thread(target=lambda: found.append(problem(httpx.get(url(server, BOMB), timeout=20))))
    thread.start()
    assert eventually(lambda: busy(server) == 1)
    killed = kill(server, victim)
    thread.join()
    assert found == [(503, "worker-lost")]
    assert is_whole_again(server, killed)


@pytest.mark.parametrize("victim", ["workers", "zygote"])
def test_a_process_killed_by_hand_cuts_its_stream_and_is_replaced(editor_of_one: Editor, victim: str) -> None:
    server = editor_of_one.server
    with httpx.stream("GET", url(server, STREAM), timeout=20) as response:
        parts = response.iter_raw()
        assert response.status_code == 200
        assert next(parts)
        killed = kill(server, victim)
        with pytest.raises(httpx.RemoteProtocolError):
            for _ in parts:
                pass
    assert is_whole_again(server, killed)


@pytest.mark.parametrize("victim", ["workers", "zygote"])
def test_a_process_killed_by_hand_during_a_change_leaves_the_data_as_it_was(editor_of_one: Editor, victim: str) -> None:
    server = editor_of_one.server
    version, before = editor_of_one.version(), server.workers
    found: list[httpx.Response] = []
    update = f"INSERT {{ <urn:a> <urn:p> ?n }} WHERE {{ {{ {BOMB.replace('{', '{ GRAPH ?x {', 1)} }} }} }}"
    thread = threading.Thread(target=lambda: found.append(editor_of_one.update(update)))
    thread.start()
    assert eventually(lambda: len(server.workers) == len(before) + 1)
    killed = {server.zygote} if victim == "zygote" else server.workers - before
    for pid in killed:
        os.kill(pid, signal.SIGKILL)
    thread.join()
    assert problem(found[0]) == (503, "worker-lost")
    assert is_whole_again(server, killed)
    assert editor_of_one.version() == version


def url(server: Server, query: str) -> httpx.URL:
    """Return where a query is answered."""
    return server.client.base_url.join("/sparql").copy_with(params={"query": query})


def kill(server: Server, victim: str) -> set[int]:
    """Kill the zygote, or all workers; return who was killed."""
    pids = {server.zygote} if victim == "zygote" else server.workers
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
    return pids


def is_whole_again(server: Server, killed: set[int]) -> bool:
    """Tell whether the service comes back without a restart, and answers."""
    started = time.monotonic()
    assert server.client.get("/healthz").status_code == 200
    assert eventually(lambda: server.client.get("/readyz").status_code == 200, 10)
    assert eventually(lambda: server.ask("ASK {}").status_code == 200, 10)
    assert time.monotonic() - started < 20
    assert not any(map(alive, killed))
    return eventually(lambda: len(family(server.process.pid)) == WHOLE_FAMILY)

"""The published data under runaway queries: each is stopped in time, and the rest of the service does not notice."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from statistics import median

import httpx
import pytest

from hct_kg.settings import Settings
from serving import Server, ended, eventually, problem, running

LIMIT = 2.0
RUNAWAYS = {
    "three-way cross product, counted": "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "three-way cross product, ordered": "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?i ?a",
    "path without bounds": "SELECT (COUNT(*) AS ?n) { ?a (!<urn:x>|^!<urn:x>)* ?b . ?b (!<urn:y>|^!<urn:y>)* ?c }",
}


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with ExitStack() as stack:
        yield running(Settings(query_seconds=LIMIT, query_memory=512), stack)


@contextmanager
def probing(server: Server, path: str) -> Iterator[list[float]]:
    """Ask for a path every 20 ms in a thread of its own; the list gets the seconds that each answer took."""
    times: list[float] = []
    stop = threading.Event()

    def probe() -> None:
        with httpx.Client(base_url=server.client.base_url, timeout=20) as client:
            while not stop.wait(0.02):
                start = time.perf_counter()
                assert client.get(path).status_code == 200
                times.append(time.perf_counter() - start)

    thread = threading.Thread(target=probe)
    thread.start()
    try:
        yield times
    finally:
        stop.set()
        thread.join()


@pytest.mark.parametrize("query", RUNAWAYS.values(), ids=RUNAWAYS)
def test_a_runaway_query_is_stopped_while_everything_else_answers(server: Server, query: str) -> None:
    before = server.workers
    with probing(server, "/healthz") as alive_times, probing(server, "/v1/sites") as site_times:
        start = time.perf_counter()
        response = server.ask(query)
        took = time.perf_counter() - start
    assert problem(response) in ((504, "query-timeout"), (507, "query-memory"))
    assert took < LIMIT + 1
    assert response.status_code == 507 or took > LIMIT - 0.1
    assert eventually(lambda: len(ended(before)) == 1, 1)
    assert eventually(lambda: len(server.workers) == len(before))
    for times in (alive_times, site_times):
        assert len(times) > 5
        assert median(times) < 0.1
    assert server.select("SELECT ?s { ?s a <https://w3id.org/hct-kg/ns#Programme> }")

"""Two copies of the service behind nginx, with the rules that are shipped: one dies under load, and nobody notices."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from balancing import balanced
from engines import Engine
from hct_kg.settings import Settings
from serving import EX, Server, eventually, invented, running, start

# Where both copies keep the dataset.
STORES = ["embedded", "virtuoso"]
COLOURS = f"SELECT DISTINCT ?colour {{ ?s <{EX}colour> ?colour }} ORDER BY ?colour"
EXPECTED = ("colour", f"{EX}blue", f"{EX}green")
EVERYTHING = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
DIRECT = {"Content-Type": "application/sparql-query", "Accept": "text/csv"}
ASKED: dict[str, Callable[[httpx.Client], httpx.Response]] = {
    "GET": lambda client: client.get("/sparql", params={"query": COLOURS}, headers={"Accept": "text/csv"}),
    "POST, form": lambda client: client.post("/sparql", data={"query": COLOURS}, headers={"Accept": "text/csv"}),
    "POST, direct": lambda client: client.post("/sparql", content=COLOURS, headers=DIRECT),
    "curated": lambda client: client.get("/v1/queries/colours", headers={"Accept": "text/csv"}),
}
LONG: dict[str, Any] = {"query_seconds": 60.0, "query_bytes": 4096}
ROWS = {"embedded": 10**9, "virtuoso": 10**5}
"""How many an answer may have: Virtuoso does not sort more than its settings allow."""
BEFORE, AFTER = 60, 200
REFUSED, UNKNOWN = 403, 502  # of the service, which takes no changes here; of nginx


def lines(text: str) -> tuple[str, ...]:
    """Return an answer by its lines, the heading first; a question without an order may have them in any."""
    return tuple(sorted(text.splitlines()))


def store_settings(kind: str, folder: Path, request: pytest.FixtureRequest) -> dict[str, Any]:
    """Return what tells both copies where the dataset is kept; it is there when this returns."""
    if kind == "embedded":
        return {}
    engine: Engine = request.getfixturevalue(kind)
    place = {"store": engine.query_url, "store_update": engine.update_url, "store_graphs": engine.graph_store_url}
    data = invented(folder, **place)
    environment = {
        f"HCT_KG_{name.upper()}": str(getattr(data, name)) for name in ("data", "ontology", "queries", *place)
    }
    subprocess.run([sys.executable, "-m", "hct_kg", "load", str(data.data)], env=environment, check=True)
    return place


@dataclass
class Copies:
    """Two copies of the service, and nginx in front of them."""

    servers: list[Server]
    url: str
    settings: Settings
    stack: ExitStack

    def start(self, number: int) -> None:
        """Start a copy again, on the port that it had."""
        port = self.servers[number].client.base_url.port
        assert port is not None
        process = self.stack.enter_context(start(self.settings, port))
        self.stack.callback(process.kill)
        self.servers[number] = replace(self.servers[number], process=process)

    def answered(self, number: int, route: str) -> int:
        """Return how many requests of a route a copy has answered, by its own count; 0 where it cannot be asked."""
        try:
            lines = self.servers[number].client.get("/metrics").text.splitlines()
        except httpx.TransportError:
            return 0
        counts = [line for line in lines if line.startswith("hct_kg_requests_total{") and f'route="{route}"' in line]
        return sum(int(float(line.rsplit(" ", 1)[1])) for line in counts)


@pytest.fixture(params=STORES)
def copies(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Copies]:
    """Both copies, on one store, ready, behind nginx; for a copy that hangs it waits five seconds."""
    place = store_settings(request.param, tmp_path, request)
    settings = invented(tmp_path, **LONG, query_rows=ROWS[request.param], **place)
    with ExitStack() as stack:
        servers = [running(settings, stack) for _ in range(2)]
        ports = [server.client.base_url.port or 0 for server in servers]
        folder = tmp_path / "nginx"
        folder.mkdir()
        url = stack.enter_context(balanced(folder, ports, read_seconds=5))
        yield Copies(servers, url, settings, stack)


@dataclass
class Load:
    """Clients that ask all the time, in every way, and keep what they were told."""

    url: str
    done: threading.Event = field(default_factory=threading.Event)
    answers: list[tuple[str, int, tuple[str, ...]]] = field(default_factory=list)

    def __enter__(self) -> Load:
        self.threads = [threading.Thread(target=self.ask, args=(name,)) for name in ASKED]
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.done.set()
        for thread in self.threads:
            thread.join()

    def ask(self, name: str) -> None:
        with httpx.Client(base_url=self.url, timeout=30) as client:
            while not self.done.is_set():
                try:
                    answer = ASKED[name](client)
                    self.answers.append((name, answer.status_code, lines(answer.text)))
                except httpx.HTTPError as error:
                    self.answers.append((name, 0, (repr(error),)))

    def wait_for(self, more: int) -> None:
        """Wait for so many answers from now on."""
        wanted = len(self.answers) + more
        assert eventually(lambda: len(self.answers) >= wanted, 120)


def test_a_copy_that_is_killed_costs_no_request(copies: Copies) -> None:
    with Load(copies.url) as load:
        load.wait_for(BEFORE)
        copies.servers[0].process.kill()
        copies.servers[0].process.wait()
        load.wait_for(AFTER)
        copies.start(0)
        load.wait_for(AFTER)
        assert eventually(lambda: copies.answered(0, "/sparql") > 0, 60), "the copy that came back is used again"
    assert {name for name, _, _ in load.answers} == set(ASKED)
    assert {(status, text) for _, status, text in load.answers} == {(200, EXPECTED)}


def test_a_copy_that_is_stopped_costs_no_request(copies: Copies) -> None:
    """As in a rolling update: SIGTERM, and what is under way is answered."""
    with Load(copies.url) as load:
        load.wait_for(BEFORE)
        copies.servers[1].process.terminate()
        load.wait_for(AFTER)
        assert copies.servers[1].process.wait(timeout=30) == 0
    assert {(status, text) for _, status, text in load.answers} == {(200, EXPECTED)}


def test_a_copy_that_hangs_costs_no_question_and_no_change_is_sent_twice(copies: Copies) -> None:
    copies.servers[0].process.send_signal(signal.SIGSTOP)
    told: list[int] = []

    def each_has_been_asked() -> bool:
        answer = client.post("/update", data={"update": "CLEAR ALL"})
        told.append(answer.status_code)
        return set(told) == {REFUSED, UNKNOWN}

    with httpx.Client(base_url=copies.url, timeout=60) as client:
        answers = [ask(client) for ask in (*ASKED.values(), *ASKED.values())]
        assert {(answer.status_code, lines(answer.text)) for answer in answers} == {(200, EXPECTED)}
        assert eventually(each_has_been_asked, 60)
    assert copies.answered(1, "/update") == told.count(REFUSED), "no change went to the one after the other"
    copies.servers[0].process.send_signal(signal.SIGCONT)


# From an engine elsewhere an answer is taken whole before any of it is sent.
@pytest.mark.parametrize("copies", ["embedded"], indirect=True)
def test_an_answer_under_way_breaks_off_visibly(copies: Copies) -> None:
    with httpx.Client(base_url=copies.url, timeout=60) as client:
        asked = client.stream("GET", "/sparql", params={"query": EVERYTHING}, headers={"Accept": "text/csv"})
        with asked as answer:
            assert answer.status_code == 200
            chunks = answer.iter_bytes()
            assert next(chunks)
            for server in copies.servers:
                server.process.kill()
            with pytest.raises(httpx.RemoteProtocolError):
                deque(chunks, maxlen=0)


def test_where_no_copy_answers_the_client_is_told_to_come_back(copies: Copies) -> None:
    for server in copies.servers:
        server.process.kill()
        server.process.wait()
    for ask in ASKED.values():
        with httpx.Client(base_url=copies.url) as client:
            answer = ask(client)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.json()["title"] == "No copy of the service answers"


def test_counts_of_one_copy_are_not_those_of_the_service(copies: Copies) -> None:
    assert httpx.get(f"{copies.url}/metrics").status_code == 404
    assert copies.servers[0].client.get("/metrics").status_code == 200

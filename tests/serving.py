"""A small invented dataset, and the real server over it on a free port of this machine's loopback."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import httpx
import pytest

from hct_kg.settings import Settings, environment_name
from processes import children as children  # tests that serve look at processes as well

EX = "https://example.org/"
GRAPH = "https://w3id.org/hct-kg/graph/"
BEADS = 1000
ORCHARD = """
@prefix ex: <https://example.org/> .
ex:pear ex:name "pear"@en, "poire"@fr ; ex:colour ex:green ; ex:weight 7 .
ex:plum ex:name "plum"@en ; ex:note "a \\"SERVICE\\" of plums,\\nin two lines; [{},{\\\\" ; ex:colour ex:blue .
"""
RULE = '#+ title = "Nothing follows"\nCONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o FILTER(false) }\n'
QUESTION = (
    '#+ question = "Which colours are there?"\n#+ number = 1\n'
    '#+ audience = "evaluator"\n#+ summary = "One row a colour."\n'
    f"SELECT DISTINCT ?colour {{ ?s <{EX}colour> ?colour }}\n"
)


def string_of_beads() -> str:
    """Return a chain of nodes, each tied to the next: enough for queries that never end."""
    ties = "".join(f"ex:bead{number} ex:next ex:bead{number + 1} .\n" for number in range(BEADS))
    return f"@prefix ex: <{EX}> .\n{ties}"


def invented(folder: Path, **given: Any) -> Settings:
    """Write the dataset into a folder; return settings for it, with limits that tests can wait for."""
    files = {
        "data/orchard.ttl": ORCHARD,
        "data/beads.ttl": string_of_beads(),
        "ontology/rules/nothing-follows.rq": RULE,
        "queries/colours.rq": QUESTION,
        **{f"ontology/{name}.ttl": "" for name in ("hct", "schemes", "alignments", "shapes")},
    }
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    limits: dict[str, Any] = {"query_seconds": 1.0, "query_memory": 256, "query_rows": 5000, "query_bytes": 4}
    folders = {name: folder / name for name in ("data", "ontology", "queries")}
    return Settings(**{**folders, **limits, **given})


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """The invented dataset, its limits short."""
    return invented(tmp_path)


@dataclass(frozen=True)
class Server:
    """A running server, seen from outside: its process and its HTTP."""

    process: subprocess.Popen[bytes]
    client: httpx.Client

    def select(self, query: str) -> list[dict[str, Any]]:
        """Return the bindings of a SELECT."""
        response = self.ask(query)
        assert response.status_code == 200, response.text
        found: list[dict[str, Any]] = response.json()["results"]["bindings"]
        return found

    def ask(self, query: str, accept: str = "*/*") -> httpx.Response:
        """Send a query by GET."""
        return self.client.get("/sparql", params={"query": query}, headers={"Accept": accept})

    @property
    def zygote(self) -> int:
        """The process id of the zygote."""
        (pid,) = children(self.process.pid)
        return pid

    @property
    def workers(self) -> set[int]:
        """The process ids of all workers, those of the curated routes too."""
        return children(self.zygote)


def ended(pids: set[int]) -> set[int]:
    """Return those of some processes that have ended: surer than two lists of children, read while they change."""
    return {pid for pid in pids if not alive(pid)}


def alive(pid: int) -> bool:
    """Tell whether a process is there and has not ended; one that waits to be reaped has."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return stat.rpartition(")")[2].split()[0] not in "ZX"


def eventually(condition: Callable[[], bool], seconds: float = 5.0) -> bool:
    """Wait until a condition holds; return whether it came to."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True


def free_port() -> int:
    """Return a TCP port that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def start(settings: Settings, port: int, stderr: Path | None = None, warm: bool = False) -> subprocess.Popen[bytes]:
    """Start `hct-kg serve` with these settings; its log goes to a file, or nowhere.

    It makes nothing ahead unless it is told to: a test sees what its own requests do.
    """
    values = {name: getattr(settings, name) for name in (item.name for item in fields(settings))} | {"warm": warm}
    given = {environment_name(name): written(value) for name, value in values.items() if value is not None}
    with open(stderr or os.devnull, "wb") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "hct_kg", "serve", "--port", str(port)],
            env={**{name: held for name, held in os.environ.items() if not name.startswith("HCT_KG_")}, **given},
            stderr=log,
        )


def written(value: object) -> str:
    """Return a setting as it is written in the environment."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def running(settings: Settings, stack: ExitStack, stderr: Path | None = None, warm: bool = False) -> Server:
    """Start a server, wait until it answers, and have the stack end it."""
    port = free_port()
    process = stack.enter_context(start(settings, port, stderr, warm))
    stack.callback(process.kill)
    client = stack.enter_context(httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=20))

    def ready() -> bool:
        assert process.poll() is None, "the server has ended"
        try:
            return client.get("/readyz").status_code == 200
        except httpx.TransportError:
            return False

    assert eventually(ready, 60)
    return Server(process, client)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for all tests that leave it as they found it."""
    with ExitStack() as stack:
        yield running(invented(tmp_path_factory.mktemp("served")), stack)


@pytest.fixture(scope="session")
def published() -> Iterator[httpx.Client]:
    """A client of one server over the published data, for all tests of pages, which only read."""
    with ExitStack() as stack:
        yield running(Settings(), stack).client


@pytest.fixture
def start_server(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """Start a server of one's own, with settings of one's own."""
    with ExitStack() as stack:
        yield lambda stderr=None, **given: running(invented(tmp_path, **given), stack, stderr)


@contextmanager
def probing(server: Server, at_least: int = 0) -> Iterator[list[float]]:
    """Ask /healthz all the time; collect how many seconds each answer took, of so many answers at least."""
    taken: list[float] = []
    done = threading.Event()

    def probe() -> None:
        with httpx.Client(base_url=server.client.base_url, timeout=20) as client:
            while len(taken) < at_least or not done.wait(0.02):
                started = time.perf_counter()
                assert client.get("/healthz").status_code == 200
                taken.append(time.perf_counter() - started)

    thread = threading.Thread(target=probe)
    thread.start()
    try:
        yield taken
    finally:
        done.set()
        thread.join()


def problem(response: httpx.Response) -> tuple[int, str]:
    """Return status and the end of the type of a problem; assert that it is one."""
    assert response.headers["content-type"] == "application/problem+json", response.text
    document = json.loads(response.text)
    assert document["status"] == response.status_code
    return response.status_code, document["type"].rsplit("/", 1)[-1]

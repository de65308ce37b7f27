"""Real SPARQL servers on loopback, one of each kind a session, empty for each test that asks for one.

    def test_…(virtuoso: Engine) -> None:            # or oxigraph_server, or engine: the test runs over both
        httpx.get(virtuoso.query_url, params={"query": …})

A server is started when the first test asks for it. A test may stop, kill and start it: its URLs and what it holds
stay, and the next test finds it running.
"""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import closing

import httpx
import pytest
from scripts.sparql_servers import Endpoint, OxigraphServer, Virtuoso

# What Virtuoso keeps in graphs of its own; without them it does not work.
SYSTEM_GRAPHS = frozenset(
    {
        "http://www.openlinksw.com/schemas/virtrdf#",
        "http://www.w3.org/2002/07/owl#",
        "http://www.w3.org/ns/ldp#",
        "http://localhost:8890/DAV/",
        "http://localhost:8890/sparql",
        "http://localuriqaserver/sparql",
        "urn:activitystreams-owl:map",
        "urn:core:services:sparql",
    }
)
GRAPHS = "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }"
FEW_BUFFERS = 10_000


class Engine:
    """A server that runs, where it is, and what can be done to it."""

    def __init__(self, server: Virtuoso | OxigraphServer) -> None:
        self.server = server
        self.process: subprocess.Popen[bytes] | None = None
        self.start()

    @property
    def pid(self) -> int:
        assert self.process
        return self.process.pid

    @property
    def runs(self) -> bool:
        return self.process is not None and self.process.poll() is None

    @property
    def endpoint(self) -> Endpoint:
        """Its URLs; everybody on this machine may write there."""
        return self.server.endpoint

    @property
    def secured(self) -> Endpoint:
        """Its URLs for which name and password are needed (HTTP Digest): Virtuoso alone has some."""
        assert isinstance(self.server, Virtuoso), "the Oxigraph server knows no passwords"
        return self.server.secured

    @property
    def query_url(self) -> str:
        return self.endpoint.query_url

    @property
    def update_url(self) -> str:
        return self.endpoint.update_url

    @property
    def graph_store_url(self) -> str:
        return self.endpoint.graph_store_url

    @property
    def credentials(self) -> tuple[str, str] | None:
        return self.endpoint.credentials

    def start(self) -> None:
        """Start it where it does not run; it answers when this returns."""
        if not self.runs:
            self.process = self.server.start()
            if isinstance(self.server, Virtuoso):
                self.server.open_to_all()

    def stop(self) -> None:
        """End it in good order, where it runs."""
        assert self.process
        self.process.terminate()
        self.process.wait(timeout=60)

    def kill(self) -> None:
        """End it at once."""
        assert self.process
        self.process.kill()
        self.process.wait(timeout=60)

    def suspend(self) -> None:
        """Let it take connections and answer none, as an engine does that hangs, until `resume`."""
        assert self.process
        self.process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        assert self.process
        self.process.send_signal(signal.SIGCONT)

    def clear(self) -> None:
        """Empty it: every graph that is not the server's own, and the default graph."""
        with httpx.Client(timeout=60) as client:
            answer = client.get(self.query_url, params={"query": GRAPHS}, headers={"Accept": "text/csv"})
            assert answer.status_code == 200, answer.text
            found = {line.strip('"') for line in answer.text.split()[1:]} - SYSTEM_GRAPHS
            drops = [f"DROP SILENT GRAPH <{graph}>" for graph in sorted(found)]
            if isinstance(self.server, OxigraphServer):
                drops.append("DROP SILENT DEFAULT")
            if drops:
                done = client.post(self.update_url, data={"update": " ;\n".join(drops)})
                assert done.is_success, done.text

    def close(self) -> None:
        self.resume()
        self.stop()


def installed(kind: type[Virtuoso] | type[OxigraphServer]) -> None:
    """Skip the test where a server is missing; in CI it must be there."""
    if kind.missing() and "CI" not in os.environ:
        pytest.skip(f"{kind.missing()} is not installed: scripts/engines install")
    assert not kind.missing(), f"CI installs {kind.missing()}"


@pytest.fixture(scope="session")
def shared_virtuoso(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """The one Virtuoso of the session; ask for `virtuoso`."""
    installed(Virtuoso)
    server = Virtuoso.in_folder(tmp_path_factory.mktemp("virtuoso"), buffers=FEW_BUFFERS)
    with closing(Engine(server)) as engine:
        yield engine


@pytest.fixture(scope="session")
def shared_oxigraph_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """The one Oxigraph server of the session; ask for `oxigraph_server`."""
    installed(OxigraphServer)
    server = OxigraphServer.in_folder(tmp_path_factory.mktemp("oxigraph"), durable=True)
    with closing(Engine(server)) as engine:
        yield engine


@pytest.fixture
def virtuoso(shared_virtuoso: Engine) -> Iterator[Engine]:
    """Virtuoso, empty."""
    yield from fresh(shared_virtuoso)


@pytest.fixture
def oxigraph_server(shared_oxigraph_server: Engine) -> Iterator[Engine]:
    """The Oxigraph server, empty."""
    yield from fresh(shared_oxigraph_server)


@pytest.fixture(params=["virtuoso", "oxigraph_server"])
def engine(request: pytest.FixtureRequest) -> Engine:
    """Each of the two in turn, empty."""
    found = request.getfixturevalue(request.param)
    assert isinstance(found, Engine)
    return found


def fresh(engine: Engine) -> Iterator[Engine]:
    """Have a server run and be empty; wake it up again after the test."""
    engine.start()
    engine.clear()
    yield engine
    engine.resume()

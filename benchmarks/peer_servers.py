"""The SPARQL servers that are measured, each started with the same N-Quads and ended with the block.

Everywhere the default graph is the union of all graphs, and everything is in memory or cached there.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from scripts.sparql_servers import OxigraphServer, Virtuoso

from benchmarks.serving import free_port, wait_until_it_answers

WORKERS = "2"
RESTING_TICKS = 2
N_QUADS = "application/n-quads"


@dataclass(frozen=True, slots=True)
class Peer:
    """A server under load: its name, where it takes queries, and its process (or the one above its workers)."""

    name: str
    port: int
    path: str
    pid: int


def check_installed() -> None:
    """Raise SystemExit that says what to install, where something is missing."""
    missing = [what for what in (Virtuoso.missing(), OxigraphServer.missing()) if what]
    if shutil.which("wrk") is None:
        missing.append("wrk (Debian: wrk)")
    if find_spec("rdflib_endpoint") is None:
        missing.append("rdflib-endpoint (PyPI: rdflib-endpoint)")
    if missing:
        raise SystemExit(f"missing, install first: {'; '.join(missing)}")


def start_all(stack: ExitStack, quads: Path) -> list[Peer]:
    """Start all servers, loaded; ours is the first and the Oxigraph server the second."""
    servers = (hct_kg(quads.parent), oxigraph(quads), rdflib_endpoint(quads.parent), virtuoso(quads))
    return [stack.enter_context(item) for item in servers]


@contextmanager
def serving(log: Path, *command: str, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server until the block ends; what it says goes to a file."""
    with log.open("wb") as output:
        process = subprocess.Popen(command, env={**os.environ, **environment}, stdout=output, stderr=output)
        try:
            yield process
        finally:
            process.terminate()
            process.wait(timeout=60)


@contextmanager
def hct_kg(folder: Path) -> Iterator[Peer]:
    """Run this project's service."""
    port = free_port()
    command = (sys.executable, "-m", "hct_kg", "serve", "--port", str(port))
    with serving(folder / "hct-kg.log", *command, HCT_KG_QUERY_WORKERS=WORKERS) as process:
        wait_until_it_answers(process, f"http://127.0.0.1:{port}")
        yield Peer(f"hct-kg, {WORKERS} workers", port, "/sparql", process.pid)


@contextmanager
def oxigraph(quads: Path) -> Iterator[Peer]:
    """Run the Oxigraph server, in memory."""
    server = OxigraphServer.in_folder(quads.parent)
    with until_done(server.start()) as pid:
        url = server.endpoint.graph_store_url
        data = urllib.request.Request(url, quads.read_bytes(), {"Content-Type": N_QUADS})
        with urllib.request.urlopen(data, timeout=120):
            yield Peer("Oxigraph server", server.port, "/query", pid)


@contextmanager
def rdflib_endpoint(folder: Path) -> Iterator[Peer]:
    """Run rdflib-endpoint in uvicorn's workers, each of which says when it has loaded."""
    port = free_port()
    log = folder / "rdflib-endpoint.log"
    command = (sys.executable, "-m", "uvicorn", "--port", str(port), "--no-access-log", "--workers", WORKERS)
    with serving(log, *command, "benchmarks.rdflib_peer:app") as process:
        wait_until_said(log, "Application startup complete", int(WORKERS))
        yield Peer(f"rdflib-endpoint, {WORKERS} workers", port, "/sparql", process.pid)


@contextmanager
def virtuoso(quads: Path) -> Iterator[Peer]:
    """Run Virtuoso with a database of its own in the folder of the quads."""
    server = Virtuoso.in_folder(quads.parent)
    with until_done(server.start()) as pid:
        server.load(quads)
        yield Peer("Virtuoso", server.port, "/sparql", pid)


@contextmanager
def until_done(process: subprocess.Popen[bytes]) -> Iterator[int]:
    """End a process when the block ends; yields its id."""
    try:
        yield process.pid
    finally:
        process.terminate()
        process.wait(timeout=60)


def wait_until_said(log: Path, sentence: str, times: int) -> None:
    """Wait until a server has said a sentence so many times; raises SystemExit after five minutes."""
    for _ in range(3000):
        if log.read_text().count(sentence) >= times:
            return
        time.sleep(0.1)
    raise SystemExit(f"a server does not start; {log} says:\n{log.read_text()}")


def wait_until_at_rest(peer: Peer) -> None:
    """Wait until a server has done what it still does for clients that are gone; SystemExit after five minutes."""
    for _ in range(600):
        before = ticks(peer.pid)
        time.sleep(0.5)
        if ticks(peer.pid) - before <= RESTING_TICKS:
            return
    raise SystemExit(f"{peer.name} does not come to rest")


def ticks(pid: int) -> int:
    """Return the processor time of a process and all below it, in clock ticks (hundredths of a second)."""
    process = Path(f"/proc/{pid}")
    try:
        user, system = (process / "stat").read_text().rpartition(")")[2].split()[11:13]
        children = [int(child) for file in process.glob("task/*/children") for child in file.read_text().split()]
    except OSError:
        return 0  # has ended since
    return int(user) + int(system) + sum(map(ticks, children))

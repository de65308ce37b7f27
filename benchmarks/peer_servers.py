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

from benchmarks.serving import free_port, wait_until_it_answers

WORKERS = "2"
RESTING_TICKS = 2
N_QUADS = "application/n-quads"
VIRTUOSO_LOADER = "ld_dir('{folder}', '{file}', 'urn:unnamed'); rdf_loader_run(); checkpoint;"
VIRTUOSO_INI = """[Database]
DatabaseFile = {folder}/virtuoso.db
ErrorLogFile = {folder}/virtuoso.log
LockFile = {folder}/virtuoso.lck
TransactionFile = {folder}/virtuoso.trx
xa_persistent_file = {folder}/virtuoso.pxa
[TempDatabase]
DatabaseFile = {folder}/temporary.db
TransactionFile = {folder}/temporary.trx
[Parameters]
ServerPort = 127.0.0.1:{port}
ServerThreads = 64
DisableUnixSocket = 1
MaxClientConnections = 64
DirsAllowed = {folder}
NumberOfBuffers = 85000
MaxDirtyBuffers = 60000
[HTTPServer]
ServerPort = 127.0.0.1:{http_port}
ServerThreads = 64
MaxKeepAlives = 64
KeepAliveTimeout = 60
[Client]
SQL_PREFETCH_ROWS = 100
[SPARQL]
ResultSetMaxRows = 200000
MaxQueryExecutionTime = 60
"""


@dataclass(frozen=True, slots=True)
class Peer:
    """A server under load: its name, where it takes queries, and its process (or the one above its workers)."""

    name: str
    port: int
    path: str
    pid: int


def check_installed() -> None:
    """Raise SystemExit that says what to install, where something is missing."""
    missing = [
        f"{command} (Debian: {package})"
        for command, package in (
            ("wrk", "wrk"),
            ("virtuoso-t", "virtuoso-opensource-7-bin"),
            ("isql-vt", "virtuoso-opensource-7-bin"),
        )
        if shutil.which(command) is None
    ]
    if oxigraph_command() is None:
        missing.append("oxigraph (PyPI: oxigraph)")
    if find_spec("rdflib_endpoint") is None:
        missing.append("rdflib-endpoint (PyPI: rdflib-endpoint)")
    if missing:
        raise SystemExit(f"missing, install first: {'; '.join(missing)}")


def oxigraph_command() -> str | None:
    """Return the command of the Oxigraph server, which pip puts beside Python."""
    return shutil.which("oxigraph", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")


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
    port = free_port()
    address = f"127.0.0.1:{port}"
    command = (str(oxigraph_command()), "serve", "--union-default-graph", "--bind", address)
    with serving(quads.with_name("oxigraph.log"), *command) as process:
        wait_until_it_answers(process, f"http://{address}")
        data = urllib.request.Request(f"http://{address}/store", quads.read_bytes(), {"Content-Type": N_QUADS})
        with urllib.request.urlopen(data, timeout=120):
            yield Peer("Oxigraph server", port, "/query", process.pid)


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
    port, http_port = free_port(), free_port()
    ini = quads.with_name("virtuoso.ini")
    ini.write_text(VIRTUOSO_INI.format(folder=quads.parent, port=port, http_port=http_port))
    command = ("virtuoso-t", "+foreground", "+configfile", str(ini))
    with serving(quads.with_name("virtuoso.output"), *command) as process:
        wait_until_it_answers(process, f"http://127.0.0.1:{http_port}")
        statements = VIRTUOSO_LOADER.format(folder=quads.parent, file=quads.name)
        isql = ["isql-vt", f"127.0.0.1:{port}", "dba", "dba", f"exec={statements}"]
        subprocess.run(isql, check=True, capture_output=True, cwd=quads.parent)
        yield Peer("Virtuoso", http_port, "/sparql", process.pid)


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

"""Our `/sparql` beside the Oxigraph server, rdflib-endpoint and Virtuoso: the same data and queries, in one run.

    .venv-test/bin/pip install -c constraints.txt -e '.[benchmark]'
    sudo apt-get install --no-install-recommends wrk virtuoso-opensource virtuoso-opensource-7-bin
    .venv-test/bin/python -m benchmarks.peers [--rounds 3] [--seconds 2] [--cores 0,1] [--workload ASK …]

The dataset is written as N-Quads and loaded into every server; each is then checked to give the same rows. Every
workload is a GET for JSON over some connections of one thread of wrk, which cycles through its texts. Servers and
wrk share the given cores; a server rests before the next is loaded. A figure is the median over the rounds, a ratio
the median of the ratios within a round. Prints Markdown for benchmarks/README.md, and on standard error how far it is.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import signal
import subprocess
import sys
import tempfile
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from importlib.metadata import version
from pathlib import Path
from shutil import which
from statistics import median
from typing import Any

from benchmarks.peer_queries import Workload, workloads
from benchmarks.peer_servers import Peer, check_installed, start_all, wait_until_at_rest
from benchmarks.serving import LATENCY, MILLISECONDS, RATE, Figures
from hct_kg.dataset import load_dataset
from hct_kg.settings import from_environment

CONNECTIONS = (1, 8, 32)
CHECKED_TEXTS = 5
SMALLEST_SHARE = 0.75
"""Of the Oxigraph server's requests a second on small queries: what isolation may cost."""
JSON = "application/sparql-results+json"
SCRIPT = Path(__file__).with_name("cycle.lua")
PACKAGES = ("pyoxigraph", "oxigraph", "rdflib", "rdflib-endpoint", "uvicorn", "fastapi")

Key = tuple[str, str, int]
"""Server, workload, connections."""
Rows = Counter[frozenset[tuple[str, str]]]
"""How often each row occurs."""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--seconds", type=int, default=2)
    options.add_argument("--cores", default="0,1", help="the cores that all servers and wrk share")
    options.add_argument("--workload", action="append", help="only the workload of this name; may be given again")
    given = options.parse_args()
    check_installed()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))  # the servers end with their blocks
    cores = {int(core) for core in given.cores.split(",")}
    os.sched_setaffinity(0, cores)  # what is started from here on inherits it
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        asked, triples = export(folder / "all.nq")
        asked = [workload for workload in asked if given.workload is None or workload.name in given.workload]
        peers = start_all(stack, folder / "all.nq")
        for workload in asked:
            check_same(peers, workload)
        rounds = [run_round(peers, asked, given.seconds, folder) for _ in range(given.rounds)]
        threads = len(os.listdir(f"/proc/{peers[1].pid}/task"))
    report([peer.name for peer in peers], asked, rounds)
    print(
        f"\n{triples} triples; {len(cores)} cores for all, wrk too; the Oxigraph server has {threads} threads at rest."
    )
    print(f"{platform.platform()}, Python {platform.python_version()}; {versions()}; {given.rounds} rounds.")


def export(file: Path) -> tuple[list[Workload], int]:
    """Write the whole dataset, derived graphs too, as N-Quads; return what to ask of it, and its triples."""
    settings = from_environment(os.environ)
    store = load_dataset(settings.ontology, settings.data, settings.queries).store
    with file.open("wb") as output:
        store.dump(output)
    return workloads(store), len(store)


def path_of(peer: Peer, text: str) -> str:
    """Return the path that asks a query of a server."""
    return f"{peer.path}?{urllib.parse.urlencode({'query': text})}"


def check_same(peers: Sequence[Peer], workload: Workload) -> None:
    """Raise SystemExit unless all servers give the same rows to the first texts, or as many where they are open.

    How often a row occurs is passed over: Oxigraph 0.5 and Virtuoso 7.2 count a triple of two graphs twice in their
    union, rdflib once.
    """
    for text in workload.texts[:CHECKED_TEXTS]:
        ours, *others = (ask(peer, text) for peer in peers)
        for peer, theirs in zip(peers[1:], others, strict=True):
            if (ours.keys() != theirs.keys()) if workload.fixed else (ours.total() != theirs.total()):
                lacking, more = ours.keys() - theirs.keys(), theirs.keys() - ours.keys()
                raise SystemExit(f"{peer.name} lacks {lacking} and has {more}, for:\n{text}")


def ask(peer: Peer, text: str) -> Rows:
    """Return the rows of an answer by their values; blank nodes are all alike, a truth is one row."""
    request = urllib.request.Request(f"http://127.0.0.1:{peer.port}{path_of(peer, text)}", headers={"Accept": JSON})
    with urllib.request.urlopen(request, timeout=120) as response:
        document = json.load(response)
    if "boolean" in document or "__ASK_RETVAL" in document["head"]["vars"]:
        return Counter([frozenset([("boolean", str(truth(document)))])])
    return Counter(
        frozenset((name, "" if term["type"] == "bnode" else term["value"]) for name, term in row.items())
        for row in document["results"]["bindings"]
    )


def truth(document: dict[str, Any]) -> bool:
    """Return the answer to an ASK; Virtuoso 7.2 gives one row for true and none for false."""
    return bool(document["boolean"] if "boolean" in document else document["results"]["bindings"])


def run_round(peers: Sequence[Peer], asked: Sequence[Workload], seconds: int, folder: Path) -> dict[Key, Figures]:
    """Load every server with every workload, the servers next to each other in time."""
    found = {}
    for workload, connections in cells(asked):
        for peer in peers:
            figures = load(peer, workload, connections, seconds, folder)
            print(f"{workload.name}, {connections}: {peer.name}: {show(figures)}", file=sys.stderr, flush=True)
            found[peer.name, workload.name, connections] = figures
            wait_until_at_rest(peer)
    return found


def load(peer: Peer, workload: Workload, connections: int, seconds: int, folder: Path) -> Figures:
    """Load a server with wrk for some seconds, or longer until one answer is there; each must be a 200."""
    paths = folder / "paths.txt"
    paths.write_text("".join(f"{path_of(peer, text)}\n" for text in workload.texts))
    command = [
        "wrk",
        "-t1",
        f"-c{connections}",
        f"-d{seconds}s",
        "--timeout",
        "60s",
        "--latency",
        "-H",
        f"Accept: {JSON}",
    ]
    command += ["-s", str(SCRIPT), f"http://127.0.0.1:{peer.port}", "--", str(paths)]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    if "Non-2xx" in output or "Socket errors" in output:
        raise SystemExit(f"{peer.name}, {workload.name}, {connections} connections:\n{output}")
    rate = RATE.search(output)
    assert rate, output
    if float(rate[1]) == 0:
        return load(peer, workload, connections, 4 * seconds, folder)
    percentiles = {name: float(value) * MILLISECONDS[unit] for name, value, unit in LATENCY.findall(output)}
    return Figures(float(rate[1]), percentiles["50"], percentiles["99"])


def report(names: Sequence[str], asked: Sequence[Workload], rounds: Sequence[dict[Key, Figures]]) -> None:
    """Print requests a second with latencies, then the ratios with their targets."""
    ours, engine, *others = names
    print(f"| workload | connections | {' | '.join(names)} |\n| --- | ---: |{' ---: |' * len(names)}")
    for workload, connections in cells(asked):
        figures = [middle([found[name, workload.name, connections] for found in rounds]) for name in names]
        print(f"| {workload.name} | {connections} | {' | '.join(map(show, figures))} |")
    print("\nEach cell: requests/s; p50 / p99 in ms.\n")
    print(
        f"| ours : theirs, requests/s | connections | {' | '.join(names[1:])} |",
        f"| --- | ---: |{' ---: |' * len(names[1:])}",
        sep="\n",
    )
    for workload, connections in cells(asked):
        ratios = [ratio(rounds, ours, name, workload.name, connections) for name in names[1:]]
        print(f"| {workload.name} | {connections} | {' | '.join(f'{value:.2f}' for value in ratios)} |")
    small = [cell for cell in cells(asked) if cell[0].small]
    met = sum(ratio(rounds, ours, engine, workload.name, count) >= SMALLEST_SHARE for workload, count in small)
    ahead = sum(
        ratio(rounds, ours, name, workload.name, count) > 1 for name in others for workload, count in cells(asked)
    )
    print(f"\nTargets: at least {SMALLEST_SHARE} of the {engine} on small queries, met in {met} of {len(small)} rows;")
    print(f"ahead of {' and '.join(others)}, met in {ahead} of {len(others) * len(cells(asked))} cells.")


def cells(asked: Sequence[Workload]) -> list[tuple[Workload, int]]:
    """Return every workload with every number of connections."""
    return [(workload, connections) for workload in asked for connections in CONNECTIONS]


def middle(found: Sequence[Figures]) -> Figures:
    """Return the medians."""
    return Figures(*(median(values) for values in zip(*((f.rate, f.p50, f.p99) for f in found), strict=True)))


def show(figures: Figures) -> str:
    return f"{figures.rate:.0f}; {figures.p50:.2f} / {figures.p99:.2f}"


def ratio(rounds: Sequence[dict[Key, Figures]], ours: str, theirs: str, workload: str, connections: int) -> float:
    """Return the median over the rounds of our requests a second by theirs."""
    return median(
        found[ours, workload, connections].rate / found[theirs, workload, connections].rate for found in rounds
    )


def versions() -> str:
    """Return what was measured, by version."""
    said = subprocess.run([str(which("virtuoso-t")), "-?"], capture_output=True, text=True, check=False)
    virtuoso = next((line for line in (said.stdout + said.stderr).splitlines() if line.startswith("Version")), "?")
    return ", ".join([f"{name} {version(name)}" for name in PACKAGES] + [f"Virtuoso {virtuoso.split()[1]}"])


if __name__ == "__main__":
    main()

"""How every curated question, a trace and a read of one thing grow with the dataset, from 10 thousand triples on.

    .venv-test/bin/python -m benchmarks.growth [--sizes 10000,100000,1000000,10000000] [--engine disk|memory]
                                               [--folder DIR] [--rounds 15] [--seconds 6] [--only NAME …]

For each size invented programmes are generated, loaded by `hct-kg load` (for memory: by `hct-kg serve` itself), served
by one worker, and asked over HTTP by one client, every question in a text that was not asked before. A question is
asked as it stands, of all programmes at once, and about one thing, another one each time: there p50 and p99 should not
grow. A folder keeps what was generated and loaded for the next run. Prints Markdown for benchmarks/README.md.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from random import Random
from statistics import median
from tempfile import TemporaryDirectory
from urllib.parse import quote, urlencode

from benchmarks.peer_servers import serving
from benchmarks.serving import free_port, wait_until_it_answers
from hct_kg.catalogue import CuratedQuery, load
from hct_kg.settings import Settings
from hct_kg.terms import HCT, ID

SIZES = (10_000, 100_000, 1_000_000, 10_000_000)
THINGS, SEED = 40, 1
JSON = "application/sparql-results+json"
ROOMY = {"QUERY_SECONDS": "300", "QUERY_ROWS": "20000000", "QUERY_BYTES": "4000", "QUERY_MEMORY": "8000"}
"""Limits beyond what is measured: a question over all programmes may have many rows."""
UNCLASSED = {"record": f"{HCT}Finding"}
"""What a parameter without a class is filled with."""
CHAINS = "SELECT DISTINCT ?a ?b { ?x hct:cause ?a ; hct:effect ?m . ?y hct:cause ?m ; hct:effect ?b } LIMIT 2000"
PREFIX = f"PREFIX hct: <{HCT}>\n"
numbers = count()


@dataclass
class Measured:
    """One size: triples, seconds and peak memory of the load, seconds until it is served, memory, and milliseconds."""

    triples: int = 0
    load: float = 0.0
    peak: float = 0.0
    disk: float = 0.0
    ready: float = 0.0
    memory: float = 0.0
    taken: dict[str, list[float]] = field(default_factory=dict)


@dataclass(frozen=True)
class Client:
    """One client of the service."""

    port: int

    def get(self, path: str, accept: str = JSON) -> tuple[float, bytes]:
        """Return milliseconds until the whole answer is there, and the answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=600)
        try:
            connection.connect()
            start = time.perf_counter()
            connection.request("GET", path, headers={"Accept": accept})
            response = connection.getresponse()
            body = response.read()
            taken = (time.perf_counter() - start) * 1000
        finally:
            connection.close()
        if response.status != http.client.OK:
            raise SystemExit(f"{path}: {response.status}: {body[:500].decode()}")
        return taken, body

    def select(self, text: str) -> list[dict[str, str]]:
        """Return the rows of a query by the values of their terms."""
        _, body = self.get(sparql(text))
        rows = json.loads(body)["results"]["bindings"]
        return [{name: term["value"] for name, term in row.items()} for row in rows]


def sparql(text: str) -> str:
    """Return the path that asks a query, in words that nobody has asked it in."""
    return f"/sparql?{urlencode({'query': f'{text} # {next(numbers)}'})}"


def main() -> None:
    given = options()
    with TemporaryDirectory() as temporary:
        folder = given.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        found = [measure(given, folder, size) for size in given.sizes]
    report(found, given.engine)


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=lambda text: [int(size) for size in text.split(",")], default=SIZES)
    parser.add_argument("--engine", choices=("disk", "memory"), default="disk")
    parser.add_argument("--folder", type=Path, help="where to keep what is generated and loaded")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="only these questions, and the reads and traces")
    parser.add_argument("--rounds", type=int, default=15, help="how often each question is asked, at most")
    parser.add_argument("--seconds", type=float, default=6, help="how long each question is asked, about")
    return parser.parse_args()


def measure(given: argparse.Namespace, folder: Path, size: int) -> Measured:
    """Generate, load, serve and ask one size."""
    measured = Measured()
    file = folder / (f"{size}.nq" if given.engine == "disk" else f"{size}")
    if not file.exists():
        run([sys.executable, "-m", "benchmarks.generate", "--triples", str(size), "--output", str(file)])
    store = folder / f"{size}-store"
    note = folder / f"{size}-load.json"
    if given.engine == "disk" and not note.exists():
        command = [sys.executable, "-m", "hct_kg", "load", str(file), "--store", str(store), "--no-validate"]
        seconds, peak = run(command)
        note.write_text(json.dumps([seconds, peak]))
    if given.engine == "disk":
        measured.load, measured.peak = json.loads(note.read_text())
        measured.disk = sum(found.stat().st_size for found in store.rglob("*") if found.is_file())
    environment = {"HCT_KG_STORE": str(store)} if given.engine == "disk" else {"HCT_KG_DATA": str(file)}
    with served(folder, environment) as (client, process, ready):
        measured.ready = ready
        (row,) = client.select("SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }")
        measured.triples = int(row["n"])
        measured.memory = memory_of(process.pid)
        ask_all(client, given, measured)
    return measured


@contextmanager
def served(folder: Path, environment: dict[str, str]) -> Iterator[tuple[Client, subprocess.Popen[bytes], float]]:
    """Serve a dataset; yields a client, the process, and the seconds until it was ready."""
    port, start = free_port(), time.perf_counter()
    given = {f"HCT_KG_{name}": value for name, value in ROOMY.items()} | environment
    command = (sys.executable, "-m", "hct_kg", "serve", "--port", str(port))
    with serving(folder / "serve.log", *command, HCT_KG_QUERY_WORKERS="1", HCT_KG_WARM="false", **given) as process:
        wait_until_it_answers(process, f"http://127.0.0.1:{port}")
        client = Client(port)
        client.get("/readyz", "application/json")
        yield client, process, time.perf_counter() - start


def run(command: list[str]) -> tuple[float, float]:
    """Run a command to its end; return its seconds, and its peak memory in MiB."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{' '.join(command)} ended with {os.waitstatus_to_exitcode(status)}")
    return time.perf_counter() - start, usage.ru_maxrss / 1024


def memory_of(pid: int) -> float:
    """Return what a process and all below it hold in memory, in bytes, shared pages counted once."""
    process = Path(f"/proc/{pid}")
    text = (process / "smaps_rollup").read_text()
    own = next(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:"))
    children = [int(child) for file in process.glob("task/*/children") for child in file.read_text().split()]
    return own * 1024 + sum(map(memory_of, children))


def ask_all(client: Client, given: argparse.Namespace, measured: Measured) -> None:
    """Ask everything."""
    things = Things(client)
    reads = [f"SELECT ?p ?o {{ <{ID}{thing}> ?p ?o }}" for thing in things.of(f"{HCT}Finding")]
    measured.taken["a thing, SPARQL"] = timed(client, given, [sparql(text) for text in reads])
    pages = [f"/doc/{quote(thing)}.ttl" for thing in things.of(f"{HCT}Factor")]
    measured.taken["a thing, Turtle"] = timed(client, given, pages, "text/turtle")
    traces = [f"/v1/trace?{urlencode({'from': a, 'to': b, 'limit': 10})}" for a, b in things.chains()]
    measured.taken["trace"] = timed(client, given, traces, "application/json")
    known = load(Settings().queries)
    for query in (known[name] for name in given.only or known):
        for name, bindings in asked(query, things):
            paths = [sparql(query.bind(values)) for values in bindings]
            measured.taken[name] = timed(client, given, paths)
            print(f"{measured.triples}: {name}: {show(measured.taken[name])}", file=sys.stderr, flush=True)


def timed(client: Client, given: argparse.Namespace, paths: Sequence[str], accept: str = JSON) -> list[float]:
    """Return the milliseconds of each of some paths, asked in turn until the time is over, three of them at least."""
    taken, end = [], time.perf_counter() + given.seconds
    for path in paths[: given.rounds]:
        taken.append(client.get(path, accept)[0])
        if time.perf_counter() > end and len(taken) > 2:
            break
    return taken


def asked(query: CuratedQuery, things: Things) -> Iterator[tuple[str, list[dict[str, str]]]]:
    """Yield how a question is asked: as it stands, if it can be, and about one thing."""
    values = {name: things.values(name, item.class_iri, item.example) for name, item in query.parameters.items()}
    needed = [name for name, item in query.parameters.items() if item.required]
    if not needed:
        yield query.name, [{}] * THINGS
        needed = [name for name, item in query.parameters.items() if item.class_iri is not None][:1]
        if not needed:
            return
        yield f"{query.name}, one {needed[0]}", [{needed[0]: value} for value in values[needed[0]]]
        return
    yield (
        f"{query.name}, one {needed[0]}",
        [{name: values[name][number] for name in needed} for number in range(THINGS)],
    )


class Things:
    """Things to ask about, always the same for the same data."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._known: dict[str, list[str]] = {}

    def of(self, name: str) -> list[str]:
        """Return the short names of things of a class."""
        if name not in self._known:
            found = self._client.select(f"SELECT DISTINCT ?x {{ ?x a <{name}> }} LIMIT 2000")
            mine = sorted(row["x"].removeprefix(ID) for row in found if row["x"].startswith(ID))
            self._known[name] = Random(SEED).choices(mine, k=THINGS)  # noqa: S311
        return self._known[name]

    def chains(self) -> list[tuple[str, str]]:
        """Return pairs of things of which one leads to the other in two steps."""
        rows = sorted((row["a"], row["b"]) for row in self._client.select(PREFIX + CHAINS))
        chosen = Random(SEED).choices(rows, k=THINGS)  # noqa: S311
        return [(a.removeprefix(ID), b.removeprefix(ID)) for a, b in chosen]

    def values(self, name: str, of_class: str | None, example: str | None) -> list[str]:
        """Return values for a parameter."""
        wanted = of_class or UNCLASSED.get(name)
        if wanted is None or not wanted.startswith(HCT):
            return [example or ""] * THINGS
        return self.of(wanted)


def report(found: Sequence[Measured], engine: str) -> None:
    """Print the tables."""
    heads = ("load s", "triples/s", "peak MiB of the load", "bytes/triple on disk", "ready s", "memory, bytes/triple")
    print(f"| triples, {engine} | {' | '.join(heads)} |\n| ---: |{' ---: |' * len(heads)}")
    for one in found:
        rate = f"{one.triples / one.load:,.0f}" if one.load else ""
        print(
            f"| {one.triples:,} | {one.load:.1f} | {rate} | {one.peak:.0f} | {one.disk / one.triples:.0f} "
            f"| {one.ready:.1f} | {one.memory / one.triples:.0f} |"
        )
    print(f"\n| p50 / p99 in ms | {' | '.join(f'{one.triples:,}' for one in found)} | growth |")
    print(f"| --- |{' ---: |' * (len(found) + 1)}")
    for name in found[-1].taken:
        cells = [show(one.taken.get(name, [])) for one in found]
        growth = median(found[-1].taken[name]) / median(found[0].taken[name]) if found[0].taken.get(name) else 0
        print(f"| {name} | {' | '.join(cells)} | {growth:.1f} |")
    machine = f"{platform.platform()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    print(f"\n{machine}; load average {os.getloadavg()[0]:.1f}")


def show(taken: Sequence[float]) -> str:
    if not taken:
        return ""
    ordered = sorted(taken)
    return f"{median(ordered):.1f} / {ordered[min(len(ordered) - 1, int(0.99 * len(ordered)))]:.1f}"


if __name__ == "__main__":
    main()

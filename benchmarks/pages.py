"""How long the service takes for each page, the first time and again, and how heavy the page is, on the real data.

    .venv-test/bin/python -m benchmarks.pages [--rounds 3] [--things 8] [--cold]

A first view is of a page that nobody has asked for since the server was started; each round starts one. With --cold
nothing is prepared ahead (HCT_KG_WARM=false); else what is prepared ahead is waited for, as `hct_kg_warming` tells.
Requests come one after the other on one connection, and an answer's time is until its last byte; beside it stands the
processor time of the server and its workers, which other work on the machine does not change much. Prints Markdown for
benchmarks/README.md.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import http.client
import io
import json
import random
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from statistics import median
from urllib.parse import quote, urlencode, urlsplit

from benchmarks.serving import free_port, server

SEED = 2026
REPEATS = 3
LIMIT_MS, LIMIT_BYTES = 30.0, 250_000
THEORY, MAP, LARGEST = "model/hct-theory-of-change", "model/hct-system-map", "model/hct-reported-factors"
SITES = ("coventry", "croydon", "gloucestershire", "leeds", "newham", "plymouth")
PAGES = {
    "home": "/",
    "theory of change": "/theory-of-change",
    "theory of change, all factors": "/theory-of-change?view=full",
    "map": "/map",
    "map, what connects most": "/map?ask=connections",
    "map, the largest model": f"/map?model={LARGEST}",
    "loops": "/map/loops",
    "evidence": "/evidence",
    "evidence, outcomes": "/evidence?rows=outcomes",
    "disagreements": "/discrepancies",
    "compare": "/compare",
    "search": "/search",
    "search, a name": "/search?q=Coventry",
    "search, two words": "/search?q=grant+funding",
    "search, misspelt": "/search?q=partership",
    "query": "/query",
    "about": "/about",
    "data and API": "/data",
    "every request": "/data/api",
    "terms": "/ns",
    "schemes": "/schemes",
    "rules of the data": "/shapes",
    "dataset": "/dataset",
    "accessibility": "/accessibility",
}
DRAWINGS = {"theory of change as SVG": "/theory-of-change.svg", "map as SVG": "/map.svg"}
THINGS = """
SELECT ?thing (COUNT(*) AS ?triples) WHERE {
  { ?thing ?p ?x } UNION { ?x ?q ?thing } FILTER(STRSTARTS(STR(?thing), "https://w3id.org/hct-kg/id/"))
} GROUP BY ?thing ORDER BY ?thing
"""
HEAVIEST = 8


@dataclass(frozen=True)
class Viewed:
    """What views of a page took, in milliseconds; its size in gzip."""

    first: float
    processor: float
    again: float
    size: int


@dataclass(frozen=True)
class Site:
    """A running server: its address, and its process for the processor time of its family."""

    host: str
    port: int
    pid: int

    @contextmanager
    def connection(self) -> Iterator[http.client.HTTPConnection]:
        connection = http.client.HTTPConnection(self.host, self.port, timeout=60)
        try:
            yield connection
        finally:
            connection.close()


def get(connection: http.client.HTTPConnection, path: str, accept: str = "text/html") -> tuple[float, bytes]:
    """Return the milliseconds until the last byte, and the body as sent; it must be a 200."""
    start = time.perf_counter()
    connection.request("GET", path, headers={"Accept": accept, "Accept-Encoding": "gzip"})
    response = connection.getresponse()
    body = response.read()
    taken = (time.perf_counter() - start) * 1000
    assert response.status == 200, f"{path}: {response.status}"
    return taken, body


def family(pid: int) -> set[int]:
    """Return a process and all that descend from it."""
    found, waiting = {pid}, [pid]
    while waiting:
        for task in Path(f"/proc/{waiting.pop()}/task").iterdir():
            children = {int(child) for child in (task / "children").read_text().split()} - found
            found |= children
            waiting += children
    return found


def processor(pids: Iterable[int]) -> float:
    """Return the milliseconds of processor time that processes have had so far."""
    tasks = (task for pid in pids for task in Path(f"/proc/{pid}/task").iterdir())
    return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e6


def view(site: Site, connection: http.client.HTTPConnection, pids: set[int], path: str) -> Viewed:
    """View a page for the first time, and again."""
    before = processor(pids)
    first, body = get(connection, path)
    used = processor(pids) - before
    return Viewed(first, used, median(get(connection, path)[0] for _ in range(REPEATS)), len(body))


def things(connection: http.client.HTTPConnection, number: int) -> dict[str, list[str]]:
    """Return the paths of pages of things: some of each type, always the same, and those with most said of them."""
    _, body = get(connection, f"/sparql?{urlencode({'query': THINGS})}", "text/csv")
    text = gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body
    rows = [
        (row["thing"].partition("/id/")[2], int(row["triples"])) for row in csv.DictReader(io.StringIO(text.decode()))
    ]
    heaviest = [thing for thing, _ in sorted(rows, key=lambda row: -row[1])[:HEAVIEST]]
    by_type: dict[str, list[str]] = defaultdict(list)
    for thing, _ in rows:
        if thing not in heaviest:
            by_type[thing.partition("/")[0]].append(thing)
    chance = random.Random(SEED)  # noqa: S311
    chosen = {kind: chance.sample(found, min(number, len(found))) for kind, found in sorted(by_type.items())}
    return {**chosen, "the heaviest": heaviest}


def states(connection: http.client.HTTPConnection, number: int) -> dict[str, list[str]]:
    """Return the paths of pages on which something is chosen: some of each kind, always the same."""
    chance = random.Random(SEED)  # noqa: S311

    def factors(model: str, wanted: int) -> list[str]:
        _, body = get(connection, f"/v1/links?model={model}&limit=1000", "application/json")
        text = gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body
        found = sorted({link["cause"]["id"] for link in json.loads(text)["data"]})
        return chance.sample(found, min(wanted, len(found)))

    pairs = factors(MAP, 2 * number)
    ends = zip(pairs[::2], pairs[1::2], strict=False)
    modalities = ("observed", "perceived", "intended", "anticipated")
    return {
        "theory of change, a factor selected": [
            f"/theory-of-change?select={factor}" for factor in factors(THEORY, number)
        ],
        "theory of change, all factors, one selected": [
            f"/theory-of-change?view=full&select={factor}" for factor in factors(THEORY, number)
        ],
        "map, a factor selected": [f"/map?select={factor}" for factor in factors(MAP, number)],
        "map, what leads to it in two links": [
            f"/map?select={factor}&ask=causes&steps=2" for factor in factors(MAP, number)
        ],
        "map, how one reaches another": [f"/map?select={one}&to={other}&ask=path" for one, other in ends],
        "map, the largest model, a factor selected": [
            f"/map?model={LARGEST}&select={factor}" for factor in factors(LARGEST, number)
        ],
        "evidence, of one modality": [f"/evidence?modality=modality/{name}" for name in modalities],
        "compare two sites": [compared(pair) for pair in combinations(SITES, 2)][:number],
        "compare five sites": [compared(five) for five in combinations(SITES, 5)],
    }


def compared(sites: Sequence[str]) -> str:
    return f"/compare?{'&'.join(f'sites={site}' for site in sites)}"


def settled(connection: http.client.HTTPConnection) -> None:
    """Wait until nothing is being prepared any more."""
    for _ in range(1200):
        _, body = get(connection, "/metrics", "text/plain")
        text = gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body
        if b"hct_kg_warming 1.0" not in text:
            return
        time.sleep(0.1)
    raise SystemExit("the server prepares pages without end")


def visit(number: int, warm: bool | None) -> dict[str, list[Viewed]]:
    """Start a server and view everything; return what it took by name of page or type of thing."""
    port = free_port()
    command = (sys.executable, "-m", "hct_kg", "serve", "--port", str(port))
    given = {} if warm is None else {"HCT_KG_WARM": str(warm).lower()}
    with server(port, *command, HCT_KG_LOG="false", **given) as base:
        address = urlsplit(base)
        assert address.hostname
        site = Site(address.hostname, port, pid_of(port))
        with site.connection() as connection:
            get(connection, "/readyz", "application/json")
            settled(connection)
            pids = family(site.pid)
            found = {name: [view(site, connection, pids, path)] for name, path in {**PAGES, **DRAWINGS}.items()}
            for name, paths in states(connection, number).items():
                found[name] = [view(site, connection, pids, path) for path in paths]
            sample = things(connection, number)
            for kind, names in sample.items():
                found[f"`/doc/{kind}/…`" if kind in names[0] else kind] = [
                    view(site, connection, pids, f"/doc/{quote(name, safe='/')}") for name in names
                ]
            return found


def pid_of(port: int) -> int:
    """Return the process that was started for a port."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                command = (entry / "cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            if b"hct_kg" in command and str(port).encode() in command:
                return int(entry.name)
    raise SystemExit(f"no process serves port {port}")


def percentile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def report(rounds: Sequence[dict[str, list[Viewed]]]) -> bool:
    """Print the table; tell whether every page is within the limits."""
    print("| page | views | first: median | p95 | most | processor | again: median | most | KB in gzip |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    late, large = [], []
    for name in rounds[0]:
        views = [seen for found in rounds for seen in found[name]]
        first, again = [seen.first for seen in views], [seen.again for seen in views]
        size = max(seen.size for seen in views)
        print(
            f"| {name} | {len(views)} | {median(first):.1f} | {percentile(first, 0.95):.1f} | {max(first):.1f} "
            f"| {median(seen.processor for seen in views):.1f} "
            f"| {median(again):.1f} | {max(again):.1f} | {size / 1000:.0f} |"
        )
        late += [name] if median(first) > LIMIT_MS else []
        large += [name] if size > LIMIT_BYTES else []
    print(f"\nFirst view over {LIMIT_MS:g} ms at the median: {', '.join(late) or 'none'};")
    print(f"over {LIMIT_BYTES // 1000} KB: {', '.join(large) or 'none'}. {len(rounds)} rounds.")
    return not late and not large


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--things", type=int, default=8, help="pages of each type of thing")
    options.add_argument("--cold", action="store_true", help="nothing prepared ahead")
    given = options.parse_args()
    rounds = [visit(given.things, False if given.cold else None) for _ in range(given.rounds)]
    if not report(rounds):
        raise SystemExit(1)


if __name__ == "__main__":
    main()

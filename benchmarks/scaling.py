"""Requests a second by the number of workers in one process, and by the number of copies on one Virtuoso.

    .venv-test/bin/pip install -c constraints.txt -e '.[benchmark]'
    sudo apt-get install --no-install-recommends wrk virtuoso-opensource virtuoso-opensource-7-bin
    .venv-test/bin/python -m benchmarks.scaling [--rounds 3] [--seconds 5]

Every text is asked once, so that nothing is answered from memory. Each copy is loaded by a wrk of its own, and Virtuoso
by one without any copy between: that is the engine's limit. Everything shares the cores of the machine. A figure is the
median over the rounds, a ratio the median of the ratios within a round. Prints Markdown for benchmarks/README.md.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median

from scripts.sparql_servers import Virtuoso

from benchmarks.peer_queries import PREFIXES, TEXTS, Workload, never_the_same, workloads
from benchmarks.peer_servers import Peer, serving, until_done
from benchmarks.peers import load
from benchmarks.serving import Figures, free_port, wait_until_it_answers
from hct_kg.dataset import load_dataset
from hct_kg.settings import Settings, from_environment

WORKERS, COPIES = (1, 2), (1, 2, 3)
CONNECTIONS = 8
HEAVY = f"""{PREFIXES}SELECT ?modality ?document (COUNT(DISTINCT ?claim) AS ?claims) WHERE {{
  ?claim hct:modality ?modality ; hct:supportedBy/oa:hasSource ?document
}} GROUP BY ?modality ?document"""
Round = Mapping[tuple[str, str], float]
"""Requests a second by what is loaded and workload."""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--seconds", type=int, default=5)
    given = options.parse_args()
    settings = from_environment(os.environ)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        asked = questions(settings)
        by_workers = measured(asked, given.rounds, given.seconds, folder, lambda stack: with_workers(stack, folder))
        report(asked, by_workers, f"{WORKERS[0]} worker")
        by_copies = measured(asked, given.rounds, given.seconds, folder, lambda stack: with_copies(stack, folder))
        report(asked, by_copies, f"{COPIES[0]} copy")
    print(f"\n{os.cpu_count()} cores for all, wrk too; {CONNECTIONS} connections a wrk; {given.rounds} rounds.")
    print(f"{platform.platform()}, Python {platform.python_version()}.")


def questions(settings: Settings) -> list[Workload]:
    """Return a question that takes the engine tens of milliseconds, and one that takes it next to nothing."""
    store = load_dataset(settings.ontology, settings.data, settings.queries).store
    small = next(item for item in workloads(store) if item.name == "star, never the same text")
    return [Workload("counts, never the same text", never_the_same((HEAVY,) * TEXTS), small=False), small]


def measured(
    asked: Sequence[Workload],
    rounds: int,
    seconds: int,
    folder: Path,
    start: Callable[[ExitStack], Mapping[str, Sequence[Peer]]],
) -> list[Round]:
    """Return what servers answer a second, those of a name together, in some rounds."""
    with ExitStack() as stack:
        servers = start(stack)
        return [
            {
                (name, workload.name): together(peers, workload, seconds, folder)
                for workload in asked
                for name, peers in servers.items()
            }
            for _ in range(rounds)
        ]


def together(peers: Sequence[Peer], workload: Workload, seconds: int, folder: Path) -> float:
    """Return the requests a second of some servers that are loaded at the same time."""

    def one(number: int) -> Figures:
        own = folder / f"wrk-{number}"
        own.mkdir(exist_ok=True)
        # Another part of the texts for each, or one copy's question would be another's.
        share = len(workload.texts) // len(peers)
        part = Workload(workload.name, workload.texts[number * share : (number + 1) * share], workload.small)
        return load(peers[number], part, CONNECTIONS, seconds, own)

    with ThreadPoolExecutor(len(peers)) as threads:
        return sum(figures.rate for figures in threads.map(one, range(len(peers))))


def with_workers(stack: ExitStack, folder: Path) -> Mapping[str, Sequence[Peer]]:
    """Start the service once for each number of workers, its dataset in memory."""
    return {
        f"{count} worker{'s' if count > 1 else ''}": [
            stack.enter_context(copy(folder, f"workers-{count}", HCT_KG_QUERY_WORKERS=str(count)))
        ]
        for count in WORKERS
    }


def with_copies(stack: ExitStack, folder: Path) -> Mapping[str, Sequence[Peer]]:
    """Start Virtuoso, and as many copies on it as are wanted at most."""
    engine = Virtuoso.in_folder(folder)
    pid = stack.enter_context(until_done(engine.start()))
    engine.open_to_all()
    place = {
        "HCT_KG_STORE": engine.endpoint.query_url,
        "HCT_KG_STORE_UPDATE": engine.endpoint.update_url,
        "HCT_KG_STORE_GRAPHS": engine.endpoint.graph_store_url,
    }
    data = str(from_environment(os.environ).data)
    subprocess.run([sys.executable, "-m", "hct_kg", "load", data], env={**os.environ, **place}, check=True)
    copies = [stack.enter_context(copy(folder, f"copy-{number}", **place)) for number in range(max(COPIES))]
    by_count = {f"{count} cop{'ies' if count > 1 else 'y'}": copies[:count] for count in COPIES}
    return {**by_count, "Virtuoso alone": [Peer("Virtuoso", engine.port, "/sparql", pid)]}


@contextmanager
def copy(folder: Path, name: str, **environment: str) -> Iterator[Peer]:
    """Run the service."""
    port = free_port()
    command = (sys.executable, "-m", "hct_kg", "serve", "--port", str(port))
    with serving(folder / f"{name}.log", *command, **environment, HCT_KG_LOG="false", HCT_KG_WARM="false") as process:
        wait_until_it_answers(process, f"http://127.0.0.1:{port}")
        yield Peer(name, port, "/sparql", process.pid)


def report(asked: Sequence[Workload], rounds: Sequence[Round], first: str) -> None:
    """Print requests a second, and how many times those of the first."""
    names = list(dict.fromkeys(name for name, _ in rounds[0]))
    print(f"\n| requests/s; times those of {first} | {' | '.join(names)} |\n| --- |{' ---: |' * len(names)}")
    for workload in asked:
        cells = []
        for name in names:
            rate = median(found[name, workload.name] for found in rounds)
            ratio = median(found[name, workload.name] / found[first, workload.name] for found in rounds)
            cells.append(f"{rate:.0f}; {ratio:.2f}")
        print(f"| {workload.name} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()

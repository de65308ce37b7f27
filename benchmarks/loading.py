"""Seconds to load, derive and validate the whole dataset from its files, and for --help to appear.

    .venv-test/bin/python -m benchmarks.loading [--rounds 5]

Commands are timed from outside, with the start of the interpreter. `hct-kg validate` is the whole of it: it parses
each file once, then derives and names the dataset while the SHACL engine works; its processor time, of all
threads, is swayed less than the clock by other work on the machine. pySHACL is timed once, for the ratio.
Prints Markdown for benchmarks/README.md, with the load average before and after, by which figures taken in
company can be told: write down only what was seen on a machine at rest.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from statistics import median

from hct_kg.dataset import load_dataset
from hct_kg.settings import Settings


@dataclass(frozen=True, slots=True)
class Taken:
    """What a run took: seconds by the clock, and seconds of processor time of a command with its children."""

    clock: float
    processor: float


def timed(action: Callable[[], object]) -> Taken:
    start, before = time.perf_counter(), ended_children()
    action()
    return Taken(time.perf_counter() - start, ended_children() - before)


def ended_children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def command(*arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "hct_kg", *arguments], check=True, stdout=subprocess.DEVNULL)


def row(step: str, runs: Iterable[float], note: str = "") -> str:
    """Return a line of the table: the median and the best of the runs."""
    seconds = list(runs)
    return f"| {step} | {median(seconds):.3f} | {min(seconds):.3f} | {note} |"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rounds", type=int, default=5)
    rounds = range(options.parse_args().rounds)
    settings = Settings()
    before = os.getloadavg()[0]
    triples = len(load_dataset(settings.ontology, settings.data, settings.queries).store)
    whole = [timed(lambda: command("validate")) for _ in rounds]
    load = [timed(lambda: load_dataset(settings.ontology, settings.data, settings.queries)) for _ in rounds]
    start = [timed(lambda: command("--help")) for _ in rounds]
    slow = timed(lambda: command("validate", "--engine", "pyshacl"))
    ratio = slow.clock / median(run.clock for run in whole)
    print(f"{triples} triples, derived ones too\n\n| step | median s | best s | |\n| --- | ---: | ---: | --- |")
    print(row("`hct-kg validate`: load, derive, name, validate", (run.clock for run in whole), "target: under 5"))
    print(row("the same, processor time of all threads", (run.processor for run in whole)))
    print(row("the same with pySHACL", [slow.clock], f"{ratio:.1f} times as long"))
    print(row("load, derive, name, make ready for queries", (run.clock for run in load)))
    print(row("`hct-kg --help`", (run.clock for run in start), "target: under 0.150"))
    print(f"\nload average {before:.1f} before, {os.getloadavg()[0]:.1f} after, on {os.cpu_count()} cores")


if __name__ == "__main__":
    main()

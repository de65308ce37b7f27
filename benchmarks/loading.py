"""Seconds to load, derive and validate the whole dataset from its files, and for --help to appear.

    .venv-test/bin/python -m benchmarks.loading [--rounds 5]

Each figure is the median of the rounds; pySHACL is timed once, for the ratio. Prints Markdown for
benchmarks/README.md, with the processor time of validation, which other work on the machine sways less than
the clock, and with the load average, by which figures taken in company can be told.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Callable
from statistics import median

from hct_kg.dataset import load_dataset
from hct_kg.settings import Settings
from hct_kg.validation import validate


def seconds(action: Callable[[], object]) -> float:
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def processor_seconds(action: Callable[[], object]) -> float:
    """Of all threads of this process."""
    start = time.process_time()
    action()
    return time.process_time() - start


def show_help() -> None:
    subprocess.run([sys.executable, "-m", "hct_kg", "--help"], check=True, capture_output=True)


def load_and_validate() -> None:
    """Load and derive in one process while another validates, as on a machine with two cores."""
    commands = (["stats", "--json"], ["validate"])
    started = [
        subprocess.Popen([sys.executable, "-m", "hct_kg", *command], stdout=subprocess.DEVNULL) for command in commands
    ]
    assert [process.wait() for process in started] == [0, 0]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rounds", type=int, default=5)
    rounds = range(options.parse_args().rounds)
    settings = Settings()
    triples = len(load_dataset(settings.ontology, settings.data).store)
    load = median(seconds(lambda: load_dataset(settings.ontology, settings.data)) for _ in rounds)
    together = median(seconds(load_and_validate) for _ in rounds)
    check = median(seconds(lambda: validate(settings.ontology, settings.data)) for _ in rounds)
    work = median(processor_seconds(lambda: validate(settings.ontology, settings.data)) for _ in rounds)
    slow = seconds(lambda: validate(settings.ontology, settings.data, "pyshacl"))
    start = median(seconds(show_help) for _ in rounds)
    print(f"{triples} triples, derived ones too\n\n| step | seconds |\n| --- | ---: |")
    print(f"| load, derive, name by content | {load:.2f} |")
    print(f"| validate from files, pyrudof | {check:.2f} |")
    print(f"| validate from files, pyrudof, processor time of all threads | {work:.2f} |")
    print(f"| load, derive and validate, two processes at a time | {together:.2f} (target: under 5) |")
    print(f"| validate from files, pySHACL | {slow:.2f} ({slow / check:.1f} times as long) |")
    print(f"| `hct-kg --help` | {start:.3f} (target: under 0.150) |")
    print(f"\nload average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


if __name__ == "__main__":
    main()

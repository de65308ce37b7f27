"""Milliseconds that a search takes, on the real data in one process; and what the index costs to make.

    .venv-test/bin/python -m benchmarks.searching [--rounds 15]

A figure is the median of the rounds in time of the processor (see benchmarks/questions.py for why), of finding,
ranking and explaining the first 20 hits. Prints Markdown for benchmarks/README.md; exits 1 where the median of all
questions is over the limit.
"""

from __future__ import annotations

import argparse
import os
import time
from statistics import median

from hct_kg.dataset import load_dataset
from hct_kg.searching import QUERIES, Index, build
from hct_kg.settings import from_environment

ASKED = {
    "a name": "Coventry",
    "two words": "grant funding",
    "an unfinished word": "leadership capac",
    "a phrase": '"cross-sector partnership"',
    "two misspelt words": "covnetry partership",
    "an identifier": "site/coventry",
    "a whole question": "how does grant funding lead to better health",
    "what is everywhere": "a",
    "two letters that begin many words": "co",
    "what is nowhere": "zzzzzzzz",
}


def measure(index: Index, question: str, rounds: int) -> tuple[int, float]:
    """Return how many hits a question has and its median milliseconds."""
    taken = []
    for _ in range(rounds):
        start = time.process_time()
        results = index.search(question)
        taken.append((time.process_time() - start) * 1000)
    return results.total, median(taken)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rounds", type=int, default=15)
    options.add_argument("--limit", type=float, default=10, help="milliseconds that the median may not exceed")
    given = options.parse_args()
    settings = from_environment(os.environ)
    store = load_dataset(settings.ontology, settings.data, settings.queries).store
    start = time.process_time()
    rows = {name: store.select(query) for name, query in QUERIES.items()}
    read = time.process_time()
    index = build(rows)
    print(f"reading {sum(map(len, rows.values()))} rows: {read - start:.2f} s; ", end="")
    print(f"making the index: {time.process_time() - read:.2f} s\n")
    print("| question | hits | ms |\n| --- | ---: | ---: |")
    figures = []
    for name, question in ASKED.items():
        hits, taken = measure(index, question, given.rounds)
        figures.append(taken)
        print(f"| {name}: `{question}` | {hits} | {taken:.1f} |")
    print(f"\nmedian: {median(figures):.1f} ms")
    if median(figures) > given.limit:
        raise SystemExit(f"over {given.limit:g} ms")


if __name__ == "__main__":
    main()

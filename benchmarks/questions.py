"""Milliseconds that every curated question takes, on the real data in one process.

    .venv-test/bin/python -m benchmarks.questions [--rounds 7] [--limit 50]

Asked with nothing but what it needs (a required parameter has its example), and with its examples, each
alone and all at once, of which the slowest counts. A figure is the median of the rounds, of evaluating and
writing JSON, in time of the processor: one thread does it all from memory, so that on an idle machine it is
the time that passes, and on a busy one it still tells. Prints Markdown for benchmarks/README.md, names the
questions over the limit, and exits 1 then.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median

from hct_kg.catalogue import CuratedQuery, load
from hct_kg.dataset import load_dataset
from hct_kg.settings import from_environment
from hct_kg.store import EmbeddedStore
from hct_kg.store.evaluation import answer
from hct_kg.store.values import Limits, QueryRequest


@dataclass(frozen=True, slots=True)
class Figures:
    """One question: rows and milliseconds as it stands, milliseconds with examples (None: it takes none)."""

    name: str
    rows: int
    plain: float
    with_examples: float | None

    @property
    def slowest(self) -> float:
        return max(self.plain, self.with_examples or 0)

    def line(self) -> str:
        examples = "" if self.with_examples is None else f"{self.with_examples:.1f}"
        return f"| `{self.name}` | {self.rows} | {self.plain:.1f} | {examples} |"


def measure(store: EmbeddedStore, text: str, limits: Limits, rounds: int) -> tuple[int, float]:
    """Return the rows of one query and its median milliseconds."""
    taken = []
    for _ in range(rounds):
        start = time.process_time()
        answered = answer(store, QueryRequest(text), limits)
        taken.append((time.process_time() - start) * 1000)
    return answered.rows, median(taken)


def needed(query: CuratedQuery) -> dict[str, str]:
    return {name: item.example or "" for name, item in query.parameters.items() if item.required}


def examples(query: CuratedQuery) -> Iterator[dict[str, str]]:
    """Yield each example with what the query needs, then all of them together."""
    given = {name: item.example for name, item in query.parameters.items() if item.example is not None}
    for name, value in given.items():
        yield {**needed(query), name: value}
    if len(given) > 1:
        yield given


def figures(store: EmbeddedStore, query: CuratedQuery, limits: Limits, rounds: int) -> Figures:
    rows, plain = measure(store, query.bind(needed(query)), limits, rounds)
    tried = [measure(store, query.bind(given), limits, rounds)[1] for given in examples(query)]
    return Figures(query.name, rows, plain, max(tried, default=None))


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rounds", type=int, default=7)
    options.add_argument("--limit", type=float, default=50, help="milliseconds that no question may exceed")
    given = options.parse_args()
    settings = from_environment(os.environ)
    store = load_dataset(settings.ontology, settings.data, settings.queries).store
    queries = load(settings.queries).values()
    measured = [figures(store, query, Limits.of(settings), given.rounds) for query in queries]
    print("| question | rows | ms as it stands | ms with examples |\n| --- | ---: | ---: | ---: |")
    for each in sorted(measured, key=lambda each: -each.slowest):
        print(each.line())
    over = [each.name for each in measured if each.slowest > given.limit]
    if over:
        raise SystemExit(f"over {given.limit:g} ms: {', '.join(over)}")


if __name__ == "__main__":
    main()

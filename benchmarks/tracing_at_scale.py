"""Chains and loops in a generated network of a million causal links, and traces over the published data.

    .venv-test/bin/python -m benchmarks.tracing_at_scale [--links 1000000] [--rounds 200]

A hundred thousand factors; each link begins anywhere, and ends at some factors far more often than at others. Every
question is asked once, of factors that no question has touched before, so nothing is remembered. Times are of
the processor, which other work on the machine sways less than the clock. Prints Markdown for benchmarks/README.md.
"""

from __future__ import annotations

import argparse
import gc
import os
import random
import resource
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from statistics import median

from hct_kg import loops, tracing
from hct_kg.dataset import load_dataset
from hct_kg.links import QUERIES, Link, Scope, read_network
from hct_kg.projection import Projection
from hct_kg.settings import Settings
from hct_kg.terms import ID

LINKS_A_FACTOR = 10
SCOPE = Scope(f"{ID}scope/all", "all sites", frozenset())
STATED, IMPLIED = f"{ID}explicitness/stated", f"{ID}explicitness/implied"
MODEL = frozenset({f"{ID}model/generated"})
BOUNDS = tracing.Bounds(depth=4, chains=100)


def generated(count: int, chance: random.Random) -> Iterator[Link]:
    """Yield links; the chance of a factor to be an effect falls with the root of its rank, so that some are hubs."""
    factors = [f"{ID}factor/f{number}" for number in range(count // LINKS_A_FACTOR)]
    for number in range(count):
        cause, effect = chance.choice(factors), factors[int(len(factors) * chance.random() ** 2)]
        if cause == effect:
            continue
        yield Link(
            iri=f"{ID}link/l{number}",
            cause=cause,
            effect=effect,
            sign=chance.choices((1, -1, 0), (6, 3, 1))[0],
            models=MODEL,
            explicitness=chance.choices((STATED, IMPLIED), (3, 1))[0],
            modality=f"{ID}modality/perceived",
            scope=SCOPE,
            voices=(),
            note="",
            description="",
            evidence=(),
        )


def milliseconds(actions: Iterable[Callable[[], object]]) -> list[float]:
    """Return how long the processor worked on each action: other work on the machine sways the clock."""
    times = []
    for action in actions:
        start = time.process_time()
        action()
        times.append(1000 * (time.process_time() - start))
    return times


def end_of_a_walk(projection: Projection, start: str, chance: random.Random) -> str:
    """Return a factor that three links lead to, so that there is a chain to find."""
    factor = start
    for _ in range(3):
        factor = chance.choice([link.effect for link in projection.links_at(factor, forward=True)] or [factor])
    return factor


def row(name: str, times: Sequence[float], target: str) -> str:
    ordered = sorted(times)
    return (
        f"| {name} | {median(ordered):.2f} | {ordered[int(len(ordered) * 0.99)]:.2f} | {ordered[-1]:.2f} | {target} |"
    )


def at_scale(count: int, rounds: int, chance: random.Random) -> Iterator[str]:
    links = list(generated(count, chance))
    gc.freeze()  # as the service does
    start = time.process_time()
    projection = Projection(links)
    built = time.process_time() - start
    gc.freeze()
    factors = projection.factors()
    yield f"{len(links)} links, {len(factors)} factors; indexed once in {built:.2f} s; {memory()} resident.\n"
    yield "| question | median ms | p99 ms | longest ms | target |\n| --- | ---: | ---: | ---: | ---: |"
    starts = iter(chance.sample(factors, 5 * rounds))
    taken = [[next(starts) for _ in range(rounds)] for _ in range(4)]
    pairs = [(factor, end_of_a_walk(projection, factor, chance)) for factor in taken[0]]
    stated = projection.where(lambda link: link.explicitness == STATED)
    asked = {
        "chains between two factors": [
            lambda pair=pair: tracing.trace(projection, pair[0], pair[1], bounds=BOUNDS)
            for pair in pairs
            if pair[0] != pair[1]
        ],
        "chains from a factor": [lambda at=at: tracing.trace(projection, at, bounds=BOUNDS) for at in taken[1]],
        "chains from a factor, stated links only": [
            lambda at=at: tracing.trace(stated, at, bounds=BOUNDS) for at in taken[2]
        ],
        "chains to a factor": [
            lambda at=at: tracing.trace(projection, at, direction="upstream", bounds=BOUNDS) for at in taken[3]
        ],
    }
    for name, actions in asked.items():
        yield row(f"{name}, depth 4, 100 chains", milliseconds(actions), "50")
    through = [lambda at=at: loops.find_loops(projection, at) for at in taken[1][: max(1, rounds // 4)]]
    yield row("loops through a factor, length 8, 100 loops", milliseconds(through), "1000")
    hub = [lambda: loops.find_loops(projection, f"{ID}factor/f0")]
    yield row("loops through the greatest hub", milliseconds(hub), "1000")


def on_the_real_data(chance: random.Random, rounds: int) -> Iterator[str]:
    settings = Settings()
    store = load_dataset(settings.ontology, settings.data, settings.queries).store
    network = read_network({name: store.select(query) for name, query in QUERIES.items()})
    projection = Projection(network.links)
    causes = sorted({link.cause for link in network.links})
    actions = [lambda at=at: tracing.trace(projection, at) for at in chance.choices(causes, k=rounds)]
    yield row("published data: chains from a factor, depth 8, 100 chains", milliseconds(actions), "5")


def memory() -> str:
    return f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << 20):.1f} GiB"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--links", type=int, default=1_000_000)
    options.add_argument("--rounds", type=int, default=200)
    given = options.parse_args()
    chance = random.Random(7)  # noqa: S311 - the same network each time
    for line in at_scale(given.links, given.rounds, chance):
        print(line, flush=True)
    for line in on_the_real_data(chance, given.rounds):
        print(line)
    print(f"\nLoad average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores.")


if __name__ == "__main__":
    main()

"""The whole set of kills, and a table of what came of them in Markdown.

    PYTHONPATH=tests:tests/faults .venv-test/bin/python -m benchmarks.faults [--kills 100] [--seed N] [--kind KIND …]

Rounds of ten kills of each kind, each round in a folder of its own. Interrupted, it prints the table of what there
is by then. Exits with 1 where anything was met that may not be.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import time
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from kills import ALL, Place, Tally, run

A_ROUND = 10
HEAD = (
    "| killed | kills | old state | new state | mixtures | lost | other faults | changes acknowledged | reads "
    "| long answers whole | cut | problems | slowest return, s |"
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=time.time_ns() % 1_000_000)
    parser.add_argument("--kind", nargs="*", choices=ALL, default=ALL)
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    print(f"seed {options.seed}", file=sys.stderr)
    tallies = {kind: Tally(kind) for kind in options.kind}
    try:
        for begun in range(0, options.kills, A_ROUND):
            for kind, tally in tallies.items():
                tally.add(one_round(kind, min(A_ROUND, options.kills - begun), f"{options.seed} {begun} {kind}"))
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
    print(HEAD, "|" + " --- |" * (HEAD.count("|") - 1), *map(row, tallies.values()), sep="\n")
    return 0 if all(tally.faultless for tally in tallies.values()) else 1


def one_round(kind: str, kills: int, seed: str) -> Tally:
    """Run one series in a folder of its own; say what was met."""
    with TemporaryDirectory() as folder:
        os.environ["TMPDIR"] = folder  # a server that is killed leaves its own there
        try:
            tally = run(kind, Place.made(Path(folder)), kills, Random(seed))  # noqa: S311 - nothing secret
        except AssertionError:
            print((Path(folder) / "log").read_text(errors="replace")[-4000:], file=sys.stderr)
            raise
    print(row(tally), file=sys.stderr, flush=True)
    for fault in (*tally.mixtures, *tally.lost, *tally.others):
        print(f"{seed}: {fault}", file=sys.stderr)
    return tally


def row(tally: Tally) -> str:
    """Return a row of the table."""
    return f"| {' | '.join(map(str, tally.figures()))} |"


if __name__ == "__main__":
    sys.exit(main())

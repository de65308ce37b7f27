"""Bombs in a row: how each ends, how soon, whether its process is gone, and what the service holds before and after.

    PYTHONPATH=tests .venv-test/bin/python -m benchmarks.runaway [--bombs 200]

The bombs are those of tests/bombs.py, in turn, sent to a server over the invented data of the tests. All are sent once
before the first figure is taken: what is made once and kept is no leak. Prints Markdown.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from statistics import median, quantiles

from bombs import BODIES, CUT, LIMITS, MEMORY, QUERIES, TIME, UPDATES, Bomb
from editing import Editor, editor_of
from processes import descriptors, family, memory
from serving import ended, eventually, probing

BOMBS = {**QUERIES, **UPDATES, **BODIES}
WHOLE_FAMILY = 5
MIB = 1 << 20


@dataclass(frozen=True)
class Run:
    """One bomb: how it ended and whether it may, in how many seconds, and what was held after it."""

    name: str
    outcome: tuple[int, str]
    right: bool
    seconds: float
    gone: bool
    held: int


def drop(editor: Editor, name: str, bomb: Bomb) -> Run:
    """Send a bomb and see what is left of it."""
    server = editor.server
    workers = server.workers
    started = time.perf_counter()
    outcome = bomb.send(server.client, editor.headers["write"])
    seconds = time.perf_counter() - started
    killed = bomb.path == "/sparql" and outcome in (TIME, MEMORY)
    gone = eventually(lambda: len(ended(workers)) >= killed and settled(editor))
    return Run(name, outcome, outcome in bomb.ends, seconds, gone, memory(server.process.pid))


def settled(editor: Editor) -> bool:
    """Tell whether every process is there, and no other."""
    return len(family(editor.server.process.pid)) == WHOLE_FAMILY


def main() -> int:
    """Send bombs, print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bombs", type=int, default=200)
    options = parser.parse_args()
    with ExitStack() as stack, tempfile.TemporaryDirectory() as folder:
        editor = editor_of(stack, Path(folder), **LIMITS)
        pids = (editor.server.process.pid, editor.server.zygote)
        for name, bomb in BOMBS.items():
            drop(editor, name, bomb)
        held, opened = memory(pids[0]), descriptors(*pids)
        with probing(editor.server) as taken:
            runs = [drop(editor, name, bomb) for name, bomb in islice(cycle(BOMBS.items()), options.bombs)]
        report(runs, taken, held, memory(pids[0]))
        same = eventually(lambda: descriptors(*pids) == opened)
        print(f"- descriptors of server and zygote: {opened} before, {descriptors(*pids)} after")
    return 0 if same and all(run.right and run.gone for run in runs) else 1


def report(runs: list[Run], taken: list[float], before: int, after: int) -> None:
    """Print one row a kind of bomb, then what holds for all."""
    print("| bomb | sent | ends | longest s | processes gone | MiB after |\n| --- | ---: | --- | ---: | --- | ---: |")
    for name in dict.fromkeys(run.name for run in runs):
        same = [run for run in runs if run.name == name]
        ends = ", ".join(sorted({shown(run.outcome) + ("" if run.right else " (wrong)") for run in same}))
        longest, gone = max(run.seconds for run in same), all(run.gone for run in same)
        print(
            f"| {name} | {len(same)} | {ends} | {longest:.2f} | {'yes' if gone else 'no'} | {same[-1].held / MIB:.0f} |"
        )
    print(f"\n- {len(runs)} bombs; limits {LIMITS}")
    print(f"- memory of the whole family (PSS): {before / MIB:.1f} MiB before, {after / MIB:.1f} MiB after")
    print(
        f"- /healthz meanwhile: {len(taken)} answers, "
        f"median {median(taken) * 1000:.1f} ms, p99 {quantiles(taken, n=100)[98] * 1000:.1f} ms"
    )


def shown(outcome: tuple[int, str]) -> str:
    """Return an outcome as it is shown."""
    return "200, visibly cut" if outcome == CUT else f"{outcome[0]} {outcome[1]}"


if __name__ == "__main__":
    raise SystemExit(main())

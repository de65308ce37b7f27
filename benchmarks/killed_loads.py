"""Kill commands and servers that change a dataset on disk at random moments: `python -m benchmarks.killed_loads`.

Prints of each kind how many kills there were, what they left, how many commands had ended before (which is no kill),
how many changes were acknowledged before the kill, and how long it took at most to open what was left: a server that
was sent changes is started anew until it is ready.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tests" / "faults")]

from killed_changes import kill_changes  # noqa: E402 - shared with the tests
from killed_loads import COMMANDS, Place  # noqa: E402


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=100, help="of each kind (default: 100)")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    for kind, run in {**COMMANDS, "change": kill_changes}.items():
        with TemporaryDirectory() as folder:
            os.environ["TMPDIR"] = folder  # a server that is killed leaves its own there
            found = run(Place.made(Path(folder)), given.kills, Random(f"{given.seed} {kind}"))  # noqa: S311 - nothing secret
        states = f"old state {found.old}, new state {found.new}"
        besides = f"ended before {found.ended}, acknowledged {found.acknowledged}"
        print(f"{kind}: {found.kills} kills; {states}; {besides}; open {found.slowest:.2f} s", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())

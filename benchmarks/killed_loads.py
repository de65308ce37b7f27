"""Kill `load`, `backup` and `restore` over a dataset on disk at random moments: `python -m benchmarks.killed_loads`.

Prints of each kind how many kills there were, what they left, and how long it took at most to open that.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tests" / "faults")]

from killed_loads import KINDS, Place  # noqa: E402 - shared with the tests


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=100, help="of each kind (default: 100)")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    for kind, run in KINDS.items():
        with TemporaryDirectory() as folder:
            found = run(Place.made(Path(folder)), given.kills, Random(f"{given.seed} {kind}"))  # noqa: S311 - nothing secret
        print(f"{kind}: {given.kills} kills; old state {found.old}, new state {found.new}; open {found.slowest:.2f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())

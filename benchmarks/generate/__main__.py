"""Write invented programmes with the shape of the published data.

    .venv-test/bin/python -m benchmarks.generate --triples 100000 --output generated
    .venv-test/bin/python -m benchmarks.generate --triples 10000000 --output ten-million.nq.gz

A name that ends in .nq or .nq.gz is one file of N-Quads; any other is a folder with one Turtle file, which is one
graph, a programme: `hct-kg serve --data generated`. The same seed over the same published data gives the same bytes;
programmes of two seeds have the same IRIs and are not to be put together. Memory is that of one programme.
Prints what was written, how fast, and how much memory it took.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from pathlib import Path

from benchmarks.generate.template import read_template
from benchmarks.generate.writing import Order, write
from hct_kg.settings import Settings

LEAST, MOST = 10_000, 100_000_000


def size(text: str) -> int:
    """Return a number of triples; underscores are for reading."""
    number = int(text)
    if not LEAST <= number <= MOST:
        raise argparse.ArgumentTypeError(f"from {LEAST} to {MOST}, not {text}")
    return number


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.generate", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--triples", type=size, required=True, help="how many in all, within 5 in a hundred")
    parser.add_argument("--output", type=Path, required=True, metavar="DIR|FILE", help="a new folder, or NAME.nq[.gz]")
    parser.add_argument("--seed", type=int, default=1, help="another number gives other programmes (default: 1)")
    parser.add_argument(
        "--programmes", type=int, metavar="N", help="by default as many as make them of about the real size"
    )
    parser.add_argument(
        "--documents", type=Path, metavar="DIR", help="write the documents too, so that passages verify"
    )
    parser.add_argument(
        "--data", type=Path, default=Settings().data, metavar="DIR", help="the data to take the shape of"
    )
    return parser.parse_args()


def main() -> int:
    given = options()
    if given.output.exists():
        print(f"{given.output}: is there already; name a new one, or take it away", file=sys.stderr)
        return 2
    start = time.perf_counter()
    order = Order(given.triples, given.seed, given.programmes, given.documents)
    written = write(read_template(given.data), order, given.output)
    seconds = time.perf_counter() - start
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(
        f"{written.triples} triples, {written.programmes} programmes, seed {given.seed}: {given.output}; "
        f"{seconds:.1f} s, {written.triples / seconds:.0f} triples/s, peak memory {memory} MiB"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())

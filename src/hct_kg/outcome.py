"""Whether the outcome of a change is in shape: a process of its own, ended with the server.

    python -m hct_kg.outcome PARENT ONTOLOGY SNAPSHOT

Prints the SHACL report in Turtle and exits 3 where shapes are broken.
"""

from __future__ import annotations

import argparse
import logging
import sys
from pathlib import Path

from hct_kg.apart import run_apart
from hct_kg.errors import ShapesViolated, WorkerLost
from hct_kg.shacl import report_turtle, validate
from hct_kg.sources import SHAPES_FILE, ontology_sources, read_all, read_data
from hct_kg.store.sandbox import die_with_parent

log = logging.getLogger(__name__)

# Python itself exits with 1 after an exception and 2 after a wrong command line: neither says anything of the data.
CONFORMS, VIOLATED = 0, 3


async def check_outcome(ontology: Path, snapshot: Path) -> None:
    """Raise ShapesViolated, with the report, where a snapshot is not in shape; a cancelled check is ended."""
    ended = await run_apart("hct_kg.outcome", str(ontology), str(snapshot))
    if ended.code == VIOLATED:
        raise ShapesViolated(
            "The outcome breaks shapes: `report` says which, where, and how to mend it.", ended.output.decode()
        )
    if ended.code != CONFORMS:
        log.error("the process that validates has ended with %d: %s", ended.code, ended.complaints[-2000:])
        raise WorkerLost("The process that validates has ended; nothing is changed.")


def main() -> int:
    """Validate a snapshot together with the ontology."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parent", type=int)
    parser.add_argument("ontology", type=Path)
    parser.add_argument("snapshot", type=Path)
    options = parser.parse_args()
    die_with_parent(options.parent)
    quads, _ = read_data(options.snapshot)
    vocabulary = read_all(ontology_sources(options.ontology))
    violations = validate([*vocabulary, *quads], options.ontology / SHAPES_FILE)
    if violations:
        sys.stdout.write(report_turtle(violations))
    return VIOLATED if violations else CONFORMS


if __name__ == "__main__":
    sys.exit(main())

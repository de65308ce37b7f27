"""Whether RDF that somebody sends is in shape: read and validated in a confined process of its own.

    python -m hct_kg.examining PARENT MIB SECONDS ONTOLOGY FORMAT [DATASET] < frames

Validated is the union of all graphs sent, the ontology's, and with DATASET (a file of N-Quads) the dataset's as it
was before rules. Nothing is fetched: owl:imports and a JSON-LD context elsewhere are not followed.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import signal
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hct_kg.apart import Ended, run_apart
from hct_kg.errors import MalformedRdf, QueryMemoryExceeded, QueryTimeout, ResultTooLarge, WorkerLost
from hct_kg.shacl import ShapeViolation, report_triples, validate
from hct_kg.sources import SHAPES_FILE, ontology_sources, read_all, read_data
from hct_kg.store import Quad, Term
from hct_kg.store.confinement import confine
from hct_kg.store.formats import FORMATS
from hct_kg.store.received import read_received, write_triples
from hct_kg.store.sandbox import die_with_parent
from hct_kg.store.values import Limits, Payload
from hct_kg.terms import NAMESPACES, SH, is_derived, shorten

log = logging.getLogger(__name__)

JSON = "json"
"""The name of the report's format that is none of RDF."""

# Python itself exits with 1 after an exception and 2 after a wrong command line: neither says anything of the data.
REPORTED, MALFORMED, NO_MEMORY = 0, 3, 4
OUT_OF_MEMORY = (NO_MEMORY, -signal.SIGABRT, -signal.SIGSEGV)
"""How a process ends that finds no memory: by itself, or by an engine that knows no other way."""


@dataclass(frozen=True, slots=True)
class Report:
    """A SHACL report: how many results it has, and its bytes in the format that was asked for."""

    count: int
    body: bytes


async def examine(
    payloads: Sequence[Payload], form: str, ontology: Path, limits: Limits, dataset: Path | None = None
) -> Report:
    """Return the report about RDF, in JSON or a format of RDF by name.

    Raises MalformedRdf, QueryTimeout, QueryMemoryExceeded, ResultTooLarge and WorkerLost.
    """
    arguments = (str(limits.memory), str(limits.seconds), str(ontology), form, *([str(dataset)] if dataset else []))
    try:
        async with asyncio.timeout(limits.seconds):
            ended = await run_apart("hct_kg.examining", *arguments, given=write_frames(payloads))
    except TimeoutError:
        raise too_long(limits) from None
    return read_report(ended, limits)


def read_report(ended: Ended, limits: Limits) -> Report:
    """Return the report of a process that has ended, or raise what kept it from making one."""
    if ended.code == MALFORMED:
        raise MalformedRdf(**json.loads(ended.output))
    if ended.code in OUT_OF_MEMORY:
        raise QueryMemoryExceeded(f"The validation needed more than {limits.memory} MiB of memory. Send less at once.")
    if ended.code in (-signal.SIGXCPU, -signal.SIGKILL):
        raise too_long(limits)
    if ended.code != REPORTED:
        log.error("the process that validates has ended with %d: %s", ended.code, ended.complaints[-2000:])
        raise WorkerLost("The process that validates has ended; try again.")
    if len(ended.output) > limits.result_bytes:
        raise ResultTooLarge(f"The report is larger than {limits.size} MiB. Send less at once.")
    count, _, body = ended.output.partition(b"\n")
    return Report(int(count), body)


def too_long(limits: Limits) -> QueryTimeout:
    """Return the error for a validation that took too long."""
    return QueryTimeout(
        f"The validation took longer than {limits.seconds:g} seconds and was stopped. Send less at once."
    )


def write_frames(payloads: Iterable[Payload]) -> bytes:
    """Return payloads as they are given to the process: format and length of each in a line, then all bodies."""
    payloads = list(payloads)
    head = json.dumps([[payload.format.name, len(payload.body)] for payload in payloads])
    return b"".join([head.encode(), b"\n", *(payload.body for payload in payloads)])


def read_frames(given: bytes) -> list[Payload]:
    """Return the payloads that `write_frames` has written."""
    head, _, rest = given.partition(b"\n")
    payloads, start = [], 0
    for name, length in json.loads(head):
        payloads.append(Payload(rest[start : start + length], FORMATS[name]))
        start += length
    return payloads


def write_report(violations: Sequence[ShapeViolation], form: str) -> bytes:
    """Return a report in JSON or a format of RDF."""
    if form != JSON:
        return write_triples(report_triples(violations), FORMATS[form], NAMESPACES)
    severities = [shorten(violation.severity).removeprefix("sh:") for violation in violations]
    counts = {severity: severities.count(severity) for severity in sorted(set(severities))}
    results = [describe(violation) for violation in violations]
    return json.dumps({"conforms": not results, "counts": counts, "results": results}, ensure_ascii=False).encode()


def describe(violation: ShapeViolation) -> dict[str, Any]:
    """Return one result as it is sent."""
    terms = {name: term(violation.terms.get(name)) for name in ("focus", "path", "value", "shape")}
    return {
        **terms,
        "component": violation.component.removeprefix(SH),
        "severity": violation.severity.removeprefix(SH),
        "message": violation.message or None,
    }


def term(node: Term | None) -> dict[str, str | None] | None:
    """Return a term as it is sent; a blank node has no name that means anything."""
    if node is None:
        return None
    value = None if node.kind == "bnode" else node.value
    return {"type": node.kind, "value": value, "datatype": node.datatype, "language": node.language}


def asserted(dataset: Path) -> list[Quad]:
    """Return the quads of a dataset but those that rules have derived."""
    quads, _ = read_data(dataset)
    return [quad for quad in quads if not is_derived(getattr(quad.graph_name, "value", ""))]


def main() -> int:
    """Read RDF and print how many results its report has, then the report; or what is wrong with the RDF."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parent", type=int)
    parser.add_argument("memory", type=int)
    parser.add_argument("seconds", type=float)
    parser.add_argument("ontology", type=Path)
    parser.add_argument("form")
    parser.add_argument("dataset", type=Path, nargs="?")
    options = parser.parse_args()
    die_with_parent(options.parent)
    known = [*read_all(ontology_sources(options.ontology)), *(asserted(options.dataset) if options.dataset else [])]
    import pyrudof  # noqa: F401 -- before the walls are closed

    confine(options.memory << 20, options.seconds)
    try:
        sent = [quad for payload in read_frames(sys.stdin.buffer.read()) for quad in read_received(payload)]
        violations = validate([*known, *sent], options.ontology / SHAPES_FILE)
        body = write_report(violations, options.form)
    except MalformedRdf as error:
        sys.stdout.write(json.dumps({"message": str(error), "line": error.line, "column": error.column}))
        return MALFORMED
    except MemoryError:
        return NO_MEMORY
    sys.stdout.buffer.write(b"%d\n" % len(violations) + body)
    return REPORTED


if __name__ == "__main__":
    sys.exit(main())

"""`validate`, `stats` and `format`."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from hct_kg.cli.held import held
from hct_kg.cli.load import current
from hct_kg.cli.parser import FOUND, OK
from hct_kg.dataset import assemble
from hct_kg.documents import Document, read_document
from hct_kg.errors import DocumentError
from hct_kg.settings import Settings
from hct_kg.shacl import Validating
from hct_kg.sources import SHAPES_FILE, discover
from hct_kg.statistics import count
from hct_kg.store import read_snapshot
from hct_kg.store.snapshots import archive_snapshot
from hct_kg.turtle import format_file
from hct_kg.validation import Finding, find, of_quads, parse


def validate(options: argparse.Namespace, settings: Settings) -> int:
    """Print everything to mend in the data, and the name of the dataset that it makes."""
    documents = []
    if settings.documents is not None:
        documents = [read_document(path) for path in sorted(settings.documents.glob("*.txt"))]
        if not documents:
            raise DocumentError("holds no document (*.txt)", settings.documents)
    findings, named = (examine if settings.store is None else examine_store)(settings, options.engine, documents)
    if options.json:
        about = named._asdict() if named else {}
        print(json.dumps({"conforms": not findings, **about, "findings": [asdict(f) for f in findings]}, indent=2))
    else:
        for finding in findings:
            print(finding)
        guard = f"{len(documents)} documents" if documents else "none (give --documents)"
        print(f"{len(findings)} to mend; {options.engine}; compared with the words of: {guard}")
        if named:
            print(f"version {named.version}; triples {named.triples}")
    return FOUND if findings else OK


class Named(NamedTuple):
    """A dataset by the name of its content, and how many triples it has with what follows from them."""

    version: str
    triples: int


def examine(settings: Settings, engine: str, documents: Iterable[Document]) -> tuple[list[Finding], Named | None]:
    """Return everything to mend in the files, and the name of the dataset that they make, made at the same time.

    It has no name where a file is malformed or a thing has no name. Raises CatalogueError for a rule that cannot
    be used.
    """
    with ThreadPoolExecutor(max_workers=1) as aside, Validating(settings.ontology / SHAPES_FILE, engine) as shapes:
        parsed = parse(settings.ontology, settings.data, shapes)
        made = aside.submit(assemble, parsed.quads, settings.ontology, settings.queries) if parsed.sound else None
        findings = find(parsed, shapes, documents)
        dataset = made.result() if made else None
        return findings, Named(dataset.version, len(dataset.store)) if dataset else None


def examine_store(settings: Settings, engine: str, documents: Iterable[Document]) -> tuple[list[Finding], Named]:
    """Return everything to mend in the data of a store, against the ontology's folder, and the name of its version."""
    with TemporaryDirectory() as folder, current(settings) as archive:
        snapshot = Path(folder) / "data.nq"
        archive_snapshot(archive, snapshot)
        quads, _ = read_snapshot(snapshot)
        named = Named(archive.version, archive.triples)
    with Validating(settings.ontology / SHAPES_FILE, engine) as shapes:
        return find(of_quads(settings.ontology, quads, shapes), shapes, documents), named


def stats(options: argparse.Namespace, settings: Settings) -> int:
    """Print the counts of the dataset."""
    with held(settings) as dataset:
        counts = count(dataset)
    if options.json:
        print(json.dumps({"version": dataset.version, "triples": dataset.triples, "counts": counts}, indent=2))
        return OK
    print(f"version {dataset.version}\ntriples {dataset.triples}")
    for heading, rows in counts.items():
        print(f"\n{heading}")
        for name, number in rows.items():
            print(f"  {number:6}  {name}")
    return OK


def format_data(options: argparse.Namespace, settings: Settings) -> int:
    """Rewrite, or with --check name, every data file that is not in its one form."""
    changed = 0
    for source in discover(settings.data):
        text = format_file(source.path)
        if text == source.path.read_text(encoding="utf-8"):
            continue
        changed += 1
        print(f"{source.path}: {'is not formatted' if options.check else 'formatted'}")
        if not options.check:
            source.path.write_text(text, encoding="utf-8", newline="\n")
    return FOUND if changed and options.check else OK

"""`validate`, `stats` and `format`."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict

from hct_kg.cli.parser import FOUND, OK
from hct_kg.dataset import Dataset, assemble, load_dataset
from hct_kg.documents import Document, read_document
from hct_kg.errors import DocumentError
from hct_kg.settings import Settings
from hct_kg.shacl import Validating
from hct_kg.sources import SHAPES_FILE, discover
from hct_kg.statistics import count
from hct_kg.turtle import format_file
from hct_kg.validation import Finding, find, parse


def validate(options: argparse.Namespace, settings: Settings) -> int:
    """Print everything to mend in the data, and the name of the dataset that it makes."""
    documents = []
    if settings.documents is not None:
        documents = [read_document(path) for path in sorted(settings.documents.glob("*.txt"))]
        if not documents:
            raise DocumentError("holds no document (*.txt)", settings.documents)
    findings, dataset = examine(settings, options.engine, documents)
    if options.json:
        named = {"version": dataset.version, "triples": len(dataset.store)} if dataset else {}
        print(json.dumps({"conforms": not findings, **named, "findings": [asdict(f) for f in findings]}, indent=2))
    else:
        for finding in findings:
            print(finding)
        guard = f"{len(documents)} documents" if documents else "none (give --documents)"
        print(f"{len(findings)} to mend; {options.engine}; compared with the words of: {guard}")
        if dataset:
            print(f"version {dataset.version}; triples {len(dataset.store)}")
    return FOUND if findings else OK


def examine(settings: Settings, engine: str, documents: Iterable[Document]) -> tuple[list[Finding], Dataset | None]:
    """Return everything to mend, and the dataset with what follows from it, made at the same time.

    There is no dataset where a file is malformed or a thing has no name. Raises CatalogueError for a rule
    that cannot be used.
    """
    with ThreadPoolExecutor(max_workers=1) as aside, Validating(settings.ontology / SHAPES_FILE, engine) as shapes:
        parsed = parse(settings.ontology, settings.data, shapes)
        made = aside.submit(assemble, parsed.quads, settings.ontology, settings.queries) if parsed.sound else None
        findings = find(parsed, shapes, documents)
        return findings, made.result() if made else None


def stats(options: argparse.Namespace, settings: Settings) -> int:
    """Print the counts of the dataset."""
    dataset = load_dataset(settings.ontology, settings.data, settings.queries)
    counts = count(dataset.store)
    if options.json:
        print(json.dumps({"version": dataset.version, "triples": len(dataset.store), "counts": counts}, indent=2))
        return OK
    print(f"version {dataset.version}\ntriples {len(dataset.store)}")
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

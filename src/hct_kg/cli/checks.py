"""`validate`, `stats` and `format`."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict

from hct_kg.cli.parser import FOUND, OK
from hct_kg.dataset import load_dataset
from hct_kg.documents import read_document
from hct_kg.errors import DocumentError
from hct_kg.settings import Settings
from hct_kg.sources import discover
from hct_kg.statistics import count
from hct_kg.turtle import format_file
from hct_kg.validation import validate as find_problems


def validate(options: argparse.Namespace, settings: Settings) -> int:
    """Print everything to mend in the data."""
    documents = []
    if settings.documents is not None:
        documents = [read_document(path) for path in sorted(settings.documents.glob("*.txt"))]
        if not documents:
            raise DocumentError("holds no document (*.txt)", settings.documents)
    findings = find_problems(settings.ontology, settings.data, options.engine, documents)
    if options.json:
        print(json.dumps({"conforms": not findings, "findings": [asdict(f) for f in findings]}, indent=2))
    else:
        for finding in findings:
            print(finding)
        guard = f"{len(documents)} documents" if documents else "none (give --documents)"
        print(f"{len(findings)} to mend; {options.engine}; compared with the words of: {guard}")
    return FOUND if findings else OK


def stats(options: argparse.Namespace, settings: Settings) -> int:
    """Print the counts of the dataset."""
    dataset = load_dataset(settings.ontology, settings.data)
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

"""`load`, `backup`, `restore` and `dump`: a dataset that is kept on disk or elsewhere."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict
from pathlib import Path

from hct_kg.batches import Checking
from hct_kg.building import Rules
from hct_kg.cli.parser import FOUND, OK
from hct_kg.cli.progress import reporting
from hct_kg.errors import DataError, SettingsError
from hct_kg.loading import Loading, backup, inputs, load, restore
from hct_kg.settings import Settings
from hct_kg.store import is_name
from hct_kg.store.archive import Archive
from hct_kg.store.folder import NOTHING_YET
from hct_kg.store.loading import Target
from hct_kg.store.opening import target_of
from hct_kg.store.writing import write_dump


def load_files(options: argparse.Namespace, settings: Settings) -> int:
    """Load files into the store; print what is to be mended, or the version that they make."""
    if options.graph is not None and not is_name(options.graph):
        raise SettingsError(f"--graph {options.graph!r} is no IRI")
    files = inputs(options.files, options.graph)
    check = None if options.no_validate else Checking(settings.ontology, files)
    started = time.monotonic()
    with reporting() as progress:
        rules = Rules(settings.ontology, settings.queries)
        loaded = load(place(settings), files, Loading(rules, options.add, check, progress))
    seconds = time.monotonic() - started
    if loaded.archive is None:
        if options.json:
            print(json.dumps({"loaded": False, "findings": [asdict(item) for item in loaded.findings]}, indent=2))
        else:
            print(*loaded.findings, f"{len(loaded.findings)} to mend; nothing is changed", sep="\n")
        return FOUND
    tell(loaded.archive, options, loaded=loaded.triples, seconds=round(seconds, 1))
    return OK


def back_up(options: argparse.Namespace, settings: Settings) -> int:
    """Write the current version to a file."""
    with current(settings) as archive:
        try:
            backup(archive, options.file)
        except OSError as error:
            raise DataError(f"cannot be written: {error.strerror}", options.file) from None
        tell(archive, options, bytes=options.file.stat().st_size)
    return OK


def restore_file(options: argparse.Namespace, settings: Settings) -> int:
    """Make what a file holds the current version."""
    with reporting() as progress:
        archive = restore(place(settings), options.file, Rules(settings.ontology, settings.queries), progress)
    tell(archive, options)
    return OK


def dump(options: argparse.Namespace, settings: Settings) -> int:
    """Write the current version as one file of RDF, always the same bytes for the same version."""
    with current(settings) as archive:
        if options.output is None:
            write_dump(archive, options.format, sys.stdout.buffer)
            return OK
        try:
            with options.output.open("wb") as file:
                write_dump(archive, options.format, file)
        except OSError as error:
            raise DataError(f"cannot be written: {error.strerror}", options.output) from None
    return OK


def place(settings: Settings) -> Target:
    """Return where to load into; raises SettingsError where no place is given."""
    if settings.store is None:
        raise SettingsError("this command needs a place to keep the dataset in: give --store DIR or HCT_KG_STORE")
    return target_of(settings)


@contextmanager
def current(settings: Settings) -> Iterator[Archive]:
    """Hold on to the current version; raises DataError where there is none."""
    with closing(place(settings)) as target:
        archive = target.current()
        if archive is None:
            raise DataError(NOTHING_YET, Path(str(settings.store)))
        yield archive


def tell(archive: Archive, options: argparse.Namespace, **more: float) -> None:
    """Print which version it is."""
    if options.json:
        print(json.dumps({"version": archive.version, "triples": archive.triples, **more}, indent=2))
        return
    print(f"version {archive.version}\ntriples {archive.triples}")
    for name, value in more.items():
        print(f"{name} {value}")

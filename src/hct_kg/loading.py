"""`load`, `backup`, `restore` and `dump`: files into a place where a dataset is kept, and back, however large it is."""

from __future__ import annotations

import os
import shutil
import tarfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from hct_kg.batches import Batch, batches
from hct_kg.building import Building, Rules, kept, refuse_protected
from hct_kg.durable import sync_folder
from hct_kg.errors import DataError
from hct_kg.store.archive import ABOUT, QUADS, Archive
from hct_kg.store.inputs import SUFFIXES, Input, stem_of, suffix_of
from hct_kg.store.loading import Progress, Target, unheard
from hct_kg.terms import GRAPH
from hct_kg.validation import Finding

Check = Callable[[Batch], Iterable[Finding]]
BATCH = 100_000
"""Triples that are validated at once, or those of one graph where it has more."""


@dataclass(frozen=True, slots=True)
class Loading:
    """What a load is told: the rules; whether graphs are added to instead of replaced; how batches are checked."""

    rules: Rules
    add: bool = False
    check: Check | None = None
    progress: Progress = unheard


@dataclass(frozen=True, slots=True)
class Loaded:
    """What came of a load: the version, or else what is to be mended first."""

    archive: Archive | None
    findings: tuple[Finding, ...] = ()
    triples: int = 0
    """How many triples the files held."""


def inputs(paths: Iterable[Path], graph: str | None = None) -> list[Input]:
    """Return the files to load; in a folder, `STEM.EXT` and `STEM/*.EXT` are graph STEM, as `hct-kg serve` has it.

    A file of a format that names graphs keeps them. Raises DataError for what is not there or of no known format.
    """
    return [item for path in paths for item in (in_folder(path, graph) if path.is_dir() else [in_file(path, graph)])]


def in_folder(folder: Path, graph: str | None) -> list[Input]:
    """Return the files of a folder, sorted by path."""
    found = sorted(path for path in (*folder.glob("*"), *folder.glob("*/*")) if path.is_file())
    files = [path for path in found if suffix_of(path) in SUFFIXES]
    if not files:
        raise DataError(f"holds no file to load ({', '.join(SUFFIXES)}, also with .gz)", folder)
    return [in_file(path, graph, stem_of(path) if path.parent == folder else path.parent.name) for path in files]


def in_file(path: Path, graph: str | None, stem: str | None = None) -> Input:
    """Return one file to load."""
    if not path.is_file():
        raise DataError("is no file and no folder", path)
    if suffix_of(path) not in SUFFIXES:
        raise DataError(f"is of no format that is read here, which are {', '.join(SUFFIXES)}, also with .gz", path)
    named = Input(path, None).names_graphs
    return Input(path, graph or (None if named else GRAPH + (stem or stem_of(path))))


def load(target: Target, files: Sequence[Input], how: Loading) -> Loaded:
    """Load files, all or none; a load of the same files that was interrupted is gone on with.

    Raises RdfSyntaxError (file, line, column), DataError, CatalogueError, SettingsError, ChangeNotKept, EngineError.
    """
    target.begin()
    try:
        building = Building(target.workplace, how.rules, how.progress)
        try:
            current = target.current()
            building.read(files)
            refuse_protected(building.written, how.rules)
            if current is not None:
                building.keep(current, kept(current, () if how.add else building.written, how.rules))
            if how.check is not None:
                findings = tuple(validated(building, how.check, how.progress))
                if findings:
                    return Loaded(None, findings)
            archive = building.finish()
        finally:
            building.close()
        target.put(archive, how.progress)
        return Loaded(archive, triples=sum(building.written.values()))
    finally:
        target.close()


def validated(building: Building, check: Check, progress: Progress) -> Iterator[Finding]:
    """Yield what is to be mended in what was read, batch by batch."""
    total, done = sum(building.written.values()), 0
    for batch in batches(building, BATCH):
        progress("validating", done, total)
        yield from check(batch)
        done += batch.triples
    progress("validating", total, total)


def backup(archive: Archive, file: Path) -> None:
    """Write an archive to a file, whole or not at all, and look whether it is in it; raises DataError and OSError."""
    beside = file.with_name(f"{file.name}.part")
    try:
        with tarfile.open(beside, "w", format=tarfile.PAX_FORMAT) as tar:
            for name in (ABOUT, QUADS):
                tar.add(archive.folder / name, name)
        with unpacked(beside) as copy:
            if copy.version != archive.version:
                raise DataError("is not what was written", beside)
        with beside.open("rb") as written:
            os.fsync(written.fileno())
        beside.rename(file)
        sync_folder(file.absolute().parent)
    finally:
        beside.unlink(missing_ok=True)


class unpacked:  # noqa: N801 - used as a function is
    """The archive of a backup's file for the time of a block, checked; raises DataError."""

    def __init__(self, file: Path, folder: Path | None = None) -> None:
        self._file = file
        self._place = TemporaryDirectory(prefix="hct-kg-", dir=folder or file.absolute().parent)

    def __enter__(self) -> Archive:
        try:
            with tarfile.open(self._file) as tar:
                for name in (ABOUT, QUADS):
                    tar.extract(name, self._place.name, filter="data")
            archive = Archive.open(Path(self._place.name))
            archive.check()
        except (tarfile.TarError, KeyError, EOFError) as error:
            self._place.cleanup()
            raise DataError(f"is no backup of a dataset, or not whole: {error}", self._file) from None
        except OSError as error:
            self._place.cleanup()
            raise DataError(f"cannot be read: {error.strerror}", self._file) from None
        except BaseException:
            self._place.cleanup()
            raise
        return archive

    def __exit__(self, *_: object) -> None:
        self._place.cleanup()


def restore(target: Target, file: Path, rules: Rules, progress: Progress = unheard) -> Archive:
    """Make what a backup holds the current version; raises DataError, SettingsError, ChangeNotKept, EngineError."""
    target.begin()
    place = target.workplace.with_name(f"{target.workplace.name}-restored")
    try:
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
        with unpacked(file, place) as archive:
            if not target.wants_index:
                target.put(archive, progress)
                return archive
            building = Building(place, rules, progress)
            try:
                made = building.copy(archive)
            finally:
                building.close()
        if made.version != archive.version:
            raise DataError("was not restored as it was: nothing is changed", file)
        target.put(made, progress)
        return made
    finally:
        shutil.rmtree(place, ignore_errors=True)
        target.close()

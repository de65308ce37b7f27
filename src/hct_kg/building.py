"""Files to a version on disk: parsed, what follows derived, indexed and named, in bounded memory and resumable.

    runs/       of each graph of each file (see `store.runs`); `files.jsonl` names the files that are read to their end
    index/      what of it can be asked already (see `store.indexing`); in the end all of it
    dataset.nq.gz, about.json    the archive (see `store.archive`), made last

Which makes the same dataset as `dataset.load_dataset`, of the same name, however large it is.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import islice
from pathlib import Path

from hct_kg.derivation import derived
from hct_kg.durable import append_line
from hct_kg.errors import DataError, HctError
from hct_kg.executables import QUERIES, read_executables
from hct_kg.preparing import prepare
from hct_kg.sources import ontology_sources
from hct_kg.store import EmbeddedStore, Quad
from hct_kg.store.archive import ABOUT, Archive, Graph
from hct_kg.store.indexing import INDEX, UNION, Indexing
from hct_kg.store.inputs import Input, empty_graphs_of, read_input
from hct_kg.store.loading import Progress, unheard
from hct_kg.store.merging import Merging
from hct_kg.store.on_disk import REFUSED
from hct_kg.store.prepared import PREPARED
from hct_kg.store.runs import Run, Runs
from hct_kg.store.sandbox import die_with_parent
from hct_kg.store.wire import write_error, write_json
from hct_kg.terms import is_derived

JOURNAL, RUNS = "files.jsonl", "runs"
KEPT = "kept-"
"""How the names of runs begin that are graphs of the version before."""
CHUNK = 50_000


@dataclass(frozen=True, slots=True)
class Rules:
    """What is not data: the folders of the ontology with its rules, and of the curated queries."""

    ontology: Path
    queries: Path

    @property
    def graphs(self) -> tuple[str, ...]:
        """The graphs of the vocabulary and of the questions, which no load writes."""
        return (*(source.graph for source in ontology_sources(self.ontology)), QUERIES)


class Building:
    """A version that is being made in a folder; what an interrupted process has read there is not read again."""

    def __init__(self, folder: Path, rules: Rules, progress: Progress = unheard) -> None:
        self.folder = folder
        self.written: dict[str, int] = {}
        """The graphs that the files write, named as N-Quads does, and their triples, repetitions included."""
        self._rules = rules
        self._progress = progress
        for name in (ABOUT, UNION, PREPARED):
            remove(folder / name)
        self._runs = Runs(folder / RUNS)
        self._found: list[Run] = []
        self._empty: set[str] = set()
        self._indexing = Indexing(folder)
        self._indexed = self._indexing.runs

    @property
    def store(self) -> EmbeddedStore:
        """What is read by now, to be asked."""
        self._indexing.settle()
        return EmbeddedStore.over(self._indexing.store)

    def read(self, files: Sequence[Input]) -> None:
        """Read all files, and those of the vocabulary; raises RdfSyntaxError (file, line, column) and DataError."""
        vocabulary = [Input(source.path, source.graph) for source in ontology_sources(self._rules.ontology)]
        keys = {file: file.key for file in (*vocabulary, *files)}
        read = {key: runs for key, runs in read_journal(self.folder / JOURNAL) if key in keys.values()}
        self._check_index({run.file for runs in read.values() for run in runs}, KEPT)
        total, done = sum(file.size for file in keys), 0
        for file, key in keys.items():

            def tell(size: int) -> None:
                nonlocal done
                done += size
                self._progress("reading", done, total)

            if key in read:
                runs = read[key]
                self._take(runs)
                tell(file.size)
            else:
                runs = self._read(file, key, tell)
            self._empty.update(empty_graphs_of(file))
            if file not in vocabulary:
                for run in runs:
                    self.written[run.graph] = self.written.get(run.graph, 0) + run.triples

    def keep(self, archive: Archive, graphs: Sequence[Graph]) -> None:
        """Take graphs over from an archive."""
        for number, graph in enumerate(graphs, 1):
            self._progress("keeping", number, len(graphs))
            if graph.triples:
                stem = f"{KEPT}{graph.sha256[:32]}-{blake2b(graph.name.encode(), digest_size=8).hexdigest()}"
                self._take(self._runs.adopt(stem, archive, graph))
            elif graph.iri:
                self._empty.add(graph.iri)

    def finish(self) -> Archive:
        """Derive what follows, add the questions, and make archive and index whole; raises CatalogueError."""
        self._check_index({run.file for run in self._found})
        self._take([*self._derived(), *self._write("questions", [read_executables(self._rules.queries)])])
        return self._put_together(self._rules.graphs)

    def _put_together(self, ontology_graphs: Iterable[str]) -> Archive:
        """Make archive and index whole."""
        self._progress("putting together", 0, 0)
        self._indexing.add_graphs(sorted(self._empty))
        merging = Merging(self.folder, self._runs)
        archive = merging.archive(self._found, self._empty, ontology_graphs)
        self._indexing.finish(merging.repeated)
        prepare(archive, self.folder)
        shutil.rmtree(self.folder / RUNS)
        remove(self.folder / JOURNAL)
        return archive

    def copy(self, archive: Archive) -> Archive:
        """Make the same version as an archive's."""
        self.keep(archive, archive.graphs)
        return self._put_together(archive.ontology_graphs)

    def quads_of(self, graph: str) -> Iterator[Quad]:
        """Yield what was read of a graph (named as N-Quads does), sorted by subject."""
        return self._runs.quads(run for run in self._found if run.graph == graph)

    def close(self) -> None:
        """Let go of the folder; the work can be gone on with."""
        self._indexing.close()

    def _read(self, file: Input, key: str, tell: Callable[[int], None]) -> list[Run]:
        """Read one file, and write down that it is read to its end."""
        stem = blake2b(key.encode(), digest_size=16).hexdigest()
        runs = []
        for run, quads in self._runs.write(stem, read_input(file, tell), file.graph):
            self._found.append(run)
            self._indexing.add(run.file, [quads], nameless=run.nameless)
            runs.append(run)
        append_line(self.folder / JOURNAL, json.dumps({"file": key, "runs": [run.as_json() for run in runs]}))
        return runs

    def _derived(self) -> list[Run]:
        """Return the runs of what follows; nothing of it is in the index before all rules have been run."""
        asserted = {run.graph.strip("<>") for run in self._found if run.graph.startswith("<")}
        quads = derived(self.store, self._rules.ontology / "rules", sorted(asserted | self._empty))
        return self._write("derived", reported(quads, self._progress))

    def _write(self, stem: str, parts: Iterable[Sequence[Quad]]) -> list[Run]:
        """Return the runs of quads."""
        return [run for run, _ in self._runs.write(stem, parts)]

    def _take(self, runs: Iterable[Run]) -> None:
        """Make runs part of the version."""
        for run in runs:
            self._found.append(run)
            if run.file not in self._indexed:
                self._indexing.add(run.file, self._runs.parts(run), nameless=run.nameless)

    def _check_index(self, files: set[str], *others: str) -> None:
        """Begin the index anew where it holds runs that are not wanted: of half a file, or of another load.

        Wanted are those of some files, and those whose names begin in some way.
        """
        if any(not name.startswith(others) for name in self._indexed - files):
            self._indexing.close()
            shutil.rmtree(self.folder / INDEX)
            self._indexing, self._indexed = Indexing(self.folder), set()
            found, self._found = self._found, []
            self._take(found)


def reported(quads: Iterator[Quad], progress: Progress) -> Iterator[list[Quad]]:
    """Yield quads in parts, and report how many there were."""
    done = 0
    while part := list(islice(quads, CHUNK)):
        done += len(part)
        progress("deriving", done, 0)
        yield part


def read_journal(path: Path) -> Iterator[tuple[str, list[Run]]]:
    """Yield the files that were read to their end, and their runs; half a line at the end is none."""
    if not path.exists():
        return
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        runs = [Run(**run) for run in entry["runs"]]
        if all((path.parent / RUNS / run.file).is_file() for run in runs):
            yield entry["file"], runs


def remove(path: Path) -> None:
    """Remove a file or a folder, where it is there."""
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def kept(current: Archive, written: Iterable[str], rules: Rules) -> list[Graph]:
    """Return the graphs of a version that stay as they are where others are written (named as N-Quads does)."""
    gone = {*written, *(f"<{graph}>" for graph in (*rules.graphs, *current.ontology_graphs))}
    return [graph for graph in current.graphs if graph.name not in gone and not is_derived(graph.iri or "")]


def refuse_protected(graphs: Iterable[str], rules: Rules) -> None:
    """Raise DataError where files write graphs that are made of the ontology, of the rules or of the questions."""
    for graph in graphs:
        iri = graph.strip("<>")
        if is_derived(iri) or iri in rules.graphs:
            raise DataError(f"the graph {graph} is not loaded: it is made anew from the ontology and its rules")


def build(snapshot: Path, folder: Path, rules: Rules) -> Archive:
    """Make the version of a snapshot, with the vocabulary and what follows; raises what `Building` raises."""
    building = Building(folder, rules)
    try:
        building.read([Input(snapshot, None)])
        return building.finish()
    finally:
        building.close()


def main() -> int:
    """Make a version of a snapshot, in a process of its own; print why not, as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parent", type=int)
    for name in ("ontology", "queries", "snapshot", "folder"):
        parser.add_argument(name, type=Path)
    options = parser.parse_args()
    die_with_parent(options.parent)
    try:
        build(options.snapshot, options.folder, Rules(options.ontology, options.queries))
    except HctError as error:
        sys.stdout.buffer.write(write_json(write_error(error)))
        return REFUSED
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""The index of a version on disk: Oxigraph's own folder, filled in bulk beside whatever makes the quads.

    index/       all quads
    union/       where triples stand in several graphs: the same without their repetitions, mostly the same files

A union of graphs is a set, but Oxigraph's gives a triple of two graphs twice (seen in 0.5.13); so queries over the
union of all graphs are answered from `union/`, which shares its files with `index/` (hard links) but for the few
that say what is left out.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from pathlib import Path

import pyoxigraph
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat

from hct_kg.store.runs import BLANK

INDEX, UNION = "index", "union"
BATCH = 96 << 20
"""Bytes of N-Quads that are loaded in one go."""
MARK = NamedNode("urn:hct-kg:run")
AT_ONCE = 10_000


class Indexing:
    """An index that is being filled: one batch is loaded while the next one is collected.

    A batch is loaded whole or not at all, and with it the names of the runs that it is made of. So whoever goes on
    with the work of a process that was killed knows what is in the index.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        # A bulk load that was killed may leave quads without the name of their run (seen once in some hundred kills),
        # so what an ended command left is not built upon: its runs are read again, which costs no parsing.
        shutil.rmtree(folder / INDEX, ignore_errors=True)
        self.store = pyoxigraph.Store(str(folder / INDEX))
        self._thread = ThreadPoolExecutor(max_workers=1)
        self._loading: Future[None] | None = None
        self._parts: list[bytes] = []
        self._names: list[str] = []
        self._size = 0

    @property
    def runs(self) -> set[str]:
        """The names of the runs that are in the index."""
        found = (quad.object for quad in self.store.quads_for_pattern(MARK, MARK, None, MARK))
        return {node.value for node in found if isinstance(node, Literal)}

    def add(self, run: str, parts: Iterable[bytes], *, nameless: bool = False) -> None:
        """Add the N-Quads of a run, sooner or later."""
        if nameless:  # a bulk load of text would give its blank nodes new names, in each batch others
            self._wait()
            quads = [*pyoxigraph.parse(b"".join(parts), RdfFormat.N_QUADS), mark(run)]
            self.store.bulk_extend(quads)
            return
        for part in parts:
            self._parts.append(part)
            self._size += len(part)
        self._names.append(run)
        if self._size > BATCH:
            self._load()

    def add_graphs(self, iris: Iterable[str]) -> None:
        """Add graphs that may have no triples."""
        for iri in iris:
            self.store.add_graph(NamedNode(iri))

    def settle(self) -> None:
        """Return when everything that was added is in the index."""
        self._load()
        self._wait()

    def finish(self, repeated: list[bytes]) -> None:
        """Settle, forget the names of runs, and make the union if quads are to be left out of it; then close."""
        self.settle()
        self.store.remove_graph(MARK)
        self.store.flush()
        shutil.rmtree(self._folder / UNION, ignore_errors=True)
        if repeated:
            make_union(self.store, self._folder / UNION, repeated)
        self.close()

    def close(self) -> None:
        """Let go of the folder, after the batch that is under way."""
        self._thread.shutdown()
        self._loading = None
        if hasattr(self, "store"):
            del self.store

    def _load(self) -> None:
        """Begin to load what was collected."""
        self._wait()
        if self._names:
            marks = "".join(f"{mark(run)} .\n" for run in self._names).encode()
            self._loading = self._thread.submit(self._bulk_load, [*self._parts, marks])
        self._parts, self._names, self._size = [], [], 0

    def _bulk_load(self, parts: list[bytes]) -> None:
        content = b"".join(parts)
        parts.clear()
        self.store.bulk_load(content, RdfFormat.N_QUADS)

    def _wait(self) -> None:
        """Wait for the batch under way."""
        if self._loading is not None:
            self._loading.result()
            self._loading = None


def mark(run: str) -> Quad:
    """Return what says that a run is in the index."""
    return Quad(MARK, MARK, Literal(run), MARK)


def make_union(store: pyoxigraph.Store, folder: Path, repeated: list[bytes]) -> None:
    """Make a copy of an index without the quads that repeat a triple of another graph.

    Those with blank nodes are left: they have other names here than in the lines.
    """
    store.backup(str(folder))
    union = pyoxigraph.Store(str(folder))
    lines = (line for line in repeated if BLANK not in line)
    while part := list(islice(lines, AT_ONCE)):
        quads = pyoxigraph.parse(b"".join(part), RdfFormat.N_QUADS)
        union.update(f"DELETE DATA {{ {' '.join(map(as_data, quads))} }}")
    union.flush()


def as_data(quad: Quad) -> str:
    """Return a quad as SPARQL has it in DELETE DATA."""
    triple = f"{quad.subject} {quad.predicate} {quad.object} ."
    return f"GRAPH {quad.graph_name} {{ {triple} }}" if isinstance(quad.graph_name, NamedNode) else triple

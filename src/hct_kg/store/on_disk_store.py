"""A version on disk, opened to be asked; workers that are forked afterwards read from what was opened here.

Oxigraph's RocksDB opens more of its files as it needs them, so workers may read beneath the version's folder.
"""

from __future__ import annotations

import fcntl
import os
import resource
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import EllipsisType

import pyoxigraph
from pyoxigraph import Quad, RdfFormat, Triple

from hct_kg.errors import DataError
from hct_kg.store.archive import Archive, Graph, as_triples, read_parts
from hct_kg.store.embedded import EmbeddedStore
from hct_kg.store.indexing import INDEX, UNION
from hct_kg.store.merging import REPEATED
from hct_kg.store.prepared import kept_answer

IN_USE = "in-use"
"""A file of a version's folder, locked by whoever reads there, so that nobody removes it."""


class ArchivedQuads:
    """The quads of some graphs, in the order of the archive; they are read each time they are wanted."""

    def __init__(self, archive: Archive, descriptor: int, graphs: tuple[Graph, ...]) -> None:
        self._archive = archive
        self._descriptor = descriptor
        self._graphs = graphs

    def __len__(self) -> int:
        return sum(graph.triples for graph in self._graphs)

    def __iter__(self) -> Iterator[Quad]:
        for part in self.parts():
            yield from pyoxigraph.parse(part, RdfFormat.N_QUADS)

    def parts(self) -> Iterator[bytes]:
        """Yield them as N-Quads."""
        return read_parts(self._descriptor, self._graphs, self._archive.path)


class OnDiskStore(EmbeddedStore):
    """A version on disk, never changed, for as long as this process or one forked from it lives."""

    def __init__(self, folder: Path) -> None:
        """Open a version; raises DataError where it is not whole."""
        allow_many_files()
        self._in_use = open_shared(folder)
        self.archive = Archive.open(folder)
        self._store = open_index(folder / INDEX)
        self._merged = open_index(folder / UNION) if (folder / UNION).is_dir() else None
        self._quads = os.open(self.archive.path, os.O_RDONLY)
        self._repeated = frozenset(pyoxigraph.parse(path=folder / REPEATED, format=RdfFormat.N_QUADS))

    def __len__(self) -> int:
        return self.archive.triples

    def merge(self) -> None:
        """Do nothing: the union was made when the version was."""

    def prepared(self, query: str) -> bytes | None:
        """Return the answer to a query as JSON where the version has it."""
        return kept_answer(self.archive.folder, query)

    def digest(self) -> str:
        """Return the name of the version."""
        return self.archive.version

    def canonical_quads(self, graph: str | EllipsisType | None = ...) -> ArchivedQuads:  # type: ignore[override]
        """Return all quads, or those of one graph (None: the unnamed one), in the order of the archive."""
        found = self.archive.graphs if graph is ... else [item for item in self.archive.graphs if item.iri == graph]
        return ArchivedQuads(self.archive, self._quads, tuple(found))

    def union(self, quads: Iterable[Quad]) -> Iterable[Triple]:
        """Yield the triples of all quads, each once."""
        return (quad.triple for quad in quads if quad not in self._repeated)

    def dump_triples(self, graph: str | None) -> list[bytes]:
        """Return one graph (None: the unnamed one) as lines of N-Triples."""
        end = (self.archive.graph(graph) or Graph("", 0, "", 0, 0)).end
        parts = self.canonical_quads(graph).parts()
        return [line for part in parts for line in as_triples(part, end).splitlines(keepends=True)]


def allow_many_files() -> None:
    """Let this process open as many files as it may."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def open_shared(folder: Path) -> int:
    """Keep a version from being removed while this process lives; raises DataError where it is gone."""
    try:
        descriptor = os.open(folder / IN_USE, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise DataError(f"cannot be used: {error.strerror}", folder) from None
    fcntl.flock(descriptor, fcntl.LOCK_SH)
    if not (folder / IN_USE).exists():
        os.close(descriptor)
        raise DataError("has been removed: another version has taken its place", folder)
    return descriptor


def open_index(folder: Path) -> pyoxigraph.Store:
    """Open an index; raises DataError."""
    try:
        return pyoxigraph.Store.read_only(str(folder))
    except (OSError, ValueError) as error:
        raise DataError(f"cannot be opened: {error}", folder) from None

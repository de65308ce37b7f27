"""An archive: one version of the dataset as text, the same for every engine; what a backup holds.

    about.json       its version (see `digests`), and of each graph its name, triples, SHA-256, and place in the other
    dataset.nq.gz    all quads as N-Quads: canonical, sorted, graph by graph, each graph a gzip member of its own

So a graph can be read, checked and copied alone, and nobody ever holds more than a part of one. The whole file is
what `gunzip` makes of it: the dataset's N-Quads, the same bytes for the same dataset.
"""

from __future__ import annotations

import hashlib
import json
import os
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from hct_kg.errors import DataError

ABOUT = "about.json"
QUADS = "dataset.nq.gz"
FORMAT = 1
PART = 1 << 18
GZIP = 31
DAMAGED = "is not what was written: restore it from a backup"


@dataclass(frozen=True, slots=True)
class Graph:
    """A graph of an archive. Its name is as N-Quads writes it (`<IRI>`, `_:label`, or nothing for the unnamed one).

    `sha256` is that of its N-Triples, canonical and sorted; `offset` and `length` are of its gzip member, in bytes.
    """

    name: str
    triples: int
    sha256: str
    offset: int
    length: int

    @property
    def iri(self) -> str | None:
        """The IRI; None for the unnamed graph."""
        return self.name.strip("<>") or None

    @property
    def end(self) -> bytes:
        """How each of its lines ends in N-Quads."""
        return line_end(self.name)


@dataclass(frozen=True, slots=True)
class Archive:
    """An archive in a folder, its graphs in the order of the file; `graphs` has those without triples as well."""

    folder: Path
    version: str
    graphs: tuple[Graph, ...]
    ontology_graphs: tuple[str, ...] = ()
    """IRIs of the graphs that are not data: the vocabulary's and the questions'."""

    @classmethod
    def open(cls, folder: Path) -> Archive:
        """Read a folder's `about.json`; raises DataError where it is missing, damaged, or of another format."""
        path = folder / ABOUT
        try:
            document = json.loads(path.read_bytes())
        except FileNotFoundError:
            raise DataError("is not there: this is no archive of a dataset", path) from None
        except (OSError, ValueError):
            raise DataError(DAMAGED, path) from None
        if document.get("format") != FORMAT:
            raise DataError(f"has format {document.get('format')}; this version of hct-kg reads {FORMAT}", path)
        graphs = tuple(Graph(**graph) for graph in document["graphs"])
        return cls(folder, document["version"], graphs, tuple(document["ontology_graphs"]))

    def write(self) -> None:
        """Write `about.json`, to last."""
        document = {
            "format": FORMAT,
            "version": self.version,
            "triples": self.triples,
            "ontology_graphs": self.ontology_graphs,
            "graphs": [asdict(graph) for graph in self.graphs],
        }
        with (self.folder / ABOUT).open("w", encoding="utf-8") as file:
            json.dump(document, file, ensure_ascii=False, indent=1)
            file.flush()
            os.fsync(file.fileno())

    @property
    def triples(self) -> int:
        """How many quads there are."""
        return sum(graph.triples for graph in self.graphs)

    @property
    def path(self) -> Path:
        """The file of all quads."""
        return self.folder / QUADS

    def graph(self, iri: str | None) -> Graph | None:
        """Return a graph by its IRI (None: the unnamed one), or None where it is not there."""
        return next((graph for graph in self.graphs if graph.iri == iri), None)

    def parts(self, graphs: Iterable[Graph] | None = None) -> Iterator[bytes]:
        """Yield the N-Quads of some graphs, or of all; each part ends with a line. Raises DataError."""
        try:
            with self.path.open("rb") as file:
                yield from read_parts(file.fileno(), self.graphs if graphs is None else graphs, self.path)
        except OSError as error:
            raise DataError(f"cannot be read: {error.strerror}", self.path) from None

    def triples_of(self, graph: Graph) -> Iterator[bytes]:
        """Yield the N-Triples of a graph, sorted; each part ends with a line."""
        for part in self.parts([graph]):
            yield as_triples(part, graph.end)

    def check(self) -> None:
        """Raise DataError unless every graph is what its SHA-256 says, and the version is theirs."""
        for graph in self.graphs:
            found = hashlib.sha256()
            for part in self.triples_of(graph):
                found.update(part)
            if graph.triples and found.hexdigest() != graph.sha256:
                raise DataError(f"{DAMAGED}: the graph {graph.name or 'without a name'} has changed", self.path)
        if version_of(self.graphs) != self.version:
            raise DataError(DAMAGED, self.folder / ABOUT)


def read_parts(descriptor: int, graphs: Iterable[Graph], path: Path) -> Iterator[bytes]:
    """Yield the N-Quads of graphs from an open archive; processes may share its descriptor."""
    for graph in graphs:
        engine, rest, place, end = zlib.decompressobj(GZIP), b"", graph.offset, graph.offset + graph.length
        while place < end:
            packed = os.pread(descriptor, min(PART, end - place), place)
            if not packed:
                raise DataError(f"ends too early: {DAMAGED}", path)
            place += len(packed)
            try:
                text = rest + engine.decompress(packed)
            except zlib.error:
                raise DataError(DAMAGED, path) from None
            whole = text.rfind(b"\n") + 1
            rest = text[whole:]
            if whole:
                yield text[:whole]
        if rest or not (engine.eof or not graph.length):
            raise DataError(DAMAGED, path)


def line_end(name: str) -> bytes:
    """Return how each line of a graph ends in N-Quads."""
    return f" {name} .\n".encode() if name else b" .\n"


def as_triples(quads: bytes, end: bytes) -> bytes:
    """Return lines of N-Quads of one graph as N-Triples."""
    return quads if end == b" .\n" else quads.replace(end, b" .\n")


def version_of(graphs: Iterable[Graph]) -> str:
    """Return the name of the dataset that graphs make, as `digests` defines it."""
    lines = sorted(f"{graph.sha256}  {graph.name}\n".encode() for graph in graphs if graph.triples)
    return hashlib.sha256(b"".join(lines)).hexdigest()

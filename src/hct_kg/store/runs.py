"""Runs: sorted parts of graphs, each a gzip member of N-Quads in a file of its own; what an archive is made of.

A file that is loaded gives one run a graph, or several where it is large. Statements with blank nodes go into runs of
their own: their canonical names are only known once every one of them has been read.
"""

from __future__ import annotations

import hashlib
import zlib
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from heapq import merge
from itertools import count, groupby, islice
from operator import attrgetter
from pathlib import Path
from typing import TypeAlias

import pyoxigraph
from pyoxigraph import Quad, RdfFormat

from hct_kg.store.archive import GZIP, PART, Archive, Graph, as_triples, line_end, read_parts
from hct_kg.store.digests import name

LARGEST = 64 << 20
"""Bytes of lines that are sorted at once."""
LEVEL = 1
PARSED = 10_000
BLANK = b"_:"
Hashes: TypeAlias = "array[int]"


@dataclass(frozen=True, slots=True)
class Run:
    """A sorted part of a graph: its file's name, its triples, the SHA-256 of them as N-Triples, its bytes."""

    graph: str
    file: str
    triples: int
    sha256: str
    length: int
    nameless: bool = False

    def as_graph(self, offset: int) -> Graph:
        """Return a run that is a whole graph as a graph of an archive."""
        return Graph(self.graph, self.triples, self.sha256, offset, self.length)

    def as_json(self) -> dict[str, object]:
        """Return it as JSON values."""
        return asdict(self)


class Runs:
    """The runs in a folder; remembers the hashes of those that it has written itself."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.hashes: dict[str, Hashes] = {}
        folder.mkdir(parents=True, exist_ok=True)

    def write(
        self, stem: str, parts: Iterable[Sequence[Quad]], graph: str | None = None
    ) -> Iterator[tuple[Run, bytes]]:
        """Sort quads into runs; yield each with its N-Quads. Quads of no graph go into `graph` (an IRI), if given."""
        pending: dict[str, list[bytes]] = defaultdict(list)
        files = (f"{stem}-{number:05d}.nq.gz" for number in count())
        unnamed, size = f"<{graph}>" if graph else "", 0
        for part in parts:
            for node, quads in groupby(part, attrgetter("graph_name")):
                text = pyoxigraph.serialize((quad.triple for quad in quads), format=RdfFormat.N_TRIPLES)
                assert text is not None, "without an output file the engine returns the bytes"
                pending[name(node) or unnamed].append(text)
                size += len(text)
            if size > LARGEST:
                yield from self._sorted(files, pending)
                size = 0
        yield from self._sorted(files, pending)

    def _sorted(self, files: Iterator[str], pending: dict[str, list[bytes]]) -> Iterator[tuple[Run, bytes]]:
        """Write the runs of some lines of N-Triples, which are let go."""
        for graph in list(pending):
            lines = sorted(set(b"".join(pending.pop(graph)).splitlines(keepends=True)))
            nameless = lines if graph.startswith("_:") else [line for line in lines if has_blank(line)]
            if nameless:
                lines = sorted(set(lines).difference(nameless))
            for chosen, blank in ((lines, False), (nameless, True)):
                if chosen:
                    yield self._put(next(files), graph, chosen, nameless=blank)

    def _put(self, file: str, graph: str, lines: list[bytes], *, nameless: bool) -> tuple[Run, bytes]:
        """Write one run of sorted lines of N-Triples."""
        triples = b"".join(lines)
        quads = as_quads(triples, line_end(graph))
        packed = pack(quads)
        (self.folder / file).write_bytes(packed)
        self.hashes[file] = array("q", map(hash, lines))
        return Run(graph, file, len(lines), hashlib.sha256(triples).hexdigest(), len(packed), nameless), quads

    def adopt(self, stem: str, archive: Archive, graph: Graph) -> list[Run]:
        """Return the runs of a graph of an archive; one without blank nodes is copied as it is."""
        if any(BLANK in part for part in archive.parts([graph])):
            quads = ([*pyoxigraph.parse(part, RdfFormat.N_QUADS)] for part in archive.parts([graph]))
            return [run for run, _ in self.write(stem, quads)]
        file = f"{stem}.nq.gz"
        with archive.path.open("rb") as source, (self.folder / file).open("wb") as target:
            source.seek(graph.offset)
            for left in range(graph.length, 0, -PART):
                target.write(source.read(min(PART, left)))
        return [Run(graph.name, file, graph.triples, graph.sha256, graph.length)]

    def parts(self, run: Run) -> Iterator[bytes]:
        """Yield the N-Quads of a run."""
        path = self.folder / run.file
        with path.open("rb") as file:
            yield from read_parts(file.fileno(), [run.as_graph(0)], path)

    def lines(self, run: Run) -> Iterator[bytes]:
        """Yield the lines of a run as N-Triples."""
        for part in self.parts(run):
            yield from as_triples(part, line_end(run.graph)).splitlines(keepends=True)

    def quads(self, runs: Iterable[Run]) -> Iterator[Quad]:
        """Yield the quads of runs of one graph, sorted."""
        found = list(runs)
        end = line_end(found[0].graph) if found else b""
        lines = (line for line, _ in groupby(merge(*map(self.lines, found))))
        while part := list(islice(lines, PARSED)):
            yield from pyoxigraph.parse(as_quads(b"".join(part), end), RdfFormat.N_QUADS)

    def hashes_of(self, run: Run) -> Hashes:
        """Return the hash of each triple of a run, in this process."""
        if run.file not in self.hashes:
            self.hashes[run.file] = array("q", map(hash, self.lines(run)))
        return self.hashes[run.file]


def has_blank(triple: bytes) -> bool:
    """Tell whether a blank node may stand in a line of N-Triples; a text may look like one, which does no harm."""
    return BLANK in triple and (triple.startswith(BLANK) or b" _:" in triple)


def as_quads(triples: bytes, end: bytes) -> bytes:
    """Return lines of N-Triples as N-Quads of a graph."""
    return triples if end == b" .\n" else triples.replace(b" .\n", end)


def pack(content: bytes) -> bytes:
    """Return bytes as one gzip member; the same bytes always give the same."""
    engine = zlib.compressobj(LEVEL, zlib.DEFLATED, GZIP)
    return engine.compress(content) + engine.flush()

"""Runs to an archive: graph by graph, in bounded memory; and which triples stand in more than one graph."""

from __future__ import annotations

import hashlib
import shutil
import zlib
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from heapq import merge
from itertools import groupby, islice
from pathlib import Path
from typing import IO

import pyoxigraph
from pyoxigraph import Quad, RdfFormat

from hct_kg.errors import DataError
from hct_kg.store.archive import GZIP, QUADS, Archive, Graph, line_end, version_of
from hct_kg.store.digests import by_graph, canonical
from hct_kg.store.runs import LEVEL, Hashes, Run, Runs, as_quads

REPEATED = "repeated.nq"
"""The file beside an archive's of the quads whose triple stands in a graph before theirs as well."""
MOST_NAMELESS = 1_000_000
AT_ONCE = 2_000_000
"""How many hashes are compared at once."""
PART = 20_000


class Merging:
    """The making of one archive out of runs, in a folder."""

    def __init__(self, folder: Path, runs: Runs) -> None:
        self._folder = folder
        self._runs = runs
        self._hashes: list[Hashes] = []
        self.repeated: list[bytes] = []
        """Lines of N-Quads whose triple stands in a graph before theirs as well."""

    def archive(self, found: Iterable[Run], empty: Iterable[str], ontology_graphs: Iterable[str]) -> Archive:
        """Make the archive of runs, and of graphs (IRIs) that may have no triples; raises DataError."""
        named: dict[str, list[Run]] = defaultdict(list)
        nameless: list[Run] = []
        for run in found:
            if run.nameless:
                nameless.append(run)
            else:
                named[run.graph].append(run)
        others = self._canonical(nameless)
        names = sorted({*named, *others, *(f"<{iri}>" for iri in empty)}, key=lambda text: text or "DEFAULT")
        with (self._folder / QUADS).open("wb") as file:
            graphs = tuple([self._graph(name, named.get(name, []), others.get(name, []), file) for name in names])
        archive = Archive(self._folder, version_of(graphs), graphs, tuple(sorted(ontology_graphs)))
        self.repeated = list(self._repeated(archive))
        (self._folder / REPEATED).write_bytes(b"".join(self.repeated))
        archive.write()
        return archive

    def _canonical(self, nameless: list[Run]) -> Mapping[str, list[bytes]]:
        """Return the lines with blank nodes of each graph, these with their canonical names, sorted."""
        if sum(run.triples for run in nameless) > MOST_NAMELESS:
            raise DataError(f"more than {MOST_NAMELESS} statements have blank nodes: give things names (IRIs)")
        text = b"".join(part for run in nameless for part in self._runs.parts(run))
        quads: Iterable[Quad] = canonical(pyoxigraph.parse(text, RdfFormat.N_QUADS)) if text else []
        return {
            name: sorted({f"{quad.triple} .\n".encode() for quad in found}) for name, found in by_graph(quads).items()
        }

    def _graph(self, name: str, runs: list[Run], others: list[bytes], file: IO[bytes]) -> Graph:
        """Write one graph to the archive's file."""
        offset = file.tell()
        if len(runs) == 1 and not others:
            self._hashes.append(self._runs.hashes_of(runs[0]))
            with (self._runs.folder / runs[0].file).open("rb") as run:
                shutil.copyfileobj(run, file, 1 << 20)
            return runs[0].as_graph(offset)
        hashes, digest, triples = array("q"), hashlib.sha256(), 0
        engine, end = zlib.compressobj(LEVEL, zlib.DEFLATED, GZIP), line_end(name)
        lines = (line for line, _ in groupby(merge(*map(self._runs.lines, runs), others)))
        while part := list(islice(lines, PART)):
            text = b"".join(part)
            digest.update(text)
            file.write(engine.compress(as_quads(text, end)))
            hashes.extend(map(hash, part))
            triples += len(part)
        self._hashes.append(hashes)
        if triples:
            file.write(engine.flush())
        return Graph(name, triples, digest.hexdigest() if triples else "", offset, file.tell() - offset)

    def _repeated(self, archive: Archive) -> Iterator[bytes]:
        """Yield the quads whose triple stands in an earlier graph too; hashes tell where to look."""
        suspects = repeated_hashes(self._hashes)
        seen: set[bytes] = set()
        for graph, hashes in zip(archive.graphs, self._hashes, strict=True):
            if suspects.isdisjoint(hashes):
                continue
            for part in archive.triples_of(graph):
                for line in part.splitlines(keepends=True):
                    if hash(line) in suspects:
                        if line in seen:
                            yield as_quads(line, graph.end)
                        seen.add(line)


def repeated_hashes(found: Iterable[Hashes]) -> set[int]:
    """Return the numbers that stand in more than one of some arrays, none of which has one twice."""
    arrays = list(found)
    parts = sum(map(len, arrays)) // AT_ONCE + 1
    repeated: set[int] = set()
    for part in range(parts):
        seen: set[int] = set()
        for numbers in arrays:
            mine = set(numbers) if parts == 1 else {number for number in numbers if number % parts == part}
            repeated |= seen & mine
            seen |= mine
    return repeated

"""A snapshot: the data of one version of the dataset as a file of N-Quads, in a stable order.

It holds what can be changed by request: not the ontology, and not what rules derive. N-Quads has no word
for a graph without triples; each such graph stands in a comment line at the top, which other readers skip.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pyoxigraph
from pyoxigraph import NamedNode, Quad, RdfFormat

from hct_kg.errors import DataError, RdfSyntaxError
from hct_kg.store.archive import Archive
from hct_kg.store.embedded import EmbeddedStore
from hct_kg.terms import is_derived

EMPTY = b"#empty graph "


def write_snapshot(store: EmbeddedStore, protected: Callable[[str], bool]) -> bytes:
    """Return the snapshot of all graphs but the protected ones."""
    names = [name for name in store.graphs() if not protected(name)]
    triples = {name: store.dump_triples(name) for name in (None, *names)}
    empty = [EMPTY + f"{NamedNode(name)}\n".encode() for name in names if not triples[name]]
    return b"".join([*empty, *(line for name, lines in triples.items() for line in quads(lines, name))])


def quads(lines: list[bytes], graph: str | None) -> Iterator[bytes]:
    """Yield lines of N-Triples as N-Quads of a graph, sorted."""
    end = b" .\n" if graph is None else f" {NamedNode(graph)} .\n".encode()
    for line in sorted(lines):
        yield line.removesuffix(b" .\n") + end


def archive_snapshot(archive: Archive, path: Path) -> None:
    """Write the snapshot of an archive to a file, part by part; raises DataError and OSError."""
    own = {f"<{iri}>" for iri in archive.ontology_graphs}
    graphs = [graph for graph in archive.graphs if graph.name not in own and not is_derived(graph.iri or "")]
    with path.open("wb") as file:
        for graph in graphs:
            if not graph.triples:
                file.write(EMPTY + f"{graph.name}\n".encode())
        for part in archive.parts(graphs):
            file.write(part)


def read_snapshot(path: Path) -> tuple[list[Quad], list[str]]:
    """Return the quads of a snapshot, and its graphs without quads.

    Raises RdfSyntaxError (file, line, column), and DataError where the file cannot be read.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DataError(f"cannot be read: {error.strerror}", path) from None
    try:
        quads = list(pyoxigraph.parse(content, RdfFormat.N_QUADS))
    except SyntaxError as error:
        raise RdfSyntaxError(error.msg, path, error.lineno, error.offset) from None
    return quads, list(empty_graphs(content))


def empty_graphs(content: bytes) -> Iterator[str]:
    """Yield the graphs that the comment lines at the top name."""
    start = 0
    while content.startswith(EMPTY, start):
        end = content.index(b"\n", start)
        yield content[start + len(EMPTY) : end].decode().strip("<>")
        start = end + 1

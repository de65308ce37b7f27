"""An archive as one file of RDF."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO

import pyoxigraph
from pyoxigraph import Quad, RdfFormat, Triple

from hct_kg.store.archive import Archive
from hct_kg.store.merging import REPEATED
from hct_kg.terms import NAMESPACES

DUMPS = {"nq": RdfFormat.N_QUADS, "trig": RdfFormat.TRIG, "ttl": RdfFormat.TURTLE}


def write_dump(archive: Archive, form: str, output: IO[bytes]) -> None:
    """Write all quads in a stable order, or for Turtle the union of all graphs; raises DataError and OSError."""
    if form == "nq":
        for part in archive.parts():
            output.write(part)
        return
    engine = DUMPS[form]
    quads = read_quads(archive)
    statements = quads if engine.supports_datasets else merged(archive, quads)
    pyoxigraph.serialize(statements, output, engine, prefixes=NAMESPACES)


def read_quads(archive: Archive) -> Iterator[Quad]:
    """Yield all quads, in order."""
    for part in archive.parts():
        yield from pyoxigraph.parse(part, RdfFormat.N_QUADS)


def merged(archive: Archive, quads: Iterator[Quad]) -> Iterator[Triple]:
    """Yield the triples of all quads, each once."""
    path = archive.folder / REPEATED
    repeated = frozenset(pyoxigraph.parse(path=path, format=RdfFormat.N_QUADS)) if path.exists() else frozenset()
    return (quad.triple for quad in quads if quad not in repeated)

"""RDF files in any format, also compressed: read part by part, however large; a mistake is named with its place."""

from __future__ import annotations

import gzip
import hashlib
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO, cast

import pyoxigraph
from pyoxigraph import Quad, RdfFormat

from hct_kg.errors import DataError, RdfSyntaxError
from hct_kg.store.received import WANTS_CONTEXT
from hct_kg.store.snapshots import EMPTY

GZ = ".gz"
TRIPLES: dict[str, RdfFormat] = {
    ".ttl": RdfFormat.TURTLE,
    ".nt": RdfFormat.N_TRIPLES,
    ".rdf": RdfFormat.RDF_XML,
    ".owl": RdfFormat.RDF_XML,
    ".xml": RdfFormat.RDF_XML,
}
QUADS: dict[str, RdfFormat] = {
    ".nq": RdfFormat.N_QUADS,
    ".trig": RdfFormat.TRIG,
    ".jsonld": RdfFormat.JSON_LD,
}
SUFFIXES = (*TRIPLES, *QUADS)
CHUNK = 50_000


@dataclass(frozen=True, slots=True)
class Input:
    """A file to load. `graph` is the IRI of the graph for triples that the file puts into none."""

    path: Path
    graph: str | None

    @property
    def size(self) -> int:
        """Its size in bytes."""
        return self.path.stat().st_size

    @property
    def names_graphs(self) -> bool:
        """Whether its format has words for graphs."""
        return suffix_of(self.path) in QUADS

    @property
    def key(self) -> str:
        """Return what tells this load of a file from any other: its content and its graph."""
        with self.path.open("rb") as file:
            return f"{hashlib.file_digest(file, 'sha256').hexdigest()} {suffix_of(self.path)} {self.graph or ''}"


def suffix_of(path: Path) -> str:
    """Return the suffix that names a file's format, in small letters, whether or not it is compressed."""
    name = Path(path.stem) if path.suffix.lower() == GZ else path
    return name.suffix.lower()


def stem_of(path: Path) -> str:
    """Return a file's name without the suffixes of its format and compression."""
    return Path(path.stem).stem if path.suffix.lower() == GZ else path.stem


class Counted:
    """A file that tells how much of it is read; what a parser reads from."""

    def __init__(self, file: IO[bytes], tell: Callable[[int], None]) -> None:
        self._file = file
        self._tell = tell

    def read(self, size: int = -1) -> bytes:
        """Read on; called by the parser."""
        found = self._file.read(size)
        self._tell(len(found))
        return found


def read_input(source: Input, tell: Callable[[int], None]) -> Iterator[list[Quad]]:
    """Yield the quads of a file in parts, with new blank nodes; `tell` is given the bytes read, part by part.

    Raises RdfSyntaxError (file, line, column) and DataError where the file cannot be read.
    """
    path = source.path
    form = {**TRIPLES, **QUADS}[suffix_of(path)]
    try:
        with path.open("rb") as raw:
            counted = cast("IO[bytes]", Counted(raw, tell))
            content = cast("IO[bytes]", gzip.GzipFile(fileobj=counted)) if path.suffix.lower() == GZ else counted
            quads = pyoxigraph.parse(
                content, form, base_iri=path.resolve().as_uri(), rename_blank_nodes=True, without_named_graphs=False
            )
            while part := list(islice(quads, CHUNK)):
                yield part
    except SyntaxError as error:
        message = "names a JSON-LD context elsewhere, which is not fetched" if WANTS_CONTEXT in error.msg else error.msg
        raise RdfSyntaxError(message, path, error.lineno or None, error.offset or None) from None
    except (EOFError, zlib.error) as error:
        raise DataError(f"is not whole: {error}", path) from None
    except ValueError as error:
        raise RdfSyntaxError(str(error), path) from None
    except OSError as error:
        raise DataError(f"cannot be read: {error.strerror or error}", path) from None


def empty_graphs_of(source: Input) -> Iterator[str]:
    """Yield the graphs without triples that the comment lines at the top of N-Quads name: see `snapshots`."""
    if suffix_of(source.path) != ".nq":
        return
    opening = gzip.open if source.path.suffix.lower() == GZ else open
    with opening(source.path, "rb") as file:
        while (line := file.readline()).startswith(EMPTY):
            yield line[len(EMPTY) :].decode().strip().strip("<>")

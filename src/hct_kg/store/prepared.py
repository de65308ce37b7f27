"""Answers that are kept in the folder of a version on disk: SPARQL results JSON, compressed, named by their queries."""

from __future__ import annotations

import hashlib
import os
import zlib
from pathlib import Path

from hct_kg.store.archive import GZIP
from hct_kg.store.runs import pack

PREPARED = "prepared"
PART = 1 << 20


def keep_answer(folder: Path, query: str, answer: bytes) -> None:
    """Keep the answer to a query."""
    path = path_of(folder, query)
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(pack(answer))


def kept_answer(folder: Path, query: str) -> bytes | None:
    """Return the answer to a query, or None where none is kept; works in a worker as well."""
    try:
        descriptor = os.open(path_of(folder, query), os.O_RDONLY)
    except FileNotFoundError:
        return None
    try:
        packed = b"".join(iter(lambda: os.read(descriptor, PART), b""))
    finally:
        os.close(descriptor)
    return zlib.decompress(packed, GZIP)


def path_of(folder: Path, query: str) -> Path:
    """Return where the answer to a query is kept."""
    return folder / PREPARED / f"{hashlib.sha256(query.encode()).hexdigest()}.json.gz"

"""Answers to what the service asks of each version once, worked out when a version on disk is made.

Oxigraph on disk finds each term by itself (some 20 µs), so to read all causal links of a million triples takes it half
a minute. Here the statements that those queries can rest on are taken out of the archive, and asked in memory.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from hct_kg.links import QUERIES
from hct_kg.store import EmbeddedStore
from hct_kg.store.archive import Archive
from hct_kg.store.prepared import keep_answer
from hct_kg.terms import NAMESPACES, TYPE

NAME = re.compile(rf"\b({'|'.join(NAMESPACES)}):(\w+)")
A = f"<{TYPE}>".encode()


def prepare(archive: Archive, folder: Path) -> None:
    """Write the answers to the queries for the causal links into a version's folder; raises DataError."""
    names = names_in(QUERIES.values())
    store = EmbeddedStore.of_triples(b"".join(chosen(part, names)) for part in archive.parts())
    for query in QUERIES.values():
        keep_answer(folder, query, store.rows_as_json(query))


def names_in(queries: Iterable[str]) -> frozenset[bytes]:
    """Return the IRIs that queries name, as N-Quads writes them."""
    found = NAME.findall(" ".join(query.partition("SELECT")[2] for query in queries))
    return frozenset(f"<{NAMESPACES[prefix]}{local}>".encode() for prefix, local in found)


def chosen(quads: bytes, names: frozenset[bytes]) -> Iterator[bytes]:
    """Yield the lines whose predicate is named or, for a type, whose class is."""
    for line in quads.splitlines(keepends=True):
        _, predicate, rest = line.split(b" ", 2)
        if predicate in names or (predicate == A and rest.partition(b" ")[0] in names):
            yield line

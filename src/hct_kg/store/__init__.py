"""The only door to an engine: everything else speaks SPARQL text, quads and rows."""

from hct_kg.store.embedded import (
    BlankNode,
    DefaultGraph,
    EmbeddedStore,
    Literal,
    NamedNode,
    Quad,
    Triple,
    in_graph,
    is_name,
    parse_turtle,
    read_file,
    serialize_ntriples,
    serialize_turtle,
)
from hct_kg.store.results import Row, Term, parse_rows
from hct_kg.store.snapshots import read_snapshot

__all__ = [
    "BlankNode",
    "DefaultGraph",
    "EmbeddedStore",
    "Literal",
    "NamedNode",
    "Quad",
    "Row",
    "Term",
    "Triple",
    "in_graph",
    "is_name",
    "parse_rows",
    "parse_turtle",
    "read_file",
    "read_snapshot",
    "serialize_ntriples",
    "serialize_turtle",
]

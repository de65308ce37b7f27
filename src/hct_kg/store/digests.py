"""The name of a dataset's content: one SHA-256, made of those of its graphs.

Of each graph, the SHA-256 of its triples as N-Triples, canonical and sorted; of the dataset, that of the lines
`SHA-256  <graph>`, sorted, where the unnamed graph has no name. So whoever holds a graph can check it alone, and no
more than one graph is held at a time. A graph without triples is no part of it.

Blank nodes have their canonical names in the whole dataset (RDFC-1.0), which depend on nothing but the quads that
blank nodes stand in. https://www.w3.org/TR/rdf-canon/
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping

import pyoxigraph
from pyoxigraph import BlankNode, DefaultGraph, NamedNode, Quad, RdfFormat

BLANK = b"_:"


def dataset_digest(store: pyoxigraph.Store) -> str:
    """Return the digest (hex) of all that a store holds."""
    digests: list[tuple[str, str]] = []
    nameless: list[Quad] = []
    for graph in (DefaultGraph(), *store.named_graphs()):
        lines = dump(store, graph)
        if isinstance(graph, BlankNode) or any(BLANK in line for line in lines):
            nameless += store.quads_for_pattern(None, None, None, graph)
        elif lines:
            digests.append((digest(lines), name(graph)))
    for graph_name, quads in by_graph(canonical(nameless)).items():
        digests.append((digest([f"{quad.triple} .\n".encode() for quad in quads]), graph_name))
    return digest([f"{value}  {graph_name}\n".encode() for value, graph_name in digests])


def dump(store: pyoxigraph.Store, graph: NamedNode | BlankNode | DefaultGraph) -> list[bytes]:
    """Return a graph as lines of N-Triples, in no order."""
    return (store.dump(format=RdfFormat.N_TRIPLES, from_graph=graph) or b"").splitlines(keepends=True)


def digest(lines: Iterable[bytes]) -> str:
    """Return the SHA-256 (hex) of lines, sorted."""
    return hashlib.sha256(b"".join(sorted(lines))).hexdigest()


def canonical(quads: Iterable[Quad]) -> Iterable[Quad]:
    """Return quads with canonical names for their blank nodes.

    Those names depend on nothing but the quads that blank nodes stand in, so only those need be given.
    """
    dataset = pyoxigraph.Dataset(quads)
    dataset.canonicalize(pyoxigraph.CanonicalizationAlgorithm.RDFC_1_0)
    return dataset


def by_graph(quads: Iterable[Quad]) -> Mapping[str, list[Quad]]:
    """Group quads by the names of their graphs."""
    groups: dict[str, list[Quad]] = defaultdict(list)
    for quad in quads:
        groups[name(quad.graph_name)].append(quad)
    return groups


def name(graph: NamedNode | BlankNode | DefaultGraph) -> str:
    """Return the name of a graph as N-Quads writes it: nothing for the unnamed one."""
    return "" if isinstance(graph, DefaultGraph) else str(graph)

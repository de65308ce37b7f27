"""RDF read with a reader that is not ours."""

from __future__ import annotations

import warnings

import rdflib


def read_graph(body: bytes, syntax: str) -> rdflib.Graph:
    """Read triples; the reader warns of what it calls itself."""
    graph = rdflib.Graph()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        for triple in rdflib.Dataset(default_union=True).parse(data=body, format=syntax).triples((None, None, None)):
            graph.add(triple)
    return graph

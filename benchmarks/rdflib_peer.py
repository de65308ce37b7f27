"""The peer: rdflib-endpoint over the same triples, all graphs as one."""

from __future__ import annotations

import io
import os

import rdflib
from rdflib_endpoint import SparqlEndpoint

from hct_kg.dataset import load_dataset
from hct_kg.settings import from_environment


def load() -> rdflib.Dataset:
    """Read the whole dataset, derived graphs too, into rdflib."""
    settings = from_environment(os.environ)
    quads = io.BytesIO()
    load_dataset(settings.ontology, settings.data, settings.queries).store.dump(quads)
    graph = rdflib.Dataset(default_union=True)
    graph.parse(data=quads.getvalue(), format="nquads")
    return graph


app = SparqlEndpoint(graph=load(), path="/sparql")

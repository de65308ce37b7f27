"""Counts of a dataset: by class, graph, causal model and mark."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Protocol

from hct_kg.passages import PREFIXES, Selects
from hct_kg.terms import DERIVED, GRAPH, HCT, ORG

GRAPHS = "triples by graph"
COUNTS: Mapping[str, str] = MappingProxyType(
    {
        "things by class": f"""SELECT ?name (COUNT(DISTINCT ?s) AS ?n) WHERE {{
            GRAPH ?g {{ ?s a ?name }} FILTER(!STRSTARTS(STR(?g), "{DERIVED}"))
            FILTER(STRSTARTS(STR(?name), "{HCT}") || STRSTARTS(STR(?name), "{ORG}"))
        }} GROUP BY ?name""",
        GRAPHS: """SELECT ?name (COUNT(*) AS ?n) WHERE { GRAPH ?name { ?s ?p ?o } } GROUP BY ?name""",
        "links by causal model": """SELECT ?name (COUNT(DISTINCT ?s) AS ?n) WHERE {
            ?s a hct:Link ; hct:model/skos:prefLabel ?name } GROUP BY ?name""",
        "records by explicitness": """SELECT ?name (COUNT(DISTINCT ?s) AS ?n) WHERE {
            ?s hct:explicitness/skos:prefLabel ?name } GROUP BY ?name""",
        "records by modality": """SELECT ?name (COUNT(DISTINCT ?s) AS ?n) WHERE {
            ?s hct:modality/skos:prefLabel ?name } GROUP BY ?name""",
        "passages by document": """SELECT ?name (COUNT(DISTINCT ?s) AS ?n) WHERE {
            ?s a hct:Passage ; oa:hasSource/dcterms:title ?name } GROUP BY ?name""",
    }
)


class Counted(Selects, Protocol):
    """Whatever answers a SELECT with rows, and knows which graphs are of the dataset."""

    def has_graph(self, iri: str) -> bool:
        """Tell whether a graph is of the dataset."""


def count(store: Counted) -> dict[str, dict[str, int]]:
    """Return heading → name → number, names sorted."""
    return {
        heading: {
            row["name"].value.removeprefix(HCT).removeprefix(GRAPH): int(row["n"].value)
            for row in store.select(f"{PREFIXES}{query} ORDER BY ?name")
            if heading != GRAPHS or store.has_graph(row["name"].value)
        }
        for heading, query in COUNTS.items()
    }

"""The dataset: ontology, data and what follows from them, loaded whole or not at all."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from hct_kg.derivation import derive
from hct_kg.sources import ontology_sources, read_all, read_data
from hct_kg.store import EmbeddedStore


@dataclass(frozen=True, slots=True)
class Dataset:
    """A loaded dataset; `version` is a digest of its content, the same on every machine."""

    store: EmbeddedStore
    version: str
    graphs: tuple[str, ...]
    ontology_graphs: tuple[str, ...]


def load_dataset(ontology: Path, data: Path) -> Dataset:
    """Load ontology and data (a folder of Turtle, or a snapshot), derive, and name the result by its content.

    Raises RdfSyntaxError (file, line, column), DataError or CatalogueError; nothing is half-loaded,
    for the store is made only when every file was read.
    """
    vocabulary = ontology_sources(ontology)
    terms, (quads, empty) = read_all(vocabulary), read_data(data)
    store = EmbeddedStore([*terms, *quads])
    for graph in empty:
        store.add_graph(graph)
    derive(store, ontology / "rules")
    store.merge()
    return Dataset(store, store.digest(), tuple(store.graphs()), tuple(source.graph for source in vocabulary))

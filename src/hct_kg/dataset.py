"""The dataset: ontology, data and what follows from them, loaded whole or not at all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from hct_kg.derivation import derive
from hct_kg.sources import ontology_sources, read_all, read_data
from hct_kg.store import EmbeddedStore, Quad


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
    terms, (quads, empty) = read_all(ontology_sources(ontology)), read_data(data)
    dataset = assemble([*terms, *quads], ontology, empty)
    dataset.store.merge()
    return dataset


def assemble(quads: Iterable[Quad], ontology: Path, empty: Iterable[str] = ()) -> Dataset:
    """Return the dataset of the quads of ontology and data, its graphs without quads, and what follows from them.

    It is named and can be counted; its store is not yet merged for queries over the union of all graphs.
    Raises CatalogueError for a rule that cannot be used.
    """
    store = EmbeddedStore(quads)
    for graph in empty:
        store.add_graph(graph)
    derive(store, ontology / "rules")
    vocabulary = tuple(source.graph for source in ontology_sources(ontology))
    return Dataset(store, store.digest(), tuple(store.graphs()), vocabulary)

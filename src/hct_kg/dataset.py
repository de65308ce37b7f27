"""The dataset: ontology, data, curated queries and what follows, loaded whole or not at all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from hct_kg.derivation import derive
from hct_kg.executables import QUERIES, read_executables
from hct_kg.sources import ontology_sources, read_all, read_data
from hct_kg.store import EmbeddedStore, Quad
from hct_kg.store.archive import ABOUT
from hct_kg.store.on_disk_store import OnDiskStore


@dataclass(frozen=True, slots=True)
class Dataset:
    """A loaded dataset; `version` is a digest of its content, the same on every machine."""

    store: EmbeddedStore
    version: str
    graphs: tuple[str, ...]
    ontology_graphs: tuple[str, ...]
    folder: Path | None = None
    """Where it is on disk; None if it is in memory."""


def open_dataset(ontology: Path, data: Path, queries: Path) -> Dataset:
    """Open a version on disk, or load anything else into memory: a folder of Turtle, or a snapshot.

    Raises what `load_dataset` raises; DataError also where the version is not whole.
    """
    if not (data / ABOUT).is_file():
        return load_dataset(ontology, data, queries)
    store = OnDiskStore(data)
    return Dataset(store, store.digest(), tuple(store.graphs()), store.archive.ontology_graphs, data)


def load_dataset(ontology: Path, data: Path, queries: Path) -> Dataset:
    """Load ontology, data (a folder of Turtle, or a snapshot) and curated queries, derive, and name the result.

    Raises RdfSyntaxError (file, line, column), DataError or CatalogueError; nothing is half-loaded,
    for the store is made only when every file was read.
    """
    terms, (quads, empty) = read_all(ontology_sources(ontology)), read_data(data)
    dataset = assemble([*terms, *quads], ontology, queries, empty)
    dataset.store.merge()
    return dataset


def assemble(quads: Iterable[Quad], ontology: Path, queries: Path, empty: Iterable[str] = ()) -> Dataset:
    """Return the dataset of the quads of ontology and data, its graphs without quads, what follows, and the queries.

    It is named and can be counted; its store is not yet merged for queries over the union of all graphs.
    Raises CatalogueError for a rule or a curated query that cannot be used.
    """
    store = EmbeddedStore(quads)
    for graph in empty:
        store.add_graph(graph)
    derive(store, ontology / "rules")
    # After the rules: a question is no record, and nothing follows from it.
    store.add(read_executables(queries))
    vocabulary = (*(source.graph for source in ontology_sources(ontology)), QUERIES)
    return Dataset(store, store.digest(), tuple(store.graphs()), vocabulary)

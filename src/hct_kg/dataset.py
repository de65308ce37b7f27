"""The dataset: ontology, data and what follows from them, loaded whole or not at all."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from hct_kg.derivation import derive
from hct_kg.sources import discover, ontology_sources, read_all
from hct_kg.store import EmbeddedStore


@dataclass(frozen=True, slots=True)
class Dataset:
    """A loaded dataset; `version` is a digest of its content, the same on every machine."""

    store: EmbeddedStore
    version: str
    graphs: tuple[str, ...]


def load_dataset(ontology: Path, data: Path) -> Dataset:
    """Load ontology and data, derive, and name the result by its content.

    Raises RdfSyntaxError (file, line, column), DataError or CatalogueError; nothing is half-loaded,
    for the store is made only when every file was read.
    """
    quads = read_all((*ontology_sources(ontology), *discover(data)))
    store = EmbeddedStore(quads)
    derive(store, ontology / "rules")
    return Dataset(store, store.digest(), tuple(store.graphs()))

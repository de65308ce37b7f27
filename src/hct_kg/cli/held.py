"""The dataset that a command asks, wherever it is kept: files, a folder on disk, or an engine elsewhere."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from hct_kg.dataset import Dataset, load_dataset, open_dataset
from hct_kg.errors import DataError
from hct_kg.settings import Settings
from hct_kg.store import Row, parse_rows
from hct_kg.store.engine import Edition
from hct_kg.store.evaluation import answer
from hct_kg.store.folder import NOTHING_YET, Folder
from hct_kg.store.opening import engine_of, is_elsewhere
from hct_kg.store.values import Limits, QueryAnswer, QueryRequest


class Held(Protocol):
    """One version of the dataset: `version` names its content, `triples` counts its quads."""

    version: str
    triples: int

    def query(self, request: QueryRequest) -> QueryAnswer:
        """Return the answer to a request, within the limits of the settings; raises a QueryError or EngineError."""

    def select(self, query: str) -> list[Row]:
        """Return the rows of a SELECT of our own that has an order, however many."""

    def has_graph(self, iri: str) -> bool:
        """Tell whether a graph that a query has found is of the dataset, not one that an engine keeps for itself."""


class Here:
    """A dataset that this process has opened."""

    def __init__(self, dataset: Dataset, limits: Limits) -> None:
        self.version = dataset.version
        self.triples = len(dataset.store)
        self._store = dataset.store
        self._limits = limits

    def query(self, request: QueryRequest) -> QueryAnswer:
        """Return the answer to a request."""
        return answer(self._store, request, self._limits)

    def select(self, query: str) -> list[Row]:
        """Return the rows of a SELECT."""
        return parse_rows(self.query(QueryRequest(query, own=True)).body)

    def has_graph(self, iri: str) -> bool:
        """Tell whether a graph is there."""
        return self._store.has_graph(iri)


class Elsewhere:
    """A dataset in an engine elsewhere, asked over its connections."""

    def __init__(self, edition: Edition, runner: asyncio.Runner) -> None:
        self.version = edition.version
        self.triples = edition.triples
        self._edition = edition
        self._runner = runner

    def query(self, request: QueryRequest) -> QueryAnswer:
        """Return the answer to a request."""
        return self._runner.run(self._edition.public.query(request))

    def select(self, query: str) -> list[Row]:
        """Return the rows of a SELECT."""
        return self._runner.run(self._edition.curated.read(query))

    def has_graph(self, iri: str) -> bool:
        """Tell whether a graph is neither the engine's own nor our record in it."""
        from hct_kg.store.remote.graphs import is_ours  # here: only who has an engine elsewhere needs HTTP

        return is_ours(iri)


@contextmanager
def held(settings: Settings) -> Iterator[Held]:
    """Open the dataset of the settings; raises what opening its engine raises."""
    if is_elsewhere(settings.store):
        with asyncio.Runner() as runner, engine_elsewhere(settings, runner) as edition:
            yield Elsewhere(edition, runner)
    else:
        yield Here(on_this_machine(settings), Limits.of(settings))


def on_this_machine(settings: Settings) -> Dataset:
    """Return the dataset of the store's folder, else that of the files."""
    if settings.store is None:
        return load_dataset(settings.ontology, settings.data, settings.queries)
    folder = Folder(Path(settings.store))
    while (version := folder.current()) is not None:
        try:
            return open_dataset(settings.ontology, version, settings.queries)
        except DataError:
            if folder.current() == version:  # else another one has just taken its place
                raise
    raise DataError(NOTHING_YET, folder.path)


@contextmanager
def engine_elsewhere(settings: Settings, runner: asyncio.Runner) -> Iterator[Edition]:
    """Open the current version of an engine, and close both at the end."""
    engine = engine_of(settings)
    try:
        edition = runner.run(engine.open())
        try:
            yield edition
        finally:
            runner.run(edition.close())
    finally:
        runner.run(engine.close())

"""What the service needs of an engine, whichever it is: a dataset that can be asked, and one way to change it.

A change is worked out beside what is served, on a copy in memory; its outcome is a snapshot (see `snapshots`).
The engine then holds that outcome beside the current version, and makes it the current one, whole or not at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from hct_kg.store.results import Row
from hct_kg.store.streams import LentStream
from hct_kg.store.values import Change, GraphRequest, QueryAnswer, QueryRequest


class Pool(Protocol):
    """What evaluates requests, several at a time; who comes when all are busy waits in a queue."""

    @property
    def idle(self) -> int:
        """How many more requests could be evaluated at once."""
        ...

    @property
    def busy(self) -> int:
        """How many requests are being evaluated."""
        ...

    @property
    def waiting(self) -> int:
        """How many requests wait."""
        ...

    @property
    def replaced(self) -> int:
        """How many workers were ended and replaced."""
        ...

    async def query(self, request: QueryRequest | GraphRequest) -> QueryAnswer:
        """Return the whole answer to a request, or raise a QueryError; a cancelled query is stopped."""
        ...

    async def stream(self, request: QueryRequest | GraphRequest) -> QueryAnswer | LentStream:
        """Return the answer to a request, or its stream if it is long; a stream must be closed."""
        ...

    async def select(self, text: str) -> list[Row]:
        """Return the rows of a SELECT over the union of all graphs."""
        ...

    async def read(self, text: str, order: str = "") -> list[Row]:
        """Return the rows of a SELECT, however many, and however long it takes: for what is asked once a version.

        `order` names variables to read by where not all rows come at once; without it the query has an order itself.
        """
        ...


class Edition(Protocol):
    """One version of the dataset, as an engine holds it: `version` names its content, `triples` counts its quads.

    Either pool may be exhausted without the other noticing.
    """

    version: str
    triples: int

    @property
    def public(self) -> Pool:
        """What evaluates the queries that clients write."""
        ...

    @property
    def curated(self) -> Pool:
        """What evaluates the queries of this service's own routes."""
        ...

    async def close(self) -> None:
        """End what evaluates, and free what only this version needs."""
        ...


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a change would make of the dataset: its snapshot, and whether the changed graph was there before."""

    snapshot: Path
    existed: bool


class Engine(Protocol):
    """Where the dataset is kept, version after version. Changes are made one at a time."""

    async def open(self) -> Edition:
        """Return the current version, ready to be asked.

        Raises DataError, SettingsError, CatalogueError, and EngineError where the engine is not as it should be.
        """
        ...

    async def change(self, current: Edition, request: Change) -> Outcome:
        """Work out a change of the current version, which stays as it is.

        Raises what the change raises; UpdatesDisabled where this engine takes none; ChangeNotKept.
        """
        ...

    async def hold(self, outcome: Outcome) -> Edition:
        """Return the outcome of a change as a version beside the current one, ready to be asked."""
        ...

    async def publish(self, outcome: Outcome, edition: Edition) -> None:
        """Make a version that is held the current one, for good; raises ChangeNotKept, and nothing is changed."""
        ...

    async def discard(self, outcome: Outcome) -> None:
        """Forget an outcome that is not to become the current version."""
        ...

    async def superseded(self, current: Edition) -> None:
        """Return as soon as somebody else has made another version the current one."""
        ...

    async def close(self) -> None:
        """Let others have the place where the dataset is kept."""
        ...

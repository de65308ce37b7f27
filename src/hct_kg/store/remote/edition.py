"""A version of the dataset in an engine; and one that is not there yet, and is asked of a copy in memory."""

from __future__ import annotations

from hct_kg.store.engine import Pool
from hct_kg.store.pool import Pools
from hct_kg.store.remote.pool import RemotePool
from hct_kg.store.remote.record import Record


class RemoteEdition:
    """The version that a record names. The connections belong to the engine and stay."""

    def __init__(self, record: Record, public: RemotePool, curated: RemotePool) -> None:
        self.record = record
        self.version = record.version
        self.triples = record.triples
        self._public = public
        self._curated = curated

    @property
    def public(self) -> Pool:
        """What evaluates the queries that clients write."""
        return self._public

    @property
    def curated(self) -> Pool:
        """What evaluates the queries of this service's own routes."""
        return self._curated

    async def close(self) -> None:
        """Do nothing: there is nothing of its own."""


class HeldEdition(RemoteEdition):
    """The outcome of a change: answered from a copy in memory until the engine holds it."""

    def __init__(self, record: Record, public: RemotePool, curated: RemotePool, copy: Pools) -> None:
        super().__init__(record, public, curated)
        self.copy: Pools | None = copy

    @property
    def public(self) -> Pool:
        """What evaluates the queries that clients write."""
        return self.copy.public if self.copy else self._public

    @property
    def curated(self) -> Pool:
        """What evaluates the queries of this service's own routes."""
        return self.copy.curated if self.copy else self._curated

    async def settle(self) -> None:
        """From now on, ask the engine."""
        copy, self.copy = self.copy, None
        if copy is not None:
            await copy.close()

    async def close(self) -> None:
        """End the copy, if it is still there."""
        await self.settle()

"""What the routes share while the service runs: settings, pools, catalogue, network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from fastapi import Request

from hct_kg.api.models import Meta
from hct_kg.catalogue import CuratedQuery
from hct_kg.links import QUERIES, Network, read_network
from hct_kg.settings import Settings
from hct_kg.store import Row
from hct_kg.store.pool import Pools, QueryPool

CACHED_ANSWERS = 4096
Question: TypeAlias = tuple[str, bytes, bytes]
"""Path, query string and Accept header of a request."""


@dataclass(slots=True)
class Service:
    """One running service; everything here belongs to one version of the dataset."""

    settings: Settings
    pools: Pools
    catalogue: Mapping[str, CuratedQuery]
    network: Network
    answers: dict[Question, bytes] = field(default_factory=dict)

    @property
    def version(self) -> str:
        """Return the version of the dataset: a digest of its content."""
        return self.pools.version

    async def select(self, query: str) -> list[Row]:
        """Return the rows of a SELECT, evaluated in the workers kept for curated routes."""
        return await self.pools.curated.select(query)

    def meta(self, count: int, complete: bool = True) -> Meta:
        """Return the meta of an answer that holds `count` things."""
        return Meta(dataset_version=self.version, count=count, complete=complete)

    def remember(self, key: Question, body: bytes) -> None:
        """Keep an answer for as long as the dataset stays the same; the oldest gives way."""
        if len(self.answers) >= CACHED_ANSWERS:
            del self.answers[next(iter(self.answers))]
        self.answers[key] = body


async def load_network(pool: QueryPool) -> Network:
    """Read all causal links once per dataset version."""
    return read_network({name: await pool.select(query) for name, query in QUERIES.items()})


def service_of(request: Request) -> Service:
    """Return the service that a request came to."""
    service: Service = request.app.state.service
    return service

"""What the routes share while the service runs: settings, edition, catalogue, network."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from fastapi import Request

from hct_kg.api.memory import Memory
from hct_kg.api.models import Meta
from hct_kg.api.names import ORDER, Names
from hct_kg.api.once import Once
from hct_kg.api.pinning import permalink
from hct_kg.api.rolls import Rolls
from hct_kg.api.texts import Texts
from hct_kg.catalogue import CuratedQuery
from hct_kg.links import QUERIES, Network, read_network
from hct_kg.projection import Projection
from hct_kg.searching import Index
from hct_kg.settings import Settings
from hct_kg.store import Row
from hct_kg.store.engine import Edition, Pool

JSON = "application/json"
SERVICE = "hct_kg.service"
"""Where a request's scope holds its service."""


@dataclass(slots=True)
class Service:
    """One running service; everything here belongs to one version of the dataset."""

    settings: Settings
    edition: Edition
    catalogue: Mapping[str, CuratedQuery]
    network: Network
    texts: Texts = field(default_factory=Texts)
    answers: Memory = field(default_factory=Memory)
    rolls: Rolls = field(default_factory=Rolls)
    once: Once = field(default_factory=Once)
    names: Names = field(init=False)
    making_files: asyncio.Lock = field(default_factory=asyncio.Lock)
    index: Index | None = None
    indexing: asyncio.Lock = field(default_factory=asyncio.Lock)
    projection: Projection = field(init=False)
    _folder: TemporaryDirectory[str] | None = None
    _users: int = 0
    _left: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        """Index the links, once for all questions about them."""
        self.projection = Projection(self.network.links)
        self.names = Names(lambda query: self.select_all(query, ORDER))

    @property
    def version(self) -> str:
        """Return the version of the dataset: a digest of its content."""
        return self.edition.version

    @property
    def files(self) -> Path:
        """Return the folder of files that are made once per version, made when it is first wanted."""
        if self._folder is None:
            self._folder = TemporaryDirectory(prefix="hct-kg-")
        return Path(self._folder.name)

    async def close(self) -> None:
        """End all processes of this version, and remove its files."""
        await self.edition.close()
        if self.index is not None:
            self.index.close()
        if self._folder is not None:
            self._folder.cleanup()

    async def select(self, query: str) -> list[Row]:
        """Return the rows of a SELECT, evaluated in the workers kept for curated routes."""
        return await self.edition.curated.select(query)

    async def read(self, query: str, order: str = "") -> list[Row]:
        """Return the rows of a SELECT that is asked once a version, however many, however long it takes.

        `order` is of one that has no order itself: not all rows may come at once.
        """
        return await self.edition.curated.read(query, order)

    async def select_all(self, query: str, order: str) -> list[Row]:
        """Return the rows of a SELECT, however many: by `order` in parts, where one result may not have them all."""
        most = self.settings.query_rows
        rows = await self.select(f"{query} LIMIT {most}")
        if len(rows) < most:
            return rows
        rows = []
        while len(rows) % most == 0:
            found = await self.select(f"{query} ORDER BY {order} LIMIT {most} OFFSET {len(rows)}")
            rows += found
            if not found:
                break
        return rows

    def meta(self, request: Request, count: int, complete: bool = True) -> Meta:
        """Return the meta of a JSON answer that holds `count` things."""
        query = request.scope["query_string"].decode("latin-1")
        link = permalink(self.version, request.scope["path"], query, JSON)
        return Meta(dataset_version=self.version, count=count, complete=complete, permalink=link)

    def enter(self) -> None:
        """Count a request that is answered from this version."""
        self._users += 1

    def leave(self) -> None:
        """Count a request off."""
        self._users -= 1
        if self._users == 0:
            self._left.set()

    async def unused(self) -> None:
        """Wait until no request is answered from this version."""
        while self._users:
            self._left.clear()
            await self._left.wait()


async def load_network(pool: Pool) -> Network:
    """Read all causal links once per dataset version."""
    network = read_network({name: await pool.read(query) for name, query in QUERIES.items()})
    keep_from_collection()
    return network


def keep_from_collection() -> None:
    """Have the garbage collector pass over what there is now, but for what earlier versions have left behind.

    The links stay as long as their version: looking through a million of them, again and again, takes seconds.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()


def service_of(request: Request) -> Service:
    """Return the service that a request came to."""
    service: Service = request.scope[SERVICE]
    return service

"""The remote engine: the dataset in any SPARQL 1.1 endpoint, shared by any number of copies of this service.

What is in the engine is the whole dataset, what follows from the data included, and the record of which version it is
(see `record`). A change is worked out on a copy in memory, and written as the differences that it makes.
"""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

import pyoxigraph

from hct_kg.errors import EngineFault, HctError, PreconditionFailed, ProtectedGraph
from hct_kg.settings import Settings
from hct_kg.store.changing_apart import change_apart, check_size
from hct_kg.store.embedded import EmbeddedStore
from hct_kg.store.engine import Edition, Outcome
from hct_kg.store.formats import NQUADS
from hct_kg.store.pool import Pools
from hct_kg.store.remote.committing import LOST, commit
from hct_kg.store.remote.credentials import credentials_of
from hct_kg.store.remote.differences import differences
from hct_kg.store.remote.edition import HeldEdition, RemoteEdition
from hct_kg.store.remote.endpoint import Endpoint
from hct_kg.store.remote.graphs import count_graphs, load_quads, read_all
from hct_kg.store.remote.http import Way
from hct_kg.store.remote.pool import RemotePool
from hct_kg.store.remote.probing import probe
from hct_kg.store.remote.record import PLACE, Record, current_record
from hct_kg.store.remote.watching import Standing, changed, whole_record
from hct_kg.store.snapshots import empty_graphs, write_snapshot
from hct_kg.store.values import Change, GraphRequest, Limits, QueryAnswer
from hct_kg.terms import is_derived

log = logging.getLogger(__name__)

OWN_CONNECTIONS = 2


class Remote:
    """An engine elsewhere: asked over connections of their own by clients' queries, by ours, and by its upkeep."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        credentials = credentials_of(settings.store_user, settings.store_password)
        connections = settings.store_connections
        ways = [Way(settings, number, credentials) for number in (connections, connections, OWN_CONNECTIONS)]
        self._public, self._curated, self._own = (Endpoint(settings, way) for way in ways)
        self._folder = TemporaryDirectory(prefix="hct-kg-")
        self._inspectors: Pools | None = None
        self._standing = Standing()
        self._known: Record | None = None
        self._turn = asyncio.Lock()
        self._before: dict[Path, pyoxigraph.Store] = {}

    async def open(self) -> RemoteEdition:
        """Return the version that the engine's record names, after a look at whether the engine is as it should be."""
        if self._inspectors is None:
            nothing = self._file()
            nothing.touch()
            self._inspectors = await Pools.start(self._settings, nothing)
        record = await whole_record(self._own)
        if self._known is None:
            await probe(self._own, record, self._settings)
        self._known, self._standing.whole = record, True
        return RemoteEdition(record, *self._pools(record))

    async def change(self, current: Edition, request: Change) -> Outcome:
        """Read the data from the engine, and make the change of a copy in memory."""
        assert isinstance(current, RemoteEdition), "each engine is given its own editions"
        record = current.record
        check_size(record.triples, self._settings)
        before = await self._read(record)
        answer = await self._changed(record, before, request)
        if f"<{PLACE}".encode() in answer.body:
            raise ProtectedGraph(f"<{PLACE}> is this service's own graph in the engine.", PLACE)
        path = self._file()
        await asyncio.to_thread(path.write_bytes, answer.body)
        self._before[path] = before
        return Outcome(path, answer.existed)

    async def hold(self, outcome: Outcome) -> HeldEdition:
        """Load the outcome in processes of its own, to be asked until the engine holds it."""
        assert self._known is not None, "opened before anything is changed"
        copy = await Pools.start(self._settings, outcome.snapshot)
        empty = tuple(empty_graphs(await asyncio.to_thread(outcome.snapshot.read_bytes)))
        record = Record(copy.version, copy.triples, self._known.ontology_graphs, empty)
        return HeldEdition(record, *self._pools(record), copy)

    async def publish(self, outcome: Outcome, edition: Edition) -> None:
        """Write the differences to the engine."""
        assert isinstance(edition, HeldEdition), "each engine is given its own editions"
        assert edition.copy is not None, "it is published once"
        assert self._known is not None, "opened before anything is changed"
        dump = await edition.copy.curated.query(GraphRequest(None, NQUADS, whole=True))
        after = await asyncio.to_thread(load_quads, dump.body)
        steps = await asyncio.to_thread(differences, self._before[outcome.snapshot], after)
        async with self._turn:
            await commit(self._own, self._known, edition.record, steps)
            self._known = edition.record
        await self._verify(edition.record)
        await edition.settle()
        await self.discard(outcome)

    async def discard(self, outcome: Outcome) -> None:
        """Forget the outcome's file, and what was there before."""
        self._before.pop(outcome.snapshot, None)
        outcome.snapshot.unlink(missing_ok=True)

    async def superseded(self, current: Edition) -> None:
        """Return as soon as the engine's record is of a version that is neither the one that was opened nor ours."""
        await changed(self._own, self._turn, lambda: self._known, self._standing)

    async def close(self) -> None:
        """Close all connections, and end what looks at queries."""
        if self._inspectors is not None:
            await self._inspectors.close()
        for endpoint in (self._public, self._curated, self._own):
            await endpoint.way.close()
        self._folder.cleanup()

    def _pools(self, record: Record) -> tuple[RemotePool, RemotePool]:
        """Return what asks the engine for clients, and for our own routes."""
        assert self._inspectors is not None, "opened before it is asked"
        limits = Limits.of(self._settings)
        return (
            RemotePool(self._public, self._inspectors.public.query, limits, record, self._standing),
            RemotePool(self._curated, self._inspectors.curated.query, limits, record, self._standing),
        )

    async def _read(self, record: Record) -> pyoxigraph.Store:
        """Return all that the engine holds of a version."""
        try:
            graphs = await count_graphs(self._own)
            check_number(sum(graphs.values()), record)
            store = await read_all(self._own, graphs.items())
        except EngineFault:
            if await current_record(self._own) == record:
                raise
        else:
            if await current_record(self._own) == record:
                return store
        raise PreconditionFailed(LOST)

    async def _changed(self, record: Record, before: pyoxigraph.Store, request: Change) -> QueryAnswer:
        """Return the snapshot that a change makes of the data of a version."""
        snapshot = self._file()
        try:
            await asyncio.to_thread(write_data, before, record, snapshot)
            return await change_apart(self._settings, snapshot, request)
        finally:
            snapshot.unlink(missing_ok=True)

    async def _verify(self, record: Record) -> None:
        """Say so in the log where the engine does not hold as many triples as it was given."""
        try:
            check_number(sum((await count_graphs(self._own)).values()), record)
        except HctError as error:  # the change is made
            log.error("after a change: %s", error)

    def _file(self) -> Path:
        """Return the path of a new file of ours."""
        return Path(self._folder.name) / f"{uuid4().hex}.nq"


def check_number(number: int, record: Record) -> None:
    """Raise EngineFault where the engine does not count as many triples as it was given."""
    if number != record.triples:
        raise EngineFault(
            f"The engine counts {number} triples of version {record.version[:16]}, which has {record.triples}: "
            "it has lost some, or somebody has written to it. Load the data again with hct-kg load."
        )


def write_data(store: pyoxigraph.Store, record: Record, path: Path) -> None:
    """Write the snapshot of the data of a version."""
    embedded = EmbeddedStore(store)
    for graph in record.empty_graphs:
        embedded.add_graph(graph)
    path.write_bytes(write_snapshot(embedded, lambda graph: graph in record.ontology_graphs or is_derived(graph)))

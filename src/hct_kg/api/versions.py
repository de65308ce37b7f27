"""Which version of the dataset is served, and how another takes its place.

A change makes a snapshot from the current version. The snapshot is loaded, rules and all, and validated beside
it; only when both have succeeded is it made the current one on disk, and then for the next request. Requests
under way end on the version that they began with. Changes wait for each other.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

from hct_kg.api.service import SERVICE, Service, load_network
from hct_kg.api.texts import load_texts
from hct_kg.catalogue import CuratedQuery
from hct_kg.errors import QueryTimeout, UpdatesDisabled
from hct_kg.outcome import check_outcome
from hct_kg.settings import Settings
from hct_kg.state import State
from hct_kg.store.pool import Pools
from hct_kg.store.values import Change

HOW_TO_ENABLE = "Start the service with --writable, a keys file and a state folder."
Precondition = Callable[[Service], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Committed:
    """A change that was made: whether its graph was there before, and the version that holds it."""

    existed: bool
    service: Service


@dataclass(frozen=True, slots=True)
class Candidate:
    """A version that is loaded and in shape, and not yet the current one."""

    existed: bool
    snapshot: Path
    service: Service


class Versions:
    """The versions of one dataset, one after the other."""

    def __init__(self, settings: Settings, catalogue: Mapping[str, CuratedQuery], state: State | None) -> None:
        self.settings = settings
        self.catalogue = catalogue
        self._state = state
        self._lock = asyncio.Lock()
        self._changing: set[asyncio.Task[Any]] = set()
        self._retiring: set[asyncio.Task[None]] = set()
        self._current: Service | None = None

    @property
    def current(self) -> Service:
        """The version that the next request is answered from."""
        assert self._current is not None, "opened before it is used"
        return self._current

    async def open(self) -> None:
        """Load the current version: the state folder's, else that of the data folder."""
        snapshot = self._state.current() if self._state else None
        self._current = await self._serve(snapshot or self.settings.data)

    async def close(self) -> None:
        """End all processes; a change under way is given up, or published to its end."""
        for change in self._changing:
            change.cancel()
        async with self._lock:
            pass  # it was the change's until here
        for task in self._retiring:
            task.cancel()
        await asyncio.gather(*self._retiring, return_exceptions=True)
        if self._current is not None:
            await self._current.close()
        if self._state is not None:
            self._state.close()

    async def change(self, request: Change, precondition: Precondition) -> Committed:
        """Make a change, or raise and leave everything as it was.

        `precondition` is looked at when it is this change's turn. Raises UpdatesDisabled, what the change and
        its validation raise, and QueryTimeout where all of it takes longer than it may.
        """
        if self._state is None or not self.settings.writable:
            raise UpdatesDisabled(f"This service takes no changes. {HOW_TO_ENABLE}")
        task = asyncio.current_task()
        assert task is not None, "a request is handled in a task"
        self._changing.add(task)
        try:
            async with self._lock:
                candidate = await self._prepare(self._state, request, precondition)
                # From here on nothing is given up half-way: what is on disk is what is served, and the next change
                # begins with it.
                await to_its_end(self._publish(self._state, candidate))
                return Committed(candidate.existed, candidate.service)
        finally:
            self._changing.discard(task)

    async def _prepare(self, state: State, request: Change, precondition: Precondition) -> Candidate:
        """Make a change beside what is served; its turn has come."""
        seconds = self.settings.write_seconds
        try:
            async with asyncio.timeout(seconds):
                await precondition(self.current)
                answer = await self.current.pools.change(request)
                snapshot = await asyncio.to_thread(state.write, answer.body)
                try:
                    service = await self._validated(snapshot)
                except BaseException:
                    state.discard(snapshot)
                    raise
                return Candidate(answer.existed, snapshot, service)
        except TimeoutError:
            raise QueryTimeout(f"The change took longer than {seconds:g} seconds; nothing is changed.") from None

    async def _validated(self, snapshot: Path) -> Service:
        """Load a snapshot and validate it at the same time; fails as soon as either does."""
        checking = asyncio.create_task(check_outcome(self.settings.ontology, snapshot))
        loading = asyncio.create_task(self._serve(snapshot))
        try:
            await asyncio.wait((checking, loading), return_when=asyncio.FIRST_EXCEPTION)
            for task in (checking, loading):
                if task.done():
                    task.result()
            return loading.result()
        except BaseException:
            checking.cancel()
            loading.cancel()
            await asyncio.gather(checking, return_exceptions=True)
            with contextlib.suppress(BaseException):
                await (await loading).close()
            raise

    async def _publish(self, state: State, candidate: Candidate) -> None:
        """Make a version the current one, on disk and for the next request."""
        try:
            await asyncio.to_thread(state.publish, candidate.snapshot)
        except BaseException:
            await candidate.service.close()
            state.discard(candidate.snapshot)
            raise
        before, self._current = self.current, candidate.service
        task = asyncio.create_task(self._retire(before))
        self._retiring.add(task)
        task.add_done_callback(self._retiring.discard)

    async def _retire(self, service: Service) -> None:
        """End a version's processes once the requests that began with it have ended."""
        try:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(2 * self.settings.query_seconds):
                    await service.unused()
        finally:
            await service.close()

    async def _serve(self, data: Path) -> Service:
        """Load a version and start its workers."""
        pools = await Pools.start(self.settings, data)
        try:
            network = await load_network(pools.curated)
            texts = await load_texts(pools.curated, self.settings.documents)
        except BaseException:
            await pools.close()
            raise
        return Service(self.settings, pools, self.catalogue, network, texts)


async def to_its_end(work: Coroutine[Any, Any, None]) -> None:
    """Do something to its end; a cancellation takes effect after it."""
    task, cancelled = asyncio.create_task(work), None
    while not task.done():
        try:
            await asyncio.wait((task,))
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is not None:
        raise cancelled
    task.result()


class OneVersion:
    """Middleware: a request is answered from the version that is current when it comes, whatever happens."""

    def __init__(self, app: ASGIApp, versions: Versions) -> None:
        self._app = app
        self._versions = versions

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hold on to the current version for the time of a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        service = self._versions.current
        scope[SERVICE] = service
        service.enter()
        try:
            await self._app(scope, receive, send)
        finally:
            service.leave()

"""Which version of the dataset is served, and how another takes its place.

A change is worked out from the current version. Its outcome is loaded, rules and all, and validated beside it; only
when both have succeeded does the engine make it the current one, and then it is so for the next request. Requests
under way end on the version that they began with. Changes wait for each other. What somebody else has made the
current version takes the place of ours in the same way.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

from hct_kg.api.service import SERVICE, Service, load_network
from hct_kg.api.texts import load_texts
from hct_kg.catalogue import CuratedQuery
from hct_kg.errors import HctError, QueryTimeout, UpdatesDisabled
from hct_kg.outcome import check_outcome
from hct_kg.settings import Settings
from hct_kg.store.engine import Edition, Engine, Outcome
from hct_kg.store.in_memory import HOW_TO_ENABLE
from hct_kg.store.values import Change

log = logging.getLogger(__name__)

PAUSE = 1.0
"""Seconds between attempts to load a version that somebody else has made."""
Precondition = Callable[[Service], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Committed:
    """A change that was made: whether its graph was there before, and the version that holds it."""

    existed: bool
    service: Service


@dataclass(frozen=True, slots=True)
class Candidate:
    """A version that is loaded and in shape, and not yet the current one."""

    outcome: Outcome
    service: Service


class Versions:
    """The versions of one dataset, one after the other."""

    def __init__(self, settings: Settings, catalogue: Mapping[str, CuratedQuery], engine: Engine) -> None:
        self.settings = settings
        self.catalogue = catalogue
        self._engine = engine
        self._lock = asyncio.Lock()
        self._changing: set[asyncio.Task[Any]] = set()
        self._retiring: set[asyncio.Task[None]] = set()
        self._current: Service | None = None
        self._follower: asyncio.Task[None] | None = None
        self._warm: Callable[[Service], Coroutine[Any, Any, None]] | None = None
        self._warming: asyncio.Task[None] | None = None

    @property
    def warming(self) -> bool:
        """Whether something is being made ahead for the current version."""
        return self._warming is not None and not self._warming.done()

    @property
    def current(self) -> Service:
        """The version that the next request is answered from."""
        assert self._current is not None, "opened before it is used"
        return self._current

    async def open(self) -> None:
        """Load the version that is the engine's current one, and from now on each that takes its place."""
        self._current = await self._serve(self._engine.open)
        self._follower = asyncio.create_task(self._follow())

    def warm_with(self, warm: Callable[[Service], Coroutine[Any, Any, None]]) -> None:
        """Have something made ahead, beside requests, for the current version and each that takes its place."""
        self._warm = warm
        self._begin_to_warm()

    def _begin_to_warm(self) -> None:
        """Make nothing more for the version before, and begin with the current one."""
        if self._warming is not None:
            self._warming.cancel()
        if self._warm is not None:
            self._warming = asyncio.create_task(self._warm(self.current))

    async def close(self) -> None:
        """End all processes; a change under way is given up, or published to its end."""
        self._warm = None
        if self._warming is not None:
            self._warming.cancel()
            await asyncio.gather(self._warming, return_exceptions=True)
        for change in self._changing:
            change.cancel()
        if self._follower is not None:
            self._follower.cancel()
            await asyncio.gather(self._follower, return_exceptions=True)
        async with self._lock:
            pass  # it was the change's until here
        for task in self._retiring:
            task.cancel()
        await asyncio.gather(*self._retiring, return_exceptions=True)
        if self._current is not None:
            await self._current.close()
        await self._engine.close()

    async def change(self, request: Change, precondition: Precondition) -> Committed:
        """Make a change, or raise and leave everything as it was.

        `precondition` is looked at when it is this change's turn. Raises UpdatesDisabled, what the change and
        its validation raise, and QueryTimeout where all of it takes longer than it may.
        """
        if not self.settings.writable:
            raise UpdatesDisabled(f"This service takes no changes. {HOW_TO_ENABLE}")
        task = asyncio.current_task()
        assert task is not None, "a request is handled in a task"
        self._changing.add(task)
        try:
            async with self._lock:
                candidate = await self._prepare(request, precondition)
                # From here on nothing is given up half-way: what is kept is what is served, and the next change
                # begins with it.
                await to_its_end(self._publish(candidate))
                return Committed(candidate.outcome.existed, candidate.service)
        finally:
            self._changing.discard(task)

    async def _prepare(self, request: Change, precondition: Precondition) -> Candidate:
        """Make a change beside what is served; its turn has come."""
        seconds = self.settings.write_seconds
        try:
            async with asyncio.timeout(seconds):
                await precondition(self.current)
                outcome = await self._engine.change(self.current.edition, request)
                try:
                    return Candidate(outcome, await self._validated(outcome))
                except BaseException:
                    await self._engine.discard(outcome)
                    raise
        except TimeoutError:
            raise QueryTimeout(f"The change took longer than {seconds:g} seconds; nothing is changed.") from None

    async def _validated(self, outcome: Outcome) -> Service:
        """Load an outcome and validate it at the same time; fails as soon as either does."""
        checking = asyncio.create_task(check_outcome(self.settings.ontology, outcome.snapshot))
        loading = asyncio.create_task(self._serve(partial(self._engine.hold, outcome)))
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

    async def _publish(self, candidate: Candidate) -> None:
        """Make a version the current one, for the engine and for the next request."""
        try:
            await self._engine.publish(candidate.outcome, candidate.service.edition)
        except BaseException:
            await candidate.service.close()
            await self._engine.discard(candidate.outcome)
            raise
        self._take_over(candidate.service)

    def _take_over(self, service: Service) -> None:
        """Answer the next request from a version; the one before ends with the requests that began with it."""
        before, self._current = self.current, service
        self._begin_to_warm()
        task = asyncio.create_task(self._retire(before))
        self._retiring.add(task)
        task.add_done_callback(self._retiring.discard)

    async def _follow(self) -> None:
        """Serve each version that somebody else makes the current one."""
        while True:
            await self._engine.superseded(self.current.edition)
            try:
                async with self._lock:
                    self._take_over(await self._serve(self._engine.open))
            except HctError as error:
                log.error("another version is there, and cannot be loaded: %s", error)
                await asyncio.sleep(PAUSE)

    async def _retire(self, service: Service) -> None:
        """End a version's processes once the requests that began with it have ended."""
        try:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(2 * self.settings.query_seconds):
                    await service.unused()
        finally:
            await service.close()

    async def _serve(self, opening: Callable[[], Awaitable[Edition]]) -> Service:
        """Read what is asked of each version once, as soon as it can be asked."""
        edition = await opening()
        try:
            network = await load_network(edition.curated)
            texts = await load_texts(edition.curated, self.settings.documents)
        except BaseException:
            await edition.close()
            raise
        return Service(self.settings, edition, self.catalogue, network, texts)


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

"""Pools of workers: queries wait their turn, run under limits, and never take another pool's workers."""

from __future__ import annotations

import asyncio
import logging
import math
from collections import deque
from functools import partial
from pathlib import Path

from hct_kg.errors import DataError, HctError, QueueFull, WorkerLost
from hct_kg.settings import Settings
from hct_kg.store.connection import WorkerConnection
from hct_kg.store.family import Zygote, settle
from hct_kg.store.results import Row, parse_rows
from hct_kg.store.streams import AnswerStream, LentStream
from hct_kg.store.values import Change, GraphRequest, Inspect, QueryAnswer, QueryRequest

__all__ = ["AnswerStream", "GraphRequest", "LentStream", "Pools", "QueryAnswer", "QueryPool", "QueryRequest"]

log = logging.getLogger(__name__)

FIRST_PAUSE = 0.1
LONGEST_PAUSE = 10.0


class QueryPool:
    """A fixed number of workers; who finds none free waits in a queue, in order of arrival."""

    def __init__(self, workers: int, queue: int, seconds: float) -> None:
        self._size = workers
        self._longest_queue = queue
        self._longest_wait = seconds
        self._zygote: Zygote | None = None
        self._workers: set[WorkerConnection] = set()
        self._idle: list[WorkerConnection] = []
        self._waiting: deque[asyncio.Future[WorkerConnection]] = deque()
        self._tasks: set[asyncio.Task[None]] = set()
        self.replaced = 0

    @property
    def pids(self) -> set[int]:
        """The process ids of the workers, for operations and tests."""
        return {worker.pid for worker in self._workers}

    @property
    def idle(self) -> int:
        """How many workers are at rest."""
        return len(self._idle)

    @property
    def busy(self) -> int:
        """How many workers are at work."""
        return len(self._workers) - len(self._idle)

    @property
    def waiting(self) -> int:
        """How many requests wait for a worker."""
        return len(self._waiting)

    async def query(self, request: QueryRequest | GraphRequest | Inspect) -> QueryAnswer:
        """Return the whole answer to a request, or raise a QueryError; a cancelled query is stopped at once."""
        worker = await self._borrow()
        try:
            answer = await worker.ask(request)
        finally:
            self._give_back(worker)
        assert isinstance(answer, QueryAnswer), "an answer is whole where no stream is allowed"
        return answer

    async def stream(self, request: QueryRequest | GraphRequest) -> QueryAnswer | LentStream:
        """Return the answer to a request, or its stream if it is long; a stream must be closed."""
        worker = await self._borrow()
        answer: QueryAnswer | AnswerStream | None = None
        try:
            answer = await worker.ask(request)
        finally:
            if not isinstance(answer, AnswerStream):
                self._give_back(worker)
        return LentStream(answer, partial(self._give_back, worker)) if isinstance(answer, AnswerStream) else answer

    async def select(self, text: str) -> list[Row]:
        """Return the rows of a SELECT over the union of all graphs."""
        return parse_rows((await self.query(QueryRequest(text))).body)

    async def read(self, text: str, order: str = "") -> list[Row]:
        """Return the rows of a SELECT that is asked once a version."""
        return parse_rows((await self.query(QueryRequest(text, own=True))).body)

    async def open(self, zygote: Zygote) -> None:
        """Take workers from a zygote, and serve."""
        self._zygote = zygote
        await asyncio.gather(*(self._add_worker(zygote) for _ in range(self._size)))

    def suspend(self) -> None:
        """End all workers and refuse queries, until opened again."""
        self._zygote = None
        for task in self._tasks:
            task.cancel()
        for worker in self._workers:
            worker.end()
        self._workers.clear()
        self._idle.clear()
        while self._waiting:
            settle(self._waiting.popleft(), no_workers())

    async def _borrow(self) -> WorkerConnection:
        """Return a worker at rest, or wait for one."""
        if self._zygote is None:
            raise no_workers()
        if self._idle:
            return self._idle.pop()
        if len(self._waiting) >= self._longest_queue:
            raise self._busy()
        place: asyncio.Future[WorkerConnection] = asyncio.get_running_loop().create_future()
        self._waiting.append(place)
        try:
            async with asyncio.timeout(self._longest_wait):
                return await place
        except TimeoutError:
            self._leave_queue(place)
            raise self._busy() from None
        except asyncio.CancelledError:
            self._leave_queue(place)
            raise

    def _leave_queue(self, place: asyncio.Future[WorkerConnection]) -> None:
        """Give up a place in the queue, and the worker that may have come in the same moment."""
        if place in self._waiting:
            self._waiting.remove(place)
        if place.done() and not place.cancelled() and place.exception() is None:
            self._give_back(place.result())

    def _give_back(self, worker: WorkerConnection) -> None:
        """Lend a worker to who waits longest, or let it rest; replace one that cannot go on."""
        if worker not in self._workers:
            return
        if not worker.at_rest:
            self._replace(worker)
            return
        while self._waiting:
            if settle(self._waiting.popleft(), worker):
                return
        self._idle.append(worker)

    def _replace(self, worker: WorkerConnection, pause: float = 0.0) -> None:
        """End a worker and start another one in its place, at once or after a pause in seconds."""
        self._discard(worker)
        self.replaced += 1
        if self._zygote is not None:
            task = asyncio.create_task(self._add_worker(self._zygote, pause))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    def _discard(self, worker: WorkerConnection) -> None:
        """End a worker and forget it."""
        worker.end()
        self._workers.discard(worker)
        if worker in self._idle:
            self._idle.remove(worker)

    def _replace_idle(self, worker: WorkerConnection) -> None:
        """Replace a worker that ended while idle; the pause keeps one that cannot live from being a storm."""
        log.warning("worker %d ended while it was idle", worker.pid)
        self._replace(worker, FIRST_PAUSE)

    async def _add_worker(self, zygote: Zygote, pause: float = 0.0) -> None:
        """Start a worker and put it to use; go on trying while the zygote lives."""
        worker = None
        while worker is None and not zygote.lost.is_set():
            await asyncio.sleep(pause)
            try:
                worker = await zygote.fork()
            except WorkerLost as error:
                log.warning("%s", error)
                pause = min(max(2 * pause, FIRST_PAUSE), LONGEST_PAUSE)
        if worker is None:
            return
        if self._zygote is not zygote:
            worker.end()
            return
        worker.on_idle_loss = self._replace_idle
        self._workers.add(worker)
        self._give_back(worker)

    def _busy(self) -> QueueFull:
        """Return the error for a query that finds no worker in time."""
        return QueueFull("Too many queries are waiting; try again shortly.", math.ceil(self._longest_wait))


def no_workers() -> WorkerLost:
    """Return the error for a query while there is no zygote."""
    return WorkerLost("The processes that evaluate queries are being restarted; try again shortly.")


class Pools:
    """One version of the dataset: the pool of the public endpoint and that of the curated routes, over one zygote.

    Either may be exhausted without the other noticing. When the zygote dies, every query under way fails
    with WorkerLost and a new zygote is started.
    """

    def __init__(self, settings: Settings, data: Path, zygote: Zygote) -> None:
        queue, seconds = settings.query_queue, settings.query_seconds
        self.public = QueryPool(settings.query_workers, queue, seconds)
        self.curated = QueryPool(settings.curated_workers, queue, seconds)
        self.version = zygote.version
        self.triples = zygote.triples
        self._settings = settings
        self._data = data
        self._zygote = zygote
        self._keeper: asyncio.Task[None] | None = None

    @classmethod
    async def start(cls, settings: Settings, data: Path | None = None) -> Pools:
        """Load the dataset (of a folder of Turtle or a snapshot) and start all workers.

        Raises DataError with file and line, SettingsError where workers cannot be confined, WorkerLost.
        """
        data = data or settings.data
        pools = cls(settings, data, await Zygote.start(settings, data))
        try:
            await pools._open()
        except BaseException:
            await pools.close()
            raise
        pools._keeper = asyncio.create_task(pools._keep())
        return pools

    @property
    def zygote_pid(self) -> int:
        """The process id of the zygote, for operations and tests."""
        return self._zygote.pid

    async def change(self, request: Change) -> QueryAnswer:
        """Return the snapshot that a change makes of this version, which stays as it is.

        A worker of its own makes it, and ends.
        """
        worker = await self._zygote.fork()
        try:
            answer = await worker.ask(request)
        finally:
            worker.end()
        assert isinstance(answer, QueryAnswer), "a change is answered whole"
        return answer

    async def close(self) -> None:
        """End all processes and wait for them."""
        if self._keeper is not None:
            self._keeper.cancel()
            await asyncio.gather(self._keeper, return_exceptions=True)
        self._suspend()
        await self._zygote.close()

    async def _open(self) -> None:
        """Give both pools their workers."""
        await asyncio.gather(self.public.open(self._zygote), self.curated.open(self._zygote))

    def _suspend(self) -> None:
        """Take the workers from both pools."""
        self.public.suspend()
        self.curated.suspend()

    async def _keep(self) -> None:
        """Start a new zygote whenever the one there is has died."""
        while True:
            await self._zygote.lost.wait()
            log.error("the process that starts workers has ended; starting another")
            self._suspend()
            await self._zygote.close()
            self._zygote = await self._restart()
            await self._open()

    async def _restart(self) -> Zygote:
        """Start a zygote with the same dataset, however often it takes."""
        pause = FIRST_PAUSE
        while True:
            try:
                zygote = await Zygote.start(self._settings, self._data)
                if zygote.version == self.version:
                    return zygote
                await zygote.close()
                raise DataError(f"the data has changed since the start ({self.version}): restart the service")
            except (HctError, OSError) as error:  # OSError: there may be no process or descriptor for it just now
                log.error("%s", error)
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)

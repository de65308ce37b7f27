"""So many requests at once, and so many that wait in order of arrival; one more is told to come back."""

from __future__ import annotations

import asyncio
import math
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from hct_kg.errors import QueueFull


class Slots:
    """A fixed number of slots; who finds none free waits, but no longer than `seconds`."""

    def __init__(self, number: int, queue: int, seconds: float) -> None:
        self.idle = number
        self.busy = 0
        self._longest_queue = queue
        self._longest_wait = seconds
        self._waiting: deque[asyncio.Future[None]] = deque()

    @property
    def waiting(self) -> int:
        """How many requests wait for a slot."""
        return len(self._waiting)

    @asynccontextmanager
    async def one(self) -> AsyncIterator[None]:
        """Hold a slot; raises QueueFull where too many wait already, or for too long."""
        await self._take()
        try:
            yield
        finally:
            self._give_back()

    async def _take(self) -> None:
        """Take a free slot, or wait for one that is given back."""
        if self.idle:
            self.idle -= 1
            self.busy += 1
            return
        if len(self._waiting) >= self._longest_queue:
            raise self._full()
        place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(place)
        try:
            async with asyncio.timeout(self._longest_wait):
                await place
        except BaseException as error:
            if place in self._waiting:
                self._waiting.remove(place)
            if place.done() and not place.cancelled():
                self._give_back()  # it came in the same moment
            if isinstance(error, TimeoutError):
                raise self._full() from None
            raise

    def _give_back(self) -> None:
        """Hand a slot to who waits longest, or let it rest."""
        while self._waiting:
            place = self._waiting.popleft()
            if not place.done():
                place.set_result(None)
                return
        self.idle += 1
        self.busy -= 1

    def _full(self) -> QueueFull:
        """Return the error for a request that finds no slot in time."""
        return QueueFull("Too many queries are waiting; try again shortly.", math.ceil(self._longest_wait))

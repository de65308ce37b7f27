"""A long answer on its way: parts come from a worker no faster than the client takes them."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

from hct_kg.store.formats import Format

MOST_WAITING = 4 << 20
"""Bytes that wait for the client; with more, nothing is read from the worker until half of them are gone."""


class AnswerStream:
    """The parts of one answer. Whoever takes them must not take the answer as whole before their end.

    `rows` is known at the end.
    """

    def __init__(self, form: Format, source: asyncio.ReadTransport) -> None:
        self.format = form
        self.rows = 0
        self._source = source
        self._parts: deque[bytes] = deque()
        self._waiting = 0
        self._paused = False
        self._ended = False
        self._error: Exception | None = None
        self._news = asyncio.Event()

    @property
    def ended(self) -> bool:
        """Whether everything has come from the worker."""
        return self._ended

    def feed(self, part: bytes) -> None:
        """Take a part from the worker."""
        self._parts.append(part)
        self._waiting += len(part)
        self._news.set()
        if self._waiting > MOST_WAITING and not self._paused:
            self._paused = True
            self._source.pause_reading()

    def finish(self, error: Exception | None, rows: int) -> None:
        """Take the end: nothing more comes; with an error, the answer is not whole."""
        self._ended, self._error, self.rows = True, error, rows
        self._news.set()

    async def parts(self) -> AsyncIterator[bytes]:
        """Yield the parts in order; raises what has ended the answer before its end."""
        while True:
            while self._parts:
                part = self._parts.popleft()
                self._waiting -= len(part)
                self._resume()
                yield part
            if self._error is not None:
                raise self._error
            if self._ended:
                return
            self._news.clear()
            await self._news.wait()

    def _resume(self) -> None:
        """Read on from the worker once enough is gone."""
        if self._paused and self._waiting < MOST_WAITING // 2:
            self._paused = False
            if not self._source.is_closing():
                self._source.resume_reading()


@dataclass(frozen=True, slots=True)
class LentStream:
    """A stream of an answer, and what is to be done at its end: `close` gives back whoever makes it."""

    answer: AnswerStream
    close: Callable[[], None]

"""A client that hangs up frees what works for it."""

from __future__ import annotations

import asyncio
from types import TracebackType

from starlette.requests import ClientDisconnect, Request

PATIENCE = 0.05
"""Seconds before the client is watched: most answers are ready long before, and watching costs a task."""


class WhileConnected:
    """An async context that is cancelled, and left with ClientDisconnect, when the client hangs up."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._gone = False
        self._watcher: asyncio.Task[None] | None = None

    async def __aenter__(self) -> None:
        task = asyncio.current_task()
        assert task is not None, "a request is handled in a task"
        self._task = task
        self._timer = asyncio.get_running_loop().call_later(PATIENCE, self._start_watching)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        if self._watcher is not None:
            self._watcher.cancel()
        if self._gone and kind is asyncio.CancelledError and self._task.uncancel() == 0:
            raise ClientDisconnect from None

    def _start_watching(self) -> None:
        self._watcher = asyncio.create_task(self._watch())

    async def _watch(self) -> None:
        """Wait for the client to hang up; the rest of a request is passed over."""
        while (await self._request.receive())["type"] != "http.disconnect":
            pass
        self._gone = True
        self._task.cancel()

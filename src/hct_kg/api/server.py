"""uvicorn's server, with an orderly end: told to stop, it says so, ends what it has begun, and exits with 0.

On SIGTERM /readyz answers 503 at once. For `notice_seconds` connections are still taken, so that a load balancer
sees it and none of its requests is lost; then they are refused, and requests under way have `drain_seconds` to end.
SIGINT (a person's Ctrl-C) skips the notice.
"""

from __future__ import annotations

import asyncio
import math
import signal
import socket
from collections.abc import Callable
from types import FrameType

import uvicorn
from starlette.types import ASGIApp

from hct_kg.api.protocol import Protocol
from hct_kg.settings import Settings

TICK = 0.1


def longest_drain(settings: Settings) -> float:
    """Return how long requests under way may take: by default as long as one may take, and a second more."""
    longest = settings.write_seconds if settings.writable else settings.query_seconds
    return settings.drain_seconds or longest + 1


class Server(uvicorn.Server):
    """A server that calls `started` once it takes connections, and `stopping` as soon as it is told to stop."""

    def __init__(
        self, app: ASGIApp, settings: Settings, stopping: Callable[[], None], started: Callable[[], None] = lambda: None
    ) -> None:
        self._stopping = stopping
        self._started = started
        self._notice = settings.notice_seconds
        self._gives_notice = False
        config = uvicorn.Config(
            app,
            http=Protocol,
            log_config=None,
            log_level="warning",
            access_log=False,
            server_header=False,
            lifespan="off",
            forwarded_allow_ips=settings.proxies,
            timeout_graceful_shutdown=math.ceil(longest_drain(settings)),
        )
        super().__init__(config)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Take note of a signal."""
        self._stopping()
        if sig == signal.SIGTERM:
            # Not left to uvicorn: it raises the signal again after the end, which then is no exit but a death.
            self._gives_notice = self.should_exit = True
        else:
            super().handle_exit(sig, frame)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Take connections, then say so."""
        await super().startup(sockets)
        self._started()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Give notice, then end."""
        ticks = math.ceil(self._notice / TICK) if self._gives_notice else 0
        for _ in range(ticks):
            if self.force_exit:
                break
            await asyncio.sleep(TICK)
        await super().shutdown(sockets)

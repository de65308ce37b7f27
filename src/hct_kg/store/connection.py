"""The server's side of one worker: asks it one query at a time, and ends it at the time limit."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
from collections.abc import Callable
from typing import Any, cast

from hct_kg.errors import QueryError, QueryMemoryExceeded, QueryTimeout, WorkerLost
from hct_kg.store.formats import FORMATS
from hct_kg.store.frames import FrameReader, Kind, frame
from hct_kg.store.values import Limits, QueryAnswer, QueryRequest, read_error, write_request


class WorkerConnection(asyncio.Protocol):
    """One worker process; `at_rest` says whether it can take a query.

    A worker whose query did not end by itself (timeout, cancellation, crash) never rests again: it is to
    be ended and replaced. `on_idle_loss` is called when it ends without having been asked anything.
    """

    def __init__(
        self, pid: int, pidfd: int, channel: socket.socket, exit_code: asyncio.Future[int | None], limits: Limits
    ) -> None:
        self.pid = pid
        self.at_rest = False
        self.on_idle_loss: Callable[[WorkerConnection], None] | None = None
        self._pidfd = pidfd
        self._channel = channel
        self._exit_code = exit_code
        self._limits = limits
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._reader = FrameReader()
        self._body: list[bytes] = []
        self._reply: asyncio.Future[QueryAnswer] | None = None

    async def connect(self) -> None:
        """Watch the socket; from now on the worker can be asked."""
        try:
            await self._loop.connect_accepted_socket(lambda: self, self._channel)
        except BaseException:
            self.end()
            raise
        self.at_rest = True

    async def ask(self, request: QueryRequest) -> QueryAnswer:
        """Return the answer to a request; raises a QueryError or NotAcceptable."""
        assert self._transport is not None, "a worker is connected first"
        self.at_rest = False
        reply: asyncio.Future[QueryAnswer] = self._loop.create_future()
        self._reply = reply
        if self._transport.is_closing():
            raise await self._reason_of_end()
        timer = self._loop.call_later(self._limits.seconds, self._expire, reply)
        try:
            self._transport.write(frame(Kind.QUERY, write_request(request)))
            return await reply
        except ConnectionResetError:
            raise await self._reason_of_end() from None
        finally:
            timer.cancel()
            self._reply = None

    def end(self) -> None:
        """Kill the worker; may be called again."""
        self.at_rest = False
        if self._pidfd < 0:
            return
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)
        os.close(self._pidfd)
        self._pidfd = -1
        if self._transport is None:
            self._channel.close()
        else:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport; called by asyncio, as the two below."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Take bytes of an answer."""
        for kind, payload in self._reader.feed(data):
            if kind is Kind.BODY:
                self._body.append(payload)
            else:
                self._finish(kind, json.loads(payload))

    def connection_lost(self, exc: Exception | None) -> None:
        """Fail the query under way, or say that an idle worker has gone."""
        if self._reply is not None and not self._reply.done():
            self._reply.set_exception(ConnectionResetError())
        elif self.at_rest and self.on_idle_loss is not None:
            self.at_rest = False
            self.on_idle_loss(self)

    def _finish(self, kind: Kind, end: dict[str, Any]) -> None:
        """Settle the reply with the frame that ends it."""
        body, self._body = b"".join(self._body), []
        self.at_rest = not end.pop("spent")
        if self._reply is None or self._reply.done():
            return
        if kind is Kind.END:
            form = FORMATS[end["format"]]
            self._reply.set_result(QueryAnswer(body, form, end["rows"], end["milliseconds"]))
        else:
            self._reply.set_exception(read_error(end))

    def _expire(self, reply: asyncio.Future[QueryAnswer]) -> None:
        """End a query at its time limit."""
        if not reply.done():
            seconds = self._limits.seconds
            reply.set_exception(QueryTimeout(f"The query ran for {seconds:g} seconds, its limit, and was stopped."))

    async def _reason_of_end(self) -> QueryError:
        """Say why the process has ended, from its exit code."""
        code = await self._exit_code
        if code == -signal.SIGXCPU:
            return QueryTimeout("The query used more processor time than it may and was stopped.")
        if code in (-signal.SIGABRT, -signal.SIGSEGV, -signal.SIGBUS):
            # Rust aborts when an allocation fails; a query nested too deeply overflows the stack.
            limit = self._limits.memory
            return QueryMemoryExceeded(
                f"The query needed more than {limit} MiB of memory, or is nested too deeply, and was stopped."
            )
        return WorkerLost("The process that evaluated the query ended unexpectedly; try again.")

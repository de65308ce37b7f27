"""The server's side of one worker: asks it one thing at a time, and gives up at the time limit."""

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
from hct_kg.store.formats import FORMATS, Format
from hct_kg.store.frames import FrameReader, Kind, frame
from hct_kg.store.streams import AnswerStream
from hct_kg.store.values import Limits, QueryAnswer, Request
from hct_kg.store.wire import read_end, read_error, write_request

SECONDS_TO_END = 1.0
"""How long a worker that has closed its socket may take to end."""


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
        self._reply: asyncio.Future[QueryAnswer | AnswerStream] | None = None
        self._stream: AnswerStream | None = None
        self._timer: asyncio.TimerHandle | None = None

    async def connect(self) -> None:
        """Watch the socket; from now on the worker can be asked."""
        try:
            await self._loop.connect_accepted_socket(lambda: self, self._channel)
        except BaseException:
            self.end()
            raise
        self.at_rest = True

    async def ask(self, request: Request) -> QueryAnswer | AnswerStream:
        """Return the answer to a request, or its stream if that is allowed and the answer is long.

        Raises what a query or change may raise. The worker is at rest again once the answer has ended.
        """
        assert self._transport is not None, "a worker is connected first"
        self.at_rest = False
        reply: asyncio.Future[QueryAnswer | AnswerStream] = self._loop.create_future()
        self._reply = reply
        if self._transport.is_closing():
            raise await self._reason_of_end()
        seconds = self._limits.seconds_for(request)
        self._timer = self._loop.call_later(seconds, self._expire, seconds)
        try:
            self._transport.write(b"".join(frame(Kind.REQUEST, write_request(request))))
            answer = await reply
        except ConnectionResetError:
            raise await self._reason_of_end() from None
        finally:
            self._reply = None
            if self._stream is None:
                self._timer.cancel()
        return answer

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
            if kind is Kind.END:
                self._finish(*read_end(payload))
            elif kind is Kind.BEGIN:
                self._begin(FORMATS[payload.decode()])
            elif kind is Kind.FAILED:
                self._fail(json.loads(payload))
            elif self._stream is not None:
                self._stream.feed(payload)

    def connection_lost(self, exc: Exception | None) -> None:
        """Fail the request under way, or say that an idle worker has gone."""
        if self._stream is not None:
            self._close_stream(ConnectionResetError("the worker has ended"))
        elif self._reply is not None and not self._reply.done():
            self._reply.set_exception(ConnectionResetError())
        elif self.at_rest and self.on_idle_loss is not None:
            self.at_rest = False
            self.on_idle_loss(self)

    def _begin(self, form: Format) -> None:
        """Give whoever waits a stream instead of a whole answer."""
        if self._reply is None or self._reply.done():
            return
        assert self._transport is not None, "bytes come over a transport"
        self._stream = AnswerStream(form, cast("asyncio.ReadTransport", self._transport))
        self._reply.set_result(self._stream)

    def _finish(self, answer: QueryAnswer, spent: bool) -> None:
        """Settle the reply with the answer, or the stream with what is left of it."""
        self.at_rest = not spent
        if self._stream is not None:
            self._stream.feed(answer.body)
            self._close_stream(None, answer.rows)
        elif self._reply is not None and not self._reply.done():
            self._reply.set_result(answer)

    def _fail(self, document: dict[str, Any]) -> None:
        """Settle the reply or the stream with an error."""
        self.at_rest = not document["spent"]
        error = read_error(document)
        if self._stream is not None:
            self._close_stream(error)
        elif self._reply is not None and not self._reply.done():
            self._reply.set_exception(error)

    def _close_stream(self, error: Exception | None, rows: int = 0) -> None:
        """End the stream, well or with an error."""
        assert self._stream is not None, "there is a stream under way"
        if self._timer is not None:
            self._timer.cancel()
        self._stream.finish(error, rows)
        self._stream = None

    def _expire(self, seconds: float) -> None:
        """End a request at its time limit."""
        timeout = QueryTimeout(f"The request ran for {seconds:g} seconds, its limit, and was stopped.")
        if self._stream is not None:
            self._close_stream(timeout)
            self.end()  # whoever takes the stream may be slow to see this
        elif self._reply is not None and not self._reply.done():
            self._reply.set_exception(timeout)

    async def _reason_of_end(self) -> QueryError:
        """Say why the process has ended, from its exit code."""
        try:
            code = await asyncio.wait_for(asyncio.shield(self._exit_code), SECONDS_TO_END)
        except TimeoutError:  # it has closed its socket and lives on
            return WorkerLost("The process that evaluated the query has stopped talking; try again.")
        if code == -signal.SIGXCPU:
            return QueryTimeout("The query used more processor time than it may and was stopped.")
        if code in (-signal.SIGABRT, -signal.SIGSEGV, -signal.SIGBUS):
            # Rust aborts when an allocation fails; a query nested too deeply overflows the stack.
            limit = self._limits.memory
            return QueryMemoryExceeded(
                f"The query needed more than {limit} MiB of memory, or is nested too deeply, and was stopped."
            )
        return WorkerLost("The process that evaluated the query ended unexpectedly; try again.")

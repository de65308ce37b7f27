"""One way to an engine: requests over a bounded pool of connections, each answer taken whole within its limits.

No redirect is followed and no proxy of the environment is used, so nothing is ever sent anywhere else.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlencode

import httpx

from hct_kg.errors import EngineFault, EngineUnreachable, QueryTimeout, ResultTooLarge
from hct_kg.settings import Settings
from hct_kg.store.remote import faults
from hct_kg.store.remote.credentials import Credentials
from hct_kg.store.remote.slots import Slots

FORM = "application/x-www-form-urlencoded"
Fields = Sequence[tuple[str, str]]


class BrokenOff(EngineFault):
    """The engine's answer ended before its end: whether it has done what it was told, nobody knows."""


@dataclass(frozen=True, slots=True)
class Call:
    """A POST: where to, of what, and what may come back; `again` where it may be sent twice."""

    url: str
    content: bytes
    content_type: str
    accepted: tuple[str, ...] = ()
    seconds: float = 60.0
    most_bytes: int = 1 << 30
    again: bool = False


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole answer: its media type, whether its end was told apart from the connection's, who sent it, its bytes."""

    media_type: str
    ended: bool
    server: str
    body: bytes


class Way:
    """A pool of connections to one engine; who finds none free waits."""

    def __init__(self, settings: Settings, connections: int, credentials: Credentials | None) -> None:
        self.slots = Slots(connections, settings.query_queue, settings.query_seconds)
        self.repeated = 0
        self._client = httpx.AsyncClient(
            auth=credentials,
            follow_redirects=False,
            trust_env=False,
            timeout=httpx.Timeout(None, connect=settings.store_seconds),
            limits=httpx.Limits(max_connections=connections, max_keepalive_connections=connections),
            headers={"Accept-Encoding": "identity", "User-Agent": "hct-kg"},
        )

    async def send(self, call: Call) -> Reply:
        """Return the answer to a call.

        Raises QueueFull, EngineUnreachable, QueryTimeout, ResultTooLarge, EvaluationError and EngineFault.
        """
        async with self.slots.one():
            try:
                async with asyncio.timeout(call.seconds):
                    return await self._send(call)
            except TimeoutError:
                raise QueryTimeout(f"The engine did not answer within {call.seconds:g} seconds.") from None

    async def close(self) -> None:
        """Close all connections."""
        await self._client.aclose()

    async def _send(self, call: Call) -> Reply:
        """Send a call; once more where it may be, and the connection broke before anything of an answer came."""
        try:
            with translated():
                return await self._send_once(call)
        except EngineUnreachable:
            if not call.again:
                raise
        self.repeated += 1
        with translated():
            return await self._send_once(call)

    async def _send_once(self, call: Call) -> Reply:
        """Send a call and take its answer, whole."""
        headers = {"Content-Type": call.content_type, "Accept": ", ".join(call.accepted) or "*/*"}
        async with self._client.stream("POST", call.url, content=call.content, headers=headers) as response:
            try:
                body = await read(response, call.most_bytes)
            except (httpx.TransportError, httpx.DecodingError):
                raise BrokenOff("The engine's answer broke off before its end; nothing of it is used.") from None
            error = faults.refusal(response.status_code, response.headers, body)
            if error is None and call.accepted:
                error = faults.wrong_type(response.headers.get("content-type", ""), call.accepted)
            if error is not None:
                raise error
            return reply_of(response, body)


async def read(response: httpx.Response, most_bytes: int) -> bytes:
    """Return a body; raises ResultTooLarge as soon as it is too long."""
    parts, size = [], 0
    async for part in response.aiter_raw():
        size += len(part)
        if size > most_bytes:
            raise ResultTooLarge("The engine's answer is larger than the limit of a result. Page with LIMIT.")
        parts.append(part)
    return b"".join(parts)


def reply_of(response: httpx.Response, body: bytes) -> Reply:
    """Return what is used of a response."""
    ended = "content-length" in response.headers or "chunked" in response.headers.get("transfer-encoding", "").lower()
    media_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if response.status_code == HTTPStatus.PARTIAL_CONTENT:
        raise EngineFault("The engine answered with a part of what was asked for.")
    return Reply(media_type, ended, response.headers.get("server", ""), body)


@contextmanager
def translated() -> Iterator[None]:
    """Raise EngineUnreachable for a connection that cannot be made, or breaks before an answer has begun."""
    try:
        yield
    except httpx.TransportError:
        raise EngineUnreachable("The engine that keeps the data does not answer; try again shortly.") from None
    except (httpx.InvalidURL, httpx.HTTPError):
        raise EngineFault(f"The engine cannot be asked: {faults.WRONG_URL}.") from None


def form(url: str, fields: Fields, accepted: Collection[str], seconds: float, most_bytes: int, again: bool) -> Call:
    """Return a call that sends a form: what every engine takes (Virtuoso never answers a query posted as it is)."""
    return Call(url, urlencode(fields).encode(), FORM, tuple(accepted), seconds, most_bytes, again)

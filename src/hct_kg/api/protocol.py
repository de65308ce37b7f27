"""HTTP as uvicorn speaks it, but for two things.

A request which cannot be read is answered with a problem, as any other is. And the head of an answer goes out together
with what follows it: a copy that is killed between the two would leave a client with half an answer, where a load
balancer in front can no longer ask another copy.
"""

from __future__ import annotations

import asyncio
import json
from http import HTTPStatus
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from hct_kg.api.problems import KINDS, MEDIA_TYPE, TYPE, URI_TOO_LONG
from hct_kg.errors import MalformedRequest

LONGEST = 0xFFFF
"""Bytes of a request target that the parser takes."""


HELD = 0x10000
"""Bytes that wait, at most, for what is written in the same turn of the loop."""


class Joined(asyncio.Transport):
    """A transport that sends at once what is written in one turn of the loop, as one piece."""

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__()
        self._transport = transport
        self._loop = loop
        self._parts: list[bytes | bytearray | memoryview] = []
        self._size = 0

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Send this at the end of the turn, or now if much has gathered."""
        if not self._parts:
            self._loop.call_soon(self._send)
        self._parts.append(data)
        self._size += len(data)
        if self._size > HELD:
            self._send()

    def close(self) -> None:
        """Send what has gathered, then close."""
        self._send()
        self._transport.close()

    def abort(self) -> None:
        """Close now; what has gathered is lost."""
        self._parts.clear()
        self._transport.abort()

    def _send(self) -> None:
        parts, self._parts, self._size = self._parts, [], 0
        if parts and not self._transport.is_closing():
            self._transport.write(b"".join(parts))

    def is_closing(self) -> bool:
        """Return whether no more is sent."""
        return self._transport.is_closing()

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """Return what is known of the connection."""
        return self._transport.get_extra_info(name, default)

    def pause_reading(self) -> None:
        """Take no more from the client."""
        self._transport.pause_reading()

    def resume_reading(self) -> None:
        """Take more from the client."""
        self._transport.resume_reading()

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        """Give the connection to another protocol."""
        self._transport.set_protocol(protocol)


class Protocol(HttpToolsProtocol):
    """A connection; what is not HTTP ends it, after an answer that says why."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a connection."""
        super().connection_made(Joined(transport, self.loop))

    def send_400_response(self, msg: str) -> None:
        """Answer what cannot be read, and close the connection."""
        long = len(self.url) > LONGEST
        kind = URI_TOO_LONG if long else KINDS[MalformedRequest]
        detail = f"{msg} Its address has more than {LONGEST:,} bytes: POST what is long." if long else msg
        problem = {"type": TYPE + kind.slug, "title": kind.title, "status": kind.status, "detail": detail}
        body = json.dumps(problem).encode()
        general = "".join(f"{name.decode()}: {value.decode()}\r\n" for name, value in self.server_state.default_headers)
        head = (
            f"HTTP/1.1 {kind.status} {HTTPStatus(kind.status).phrase}\r\n{general}content-type: {MEDIA_TYPE}\r\n"
            f"content-length: {len(body)}\r\naccess-control-allow-origin: *\r\nconnection: close\r\n\r\n"
        )
        self.transport.write(head.encode() + body)
        self.transport.close()

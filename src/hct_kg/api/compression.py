"""gzip for whoever accepts it; the same body always gives the same bytes, as strong entity tags need.

Starlette's GZipMiddleware writes the time into each body, so that its bytes differ from one to the next. zlib-ng makes
about the same of a page as zlib, in half the time, and a tenth of what a page takes is its compression.
"""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send
from zlib_ng import zlib_ng

from hct_kg.api.negotiation import split_parameters

SMALLEST = 1024
LEVEL = 4
GZIP_WINDOW = 31
NOT_COMPRESSED = (b"image/", b"application/gzip", b"font/")


def accepts_gzip(scope: Scope) -> bool:
    """Tell whether a client accepts gzip: RFC 9110, 12.5.3."""
    for name, value in scope["headers"]:
        if name == b"accept-encoding" and b"gzip" in value.lower():
            for member in value.decode("latin-1").split(","):
                coding, *parameters = split_parameters(member)
                if coding == "gzip":
                    return not any(item in ("q=0", "q=0.0", "q=0.00", "q=0.000") for item in parameters)
    return False


class Compression:
    """Middleware: compresses bodies of 1 KiB and more, also while they are streamed."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, its answer compressed if that is accepted."""
        if scope["type"] == "http" and accepts_gzip(scope):
            send = Compressor(send)
        await self._app(scope, receive, send)


class Compressor:
    """A `send` that compresses one answer."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._start: Message | None = None
        self._engine: zlib_ng._Compress | None = None

    async def __call__(self, message: Message) -> None:
        """Take one message of the answer; its start waits for the first part of the body."""
        if message["type"] == "http.response.start":
            self._start = message
            return
        if message["type"] != "http.response.body":
            await self._send(message)
            return
        body, more = message.get("body", b""), message.get("more_body", False)
        if self._start is not None and compressible(self._start, body, more):
            self._engine = zlib_ng.compressobj(LEVEL, zlib_ng.DEFLATED, GZIP_WINDOW)
        if self._engine is not None:
            body = self._engine.compress(body) + self._engine.flush(zlib_ng.Z_SYNC_FLUSH if more else zlib_ng.Z_FINISH)
        if self._start is not None:
            await self._send(self._start if self._engine is None else self._headers(self._start, body, more))
            self._start = None
        await self._send({**message, "body": body})

    def _headers(self, start: Message, body: bytes, more: bool) -> Message:
        """Return the start of a compressed answer."""
        headers = [item for item in start["headers"] if item[0].lower() != b"content-length"]
        headers.append((b"content-encoding", b"gzip"))
        if not more:
            headers.append((b"content-length", str(len(body)).encode()))
        return {**start, "headers": headers}


def compressible(start: Message, body: bytes, more: bool) -> bool:
    """Tell whether an answer gains by compression: long enough, of a kind that does, and not encoded yet."""
    headers = {name.lower(): value for name, value in start["headers"]}
    if b"content-encoding" in headers or headers.get(b"content-type", b"").startswith(NOT_COMPRESSED):
        return False
    return start["status"] == 200 and (more or len(body) >= SMALLEST)

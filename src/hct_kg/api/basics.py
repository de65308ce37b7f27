"""What holds on every route, whoever wrote it: open to pages of any origin, and HEAD wherever GET is."""

from __future__ import annotations

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

OPEN = (
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", b"ETag, Link, Location, Repr-Digest, Retry-After, X-Request-Id, traceparent"),
)
ALLOWED = "Accept, Authorization, Content-Type, If-Match, If-None-Match, X-Request-Id, traceparent, tracestate"
PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD, POST, PUT, DELETE, OPTIONS",
    "Access-Control-Allow-Headers": ALLOWED,
    "Access-Control-Max-Age": "86400",
}


class HttpBasics:
    """Middleware; the outermost, so that errors have its headers too.

    Starlette's CORSMiddleware adds its headers only where the request names an origin. Such an answer, kept
    by a cache, would then be refused by a browser that asks for it from a page.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a preflight; pass everything else on, HEAD as GET."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_open(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *OPEN]
            elif head:
                message = {**message, "body": b""}
            await send(message)

        head = scope["method"] == "HEAD"
        if scope["method"] == "OPTIONS" and any(n == b"access-control-request-method" for n, _ in scope["headers"]):
            await Response(status_code=204, headers=PREFLIGHT)(scope, receive, send_open)
        elif head:
            await self._app({**scope, "method": "GET"}, receive, send_open)
        else:
            await self._app(scope, receive, send_open)

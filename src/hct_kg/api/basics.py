"""What holds on every route, whoever wrote it: open to pages of any origin, HEAD wherever GET is, a usable Host."""

from __future__ import annotations

import re
from functools import lru_cache
from ipaddress import IPv6Address

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hct_kg.api.problems import refuse
from hct_kg.errors import MalformedRequest

HOST = re.compile(r"(?:\[(?P<ipv6>[0-9A-Fa-f:.]+)\]|(?:[A-Za-z0-9._~!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*)(?::[0-9]{0,5})?")
LONGEST_HOST = 300
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
        if not all(usable_host(value) for name, value in scope["headers"] if name == b"host"):
            await refuse(MalformedRequest("Host is no host with an optional port."), scope, receive, send_open)
        elif scope["method"] == "OPTIONS" and any(n == b"access-control-request-method" for n, _ in scope["headers"]):
            await Response(status_code=204, headers=PREFLIGHT)(scope, receive, send_open)
        elif head:
            await self._app({**scope, "method": "GET"}, receive, send_open)
        else:
            await self._app(scope, receive, send_open)


def usable_host(value: bytes) -> bool:
    """Tell whether a Host header can stand in a URL: descriptions hold URLs made of it."""
    return len(value) <= LONGEST_HOST and is_host(value)


@lru_cache(maxsize=256)
def is_host(value: bytes) -> bool:
    """Tell whether this is a host with an optional port: RFC 3986, 3.2.2."""
    match = HOST.fullmatch(value.decode("latin-1"))
    if match is None or match["ipv6"] is None:
        return match is not None
    try:
        IPv6Address(match["ipv6"])
    except ValueError:
        return False
    return True

"""The short way to an endpoint: ahead of the application's routing, for the few paths where routing is dear.

Routing costs more than all else that is done here for a small query. The same endpoints are routes of the
application too: as such they are documented, and reached by other spellings of the path and by permalinks.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import TypeAlias

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from hct_kg.api.problems import refuse
from hct_kg.errors import HctError

Endpoint: TypeAlias = Callable[[Request], Awaitable[Response]]


class ShortWay:
    """Middleware, the innermost: hands a request to the endpoint for its method and path, if there is one."""

    def __init__(self, app: ASGIApp, endpoints: Mapping[tuple[str, str], Endpoint]) -> None:
        self._app = app
        self._endpoints = endpoints

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or pass it on to the application's routing."""
        endpoint = self._endpoints.get((scope["method"], scope["path"])) if scope["type"] == "http" else None
        if endpoint is None:
            await self._app(scope, receive, send)
            return
        try:
            response = await endpoint(Request(scope, receive, send))
            await response(scope, receive, send)  # a streamed one may fail too, before it has begun
        except HctError as error:
            await refuse(error, scope, receive, send)

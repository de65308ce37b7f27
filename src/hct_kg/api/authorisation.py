"""Who may do what: a key in `Authorization: Bearer …`, and nowhere else, with a scope.

https://www.rfc-editor.org/rfc/rfc6750, without keys in a form or in the URL: those end up in logs.
"""

from __future__ import annotations

from fastapi import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from hct_kg import keys
from hct_kg.api.observation import observe
from hct_kg.api.problems import refuse
from hct_kg.errors import HctError, NotAuthorised, Unauthenticated
from hct_kg.keyring import Keyring, Principal

PUBLIC = ("/healthz", "/readyz")
"""Paths that a private service answers to anyone: whoever watches it needs no key."""


async def require(request: Request, scope: keys.Scope) -> Principal:
    """Return whose key a request has; raises Unauthenticated, or NotAuthorised where its scope is another."""
    keyring: Keyring | None = request.app.state.keyring
    if keyring is None:
        raise Unauthenticated("This needs a key, and this service has none; its operator can set HCT_KG_KEYS.")
    principal = await keyring.principal(bearer(request))
    observe(request).key_id = principal.id
    if not keys.includes(principal.scope, scope):
        raise NotAuthorised(f"The key {principal.id} has the scope {principal.scope}; this needs {scope}.")
    return principal


def bearer(request: Request) -> str:
    """Return the text of the request's key; raises Unauthenticated where it has none, or none in due form."""
    headers = request.headers.getlist("authorization")
    if not headers:
        raise Unauthenticated("This needs a key; send it in the header Authorization: Bearer KEY.")
    scheme, _, text = headers[0].partition(" ")
    if len(headers) > 1 or scheme.lower() != "bearer" or not text.strip():
        raise Unauthenticated("Authorization must be there once, as Authorization: Bearer KEY.")
    return text.strip()


class PrivateReading:
    """Middleware of a private service: whatever is asked needs a key that may read."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse a request without a key, or pass it on."""
        if scope["type"] == "http" and scope["path"] not in PUBLIC:
            try:
                await require(Request(scope), "read")
            except HctError as error:
                await refuse(error, scope, receive, send)
                return
        await self._app(scope, receive, send)

"""Name and password, in the way that the engine asks for them: HTTP Basic or Digest (RFC 7617, RFC 7616)."""

from __future__ import annotations

from collections.abc import Generator

import httpx


class Credentials(httpx.Auth):
    """Sends a password only to who has asked for it; by Digest, where that is offered, it is never sent at all."""

    requires_response_body = False

    def __init__(self, user: str, password: str) -> None:
        self._digest = httpx.DigestAuth(user, password)
        self._basic = httpx.BasicAuth(user, password)
        self._way: httpx.Auth | None = None

    def __repr__(self) -> str:
        return "Credentials(…)"

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Send a request; where the answer is a challenge, send it again with what that asks for."""
        if self._way is not None:
            yield from self._way.auth_flow(request)
            return
        response = yield request
        challenges = ",".join(response.headers.get_list("www-authenticate")).lower()
        if response.status_code != httpx.codes.UNAUTHORIZED or not challenges:
            return
        self._way = self._digest if "digest" in challenges else self._basic
        yield from self._way.auth_flow(request)


def credentials_of(user: str | None, password: str | None) -> Credentials | None:
    """Return the credentials of settings, where there are any."""
    return None if user is None else Credentials(user, password or "")

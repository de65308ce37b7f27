"""HTTP as uvicorn speaks it, but that a request which cannot be read is answered with a problem as any other is."""

from __future__ import annotations

import json
from http import HTTPStatus

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from hct_kg.api.problems import KINDS, MEDIA_TYPE, TYPE, URI_TOO_LONG
from hct_kg.errors import MalformedRequest

LONGEST = 0xFFFF
"""Bytes of a request target that the parser takes."""


class Protocol(HttpToolsProtocol):
    """A connection; what is not HTTP ends it, after an answer that says why."""

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

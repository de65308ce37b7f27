"""Permalinks as pure functions: a call, pinned to a version of the dataset, as a token, and back.

The token is the call itself: version, path, query string and media type, compressed. So a permalink needs no
memory of ours, works on every copy of the service, and after a restart.
"""

from __future__ import annotations

import binascii
import json
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from typing import Any

from hct_kg.errors import UnknownResource

PREFIX = "/v1/results/"
PINNED = ("/v1/", "/sparql", "/graphs")
LONGEST = 6000
MOST_INFLATED = 1 << 20
encode = json.JSONEncoder(separators=(",", ":")).encode
LEVEL, WINDOW, MEMORY = 1, 12, 4
"""For zlib: a call is short, and with its usual settings most of the time is spent on clearing memory."""


@dataclass(frozen=True, slots=True)
class Call:
    """A GET, pinned to a version of the dataset."""

    version: str
    path: str
    query: str
    accept: str

    def token(self) -> str | None:
        """Return the token of this call; None where it would be too long for a URL."""
        text = encode([self.version, self.path, self.query, self.accept])
        engine = zlib.compressobj(LEVEL, zlib.DEFLATED, WINDOW, MEMORY)
        token = urlsafe_b64encode(engine.compress(text.encode()) + engine.flush()).decode().rstrip("=")
        return token if len(token) <= LONGEST else None


def read_token(token: str) -> Call:
    """Return the call of a token; raises UnknownResource where it is none that we made."""
    try:
        packed = urlsafe_b64decode(token + "=" * (-len(token) % 4))
        text = zlib.decompressobj().decompress(packed, MOST_INFLATED)
        call = read_call(json.loads(text))
    except (ValueError, zlib.error, binascii.Error, RecursionError):
        raise UnknownResource("This is no permalink of this service: its last part is damaged.") from None
    if not call.path.startswith(PINNED) or call.path.startswith(PREFIX):
        raise UnknownResource("This is no permalink of this service.")
    return call


def read_call(document: Any) -> Call:
    """Return the call that a document of ours says; raises ValueError for any other one.

    JSON can spell half of a surrogate pair, which no path and no header holds.
    """
    if not isinstance(document, list) or not all(isinstance(item, str) for item in document):
        raise ValueError("a call is a list of texts")
    version, path, query, accept = document
    "".join(document).encode()
    return Call(version, path, query, accept)


def permalink(version: str, path: str, query: str, accept: str) -> str | None:
    """Return the path of the permalink of a call; None where the call is too long for one."""
    token = Call(version, path, query, accept).token()
    return token and PREFIX + token

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

from hct_kg.errors import UnknownResource

PREFIX = "/v1/results/"
PINNED = ("/v1/", "/sparql", "/graphs")
LONGEST = 6000
MOST_INFLATED = 1 << 20


@dataclass(frozen=True, slots=True)
class Call:
    """A GET, pinned to a version of the dataset."""

    version: str
    path: str
    query: str
    accept: str

    def token(self) -> str | None:
        """Return the token of this call; None where it would be too long for a URL."""
        text = json.dumps([self.version, self.path, self.query, self.accept], separators=(",", ":"))
        token = urlsafe_b64encode(zlib.compress(text.encode(), 9)).decode().rstrip("=")
        return token if len(token) <= LONGEST else None


def read_token(token: str) -> Call:
    """Return the call of a token; raises UnknownResource where it is none that we made."""
    try:
        packed = urlsafe_b64decode(token + "=" * (-len(token) % 4))
        text = zlib.decompressobj().decompress(packed, MOST_INFLATED)
        version, path, query, accept = json.loads(text)
        call = Call(str(version), str(path), str(query), str(accept))
    except (ValueError, zlib.error, binascii.Error, RecursionError):
        raise UnknownResource("This is no permalink of this service: its last part is damaged.") from None
    if not call.path.startswith(PINNED) or call.path.startswith(PREFIX):
        raise UnknownResource("This is no permalink of this service.")
    return call


def permalink(version: str, path: str, query: str, accept: str) -> str | None:
    """Return the path of the permalink of a call; None where the call is too long for one."""
    token = Call(version, path, query, accept).token()
    return token and PREFIX + token

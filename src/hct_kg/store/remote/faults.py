"""What an engine's answer means where it is not the answer: whose fault it is, and what to change.

Engines are quoted in one line, without addresses. The message goes to clients: it never holds a password or a host.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from http import HTTPStatus

from hct_kg.errors import EngineFault, EngineUnreachable, EvaluationError, HctError, QueryTimeout

BUSY = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE})
REFUSED = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})
OUT_OF_TIME = ("S1TAT", "S1T00")
"""Virtuoso's states for a query that it has stopped; of the first it sends a part of the answer as if it were whole."""
CREDENTIALS = "check HCT_KG_STORE_USER and HCT_KG_STORE_PASSWORD, and what that account may do"
WRONG_URL = "check HCT_KG_STORE, HCT_KG_STORE_UPDATE and HCT_KG_STORE_GRAPHS"
VIRTUOSO = re.compile(r"Virtuoso (\w{5}) Error")
ADDRESS = re.compile(r"\b(?:https?://|\d{1,3}(?:\.\d{1,3}){3}|localhost)[^\s<>\"']*")
TAGS = re.compile(r"<[^>]*>")
LONGEST_QUOTE = 300


def refusal(status: int, headers: Mapping[str, str], body: bytes) -> HctError | None:
    """Return the error that a response is, or None where it may be an answer."""
    if headers.get("x-sql-state", "") in OUT_OF_TIME:
        return out_of_time()
    if status < HTTPStatus.MULTIPLE_CHOICES:
        return None
    said = quote(body)
    if status in REFUSED or "No permission" in said or "access is denied" in said:
        return EngineFault(f"The engine refused our credentials ({status}): {CREDENTIALS}.")
    if status in BUSY:
        return EngineUnreachable("The engine that keeps the data is too busy; try again shortly.", pause(headers))
    if status in (HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED) or status < HTTPStatus.BAD_REQUEST:
        return EngineFault(f"The engine has no SPARQL at the URL that it is asked at ({status}): {WRONG_URL}.")
    if state := VIRTUOSO.search(said):
        return out_of_time() if state[1] in OUT_OF_TIME else EvaluationError(f"The engine does not take this: {said}")
    if status == HTTPStatus.BAD_REQUEST:
        return EvaluationError(f"The engine does not take this: {said}")
    return EngineFault(f"The engine failed with status {status}: {said}")


def wrong_type(content_type: str, wanted: Collection[str]) -> EngineFault | None:
    """Return the error for an answer in a type that was not asked for."""
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type in wanted:
        return None
    return EngineFault(f"The engine answered with {media_type[:80] or 'no content type'}, not SPARQL: {WRONG_URL}.")


def out_of_time() -> QueryTimeout:
    """Return the error for a query that the engine has stopped."""
    return QueryTimeout("The engine stopped the query at its time limit.")


def pause(headers: Mapping[str, str]) -> int:
    """Return how many seconds to wait, as the engine says."""
    value = headers.get("retry-after", "")
    return min(int(value), 3600) if value.isascii() and value.isdigit() and len(value) < 6 else 1


def quote(body: bytes) -> str:
    """Return the first line that an engine says, without markup and addresses."""
    text = TAGS.sub(" ", body[:4000].decode(errors="replace"))
    line = next((line.strip() for line in text.splitlines() if line.strip()), "nothing")
    return ADDRESS.sub("…", " ".join(line.split()))[:LONGEST_QUOTE]

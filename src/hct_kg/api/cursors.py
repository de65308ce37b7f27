"""Where the next page of a list begins, as a token; pure functions.

A token belongs to one version of the dataset and one question: with another one the pages would not fit together.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from hashlib import blake2b

from hct_kg.errors import InvalidParameter

NAME = "cursor"
HOW = "leave it out to begin anew"


def write_cursor(version: str, question: Sequence[str], offset: int) -> str:
    """Return the token of the page that begins at an offset."""
    text = json.dumps([version[:16], digest(question), offset], separators=(",", ":"))
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_cursor(token: str, version: str, question: Sequence[str]) -> int:
    """Return the offset of a token; raises InvalidParameter for what is none, or is of another version or question."""
    try:
        held = json.loads(urlsafe_b64decode(token + "=" * (-len(token) % 4)))
        given, asked, offset = held
    except (ValueError, TypeError, RecursionError):
        raise InvalidParameter(f"cursor is none that this service gave: {HOW}", NAME) from None
    if not isinstance(offset, int) or isinstance(offset, bool) or offset < 0:
        raise InvalidParameter(f"cursor is none that this service gave: {HOW}", NAME)
    if given != version[:16]:
        raise InvalidParameter(f"cursor is of another version of the dataset: {HOW}", NAME)
    if asked != digest(question):
        raise InvalidParameter(f"cursor is of another question: {HOW}", NAME)
    return offset


def write_place(version: str, question: Sequence[str], key: str, iri: str) -> str:
    """Return the token of the page that comes after a thing in an order: after its sort key, then its IRI."""
    held = [version[:16], digest(question), key, iri]
    text = json.dumps([*held, digest(held)], ensure_ascii=False, separators=(",", ":"))
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_place(token: str, version: str, question: Sequence[str]) -> tuple[str, str]:
    """Return the sort key and IRI of a token; raises InvalidParameter for what is none, or is of another question."""
    try:
        *held, check = json.loads(urlsafe_b64decode(token + "=" * (-len(token) % 4)))
        given, asked, key, iri = held
    except (ValueError, TypeError, RecursionError):
        raise InvalidParameter(f"cursor is none that this service gave: {HOW}", NAME) from None
    if not all(isinstance(part, str) for part in held) or check != digest(held):
        raise InvalidParameter(f"cursor is none that this service gave: {HOW}", NAME)
    if given != version[:16]:
        raise InvalidParameter(f"cursor is of another version of the dataset: {HOW}", NAME)
    if asked != digest(question):
        raise InvalidParameter(f"cursor is of another list, other filters or another order: {HOW}", NAME)
    return key, iri


def digest(question: Sequence[str]) -> str:
    """Return what tells one question from another."""
    return blake2b(json.dumps(list(question)).encode(), digest_size=6).hexdigest()

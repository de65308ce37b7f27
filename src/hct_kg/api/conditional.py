"""Conditional requests and remembered answers: a GET that was answered before costs next to nothing.

What a GET gives depends on the version of the dataset, its path, query string, Accept, the host that it is sent to
and, where bodies are compressed, Accept-Encoding. So its entity tag is known before any work: a client that holds the
tag got a 200 with it and gets a 304. Tags are strong. A route that depends on more says `Cache-Control: no-store`.

https://www.rfc-editor.org/rfc/rfc9110#section-13
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from hashlib import blake2b

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hct_kg import __version__
from hct_kg.api.compression import accepts_gzip
from hct_kg.api.memory import Question, Remembered, page_of, question_of
from hct_kg.api.service import SERVICE, Service

TAG = re.compile(r'(W/)?"([^"]*)"')
VERSION_LENGTH = 16
REVALIDATE, REVALIDATE_PRIVATELY = b"no-cache", b"private, no-cache"
VARY = b"Accept, Accept-Encoding"
OURS = (b"vary", b"etag")


class Representations:
    """Middleware: answers 304, or from memory, before routing; gives every other 200 its entity tag."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a GET that was answered before, or pass it on."""
        if scope["type"] != "http" or scope["method"] != "GET":
            await self._app(scope, receive, send)
            return
        service: Service = scope[SERVICE]
        question = question_of(scope)
        tag = entity_tag(service.version, question, accepts_gzip(scope), service.texts.edition)
        control = REVALIDATE_PRIVATELY if service.settings.private else REVALIDATE
        validators = [(b"etag", tag), (b"cache-control", control), (b"vary", VARY)]
        remembered = service.answers.get(question) or service.answers.get(page_of(scope))
        held = [value.strip() for name, value in scope["headers"] if name == b"if-none-match"]
        if any(tag in value for value in held):
            await send_not_modified(validators, send)
        elif b"*" in held:
            await self._app(scope, receive, nothing_but_whether(send, validators))
        elif remembered is not None:
            await send_remembered(remembered, validators, send)
        else:
            await self._app(scope, receive, tagged(send, validators))


async def send_not_modified(validators: list[tuple[bytes, bytes]], send: Send) -> None:
    """Say that a client has what it asks for."""
    await send({"type": "http.response.start", "status": 304, "headers": validators})
    await send({"type": "http.response.body", "body": b""})


def nothing_but_whether(send: Send, validators: list[tuple[bytes, bytes]]) -> Send:
    """Return a `send` for `If-None-Match: *`: whatever is there is held already."""
    there = False

    async def send_whether(message: Message) -> None:
        nonlocal there
        if message["type"] == "http.response.start" and message["status"] == 200:
            there = True
            await send_not_modified(validators, send)
        elif not there:
            await send(message)

    return send_whether


async def send_remembered(remembered: Remembered, validators: list[tuple[bytes, bytes]], send: Send) -> None:
    """Send an answer from memory."""
    headers = [
        (b"content-type", remembered.content_type.encode()),
        (b"content-length", str(len(remembered.body)).encode()),
        *validators,
        *([(b"link", remembered.link.encode())] if remembered.link else []),
        *((name.lower().encode(), value.encode()) for name, value in remembered.headers),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": remembered.body})


def tagged(send: Send, validators: list[tuple[bytes, bytes]]) -> Send:
    """Return a `send` that adds the validators to a 200 which does not forbid it."""

    async def send_tagged(message: Message) -> None:
        if message["type"] == "http.response.start" and message["status"] == 200:
            given = {name.lower(): value for name, value in message["headers"]}
            if b"no-store" not in given.get(b"cache-control", b""):
                kept = [item for item in message["headers"] if item[0].lower() not in OURS]
                added = [item for item in validators if item[0] in OURS or item[0] not in given]
                message = {**message, "headers": [*kept, *added]}
        await send(message)

    return send_tagged


def entity_tag(version: str, question: Question, compressed: bool, edition: bytes = b"") -> bytes:
    """Return the strong tag of a representation: which version of the dataset, then what of it.

    A change of the service's own version changes the tag as well, and so does one of the documents that it holds.
    """
    path, query, accept, origin = question
    parts = (__version__.encode(), path.encode(), query, accept, origin, b"gzip" if compressed else b"", edition)
    digest = blake2b(b"\0".join(parts), digest_size=VERSION_LENGTH // 2).hexdigest()
    return f'"{version[:VERSION_LENGTH]}-{digest}"'.encode()


def versions_named(values: Iterable[str]) -> set[str]:
    """Return the versions that the strong tags of some headers belong to: RFC 9110, 13.1.1 wants no weak ones."""
    return {tag.partition("-")[0] for value in values for weak, tag in TAG.findall(value) if not weak}

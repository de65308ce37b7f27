"""A change by request: who may make it, its turn, and the line that is kept of it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from starlette.requests import Request

from hct_kg.api.authorisation import require
from hct_kg.api.conditional import versions_named
from hct_kg.api.observation import observe
from hct_kg.api.problems import INTERNAL, kind_of
from hct_kg.api.service import Service, service_of
from hct_kg.api.versions import Committed, Precondition, Versions
from hct_kg.audit import Attempt, digest, record
from hct_kg.errors import HctError, PreconditionFailed, SettingsError, UpdatesDisabled
from hct_kg.store.in_memory import HOW_TO_ENABLE
from hct_kg.store.pool import QueryRequest
from hct_kg.store.values import Change, Update

log = logging.getLogger(__name__)


async def authorised(request: Request) -> Attempt:
    """Return the attempt that a request is, by whose key; raises what keeps it from being made."""
    if not service_of(request).settings.writable:
        raise UpdatesDisabled(f"This service takes no changes. {HOW_TO_ENABLE}")
    principal = await require(request, "write")
    return Attempt(
        operation=f"{request.method} {request.scope['path']}",
        outcome="",
        key_id=principal.id,
        key_label=principal.label,
        request_id=observe(request).request_id,
    )


async def commit(request: Request, attempt: Attempt, change: Change, graphs: Sequence[str] = ()) -> Committed:
    """Make a change, if the request's conditions hold; a line is kept of it, whatever comes of it."""
    versions: Versions = request.app.state.versions
    settings = service_of(request).settings
    attempt = replace(
        attempt,
        graphs=tuple(graphs),
        update_sha256=digest(change.text) if isinstance(change, Update) else None,
        version_before=versions.current.version,
    )
    outcome, after = INTERNAL.slug, None
    try:
        committed = await versions.change(change, conditions(request, graphs))
        outcome, after = "committed", committed.service.version
    except HctError as error:
        outcome = kind_of(type(error)).slug
        raise
    finally:
        await keep(replace(attempt, outcome=outcome, version_after=after), settings.state)
    return committed


async def keep(attempt: Attempt, state: Path | None) -> None:
    """Keep the line of an attempt; where that fails, the client is told all the same what came of the attempt."""
    try:
        await asyncio.to_thread(record, attempt, state)
    except SettingsError as error:
        log.error("%s", error)


def conditions(request: Request, graphs: Sequence[str]) -> Precondition:
    """Return the check of If-Match and If-None-Match, to be made when it is the change's turn.

    A tag of ours begins with the version of the dataset, so it matches while nothing at all has changed.
    https://www.rfc-editor.org/rfc/rfc9110#section-13.1
    """
    match, none_match = request.headers.getlist("if-match"), request.headers.getlist("if-none-match")

    async def check(service: Service) -> None:
        if match and "*" not in match and service.version[:16] not in versions_named(match):
            raise PreconditionFailed("The dataset has changed since the tag in If-Match was given; read again.")
        if "*" in match and not await all_there(service, graphs):
            raise PreconditionFailed("If-Match: * wants the graph to be there, and it is not.")
        if "*" in none_match and await all_there(service, graphs):
            raise PreconditionFailed("If-None-Match: * wants the graph not to be there, and it is.")
        if service.version[:16] in versions_named(none_match):
            raise PreconditionFailed("The dataset is still as it was when the tag in If-None-Match was given.")

    return check


async def all_there(service: Service, graphs: Sequence[str]) -> bool:
    """Tell whether all of some graphs are there; the unnamed one always is."""
    for graph in graphs:
        answer = await service.edition.curated.query(QueryRequest(f"ASK {{ GRAPH <{graph}> {{}} }}"))
        if b"true" not in answer.body:
            return False
    return True

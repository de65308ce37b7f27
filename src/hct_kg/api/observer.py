"""The outermost middleware: gives each request its ids, and says at its end what became of it."""

from __future__ import annotations

import asyncio
import logging
import re
from time import perf_counter
from typing import Any
from urllib.parse import parse_qs

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hct_kg.api.logs import FieldsRecord
from hct_kg.api.metrics import Metrics
from hct_kg.api.observation import CANCELLED, CLIENT_CLOSED_REQUEST, KEY, Observation, current
from hct_kg.api.routetable import RouteTable
from hct_kg.api.tracecontext import random_id, trace_context
from hct_kg.settings import Settings

REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{1,128}")
INTERNAL_SERVER_ERROR = 500
REQUEST_ID_BYTES = 16
LONGEST_PATH = 500
LONGEST_QUERY = 10_000
CLOSE = (b"connection", b"close")

log = logging.getLogger("hct_kg.request")


class Observer:
    """Times, counts and logs each request, and sends its ids back."""

    def __init__(self, app: ASGIApp, routes: RouteTable, metrics: Metrics, settings: Settings) -> None:
        self._app = app
        self._routes = routes
        self._metrics = metrics
        self._log = settings.log
        self._log_queries = settings.log_queries

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and look at what comes back."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        observation = scope[KEY] = begin(scope)
        current.set(observation)

        async def send_observed(message: Message) -> None:
            if message["type"] == "http.response.start":
                observation.status = message["status"]
                message["headers"] = [*message.get("headers", ()), *self._headers(scope, observation)]
            elif message["type"] == "http.response.body":
                observation.bytes += len(message.get("body", b""))
            await send(message)

        self._metrics.in_flight += 1
        started = perf_counter()
        try:
            await self._app(scope, receive, send_observed)
        except asyncio.CancelledError:
            observation.outcome = CANCELLED
            raise
        finally:
            self._metrics.in_flight -= 1
            self._finish(scope, observation, perf_counter() - started)

    def _headers(self, scope: Scope, observation: Observation) -> list[tuple[bytes, bytes]]:
        """Return the headers that every response has."""
        headers = [
            (b"x-request-id", observation.request_id.encode()),
            (b"traceparent", observation.trace.traceparent.encode()),
        ]
        # A service that stops asks its clients to connect anew: elsewhere, if a balancer sends them there.
        return [*headers, CLOSE] if scope["app"].state.draining else headers

    def _finish(self, scope: Scope, observation: Observation, seconds: float) -> None:
        """Count the request, and log it where that is wanted."""
        if observation.status == CLIENT_CLOSED_REQUEST:
            observation.outcome = CANCELLED
        route = self._routes.template(scope["path"])
        self._metrics.count(scope["method"], route, observation.status, seconds, observation.outcome)
        if not self._log:
            return
        fields = log_fields(scope, observation, route, seconds)
        if self._log_queries:
            fields |= query_field(scope, observation)
        level = level_of(observation.status)
        log.handle(FieldsRecord(log.name, level, fields))


def begin(scope: Scope) -> Observation:
    """Return the record of a request that has just come, with the ids that it brought or new ones."""
    request_id = None
    parents: list[bytes] = []
    states: list[bytes] = []
    for name, value in scope["headers"]:
        if name == b"x-request-id":
            request_id = value.decode() if REQUEST_ID.fullmatch(value) else None
        elif name == b"traceparent":
            parents.append(value)
        elif name == b"tracestate":
            states.append(value)
    return Observation(request_id or random_id(REQUEST_ID_BYTES), trace_context(parents, states))


def log_fields(scope: Scope, observation: Observation, route: str, seconds: float) -> dict[str, Any]:
    """Return the members of a log line; those that a request has not are left out."""
    client = scope.get("client")
    fields = {
        "request_id": observation.request_id,
        "trace_id": observation.trace.trace_id,
        "method": scope["method"],
        "route": route,
        "path": scope["path"][:LONGEST_PATH],
        "status": observation.status,
        "ms": round(1000 * seconds, 3),
        "bytes": observation.bytes,
        "client": client[0] if client else None,
    }
    sometimes = (
        ("rows", observation.rows),
        ("outcome", observation.outcome),
        ("problem", observation.problem),
        ("key_id", observation.key_id),
    )
    for name, value in sometimes:
        if value is not None:
            fields[name] = value
    return fields


def query_field(scope: Scope, observation: Observation) -> dict[str, str]:
    """Return the member that holds the query: what has been noted, or what the URL asks; none without a query."""
    in_url = parse_qs(scope["query_string"].decode("latin-1"), errors="replace").get("query", [None])[0]
    query = observation.query or in_url
    return {"query": query[:LONGEST_QUERY]} if query else {}


def level_of(status: int) -> int:
    """Return how much a status matters to who runs the service."""
    if status < INTERNAL_SERVER_ERROR:
        return logging.INFO
    return logging.ERROR if status == INTERNAL_SERVER_ERROR else logging.WARNING

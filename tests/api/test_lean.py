"""The short way to an endpoint gives what the application's routing gives."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from hct_kg.api.lean import ShortWay
from hct_kg.api.sparql import ENDPOINTS
from hct_kg.errors import MalformedRequest
from serving import EX, Server

SHORT, ROUTED = "/sparql", "/sparql/"
NAMES = f"SELECT ?s ?o {{ ?s <{EX}name> ?o }} ORDER BY ?o"
FORM = "application/x-www-form-urlencoded"
OF_ONE_ANSWER = ("x-request-id", "traceparent", "date", "etag")


@pytest.mark.parametrize(
    ("method", "given"),
    [
        ("GET", {"params": {"query": NAMES}}),
        ("GET", {"params": {"query": NAMES}, "headers": {"Accept": "text/csv"}}),
        ("HEAD", {"params": {"query": NAMES}}),
        ("GET", {"params": {"query": "SELECT ?s { ?s ?p ?o } LIMIT 5000"}}),
        ("GET", {"params": {"query": "SELECT (RAND() < 2 AS ?x) {}"}}),
        ("POST", {"data": {"query": "ASK {}"}}),
        ("GET", {"params": {"query": "SELECT {"}}),
        ("GET", {"params": {"query": "SELECT * { SERVICE <urn:x> { ?s ?p ?o } }"}}),
        ("GET", {"params": {"query": "ASK {}", "colour": "blue"}}),
        ("GET", {"params": {"query": "ASK {}"}, "headers": {"Accept": "image/png"}}),
        ("GET", {"params": {"query": "SELECT (1 AS ?x) { ?a ?b ?c . ?d ?e ?f }"}}),
        ("GET", {"headers": {"Accept": "image/png"}}),
        ("POST", {"content": b"ASK {}", "headers": {"Content-Type": "text/plain"}}),
        ("POST", {"content": b"x" * (2 << 20), "headers": {"Content-Type": FORM}}),
        ("PUT", {}),
        ("OPTIONS", {}),
    ],
)
def test_both_ways_to_the_endpoint_give_the_same_answers_and_problems(
    server: Server, method: str, given: dict[str, Any]
) -> None:
    short, routed = (server.client.request(method, path, **given) for path in (SHORT, ROUTED))
    assert (short.status_code, short.content) == (routed.status_code, routed.content)
    ours, theirs = (
        {name: value for name, value in answer.headers.items() if name not in OF_ONE_ANSWER}
        for answer in (short, routed)
    )
    assert ours == theirs
    assert ("etag" in short.headers) == ("etag" in routed.headers)


def test_every_endpoint_of_the_short_way_is_documented(server: Server) -> None:
    paths = server.client.get("/openapi.json").json()["paths"]
    assert all(method.lower() in paths[path] for method, path in ENDPOINTS)


async def refusing(_: Request) -> Response:
    raise MalformedRequest("Ask otherwise.")


async def answering(request: Request) -> Response:
    return PlainTextResponse(f"{request.method} by the short way")


def test_only_a_known_method_and_path_goes_the_short_way() -> None:
    endpoints = {("GET", "/answered"): answering, ("GET", "/refused"): refusing}
    app = ShortWay(PlainTextResponse("by routing"), endpoints)
    calls = [("GET", "/answered"), ("POST", "/answered"), ("GET", "/answered/"), ("GET", "/refused")]

    async def answers() -> list[tuple[int, str]]:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            found = [await client.request(*call) for call in calls]
        return [(answer.status_code, answer.json()["detail"] if answer.is_error else answer.text) for answer in found]

    assert asyncio.run(answers()) == [
        (200, "GET by the short way"),
        (200, "by routing"),
        (200, "by routing"),
        (400, "Ask otherwise."),
    ]

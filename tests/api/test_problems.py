"""Every error has one shape, one type and one status; nothing of the inside is shown."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from hct_kg import errors
from hct_kg.api.basics import HttpBasics
from hct_kg.api.problems import INTERNAL, KINDS, install_problem_handlers, kind_of, problem_responses
from hct_kg.errors import DataError, HctError, MalformedRequest, NotAcceptable, QuerySyntaxError, QueueFull, WorkerLost


def leaves(kind: type[HctError]) -> Iterator[type[HctError]]:
    """Yield the classes below a class that have none below them."""
    below = kind.__subclasses__()
    yield from (leaf for child in below for leaf in leaves(child)) if below else iter((kind,))


def get(path: str, method: str = "GET") -> httpx.Response:
    """Send a request to an application with one route a mistake."""
    app = FastAPI()
    app.add_middleware(HttpBasics)
    install_problem_handlers(app)

    @app.get("/raise/{number}")
    async def fail(number: int) -> None:
        raise ERRORS[number]

    @app.get("/shared")
    @app.post("/shared")
    async def shared() -> str:
        return "shared"

    async def send() -> httpx.Response:
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            return await client.request(method, path)

    return asyncio.run(send())


INSIDE = "what nobody outside should read"
ERRORS: list[HctError | RuntimeError] = [
    QuerySyntaxError("line 2, column 5: expected a name", 2, 5),
    MalformedRequest("'x' is no parameter", "x"),
    NotAcceptable("none", ["text/csv"]),
    QueueFull("busy", 7),
    WorkerLost("lost"),
    DataError(INSIDE, Path("/a/secret/place.ttl"), 3),
    RuntimeError(INSIDE),
]


@pytest.mark.parametrize("leaf", sorted(set(leaves(HctError)), key=str))
def test_every_error_has_a_kind(leaf: type[HctError]) -> None:
    assert any(base in KINDS for base in leaf.__mro__), "its own, or that of a class above it"
    assert kind_of(leaf).status >= 400


def test_the_tree_of_errors_has_leaves() -> None:
    assert len(set(leaves(HctError))) > 15
    assert {name for name in vars(errors) if name.endswith("Error")} >= {"HctError", "DataError"}


def test_a_type_has_one_status_and_one_title() -> None:
    kinds = set(KINDS.values())
    assert len({kind.slug for kind in kinds}) == len(kinds)


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (0, {"status": 400, "detail": "line 2, column 5: expected a name", "line": 2, "column": 5}),
        (1, {"status": 400, "detail": "'x' is no parameter", "parameter": "x"}),
        (2, {"status": 406, "detail": "none", "offered": ["text/csv"]}),
        (3, {"status": 503, "detail": "busy"}),
    ],
)
def test_a_problem_says_what_and_where(number: int, expected: dict[str, object]) -> None:
    response = get(f"/raise/{number}")
    document = response.json()
    kind = kind_of(type(ERRORS[number]))  # type: ignore[arg-type]
    assert document == {"type": f"https://w3id.org/hct-kg/problem/{kind.slug}", "title": kind.title, **expected}
    assert response.status_code == document["status"]
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize(("number", "seconds"), [(3, "7"), (4, "1")])
def test_who_may_try_again_is_told_when(number: int, seconds: str) -> None:
    assert get(f"/raise/{number}").headers["retry-after"] == seconds


@pytest.mark.parametrize("number", [5, 6])
def test_the_inside_stays_inside(number: int) -> None:
    response = get(f"/raise/{number}")
    assert response.json() == {
        "type": f"https://w3id.org/hct-kg/problem/{INTERNAL.slug}",
        "title": INTERNAL.title,
        "status": 500,
    }
    assert response.headers["access-control-allow-origin"] == "*"


def test_a_path_that_is_not_there() -> None:
    response = get("/nowhere")
    assert (response.status_code, response.json()["type"].rsplit("/")[-1]) == (404, "not-found")


def test_a_parameter_that_cannot_be_read_is_named() -> None:
    document = get("/raise/seven").json()
    assert (document["status"], document["parameter"]) == (422, "number")
    assert "input" not in document["errors"][0]


def test_a_method_that_is_not_there_is_told_those_of_all_routes_of_the_path() -> None:
    response = get("/shared", "DELETE")
    assert response.status_code == 405
    assert response.headers["allow"] == "GET, POST, HEAD, OPTIONS"
    assert response.json()["type"].endswith("/method-not-allowed")


def test_options_tells_the_methods() -> None:
    response = get("/shared", "OPTIONS")
    assert (response.status_code, response.headers["allow"], response.content) == (204, "GET, POST, HEAD, OPTIONS", b"")


def test_head_is_get_without_its_body() -> None:
    response = get("/shared", "HEAD")
    assert (response.status_code, response.headers["content-length"], response.content) == (200, "8", b"")


def test_the_documentation_names_every_kind_of_a_status() -> None:
    responses = problem_responses(400, 405)
    assert set(responses) == {400, 405}
    examples = responses[400]["content"]["application/problem+json"]["examples"]
    assert set(examples) == {"query-syntax", "query-evaluation", "malformed-request"}

"""Who may do what: routes that need a key, services that are private, and keys that are never told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI, Request

from hct_kg import keys
from hct_kg.api.authorisation import require
from hct_kg.api.basics import HttpBasics
from hct_kg.api.observation import observe
from hct_kg.api.problems import install_problem_handlers
from hct_kg.cli.parser import OK, run
from hct_kg.keyring import Keyring
from serving import Server, problem

StartServer = Callable[..., Server]
PAST = datetime(2020, 1, 31, tzinfo=UTC)
CHALLENGE = 'Bearer realm="hct-kg"'


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "keys.json"


def with_key(text: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {text}"}


def put(path: Path | None, headers: list[tuple[str, str]], query: str = "") -> httpx.Response:
    """Send a PUT that needs the scope write."""
    app = FastAPI()
    install_problem_handlers(app)
    app.add_middleware(HttpBasics)
    app.state.keyring = Keyring(path) if path else None

    @app.put("/thing")
    async def thing(request: Request) -> dict[str, str]:
        principal = await require(request, "write")
        return {"id": principal.id, "label": principal.label, "logged": str(observe(request).key_id)}

    async def send() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost") as client:
            return await client.put(f"/thing{query}", headers=headers)

    return asyncio.run(send())


@pytest.mark.parametrize("scope", ["write", "admin"])
@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_a_key_with_the_scope_is_let_in_by_name(path: Path, scope: keys.Scope, scheme: str) -> None:
    made, text = keys.add(path, "Editor", scope)
    response = put(path, [("Authorization", f"{scheme} {text}")])
    assert (response.status_code, response.json()) == (200, {"id": made.id, "label": "Editor", "logged": made.id})


@pytest.mark.parametrize(
    "authorization",
    [
        [],
        [""],
        ["Bearer"],
        ["Bearer "],
        ["{key}"],
        ["Basic {key}"],
        ["Token {key}"],
        ["Bearer {key}x"],
        ["Bearer {key} {key}"],
        ["Bearer key={key}"],
        ["Bearer {key}", "Bearer {key}"],
        ["Bearer {key}", "Basic eDp5"],
        ["Bearer hctkg_000000000000_" + "0" * 64],
        ["Bearer {expired}"],
        ["Bearer {revoked}"],
    ],
)
def test_a_request_without_a_usable_key_in_due_form_is_challenged_and_no_key_repeated(
    path: Path, authorization: list[str]
) -> None:
    texts = {"key": keys.add(path, "a", "admin")[1], "expired": keys.add(path, "b", "admin", PAST)[1]}
    revoked, texts["revoked"] = keys.add(path, "c", "admin")
    keys.revoke(path, revoked.id)
    response = put(path, [("Authorization", value.format(**texts)) for value in authorization])
    assert problem(response) == (401, "unauthenticated")
    assert response.headers["www-authenticate"] == CHALLENGE
    assert not [text for text in texts.values() if text.rsplit("_", 1)[-1] in response.text]


def test_a_key_without_the_scope_is_told_so(path: Path) -> None:
    made, text = keys.add(path, "Reader", "read")
    response = put(path, [("Authorization", f"Bearer {text}")])
    assert problem(response) == (403, "not-authorised")
    assert response.json()["detail"] == f"The key {made.id} has the scope read; this needs write."


@pytest.mark.parametrize("name", ["key", "access_token", "authorization"])
def test_a_key_in_the_url_is_not_looked_at(path: Path, name: str) -> None:
    _, text = keys.add(path, "a", "admin")
    assert problem(put(path, [], f"?{name}={text}")) == (401, "unauthenticated")


def test_a_service_without_a_file_of_keys_lets_nobody_in() -> None:
    response = put(None, [("Authorization", f"Bearer hctkg_{'0' * 12}_{'0' * 64}")])
    assert problem(response) == (401, "unauthenticated")
    assert "HCT_KG_KEYS" in response.json()["detail"]


def test_a_file_that_is_broken_is_a_failure_of_the_service_of_which_nothing_is_shown(path: Path) -> None:
    _, text = keys.add(path, "a", "admin")
    path.write_text("{", encoding="utf-8")
    response = put(path, [("Authorization", f"Bearer {text}")])
    assert problem(response) == (500, "internal-error")
    assert str(path) not in response.text


ROUTES = ["/v1/queries", "/v1/queries/colours", "/v1/sites", "/sparql?query=ASK%7B%7D", "/openapi.json", "/nowhere"]


def test_a_private_service_answers_only_who_has_a_key(path: Path, start_server: StartServer) -> None:
    _, text = keys.add(path, "Reader", "read")
    client = start_server(private=True, keys=path).client
    open_to = {route: client.get(route, headers=with_key(text)).status_code for route in ROUTES}
    assert open_to == {route: 404 if route == "/nowhere" else 200 for route in ROUTES}
    # After those: what was answered before, and is remembered, is not given to who has no key.
    for route in ROUTES:
        for method in ("GET", "HEAD", "POST", "OPTIONS"):
            assert client.request(method, route).status_code == 401, (method, route)
        response = client.get(route)
        assert problem(response) == (401, "unauthenticated")
        assert response.headers["www-authenticate"] == CHALLENGE
        assert response.headers["access-control-allow-origin"] == "*"


def test_a_private_service_is_watched_and_asked_by_pages_without_a_key(path: Path, start_server: StartServer) -> None:
    keys.add(path, "Reader", "read")
    client = start_server(private=True, keys=path).client
    assert [client.get(route).status_code for route in ("/healthz", "/readyz")] == [200, 200]
    preflight = {"Origin": "https://example.org", "Access-Control-Request-Method": "GET"}
    assert client.options("/v1/queries", headers=preflight).status_code == 204
    assert [client.get(f"/healthz{more}").status_code for more in ("/", "/x", "%2F..%2Fv1%2Fqueries")] == [401] * 3


def test_a_revoked_key_stops_working_and_a_new_one_begins_without_a_restart(
    path: Path, start_server: StartServer
) -> None:
    made, text = keys.add(path, "Reader", "read")
    client = start_server(private=True, keys=path).client
    assert client.get("/v1/queries", headers=with_key(text)).status_code == 200
    assert run(["keys", "revoke", "--keys", str(path), made.id]) == OK
    assert problem(client.get("/v1/queries", headers=with_key(text))) == (401, "unauthenticated")
    _, other = keys.add(path, "Reader", "read")
    assert client.get("/v1/queries", headers=with_key(other)).status_code == 200


def test_a_service_that_is_not_private_needs_no_key(server: Server) -> None:
    assert server.client.get("/v1/queries").status_code == 200
    assert server.client.get("/v1/queries", headers=with_key("of another service")).status_code == 200


def test_no_key_is_in_what_a_service_writes(path: Path, tmp_path: Path, start_server: StartServer) -> None:
    made, text = keys.add(path, "Reader", "read")
    wrong = f"hctkg_{made.id}_{'5eed' * 16}"
    output = tmp_path / "output"
    server = start_server(stderr=output, private=True, keys=path, log=True, log_queries=True)
    for headers in (with_key(text), with_key(wrong), {"Authorization": text}, {"Authorization": f"Basic {text}"}):
        server.client.get("/v1/queries", headers=headers)
        server.client.post("/sparql", data={"query": "SELECT"}, headers=headers)
    path.write_text("{", encoding="utf-8")
    assert server.client.get("/v1/queries", headers=with_key(text)).status_code == 500
    server.process.terminate()
    server.process.wait(20)

    told = output.read_text(encoding="utf-8")
    assert f"the file of the keys, {path}, is broken: it is not JSON" in told
    assert text.rsplit("_", 1)[-1] not in told
    assert "5eed5eed" not in told
    assert "argon2id" not in told

"""What the OpenAPI document shows works: each example of a parameter is asked, each answer is of its schema."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from functools import cache
from typing import Any
from urllib.parse import quote

import httpx
import jsonschema_rs
import pytest

from hct_kg.settings import Settings
from serving import Server, running

ELSEWHERE = {"/v1/results/{token}", "/static/{name}", "/dumps/{version}/{name}", "/dumps/{version}/SHA256SUMS"}
"""What their examples name (a token, a version) is of one dataset only; tests of their own ask them."""
TOGETHER = {"/v1/trace": {"from"}, "/v1/explain": {"from", "to"}}
"""What is needed where something else would do as well, and OpenAPI cannot say so."""
INSTEAD = {("/v1/explain", "link")}
"""What does as well."""


@pytest.fixture(scope="module")
def published() -> Iterator[Server]:
    with ExitStack() as stack:
        yield running(Settings(), stack)


@pytest.fixture(scope="module")
def document(published: Server) -> dict[str, Any]:
    found: dict[str, Any] = published.client.get("/openapi.json").json()
    return found


def examples(parameter: dict[str, Any]) -> list[Any]:
    """Return the examples of a parameter, wherever they stand."""
    schema = parameter["schema"]
    shown = [item["value"] for item in parameter.get("examples", {}).values()]
    return [*([parameter["example"]] if "example" in parameter else []), *shown, *schema.get("examples", [])]


def calls(path: str, operation: dict[str, Any]) -> Iterator[dict[tuple[str, str], Any]]:
    """Yield the parameters of each call: those that are needed, and beside them each further example alone."""
    declared = operation.get("parameters", ())
    given = {(item["in"], item["name"]): examples(item) for item in declared}
    together = TOGETHER.get(path, set())
    needed = [(item["in"], item["name"]) for item in declared if item.get("required") or item["name"] in together]
    first = {name: given[name][0] for name in needed if given[name]}
    yield first
    for name, values in given.items():
        for value in values[1:] if name in needed else values:
            yield {name: value} if (path, name[1]) in INSTEAD else {**first, name: value}


def ask(client: httpx.Client, path: str, call: dict[tuple[str, str], Any]) -> httpx.Response:
    for (place, name), value in call.items():
        if place == "path":
            path = path.replace(f"{{{name}}}", quote(str(value)))
    query = {name: value for (place, name), value in call.items() if place == "query"}
    headers = {name: str(value) for (place, name), value in call.items() if place == "header"}
    return client.get(path, params=query, headers={"Accept": "application/json", **headers}, follow_redirects=False)


def test_every_example_of_a_parameter_works_and_its_answer_is_of_the_schema(
    published: Server, document: dict[str, Any]
) -> None:
    @cache
    def validator(schema: str) -> Any:
        return jsonschema_rs.validator_for({**json.loads(schema), "components": document["components"]})

    asked = 0
    wrong = []
    for path, item in document["paths"].items():
        if "get" not in item or path in ELSEWHERE or not path.startswith("/v1/"):
            continue
        content = item["get"]["responses"]["200"].get("content", {}).get("application/json", {})
        for call in calls(path, item["get"]):
            response = ask(published.client, path, call)
            asked += 1
            if response.status_code != 200:
                wrong.append((path, call, response.status_code, response.text[:200]))
                continue
            found = next(validator(json.dumps(content["schema"])).iter_errors(response.json()), None)
            if found is not None:
                wrong.append((path, call, 200, str(found)[:200]))
    assert wrong == []
    assert asked > 300


def test_every_required_parameter_has_an_example(document: dict[str, Any]) -> None:
    lacking = [
        (path, item["name"])
        for path, methods in document["paths"].items()
        for item in methods.get("get", {}).get("parameters", ())
        if item.get("required") and not examples(item) and path not in ELSEWHERE
    ]
    assert lacking == []

"""What the OpenAPI document says of the whole interface: the keys, and problems that any request can meet."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from hct_kg.api.authorisation import PUBLIC
from hct_kg.api.problems import MEDIA_TYPE, METHODS, PROBLEM_SCHEMA, problem_responses
from hct_kg.api.update_openapi import SECURITY

SECURITY_SCHEMES = {
    "key": {
        "type": "http",
        "scheme": "bearer",
        "description": "A key that the operator of the service made with `hct-kg keys add`, whole.",
    }
}
ANYWHERE = problem_responses(400, 405, 429, 500, 503)
WHERE_READING_IS_PRIVATE = problem_responses(401, 403)


def complete(document: dict[str, Any], private: bool) -> dict[str, Any]:
    """Return an OpenAPI document with what no route says of itself; its own words come first."""
    document.setdefault("components", {})["securitySchemes"] = SECURITY_SCHEMES
    for path, operation in operations(document):
        add(operation, ANYWHERE)
        if private and path not in PUBLIC:
            add(operation, WHERE_READING_IS_PRIVATE)
            operation.setdefault("security", SECURITY)
    share_problems(document)
    return document


def share_problems(document: dict[str, Any]) -> None:
    """Write each description of problems once, as a component: the same few stand at every operation."""
    components: dict[str, Any] = document["components"]
    components.setdefault("schemas", {})["Problem"] = PROBLEM_SCHEMA
    shared: dict[str, dict[str, Any]] = components.setdefault("responses", {})
    names: dict[str, str] = {}
    for _, operation in operations(document):
        for status, response in operation["responses"].items():
            if MEDIA_TYPE not in response.get("content", {}):
                continue
            text = json.dumps(response, sort_keys=True)
            if text not in names:
                others = sum(name.startswith(f"Problem{status}") for name in shared)
                names[text] = f"Problem{status}{f'-{others + 1}' if others else ''}"
                content = {**response["content"][MEDIA_TYPE], "schema": {"$ref": "#/components/schemas/Problem"}}
                shared[names[text]] = {**response, "content": {**response["content"], MEDIA_TYPE: content}}
            operation["responses"][status] = {"$ref": f"#/components/responses/{names[text]}"}


def operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each operation of a document with its path."""
    for path, item in document["paths"].items():
        for method in METHODS:
            if method.lower() in item:
                yield path, item[method.lower()]


def add(operation: dict[str, Any], responses: dict[int | str, dict[str, Any]]) -> None:
    """Add responses that an operation does not name yet."""
    for status, response in responses.items():
        operation["responses"].setdefault(str(status), response)

"""The interface that others build on changes only on purpose: what OpenAPI says, a line a fact, is kept in a file.

To keep it anew after such a change: UPDATE_INTERFACE=1 pytest tests/api/test_frozen_interface.py
"""

from __future__ import annotations

import difflib
import json
import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from hct_kg.api.problems import METHODS
from hct_kg.settings import Settings
from serving import running

FROZEN = Path(__file__).parent / "interface.txt"
WORDS = frozenset({"description", "summary", "example", "examples", "x-sparql", "title"})
"""What may be said in other words."""


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    with ExitStack() as stack:
        found: dict[str, Any] = running(Settings(), stack).client.get("/openapi.json").json()
    return found


def test_the_interface_is_the_one_that_is_kept(document: dict[str, Any]) -> None:
    lines = [*operations(document), *schemas(document)]
    if "UPDATE_INTERFACE" in os.environ:
        FROZEN.write_text("\n".join([*lines, ""]), encoding="utf-8")
    held = FROZEN.read_text(encoding="utf-8").splitlines()
    changed = [
        line for line in difflib.unified_diff(held, lines, lineterm="", n=0) if line[:2] not in ("--", "++", "@@")
    ]
    assert changed == [], "the interface is another one: is that wanted?"


def test_each_operation_has_a_name_of_its_own_and_words(document: dict[str, Any]) -> None:
    found = [operation for item in document["paths"].values() for operation in item.values()]
    names = [operation["operationId"] for operation in found]
    assert len(names) > 150
    assert len(set(names)) == len(names)
    assert [operation["operationId"] for operation in found if not operation.get("summary")] == []


def operations(document: dict[str, Any]) -> Iterator[str]:
    """Yield each operation: its name, parameters, bodies and answers."""
    for path, item in sorted(document["paths"].items()):
        for method in (name for name in METHODS if name.lower() in item):
            operation = item[method.lower()]
            yield f"{method} {path} {operation['operationId']}"
            for parameter in sorted(operation.get("parameters", ()), key=lambda found: (found["in"], found["name"])):
                needed = "required" if parameter.get("required") else "optional"
                yield f"  {parameter['in']} {parameter['name']} {needed} {spelt(parameter['schema'])}"
            yield from contents("  body", operation.get("requestBody", {}))
            for status, response in sorted(operation["responses"].items()):
                if "$ref" not in response:
                    yield from contents(f"  {status}", response)
                elif int(status) < 500:
                    yield f"  {status} {response['$ref'].rsplit('/', 1)[-1]}"


def contents(what: str, item: dict[str, Any]) -> Iterator[str]:
    """Yield the media types of a body or an answer."""
    for media_type, content in sorted(item.get("content", {}).items()):
        yield f"{what} {media_type} {spelt(content.get('schema', {}))}"


def schemas(document: dict[str, Any]) -> Iterator[str]:
    """Yield each field of each schema."""
    for name, schema in sorted(document["components"]["schemas"].items()):
        fields = schema.get("properties")
        if fields is None:
            yield f"{name} {spelt(schema)}"
            continue
        yield f"{name}"
        for field, held in sorted(fields.items()):
            yield f"  {field} {'always' if field in schema.get('required', ()) else 'maybe'} {spelt(held)}"


def spelt(schema: dict[str, Any]) -> str:
    """Return a schema in short, without what is there for people."""
    return json.dumps(without_words(schema), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def without_words(value: Any) -> Any:
    """Return part of a document without what may be said in other words."""
    if isinstance(value, dict):
        return {key: without_words(held) for key, held in value.items() if key not in WORDS or isinstance(held, dict)}
    return [without_words(held) for held in value] if isinstance(value, list) else value

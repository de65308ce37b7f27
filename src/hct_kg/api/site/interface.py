"""`/data/api`: every operation of the service in a list, and an explorer that tries them, for who wants it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hct_kg.api.service import service_of
from hct_kg.api.site.asking import Asker
from hct_kg.api.site.pages import Given, Page
from hct_kg.web.vendored import read_lock

DOCUMENT = "/openapi.json"
EITHER = frozenset({"/v1/trace", "/v1/explain"})
"""What needs one of some parameters, which OpenAPI cannot say."""
HEADINGS = {"sparql": "SPARQL", "queries": "Questions"}
"""The heading over a group, where its name with a capital would not do."""


@dataclass(frozen=True, slots=True)
class Operation:
    """A line of the list: method, path, what it is for, and whether a link can ask it as it stands."""

    method: str
    path: str
    summary: str
    linked: bool


async def show(ask: Asker, _: Given) -> dict[str, Any]:
    """Return the operations by their group, and others' code that these pages load."""
    document = await ask.json(DOCUMENT)
    groups: dict[str, list[Operation]] = defaultdict(list)
    for path, item in document["paths"].items():
        for method, operation in item.items():
            groups[operation["tags"][0]].append(read(method, path, operation))
    return {
        "groups": groups,
        "headings": HEADINGS,
        "document": DOCUMENT.lstrip("/"),
        "packages": read_lock(),
        "private": service_of(ask.request).settings.private,
    }


def read(method: str, path: str, operation: Mapping[str, Any]) -> Operation:
    """Return an operation as it is listed."""
    needs = "{" in path or path in EITHER or any(item.get("required") for item in operation.get("parameters", ()))
    return Operation(method.upper(), path, operation["summary"], method == "get" and not needs)


PAGE = Page("/data/api", "Every request that programs can send", "interface.html", show)

"""Problems for people: a browser that meets one at a page gets a page that says it in plain words."""

from __future__ import annotations

import json

from starlette.types import Scope

from hct_kg.api.negotiation import best
from hct_kg.api.service import SERVICE, Service
from hct_kg.terms import BASE
from hct_kg.web.pages import Place, render
from hct_kg.web.statements import Text

JSON, HTML = "application/problem+json", "text/html"
FOR_PROGRAMS = (
    *("v1", "sparql", "update", "graphs", "dumps", "static", "metrics", "healthz", "readyz"),
    *("openapi.json", "context.jsonld"),
)
"""First parts of the paths at which nobody expects a page."""


def wanted(scope: Scope) -> bool:
    """Tell whether a request is for a page, by somebody who reads HTML rather than JSON."""
    if scope["method"] not in ("GET", "HEAD") or scope["path"].strip("/").partition("/")[0] in FOR_PROGRAMS:
        return False
    accept = b",".join(value for name, value in scope["headers"] if name == b"accept").decode("latin-1")
    return best(accept, (JSON, HTML)) == HTML


def page(scope: Scope, problem: bytes) -> bytes:
    """Return a problem as a page."""
    told = json.loads(problem)
    service: Service | None = scope.get(SERVICE)
    place = Place(
        service.settings.base_iri if service else BASE,
        "/" + scope["path"].lstrip("/"),
        version=service.version if service else "",
    )
    return render(
        "refusal.html",
        place,
        title=Text(told["title"], "en"),
        detail=told.get("detail", ""),
        slug=told["type"].rpartition("/")[2],
        status=told["status"],
        page=None,
    ).encode()

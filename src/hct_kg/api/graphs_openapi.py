"""The documentation of `/graphs`, by hand: the protocol's shapes are not those of a JSON API."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from hct_kg.api.graph_bodies import MULTIPART
from hct_kg.api.problems import problem_responses
from hct_kg.api.update_openapi import SECURITY
from hct_kg.store.formats import GRAPH_FORMATS

DESCRIPTION = """
[SPARQL 1.1 Graph Store HTTP Protocol](https://www.w3.org/TR/sparql11-http-rdf-update/): `?graph=IRI`, or `?default`
for the unnamed graph. Reading is public; changes need what those at `/update` need, and are validated as they are.
`If-Match` takes a tag that a GET gave, and holds while nothing in the dataset has changed.
POST without a graph makes one; its IRI, in `Location`, is a URL below this one that takes the same methods.
"""
TEXT = {"type": "string"}
EXAMPLE = "<https://example.org/s> <https://example.org/p> <https://example.org/o> ."
PARAMETERS = [
    {
        "name": "graph",
        "in": "query",
        "required": False,
        "schema": {"type": "string", "format": "iri"},
        "description": "The IRI of a named graph.",
        "example": "https://w3id.org/hct-kg/graph/glossary",
    },
    {
        "name": "default",
        "in": "query",
        "required": False,
        "allowEmptyValue": True,
        "schema": {"type": "string", "enum": [""]},
        "description": "The unnamed graph, in place of `graph`.",
    },
]
WRITTEN = {form.media_type: {"schema": TEXT} for form in GRAPH_FORMATS}
BODY = {
    "required": True,
    "content": {
        **{media_type: dict(item) for media_type, item in WRITTEN.items()},
        "text/turtle": {"schema": TEXT, "example": EXAMPLE},
        MULTIPART: {"schema": {"type": "object", "additionalProperties": {"type": "string", "format": "binary"}}},
    },
}
CHANGES = problem_responses(400, 401, 403, 404, 405, 412, 413, 415, 422, 429, 500, 503, 504, 507)


def operation(name: str, summary: str, responses: dict[int | str, Any], body: bool = False) -> dict[str, Any]:
    """Return the documentation of one method."""
    extra: dict[str, Any] = {"parameters": PARAMETERS}
    if name != "get":
        extra["security"] = SECURITY
    if body:
        extra["requestBody"] = BODY
    return {
        "response_class": Response,
        "responses": responses,
        "operation_id": f"graphs_{name}",
        "summary": summary,
        "description": DESCRIPTION,
        "openapi_extra": extra,
    }


MADE: dict[int | str, Any] = {201: {"description": "The graph is made"}, 204: {"description": "The graph is changed"}}
GET = operation(
    "get",
    "Read a graph, or the list of all",
    {
        200: {"description": "The graph", "content": WRITTEN},
        **problem_responses(400, 404, 405, 406, 429, 500, 503, 504, 507),
    },
)
PUT = {**operation("put", "Replace a graph", {**MADE, **CHANGES}, body=True), "status_code": 201}
POST = {
    **operation("post", "Merge into a graph, or make a new one", {**MADE, **CHANGES}, body=True),
    "status_code": 201,
}
DELETE = {
    **operation("delete", "Drop a graph", {204: {"description": "The graph is dropped"}, **CHANGES}),
    "status_code": 204,
}

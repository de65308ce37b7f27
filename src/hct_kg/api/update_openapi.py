"""The documentation of `/update`, by hand: the protocol's shapes are not those of a JSON API."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from hct_kg.api.problems import problem_responses
from hct_kg.api.sparql_call import FORM, UPDATE

EXAMPLE = "INSERT DATA { GRAPH <https://example.org/g> { <https://example.org/s> <https://example.org/p> 1 } }"
DESCRIPTION = """
The update operation of the [SPARQL 1.1 Protocol](https://www.w3.org/TR/sparql11-protocol/#update-operation).

Off unless the service was started writable; then a key with the scope `write` is needed. An update is made whole or
not at all: its outcome is validated first, and 422 brings the SHACL report. The graphs of the ontology and those that
rules fill are not changed by request; rules run again over the outcome. LOAD and SERVICE are refused. The default
graph of an update is the unnamed one: name graphs with GRAPH, WITH or USING.
"""
TEXT = {"type": "string"}
GRAPHS = {"type": "array", "items": {"type": "string", "format": "iri"}}
FIELDS: dict[str, dict[str, Any]] = {
    "using-graph-uri": {"schema": GRAPHS, "description": "A graph of the default graph of WHERE; may be repeated."},
    "using-named-graph-uri": {
        "schema": GRAPHS,
        "description": "A graph that GRAPH can name in WHERE; may be repeated.",
    },
}
SECURITY: list[dict[str, list[str]]] = [{"key": []}]
POST: dict[str, Any] = {
    "response_class": Response,
    "status_code": 204,
    "responses": {
        204: {"description": "The update is made, and on disk"},
        **problem_responses(400, 401, 403, 405, 412, 413, 415, 422, 429, 500, 503, 504, 507),
    },
    "operation_id": "sparql_update",
    "summary": "Make a SPARQL update",
    "description": DESCRIPTION,
    "openapi_extra": {
        "security": SECURITY,
        "parameters": [{"name": name, "in": "query", "required": False, **field} for name, field in FIELDS.items()],
        "requestBody": {
            "required": True,
            "content": {
                FORM: {
                    "schema": {
                        "type": "object",
                        "required": ["update"],
                        "properties": {"update": TEXT, **{name: field["schema"] for name, field in FIELDS.items()}},
                    },
                    "example": {"update": EXAMPLE},
                },
                UPDATE.media_type: {"schema": TEXT, "example": EXAMPLE},
            },
        },
    },
}

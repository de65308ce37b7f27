"""The documentation of `/sparql`, by hand: the protocol's shapes are not those of a JSON API."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from hct_kg.api.problems import problem_responses
from hct_kg.api.sparql_call import FORM
from hct_kg.api.sparql_call import QUERY as QUERY_OPERATION

EXAMPLE = "SELECT ?graph (COUNT(*) AS ?triples) { GRAPH ?graph { ?s ?p ?o } } GROUP BY ?graph"
DESCRIPTION = """
The query operation of the [SPARQL 1.1 Protocol](https://www.w3.org/TR/sparql11-protocol/).

Without `default-graph-uri`, `named-graph-uri` or FROM the default graph is the union of all graphs. Graphs are those
of the store: nothing is ever fetched, and SERVICE is refused. A result is whole or it is an error: at its limit of
time, memory, rows or bytes a query ends with 504 or 507 and nothing of its result is sent.

SELECT and ASK are answered in SPARQL results JSON (the default), XML, CSV or TSV; ASK in the last two as the bare
word. CONSTRUCT and DESCRIBE are answered in Turtle (the default), N-Triples, RDF/XML, JSON-LD, TriG or N-Quads.
"""
DESCRIBES_ITSELF = "\nWithout any parameter the answer is the description of the service.\n"

ROWS_EXAMPLE = {"head": {"vars": ["n"]}, "results": {"bindings": [{"n": {"type": "literal", "value": "7"}}]}}
TEXT = {"type": "string"}
RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The whole result",
        "content": {
            "application/sparql-results+json": {"schema": {"type": "object"}, "example": ROWS_EXAMPLE},
            "application/sparql-results+xml": {"schema": TEXT},
            "text/csv": {"schema": TEXT, "example": "n\r\n7\r\n"},
            "text/tab-separated-values": {"schema": TEXT, "example": "?n\n7\n"},
            "text/turtle": {"schema": TEXT, "example": "<https://example.org/s> a <https://example.org/C> ."},
            "application/n-triples": {"schema": TEXT},
            "application/rdf+xml": {"schema": TEXT},
            "application/ld+json": {"schema": {"type": "array", "items": {"type": "object"}}},
            "application/trig": {"schema": TEXT},
            "application/n-quads": {"schema": TEXT},
        },
    },
    **problem_responses(400, 401, 403, 405, 406, 413, 415, 429, 500, 503, 504, 507),
}
GRAPHS = {"type": "array", "items": {"type": "string", "format": "iri"}}
FIELDS: dict[str, dict[str, Any]] = {
    "query": {"schema": TEXT, "description": "One SPARQL 1.1 query.", "example": EXAMPLE},
    "default-graph-uri": {"schema": GRAPHS, "description": "A graph of the default graph; may be repeated."},
    "named-graph-uri": {"schema": GRAPHS, "description": "A graph that GRAPH can name; may be repeated."},
}


def in_url(*names: str) -> list[dict[str, Any]]:
    """Return some of the fields as parameters in the URL."""
    return [{"name": name, "in": "query", "required": False, **FIELDS[name]} for name in names]


BODY = {
    "required": True,
    "content": {
        FORM: {
            "schema": {
                "type": "object",
                "required": ["query"],
                "properties": {name: field["schema"] for name, field in FIELDS.items()},
            },
            "example": {"query": EXAMPLE},
        },
        QUERY_OPERATION.media_type: {"schema": TEXT, "example": EXAMPLE},
    },
}
SHARED: dict[str, Any] = {"response_class": Response, "responses": RESPONSES}
GET: dict[str, Any] = {
    **SHARED,
    "operation_id": "sparql_get",
    "summary": "Ask a SPARQL query by URL",
    "description": DESCRIPTION + DESCRIBES_ITSELF,
    "openapi_extra": {"parameters": in_url(*FIELDS)},
}
POST: dict[str, Any] = {
    **SHARED,
    "operation_id": "sparql_post",
    "summary": "Ask a SPARQL query in the body",
    "description": DESCRIPTION,
    "openapi_extra": {"parameters": in_url("default-graph-uri", "named-graph-uri"), "requestBody": BODY},
}

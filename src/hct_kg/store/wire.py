"""How requests and answers cross to a worker and back.

Everything crosses as JSON, with the bytes of payloads after it: a worker that a query has taken over could
only lie, not run code elsewhere.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from hct_kg import errors
from hct_kg.errors import HctError
from hct_kg.store.formats import FORMATS
from hct_kg.store.values import GraphChange, GraphRequest, Limits, Payload, QueryRequest, Request, Update


def write_json(value: Mapping[str, Any]) -> bytes:
    """Return a value as one JSON document, without a line end."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def write_request(request: Request) -> bytes:
    """Return a request: a line of JSON, formats by name; then the bytes of its payloads."""
    kind = type(request).__name__
    match request:
        case QueryRequest(text, default, named, rows, graph, stream):
            fields: list[Any] = [text, default, named, rows and rows.name, graph and graph.name, stream]
        case GraphRequest(name, form, whole, stream):
            fields = [name, form.name, whole, stream]
        case Update(text, using, using_named):
            fields = [text, using, using_named]
        case GraphChange(operation, name, payloads):
            sizes = [[len(payload.body), payload.format.name] for payload in payloads]
            line = write_json({"kind": kind, "fields": [operation, name, sizes]})
            return b"".join([line, b"\n", *(payload.body for payload in payloads)])
    return write_json({"kind": kind, "fields": fields})


def read_request(document: bytes) -> Request:
    """Return the request that `write_request` wrote."""
    line, _, body = document.partition(b"\n")
    parts = json.loads(line)
    return READERS[parts["kind"]](parts["fields"], body)


def read_query(fields: list[Any], _: bytes) -> QueryRequest:
    """Read a query."""
    text, default, named, rows, graph, stream = fields
    return QueryRequest(text, tuple(default), tuple(named), FORMATS.get(rows), FORMATS.get(graph), stream)


def read_graph_request(fields: list[Any], _: bytes) -> GraphRequest:
    """Read a request for a graph."""
    name, form, whole, stream = fields
    return GraphRequest(name, FORMATS[form], whole, stream)


def read_update(fields: list[Any], _: bytes) -> Update:
    """Read an update."""
    text, using, using_named = fields
    return Update(text, tuple(using), tuple(using_named))


def read_graph_change(fields: list[Any], body: bytes) -> GraphChange:
    """Read a change of a graph."""
    operation, name, sizes = fields
    payloads, start = [], 0
    for size, form in sizes:
        payloads.append(Payload(body[start : start + size], FORMATS[form]))
        start += size
    return GraphChange(operation, name, tuple(payloads))


READERS: dict[str, Callable[[list[Any], bytes], Request]] = {
    "QueryRequest": read_query,
    "GraphRequest": read_graph_request,
    "Update": read_update,
    "GraphChange": read_graph_change,
}


def write_limits(limits: Limits) -> str:
    """Return limits as JSON."""
    return json.dumps(asdict(limits))


def read_limits(document: str) -> Limits:
    """Return the limits that `write_limits` wrote."""
    return Limits(**json.loads(document))


def write_error(error: HctError) -> dict[str, Any]:
    """Return an error of our tree as JSON values."""
    fields = {name: str(value) if isinstance(value, Path) else value for name, value in vars(error).items()}
    fields.pop("message", None)
    return {"error": type(error).__name__, "message": error.args[0], "fields": fields}


def read_error(document: Mapping[str, Any]) -> HctError:
    """Return the error that `write_error` wrote."""
    fields = dict(document["fields"])
    if fields.get("file") is not None:
        fields["file"] = Path(fields["file"])
    kind = getattr(errors, document["error"])
    assert issubclass(kind, HctError), "only errors of the tree are passed on"
    error: HctError = kind(document["message"], **fields)
    return error

"""How requests and answers cross to a worker and back.

Everything crosses as JSON, or where it is frequent as numbers, with texts and payloads after it: a worker that a
query has taken over could only lie, not run code elsewhere.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from hct_kg import errors
from hct_kg.errors import HctError
from hct_kg.store.formats import FORMATS
from hct_kg.store.values import (
    GraphChange,
    GraphRequest,
    Inspect,
    Limits,
    Payload,
    QueryAnswer,
    QueryRequest,
    Request,
    Update,
)

QUERY = struct.Struct("!cBB??I")
"""QUERY_MARK, numbers of the formats for rows and for graphs, whether to stream, whether it is the service's own, the
length of the graphs' JSON."""
QUERY_MARK = b"?"
END = struct.Struct("!B??Qd")
"""Number of the format, whether the graph of a change existed, whether the worker is spent, rows, milliseconds."""
NUMBERED = (None, *FORMATS.values())
NUMBERS = {form and form.name: number for number, form in enumerate(NUMBERED)}
encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def write_json(value: Mapping[str, Any] | list[Any]) -> bytes:
    """Return a value as one JSON document, without a line end."""
    return encode(value).encode()


def write_request(request: Request) -> bytes:
    """Return a request: a line of JSON, formats by name; then the bytes of its payloads. A query: see QUERY."""
    kind = type(request).__name__
    match request:
        case QueryRequest(text, default, named, rows, graph, stream, own):
            graphs = write_json([default, named]) if default or named else b""
            forms = NUMBERS[rows and rows.name], NUMBERS[graph and graph.name]
            return QUERY.pack(QUERY_MARK, *forms, stream, own, len(graphs)) + graphs + text.encode()
        case GraphRequest(name, form, whole, stream):
            fields: list[Any] = [name, form.name, whole, stream]
        case Inspect(text):
            fields = [text]
        case Update(text, using, using_named):
            fields = [text, using, using_named]
        case GraphChange(operation, name, payloads):
            sizes = [[len(payload.body), payload.format.name] for payload in payloads]
            line = write_json({"kind": kind, "fields": [operation, name, sizes]})
            return b"".join([line, b"\n", *(payload.body for payload in payloads)])
    return write_json({"kind": kind, "fields": fields})


def read_request(document: bytes) -> Request:
    """Return the request that `write_request` wrote."""
    if document.startswith(QUERY_MARK):
        return read_query(document)
    line, _, body = document.partition(b"\n")
    parts = json.loads(line)
    return READERS[parts["kind"]](parts["fields"], body)


def read_query(document: bytes) -> QueryRequest:
    """Read a query."""
    _, rows, graph, stream, own, length = QUERY.unpack_from(document)
    start = QUERY.size + length
    default, named = json.loads(document[QUERY.size : start]) if length else ((), ())
    return QueryRequest(
        document[start:].decode(), tuple(default), tuple(named), NUMBERED[rows], NUMBERED[graph], stream, own
    )


def read_graph_request(fields: list[Any], _: bytes) -> GraphRequest:
    """Read a request for a graph."""
    name, form, whole, stream = fields
    return GraphRequest(name, FORMATS[form], whole, stream)


def read_inspect(fields: list[Any], _: bytes) -> Inspect:
    """Read a request to look at a query."""
    return Inspect(*fields)


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
    "GraphRequest": read_graph_request,
    "Inspect": read_inspect,
    "Update": read_update,
    "GraphChange": read_graph_change,
}


def write_end(answer: QueryAnswer, spent: bool) -> bytes:
    """Return what is said of an answer ahead of its bytes, and whether the worker should be replaced."""
    return END.pack(NUMBERS[answer.format.name], answer.existed, spent, answer.rows, answer.milliseconds)


def read_end(payload: bytes) -> tuple[QueryAnswer, bool]:
    """Return the answer that `write_end` began and its bytes end, and whether the worker should be replaced."""
    number, existed, spent, rows, milliseconds = END.unpack_from(payload)
    form = NUMBERED[number]
    assert form is not None, "every answer has a format"
    return QueryAnswer(payload[END.size :], form, rows, milliseconds, existed), spent


def write_limits(limits: Limits) -> str:
    """Return limits as JSON."""
    return json.dumps(asdict(limits))


def read_limits(document: str) -> Limits:
    """Return the limits that `write_limits` wrote."""
    return Limits(**json.loads(document))


def write_error(error: HctError) -> dict[str, Any]:
    """Return an error of our tree as JSON values."""
    fields = {name: str(value) if isinstance(value, Path) else value for name, value in vars(error).items()}
    return {"error": type(error).__name__, "message": error.args[0], "fields": fields}


def read_error(document: Mapping[str, Any]) -> HctError:
    """Return the error that `write_error` wrote."""
    fields = dict(document["fields"])
    if fields.get("file") is not None:
        fields["file"] = Path(fields["file"])
    kind = getattr(errors, document["error"])
    assert issubclass(kind, HctError), "only errors of the tree are passed on"
    error: HctError = kind.__new__(kind, document["message"])  # a kind may set members that its making does not take
    vars(error).update(fields)
    return error

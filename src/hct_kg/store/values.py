"""What passes between the server, the zygote and the workers: limits, requests, answers, errors.

Everything crosses as JSON: a worker that a query has taken over could only lie, not run code elsewhere.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from hct_kg import errors
from hct_kg.errors import HctError
from hct_kg.settings import Settings
from hct_kg.store.formats import FORMATS, JSON, TURTLE, Format


@dataclass(frozen=True, slots=True)
class Limits:
    """What one query may take: seconds, MiB of memory beyond the dataset, rows or triples, MiB of result."""

    seconds: float
    memory: int
    rows: int
    size: int

    @classmethod
    def of(cls, settings: Settings) -> Limits:
        """Return the limits that the settings give."""
        return cls(settings.query_seconds, settings.query_memory, settings.query_rows, settings.query_bytes)

    @property
    def memory_bytes(self) -> int:
        """The memory limit in bytes."""
        return self.memory << 20

    @property
    def result_bytes(self) -> int:
        """The result limit in bytes."""
        return self.size << 20


@dataclass(frozen=True, slots=True)
class QueryRequest:
    """A query, the graphs that it is about, and the format wanted for each kind of result.

    Without graphs the default graph is the union of all, or what the query says in FROM. Where a format
    is None and the query gives a result of that kind, the answer is NotAcceptable.
    """

    text: str
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    row_format: Format | None = JSON
    graph_format: Format | None = TURTLE


@dataclass(frozen=True, slots=True)
class QueryAnswer:
    """A whole result: its bytes and format, its rows or triples (0 for ASK), milliseconds it took."""

    body: bytes
    format: Format
    rows: int
    milliseconds: float


def write_json(value: Mapping[str, Any]) -> bytes:
    """Return a value as one JSON document."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def write_request(request: QueryRequest) -> bytes:
    """Return a request as JSON, formats by name."""
    return write_json(
        {
            "text": request.text,
            "default_graphs": request.default_graphs,
            "named_graphs": request.named_graphs,
            "row_format": request.row_format and request.row_format.name,
            "graph_format": request.graph_format and request.graph_format.name,
        }
    )


def read_request(document: bytes) -> QueryRequest:
    """Return the request that `write_request` wrote."""
    fields = json.loads(document)
    return QueryRequest(
        fields["text"],
        tuple(fields["default_graphs"]),
        tuple(fields["named_graphs"]),
        FORMATS.get(fields["row_format"]),
        FORMATS.get(fields["graph_format"]),
    )


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

"""What passes between the server and the workers: limits, requests, answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from hct_kg.settings import Settings
from hct_kg.store.formats import JSON, TURTLE, Format

OWN_SECONDS = 900.0
"""How long a query of the service's own may take that is asked once a version."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one request may take.

    Seconds (of a query; of a change), MiB of memory beyond the dataset, rows or triples, MiB of result.
    """

    seconds: float
    memory: int
    rows: int
    size: int
    change_seconds: float = 60.0

    @classmethod
    def of(cls, settings: Settings) -> Limits:
        """Return the limits that the settings give."""
        return cls(
            settings.query_seconds,
            settings.query_memory,
            settings.query_rows,
            settings.query_bytes,
            settings.write_seconds,
        )

    @property
    def memory_bytes(self) -> int:
        """The memory limit in bytes."""
        return self.memory << 20

    @property
    def result_bytes(self) -> int:
        """The result limit in bytes."""
        return self.size << 20

    def seconds_for(self, request: Request) -> float:
        """Return how long a request may take."""
        if isinstance(request, QueryRequest):
            return OWN_SECONDS if request.own else self.seconds
        if isinstance(request, GraphRequest):
            return max(self.seconds, self.change_seconds) if request.whole else self.seconds
        return self.change_seconds if isinstance(request, (Update, GraphChange)) else self.seconds


@dataclass(frozen=True, slots=True)
class QueryRequest:
    """A query, the graphs that it is about, and the format wanted for each kind of result.

    Without graphs the default graph is the union of all, or what the query says in FROM. Where a format
    is None and the query gives a result of that kind, the answer is NotAcceptable. `stream` allows a long
    result to be sent before it is complete.
    """

    text: str
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    row_format: Format | None = JSON
    graph_format: Format | None = TURTLE
    stream: bool = False
    own: bool = False
    """Whether the service itself asks this, once a version: then neither rows nor bytes are limited."""


@dataclass(frozen=True, slots=True)
class Inspect:
    """A query that another engine is to be asked: see `inspecting`."""

    text: str


@dataclass(frozen=True, slots=True)
class GraphRequest:
    """One graph, in a format: a named one, the unnamed one (`graph` is None), or with `whole` all of them."""

    graph: str | None
    format: Format
    whole: bool = False
    stream: bool = False


@dataclass(frozen=True, slots=True)
class Update:
    """A SPARQL update, and the graphs that its WHERE parts are about where it names none itself."""

    text: str
    using_graphs: tuple[str, ...] = ()
    using_named_graphs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Payload:
    """RDF as it was sent: bytes in a format."""

    body: bytes
    format: Format


@dataclass(frozen=True, slots=True)
class GraphChange:
    """A graph (None: the unnamed one) is replaced by the payloads, merged with them, or dropped."""

    operation: Literal["replace", "merge", "drop"]
    graph: str | None
    payloads: tuple[Payload, ...] = ()


Change: TypeAlias = Update | GraphChange
Request: TypeAlias = QueryRequest | GraphRequest | Inspect | Change


@dataclass(frozen=True, slots=True)
class QueryAnswer:
    """A whole answer: its bytes and format, its rows or triples (0 for ASK), milliseconds it took.

    Of a change the bytes are a snapshot (see `snapshots`), and `existed` tells whether its graph was there.
    """

    body: bytes
    format: Format
    rows: int
    milliseconds: float
    existed: bool = True

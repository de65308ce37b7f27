"""What is known of one request by its end: the record that the log line and the metrics are made from.

The outermost middleware (`observer`) puts one into the scope of each request; whoever learns something
fills it in: `observe(request).answered(rows)`.
"""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from starlette.requests import HTTPConnection

from hct_kg.api.tracecontext import TraceContext

KEY = "hct_kg.observation"

OK, CANCELLED = "ok", "cancelled"
OUTCOMES: Mapping[str, str] = {
    "query-timeout": "timeout",
    "query-memory": "memory",
    "result-too-large": "too-large",
    "queue-full": "queue-full",
    "worker-lost": "lost",
    "query-syntax": "syntax",
    "query-evaluation": "evaluation",
    "federation-disabled": "federation",
}
"""How a query ended, by the kind of problem that it was answered with."""
CLIENT_CLOSED_REQUEST = 499


@dataclass(slots=True)
class Observation:
    """One request: its ids, and what has been learnt of it so far.

    `status` is that of a request that was never answered, until it is.
    """

    request_id: str
    trace: TraceContext
    status: int = 500
    bytes: int = 0
    rows: int | None = None
    outcome: str | None = None
    problem: str | None = None
    query: str | None = None
    key_id: str | None = None
    """The id of the key (never the key) that the request was granted by."""

    def answered(self, rows: int) -> None:
        """Note that a worker has answered, with so many rows or triples."""
        self.rows = rows
        self.outcome = OK

    def failed(self, problem: str) -> None:
        """Note the problem that the answer is (the end of its type IRI)."""
        self.problem = problem
        self.outcome = OUTCOMES.get(problem, self.outcome)


current: ContextVar[Observation | None] = ContextVar("observation", default=None)
"""The request under way, for log lines that others write meanwhile."""


def observe(request: HTTPConnection) -> Observation:
    """Return the record of a request."""
    return observed(request.scope)


def observed(scope: MutableMapping[str, Any]) -> Observation:
    """Return the record of a request by its scope; where no middleware has put one there, one that nobody reads."""
    if KEY not in scope:
        scope[KEY] = Observation("", TraceContext("", ""))
    found: Observation = scope[KEY]
    return found

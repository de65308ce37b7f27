"""One query evaluated and serialised under its limits; runs inside a worker."""

from __future__ import annotations

from collections.abc import Iterator
from time import perf_counter

import pyoxigraph
from pyoxigraph import QueryBoolean, QueryResultsFormat, QuerySolutions, QueryTriples, RdfFormat, Triple

from hct_kg.errors import EvaluationError, FederationDisabled, NotAcceptable, ResultTooLarge
from hct_kg.store.counting import COUNTERS, Counter
from hct_kg.store.embedded import EmbeddedStore
from hct_kg.store.formats import GRAPH_FORMATS, ROW_FORMATS, Format
from hct_kg.store.keywords import uses_keyword
from hct_kg.store.values import Limits, QueryAnswer, QueryRequest


class Collector:
    """What the engine writes to: keeps the bytes, and raises ResultTooLarge at a limit.

    A writer that raises ends the engine's evaluation at once (checked with pyoxigraph 0.5.13).
    """

    def __init__(self, limits: Limits, counter: Counter | None = None) -> None:
        self._limits = limits
        self._counter = counter
        self._chunks: list[bytes] = []
        self._size = 0
        self.rows = 0

    def write(self, chunk: bytes) -> int:
        """Keep a chunk; the engine calls this."""
        self._size += len(chunk)
        if self._size > self._limits.result_bytes:
            raise ResultTooLarge(f"The result is larger than {self._limits.size} MiB; nothing of it is sent.")
        if self._counter is not None:
            self._counter.feed(chunk)
            self.count(self._counter.rows)
        self._chunks.append(chunk)
        return len(chunk)

    def flush(self) -> None:
        """Do nothing; a writer must have this."""

    def count(self, rows: int) -> None:
        """Note how many rows there are by now."""
        self.rows = rows
        if rows > self._limits.rows:
            message = f"The result has more than {self._limits.rows} rows; nothing of it is sent. Page with LIMIT."
            raise ResultTooLarge(message)

    def counted(self, triples: QueryTriples) -> Iterator[Triple]:
        """Pass triples on, and count them."""
        for number, triple in enumerate(triples, start=1):
            self.count(number)
            yield triple

    @property
    def body(self) -> bytes:
        """The whole result."""
        return b"".join(self._chunks)


def answer(store: EmbeddedStore, request: QueryRequest, limits: Limits) -> QueryAnswer:
    """Evaluate a request whole.

    Raises QuerySyntaxError, EvaluationError, FederationDisabled, NotAcceptable and ResultTooLarge.
    """
    started = perf_counter()
    if uses_keyword(request.text, "SERVICE"):
        raise FederationDisabled("SERVICE is not allowed here: this service answers from its own data only.")
    result = store.evaluate(request.text, request.default_graphs, request.named_graphs)
    try:
        body, form, rows = serialise(result, request, limits)
    except (OSError, RuntimeError, ValueError) as error:
        raise EvaluationError(str(error)) from None
    return QueryAnswer(body, form, rows, (perf_counter() - started) * 1000)


def serialise(
    result: QuerySolutions | QueryBoolean | QueryTriples, request: QueryRequest, limits: Limits
) -> tuple[bytes, Format, int]:
    """Write a result in the format that was asked for its kind; return it with its rows or triples."""
    if isinstance(result, QueryTriples):
        form = wanted(request.graph_format, GRAPH_FORMATS)
        collector = Collector(limits)
        assert isinstance(form.engine, RdfFormat), "graph formats are RDF formats"
        pyoxigraph.serialize(collector.counted(result), collector, form.engine)  # type: ignore[arg-type]
        return collector.body, form, collector.rows
    form = wanted(request.row_format, ROW_FORMATS)
    assert isinstance(form.engine, QueryResultsFormat), "row formats are results formats"
    collector = Collector(limits, COUNTERS[form]() if isinstance(result, QuerySolutions) else None)
    result.serialize(collector, form.engine)  # type: ignore[arg-type]
    return collector.body, form, collector.rows


def wanted(form: Format | None, offered: tuple[Format, ...]) -> Format:
    """Return the format, or raise NotAcceptable where none was acceptable for this kind of result."""
    if form is None:
        kinds = ", ".join(item.media_type for item in offered)
        raise NotAcceptable(f"A query of this form is answered as {kinds}.", [item.media_type for item in offered])
    return form

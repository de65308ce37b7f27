"""One query evaluated, or one graph read, and serialised under its limits; runs inside a worker."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from time import perf_counter

import pyoxigraph
from pyoxigraph import Quad, QueryBoolean, QueryResultsFormat, QuerySolutions, QueryTriples, RdfFormat, Triple

from hct_kg.errors import EvaluationError, FederationDisabled, NotAcceptable, ResultTooLarge, UnknownResource
from hct_kg.store.counting import COUNTERS, Counter
from hct_kg.store.embedded import EmbeddedStore
from hct_kg.store.formats import GRAPH_FORMATS, JSON, ROW_FORMATS, Format
from hct_kg.store.keywords import uses_keyword
from hct_kg.store.values import GraphRequest, Limits, QueryAnswer, QueryRequest
from hct_kg.terms import NAMESPACES, TYPE

HELD_BACK = 1 << 20
"""Bytes of an answer that are kept until there are more: by then it is likely to succeed."""

Stream = Callable[[Format, bytes], None]
"""Takes the bytes of an answer while it is made."""


class Collector:
    """What the engine writes to: keeps the bytes or streams them, and raises ResultTooLarge at a limit.

    A writer that raises ends the engine's evaluation at once (checked with pyoxigraph 0.5.13).
    """

    def __init__(self, limits: Limits, form: Format, counter: Counter | None = None, stream: Stream | None = None):
        self._limits = limits
        self._format = form
        self._counter = counter
        self._stream = stream
        self._chunks: list[bytes] = []
        self._held = 0
        self._size = 0
        self.rows = 0

    def write(self, chunk: bytes) -> int:
        """Take a chunk; the engine calls this."""
        self._size += len(chunk)
        if self._size > self._limits.result_bytes:
            raise ResultTooLarge(f"The result is larger than {self._limits.size} MiB.")
        if self._counter is not None:
            self._counter.feed(chunk)
            self.count(self._counter.rows)
        self._chunks.append(chunk)
        self._held += len(chunk)
        if self._stream is not None and self._held > HELD_BACK:
            self._stream(self._format, self.body)
            self._chunks.clear()
            self._held = 0
        return len(chunk)

    def flush(self) -> None:
        """Do nothing; a writer must have this."""

    def count(self, rows: int) -> None:
        """Note how many rows there are by now."""
        self.rows = rows
        if rows > self._limits.rows:
            raise ResultTooLarge(f"The result has more than {self._limits.rows} rows. Page with LIMIT.")

    def counted(self, triples: QueryTriples) -> Iterator[Triple]:
        """Pass triples on, and count them."""
        for number, triple in enumerate(triples, start=1):
            self.count(number)
            yield triple

    @property
    def body(self) -> bytes:
        """What is kept."""
        return b"".join(self._chunks)


def answer(
    store: EmbeddedStore, request: QueryRequest | GraphRequest, limits: Limits, stream: Stream | None = None
) -> QueryAnswer:
    """Answer a request; what has gone into the stream is not in the body.

    Raises QuerySyntaxError, EvaluationError, FederationDisabled, NotAcceptable, ResultTooLarge and, for a
    graph that is not there, UnknownResource.
    """
    started = perf_counter()
    stream = stream if request.stream else None
    if isinstance(request, GraphRequest):
        body, rows = read_graph(store, request, limits, stream)
        form = request.format
    elif request.own and (kept := store.prepared(request.text)) is not None:
        body, form, rows = kept, JSON, 0
    else:
        body, form, rows = evaluate(store, request, boundless(limits) if request.own else limits, stream)
    return QueryAnswer(body, form, rows, (perf_counter() - started) * 1000)


def evaluate(
    store: EmbeddedStore, request: QueryRequest, limits: Limits, stream: Stream | None
) -> tuple[bytes, Format, int]:
    """Evaluate a query; return what is left of its result, its format, and its rows or triples."""
    if uses_keyword(request.text, "SERVICE"):
        raise FederationDisabled("SERVICE is not allowed here: this service answers from its own data only.")
    result = store.evaluate(request.text, request.default_graphs, request.named_graphs)
    try:
        return serialise(result, request, limits, stream)
    except (OSError, RuntimeError, ValueError) as error:
        raise EvaluationError(str(error)) from None


def read_graph(store: EmbeddedStore, request: GraphRequest, limits: Limits, stream: Stream | None) -> tuple[bytes, int]:
    """Write a graph, or all, in a stable order; the limits of a result do not count: what there is is finite."""
    if not request.whole and request.graph is not None and not store.has_graph(request.graph):
        raise UnknownResource(f"There is no graph <{request.graph}>.")
    quads = store.canonical_quads() if request.whole else store.canonical_quads(request.graph)
    assert isinstance(request.format.engine, RdfFormat), "graphs are written in RDF formats"
    collector = Collector(boundless(limits), request.format, stream=stream)
    keeps_names = request.whole and request.format.engine.supports_datasets
    if keeps_names:
        statements: Iterable[Quad | Triple] = quads
    else:
        statements = store.union(quads) if request.whole else (quad.triple for quad in quads)
    # Of quads that are read from disk each time, nobody looks at all twice.
    prefixes = used_prefixes(quads) if isinstance(quads, list) else NAMESPACES
    try:
        pyoxigraph.serialize(statements, collector, request.format.engine, prefixes=prefixes)  # type: ignore[arg-type]
    except (OSError, ValueError) as error:
        others = [form.media_type for form in GRAPH_FORMATS if form is not request.format]
        raise NotAcceptable(f"This graph cannot be written in {request.format.media_type}: {error}.", others) from None
    return collector.body, len(quads)


def boundless(limits: Limits) -> Limits:
    """Return limits without those of the result."""
    return replace(limits, rows=sys.maxsize, size=sys.maxsize >> 20)


def used_prefixes(quads: Iterable[Quad]) -> dict[str, str]:
    """Return the prefixes of the predicates and types that occur."""
    found = {quad.predicate.value for quad in quads}
    found.update(str(quad.object)[1:-1] for quad in quads if quad.predicate.value == TYPE)
    return {prefix: name for prefix, name in NAMESPACES.items() if any(iri.startswith(name) for iri in found)}


def serialise(
    result: QuerySolutions | QueryBoolean | QueryTriples, request: QueryRequest, limits: Limits, stream: Stream | None
) -> tuple[bytes, Format, int]:
    """Write a result in the format that was asked for its kind; return what is left, format, rows or triples."""
    if isinstance(result, QueryTriples):
        form = wanted(request.graph_format, GRAPH_FORMATS)
        collector = Collector(limits, form, stream=stream)
        assert isinstance(form.engine, RdfFormat), "graph formats are RDF formats"
        pyoxigraph.serialize(collector.counted(result), collector, form.engine)  # type: ignore[arg-type]
        return collector.body, form, collector.rows
    form = wanted(request.row_format, ROW_FORMATS)
    assert isinstance(form.engine, QueryResultsFormat), "row formats are results formats"
    counter = COUNTERS[form]() if isinstance(result, QuerySolutions) else None
    collector = Collector(limits, form, counter, stream)
    result.serialize(collector, form.engine)  # type: ignore[arg-type]
    return collector.body, form, collector.rows


def wanted(form: Format | None, offered: tuple[Format, ...]) -> Format:
    """Return the format, or raise NotAcceptable where none was acceptable for this kind of result."""
    if form is None:
        kinds = ", ".join(item.media_type for item in offered)
        raise NotAcceptable(f"A query of this form is answered as {kinds}.", [item.media_type for item in offered])
    return form

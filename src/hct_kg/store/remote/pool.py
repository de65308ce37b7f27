"""The queries of one version of the dataset, asked of the engine over connections of their own."""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace
from time import perf_counter

from hct_kg.errors import EngineUnreachable, EvaluationError, UnknownResource
from hct_kg.store.embedded import EmbeddedStore, NamedNode, is_name
from hct_kg.store.evaluation import answer, boundless, wanted
from hct_kg.store.formats import GRAPH_FORMATS, ROW_FORMATS
from hct_kg.store.inspecting import Inspected
from hct_kg.store.remote.endpoint import GRAPH, ROWS, Endpoint, dataset_fields
from hct_kg.store.remote.graphs import count_graphs, is_ours, read_all
from hct_kg.store.remote.http import Fields
from hct_kg.store.remote.record import Record, current_record
from hct_kg.store.remote.translating import translate
from hct_kg.store.remote.watching import CHANGING, Standing
from hct_kg.store.results import Row, parse_rows
from hct_kg.store.streams import LentStream
from hct_kg.store.values import GraphRequest, Inspect, Limits, QueryAnswer, QueryRequest

LARGER = 4
"""How many times as long as ours another engine may write the same answer."""
PATH_IN_SOME_GRAPH = re.compile(r"\bGRAPH\s*[?$]\w+\s*\{[^}]*[\w>)][*+]\s", re.IGNORECASE)
PATHS_CROSS = (
    "The engine of this service (Virtuoso) lets a path (* or +) within GRAPH ?g run through other graphs too, so this "
    "would be answered wrongly: name the graph, or leave GRAPH out."
)
Inspector = Callable[[Inspect], Awaitable[QueryAnswer]]


class RemotePool:
    """Asks the engine; how many requests at once is a matter of its connections."""

    def __init__(
        self, endpoint: Endpoint, inspector: Inspector, limits: Limits, record: Record, standing: Standing
    ) -> None:
        self._endpoint = endpoint
        self._inspector = inspector
        self._limits = limits
        self._record = record
        self._standing = standing
        self._present: dict[str, bool] = {}

    @property
    def idle(self) -> int:
        """How many more requests could be sent at once."""
        return self._endpoint.way.slots.idle

    @property
    def busy(self) -> int:
        """How many requests are with the engine."""
        return self._endpoint.way.slots.busy

    @property
    def waiting(self) -> int:
        """How many requests wait for a connection."""
        return self._endpoint.way.slots.waiting

    @property
    def replaced(self) -> int:
        """How many requests were sent again, over a new connection."""
        return self._endpoint.way.repeated

    async def query(self, request: QueryRequest | GraphRequest) -> QueryAnswer:
        """Return the whole answer to a request, or raise a QueryError or EngineError."""
        self._standing.check()
        started = perf_counter()
        if isinstance(request, GraphRequest):
            found = await self._read(request)
        else:
            found = await self._query(request)
        return replace(found, milliseconds=(perf_counter() - started) * 1000)

    async def stream(self, request: QueryRequest | GraphRequest) -> QueryAnswer | LentStream:
        """Return the whole answer: nothing of it is passed on before its end has come."""
        return await self.query(request)

    async def select(self, text: str) -> list[Row]:
        """Return the rows of a SELECT over the union of all graphs."""
        return parse_rows((await self.query(QueryRequest(text))).body)

    async def read(self, text: str, order: str = "") -> list[Row]:
        """Return the rows of a SELECT that is asked once a version, in parts: the engine may not give more at once."""
        rows: list[Row] = []
        most = self._limits.rows
        ordered = f"{text} ORDER BY {order}" if order else text
        while len(rows) % most == 0:
            request = QueryRequest(f"{ordered} LIMIT {most} OFFSET {len(rows)}", own=True)
            found = parse_rows((await self.query(request)).body)
            rows += found
            if not found:
                break
        return rows

    async def _query(self, request: QueryRequest) -> QueryAnswer:
        """Ask a query, after a look at it."""
        inspected = Inspected.read((await self._inspector(Inspect(request.text))).body)
        if self._endpoint.is_virtuoso and PATH_IN_SOME_GRAPH.search(inspected.text):
            raise EvaluationError(PATHS_CROSS)
        if inspected.form == "graph":
            wanted(request.graph_format, GRAPH_FORMATS)
        else:
            wanted(request.row_format, ROW_FORMATS)
        limits = boundless(self._limits) if request.own else self._limits
        reply = await self._endpoint.query(
            inspected.text,
            GRAPH if inspected.form == "graph" else ROWS,
            await self._dataset(request, inspected),
            LARGER * limits.result_bytes,
            limits.seconds_for(request),
        )
        body, form, rows = await asyncio.to_thread(
            translate, reply.body, reply.media_type, inspected.form, request, limits
        )
        return QueryAnswer(body, form, rows, 0.0)

    async def _dataset(self, request: QueryRequest, inspected: Inspected) -> Fields:
        """Return the parameters for the graphs that a request, else its query, names: those that are there."""
        default, named = request.default_graphs, request.named_graphs
        if not (default or named):
            default, named = inspected.default_graphs, inspected.named_graphs
        if not (default or named):
            return ()
        return dataset_fields(await self._there(default), await self._there(named))

    async def _there(self, graphs: Iterable[str]) -> list[str]:
        """Return those graphs of the dataset that are there; what else is named is not shown to the engine."""
        found = []
        for graph in dict.fromkeys(graphs):
            if not is_name(graph):
                raise EvaluationError(f"{graph[:200]!r} is no IRI of a graph.")
            if await self._has(graph):
                found.append(graph)
        return found

    async def _has(self, graph: str) -> bool:
        """Tell whether a graph of the dataset has triples."""
        if not is_ours(graph):
            return False
        if graph not in self._present:
            rows = await self._endpoint.select(f"SELECT ?s {{ GRAPH {NamedNode(graph)} {{ ?s ?p ?o }} }} LIMIT 1")
            self._present[graph] = bool(rows)
        return self._present[graph]

    async def _read(self, request: GraphRequest) -> QueryAnswer:
        """Read graphs, and write them as our own engine does."""
        empty = list(self._record.empty_graphs)
        if request.whole:
            graphs = await count_graphs(self._endpoint)
        elif request.graph is None:
            graphs, empty = {}, []
        else:
            graphs = await self._count(request.graph)
            empty = [request.graph] if not graphs and request.graph in empty else []
            if not graphs and not empty:
                raise UnknownResource(f"There is no graph <{request.graph}>.")
        quads = await read_all(self._endpoint, graphs.items())
        if request.whole and await current_record(self._endpoint) != self._record:
            raise EngineUnreachable(CHANGING)
        return await asyncio.to_thread(write, EmbeddedStore(quads), empty, request, self._limits)

    async def _count(self, graph: str) -> dict[str, int]:
        """Return a graph with the number of its triples; nothing where it has none."""
        if not is_name(graph) or not await self._has(graph):
            return {}
        rows = await self._endpoint.select(f"SELECT (COUNT(*) AS ?n) {{ GRAPH {NamedNode(graph)} {{ ?s ?p ?o }} }}")
        return {graph: int(rows[0]["n"].value)}


def write(store: EmbeddedStore, empty: Iterable[str], request: GraphRequest, limits: Limits) -> QueryAnswer:
    """Write graphs that were read."""
    for graph in empty:
        store.add_graph(graph)
    return answer(store, replace(request, stream=False), replace(limits, rows=sys.maxsize))

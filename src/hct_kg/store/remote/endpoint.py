"""The engine's three operations: query, update, and graphs written as they are."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlencode

from hct_kg.errors import EngineFault
from hct_kg.settings import Settings
from hct_kg.store.formats import JSON, NTRIPLES, TURTLE
from hct_kg.store.remote.http import Call, Fields, Reply, Way, form
from hct_kg.store.remote.translating import parse_booleans
from hct_kg.store.results import Row, parse_rows
from hct_kg.terms import BASE

ROWS = (JSON.media_type,)
GRAPH = (NTRIPLES.media_type, TURTLE.media_type)
NOTHING = "urn:hct-kg:nothing"
"""A graph that is never there: the dataset of a query whose graphs are not. No engine can fetch a URN."""
OWN = "The version that the engine keeps cannot be read"
MOST = 1 << 31


class Endpoint:
    """One engine, asked over one way."""

    def __init__(self, settings: Settings, way: Way) -> None:
        assert settings.store is not None, "a remote engine has a URL"
        self._query_url = settings.store
        self._update_url = settings.store_update or settings.store
        self._graphs_url = settings.store_graphs
        self._settings = settings
        self.is_virtuoso = False
        self.way = way
        self.patience = 2 * settings.store_seconds

    @property
    def has_graph_store(self) -> bool:
        """Whether graphs can be written as they are."""
        return self._graphs_url is not None

    async def query(
        self, text: str, accepted: tuple[str, ...], dataset: Fields = (), most_bytes: int = MOST, seconds: float = 0.0
    ) -> Reply:
        """Return the answer to a query; relative IRIs are relative to that of the dataset."""
        seconds = seconds or self._settings.query_seconds
        fields = [("query", f"BASE <{BASE}>\n{text}"), *dataset]
        if self.is_virtuoso:  # it goes on with a query that nobody waits for any more, unless it is told
            fields.append(("timeout", str(max(1000, round(1000 * seconds)))))
        reply = await self.way.send(form(self._query_url, fields, accepted, seconds, most_bytes, again=True))
        self.is_virtuoso = reply.server.startswith("Virtuoso")
        if accepted is GRAPH and not reply.ended:
            raise EngineFault("The engine does not say where its answer ends, so it may have been cut: use HTTP/1.1.")
        return reply

    async def select(self, text: str, seconds: float = 0.0) -> list[Row]:
        """Return the rows of a SELECT of ours."""
        body = (await self.query(text, ROWS, seconds=seconds)).body
        try:
            return parse_rows(parse_booleans(body))
        except (ValueError, KeyError, TypeError):
            raise EngineFault("The engine's answer is no SPARQL result, or was cut short.") from None

    async def update(self, text: str, seconds: float = 0.0) -> None:
        """Run an update of ours, once; where no answer comes, nobody knows whether it was run."""
        seconds = seconds or self._settings.write_seconds
        await self.way.send(form(self._update_url, [("update", text)], (), seconds, MOST, again=False))

    async def post_graph(self, graph: str, triples: bytes) -> None:
        """Add triples to a graph by the Graph Store Protocol."""
        assert self._graphs_url is not None, "there is a graph store"
        mark = "&" if "?" in self._graphs_url else "?"
        url = f"{self._graphs_url}{mark}{urlencode({'graph': graph})}"
        await self.way.send(Call(url, triples, NTRIPLES.media_type, seconds=self._settings.write_seconds))


def dataset_fields(default: Iterable[str], named: Iterable[str]) -> Fields:
    """Return the parameters of the protocol for a dataset; what is empty is named as a graph that is empty."""
    return [
        *(("default-graph-uri", graph) for graph in list(default) or [NOTHING]),
        *(("named-graph-uri", graph) for graph in list(named) or [NOTHING]),
    ]

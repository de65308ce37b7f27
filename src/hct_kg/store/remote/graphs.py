"""The graphs of the dataset in the engine: which there are, and each of them whole."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable

import pyoxigraph
from pyoxigraph import NamedNode

from hct_kg.errors import EngineFault
from hct_kg.store.remote.endpoint import GRAPH, Endpoint
from hct_kg.store.remote.record import PLACE
from hct_kg.store.remote.translating import UNREADABLE, plain, rdf_format

COUNT = "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g"
MANY_SECONDS = 600.0
SYSTEM = (
    "http://www.openlinksw.com/",
    "http://www.w3.org/2002/07/owl#",
    "http://www.w3.org/ns/ldp#",
    "http://localhost:8890/",
    "http://localuriqaserver/",
    "urn:activitystreams-owl:map",
    "urn:core:services:sparql",
)
"""What the names of graphs begin with that an engine (Virtuoso) keeps for itself."""


def is_ours(graph: str) -> bool:
    """Tell whether a graph is of the dataset."""
    return not graph.startswith((PLACE, *SYSTEM))


async def count_graphs(endpoint: Endpoint, seconds: float = MANY_SECONDS) -> dict[str, int]:
    """Return the graphs of the dataset that hold triples, in order, each with their number."""
    rows = await endpoint.select(COUNT, seconds)
    found = {row["g"].value: int(row["n"].value) for row in rows if row["g"].kind == "uri"}
    return {graph: found[graph] for graph in sorted(found) if is_ours(graph)}


async def read_graphs(
    endpoint: Endpoint, graphs: Iterable[tuple[str, int]]
) -> AsyncIterator[tuple[str, pyoxigraph.Store]]:
    """Yield graphs whole, one by one, each in a store of its own; raises EngineFault where triples are missing."""
    for graph, number in graphs:
        store = await read_graph(endpoint, graph)
        if len(store) != number:
            raise EngineFault(
                f"The engine counts {number} triples in <{graph}> and sends {len(store)} of them: where it has a limit "
                "of rows (Virtuoso: ResultSetMaxRows in virtuoso.ini), raise it."
            )
        yield graph, store


async def read_graph(endpoint: Endpoint, graph: str) -> pyoxigraph.Store:
    """Return one graph."""
    text = f"CONSTRUCT {{ ?s ?p ?o }} {{ GRAPH {NamedNode(graph)} {{ ?s ?p ?o }} }}"
    reply = await endpoint.query(text, GRAPH, seconds=MANY_SECONDS)
    return await asyncio.to_thread(parse, reply.body, reply.media_type, graph)


def parse(body: bytes, media_type: str, graph: str) -> pyoxigraph.Store:
    """Return the triples of an answer as quads of a graph."""
    store = pyoxigraph.Store()
    try:
        store.load(plain(body), rdf_format(media_type), to_graph=NamedNode(graph))
    except UNREADABLE:
        raise EngineFault("The engine's answer is no RDF, or was cut short.") from None
    return store


async def read_all(endpoint: Endpoint, graphs: Iterable[tuple[str, int]]) -> pyoxigraph.Store:
    """Return graphs in one store."""
    whole = pyoxigraph.Store()
    async for _, store in read_graphs(endpoint, graphs):
        await asyncio.to_thread(whole.extend, store)
    return whole


def load_quads(content: bytes) -> pyoxigraph.Store:
    """Return N-Quads of ours in a store."""
    store = pyoxigraph.Store()
    store.load(content, pyoxigraph.RdfFormat.N_QUADS)
    return store

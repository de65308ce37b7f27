"""No query makes the service reach out: a listener that every query points at hears nothing."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from serving import Server, problem


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """A listening socket; a connection to it would wait to be accepted."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        found.setblocking(False)
        yield found


def heard_nothing(listener: socket.socket) -> bool:
    """Tell that nobody has connected."""
    try:
        listener.accept()[0].close()
    except BlockingIOError:
        return True
    return False


SERVICES = [
    "ASK {{ SERVICE <{url}> {{ ?s ?p ?o }} }}",
    "ASK {{ SERVICE SILENT <{url}> {{ ?s ?p ?o }} }}",
    "SELECT * {{ VALUES ?where {{ <{url}> }} SERVICE ?where {{ ?s ?p ?o }} }}",
    "SELECT * {{ ?s ?p ?o FILTER EXISTS {{ SERVICE <{url}> {{ ?s ?p ?o }} }} }}",
    "SELECT * {{ {{ SELECT * {{ SERVICE <{url}> {{ ?s ?p ?o }} }} }} }}",
    "CONSTRUCT {{ ?s ?p ?o }} {{ OPTIONAL {{ service <{url}> {{ ?s ?p ?o }} }} }}",
    "PREFIX h: <{url}> ASK {{ SERVICE h: {{ ?s ?p ?o }} }}",
    "ASK {{ FILTER(1<2)SERVICE<{url}>{{ ?s ?p ?o }} }}",
]


@pytest.mark.parametrize("query", SERVICES)
def test_federation_is_refused_in_every_form(server: Server, listener: socket.socket, query: str) -> None:
    url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
    assert problem(server.ask(query.format(url=url))) == (403, "federation-disabled")
    assert heard_nothing(listener)


@pytest.mark.parametrize(
    "update", ["LOAD <{url}>", "LOAD SILENT <{url}> INTO GRAPH <{url}>", "INSERT {{ ?s ?p ?o }} WHERE {{ ?s ?p ?o }}"]
)
def test_an_update_is_no_query(server: Server, listener: socket.socket, update: str) -> None:
    url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
    assert problem(server.ask(update.format(url=url))) == (400, "query-syntax")
    assert heard_nothing(listener)


def test_a_graph_that_is_not_there_is_empty_and_is_not_fetched(
    server: Server, listener: socket.socket, tmp_path: Path
) -> None:
    secret = tmp_path / "secret.ttl"
    secret.write_text("<https://example.org/a> <https://example.org/b> 1 .")
    for iri in (f"http://127.0.0.1:{listener.getsockname()[1]}/x.ttl", secret.as_uri()):
        assert server.ask(f"ASK FROM <{iri}> {{ ?s ?p ?o }}").json()["boolean"] is False
        assert server.ask(f"ASK FROM NAMED <{iri}> {{ GRAPH ?g {{ ?s ?p ?o }} }}").json()["boolean"] is False
        for name in ("default-graph-uri", "named-graph-uri"):
            parameters = {"query": "ASK { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }", name: iri}
            assert server.client.get("/sparql", params=parameters).json()["boolean"] is False
    assert heard_nothing(listener)

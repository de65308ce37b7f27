"""Long results are sent while they are made; one that fails on the way is visibly cut."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable
from urllib.parse import urlencode, urlsplit

import httpx
import pytest

from serving import BEADS, EX, Server, eventually

LONG = f"SELECT ('{'x' * 2000}' AS ?x) ?a {{ ?a <{EX}next> ?b }}"
TOO_LONG = f"SELECT ('{'x' * 6000}' AS ?x) {{ ?a <{EX}next> ?b }}"
STREAMED = {"application/sparql-results+json", "text/csv", "application/sparql-results+xml"}


def sent(server: Server, query: str, version: str = "1.1", size: int = 1 << 16) -> socket.socket:
    """Send a query over a socket of its own, with a small buffer to receive into."""
    place = urlsplit(str(server.client.base_url))
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, size)
    connection.settimeout(20)
    connection.connect((place.hostname, place.port))
    path = "/sparql?" + urlencode({"query": query})
    connection.sendall(f"GET {path} HTTP/{version}\r\nHost: {place.netloc}\r\nConnection: close\r\n\r\n".encode())
    return connection


def received(connection: socket.socket) -> bytes:
    """Return everything up to the end of a connection."""
    pieces = []
    while piece := connection.recv(1 << 16):
        pieces.append(piece)
    return b"".join(pieces)


@pytest.mark.parametrize("accept", sorted(STREAMED))
def test_a_long_result_comes_whole_and_without_its_length(server: Server, accept: str) -> None:
    response = server.ask(LONG, accept)
    assert response.status_code == 200
    assert "content-length" not in response.headers
    assert response.content.count(b"x" * 2000) == BEADS


def test_a_short_result_has_its_length(server: Server) -> None:
    assert int(server.ask("ASK {}").headers["content-length"]) > 0


def test_a_result_beyond_its_limit_of_bytes_is_cut(server: Server) -> None:
    with pytest.raises(httpx.RemoteProtocolError):
        server.ask(TOO_LONG)
    assert server.ask("ASK {}").status_code == 200


def test_a_cut_result_lacks_the_end_that_chunked_encoding_wants(server: Server) -> None:
    with sent(server, TOO_LONG) as connection:
        answer = received(connection)
    assert answer.startswith(b"HTTP/1.1 200")
    assert b"transfer-encoding: chunked" in answer.lower()
    assert not answer.endswith(b"0\r\n\r\n")


def test_a_client_of_http_1_0_which_could_not_see_the_cut_gets_an_error(server: Server) -> None:
    with sent(server, TOO_LONG, "1.0") as connection:
        assert received(connection).split(b"\r\n", 1)[0].endswith(b"507 Insufficient Storage")
    with sent(server, LONG, "1.0") as connection:
        head, _, body = received(connection).partition(b"\r\n\r\n")
    assert b"content-length: " in head.lower()
    assert len(json.loads(body)["results"]["bindings"]) == BEADS


def test_a_result_that_outlasts_the_time_limit_is_cut_and_its_worker_replaced(
    start_server: Callable[..., Server],
) -> None:
    server = start_server(query_seconds=1.0, query_rows=10_000_000, query_bytes=4000)
    endless = f"SELECT ('{'x' * 500}' AS ?x) ?a ?d {{ ?a <{EX}next> ?b . ?c <{EX}next> ?d . ?e <{EX}next> ?f }}"
    before = server.workers
    started = time.monotonic()
    with pytest.raises(httpx.RemoteProtocolError):
        server.ask(endless)
    assert time.monotonic() - started < 2
    assert eventually(lambda: len(server.workers) == len(before) and server.workers != before)


def test_who_hangs_up_in_the_middle_frees_the_worker(start_server: Callable[..., Server]) -> None:
    server = start_server(query_workers=1, query_seconds=10.0, query_rows=10_000_000, query_bytes=4000)
    endless = f"SELECT ('{'x' * 500}' AS ?x) ?a ?d {{ ?a <{EX}next> ?b . ?c <{EX}next> ?d . ?e <{EX}next> ?f }}"
    with sent(server, endless) as connection:
        assert connection.recv(1 << 16)
    started = time.monotonic()
    assert server.ask("ASK {}").status_code == 200
    assert time.monotonic() - started < 1


def test_a_slow_client_gets_all_and_meanwhile_others_are_served(start_server: Callable[..., Server]) -> None:
    server = start_server(query_workers=2, query_seconds=10.0, query_rows=100_000, query_bytes=64)
    text = f"SELECT ('{'x' * 20000}' AS ?x) ?a {{ ?a <{EX}next> ?b }}"
    with sent(server, text, size=4096) as connection:
        first = connection.recv(100)
        assert server.ask("ASK {}").status_code == 200
        time.sleep(0.5)
        answer = first + received(connection)
    assert answer.endswith(b"0\r\n\r\n")
    assert answer.count(b'"a"') == BEADS + 1


def test_a_cut_is_not_remembered(server: Server) -> None:
    for _ in range(2):
        with pytest.raises(httpx.RemoteProtocolError):
            server.ask(TOO_LONG)

"""The servers that tests run on: empty for each test, stopped and started with what they hold."""

from __future__ import annotations

import httpx
import pytest

from engines import Engine

INSERT = "INSERT DATA { GRAPH <urn:orchard> { <urn:pear> <urn:name> 'pear' } }"
COUNT = "SELECT (COUNT(*) AS ?n) { GRAPH <urn:orchard> { ?s ?p ?o } }"


def count(engine: Engine) -> str:
    answer = httpx.get(engine.query_url, params={"query": COUNT}, headers={"Accept": "text/csv"})
    return answer.text.split()[-1]


def insert(engine: Engine) -> None:
    assert httpx.post(engine.update_url, data={"update": INSERT}).is_success


@pytest.mark.parametrize("time", ["first", "second"])
def test_each_test_finds_it_empty_and_may_write(engine: Engine, time: str) -> None:
    assert count(engine) == "0"
    insert(engine)
    assert count(engine) == "1"


def test_stopped_or_killed_it_starts_again_with_what_it_held(engine: Engine) -> None:
    insert(engine)
    for end in (engine.stop, engine.kill):
        end()
        with pytest.raises(httpx.ConnectError):
            count(engine)
        engine.start()
        assert count(engine) == "1"


def test_one_that_a_test_left_stopped(engine: Engine) -> None:
    engine.kill()


def test_runs_again_for_the_next_test(engine: Engine) -> None:
    assert count(engine) == "0"


def test_a_graph_is_put_and_got_by_the_graph_store_protocol(engine: Engine) -> None:
    turtle = '<urn:pear> <urn:name> "pear" .'
    where = {"graph": "urn:orchard"}
    done = httpx.put(engine.graph_store_url, params=where, content=turtle, headers={"Content-Type": "text/turtle"})
    assert done.is_success, done.text
    found = httpx.get(engine.graph_store_url, params=where, headers={"Accept": "application/n-triples"})
    assert found.text.split() == turtle.split()
    assert count(engine) == "1"


def test_it_listens_on_loopback_only(engine: Engine) -> None:
    """Of all sockets of this machine that listen, those of this process: /proc/net/tcp writes addresses in hex."""
    with open(f"/proc/{engine.pid}/net/tcp") as table:
        rows = [line.split() for line in table][1:]
    ports = {engine.server.port, getattr(engine.server, "sql_port", engine.server.port)}
    listening = {row[1] for row in rows if row[3] == "0A" and int(row[1].split(":")[1], 16) in ports}
    assert len(listening) == len(ports)
    assert {address.split(":")[0] for address in listening} == {"0100007F"}

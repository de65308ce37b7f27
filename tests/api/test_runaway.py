"""The runaway set: each request that takes all it can get ends at its limit, rightly, and leaves nothing behind."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import cycle, islice

import pytest

from bombs import BODIES, LIMITS, MEMORY, QUERIES, TIME, UPDATES, Bomb
from editing import Editor, editor_of
from processes import descriptors, family, memory
from serving import Server, ended, eventually, probing

WHOLE_FAMILY = 5
"""Server, zygote, two workers for the public and one for the curated routes."""
ENOUGH = 5
"""Answers to tell a median from: the first also opens the connection."""
KILLS = {TIME, MEMORY}
IN_A_ROW = int(os.environ.get("BOMBS_IN_A_ROW", "40"))
QUICK = ("count of a cross product", "stream of a cross product", "growth by CONCAT", "deep groups")
QUICK_CHANGES = ("update with deep groups", "billion laughs", "deep triple terms", "deeper JSON-LD")


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Editor]:
    """A server that takes changes, with limits that a test can wait for."""
    with ExitStack() as stack:
        yield editor_of(stack, tmp_path_factory.mktemp("runaway"), **LIMITS)


def whole(server: Server) -> bool:
    """Tell whether every process is there, and no other."""
    return len(family(server.process.pid)) == WHOLE_FAMILY


def drop(target: Editor, bomb: Bomb, limit: float) -> None:
    """Send a bomb; assert that it ends as it must, while others are answered, and that nothing is left of it."""
    server = target.server
    assert eventually(lambda: whole(server))
    before, version = server.workers, target.version()
    with probing(server, ENOUGH) as taken:
        started = time.monotonic()
        outcome = bomb.send(server.client, target.headers["write"])
        seconds = time.monotonic() - started
    assert outcome in bomb.ends
    assert seconds < limit + 1
    assert statistics.median(taken) < 0.1
    assert eventually(lambda: whole(server))
    if bomb.path == "/sparql" and outcome in KILLS:
        assert eventually(lambda: len(ended(before)) == 1)
    assert target.version() == version


@pytest.mark.parametrize("name", QUERIES)
def test_a_query_ends_at_its_limit(target: Editor, name: str) -> None:
    drop(target, QUERIES[name], LIMITS["query_seconds"])


@pytest.mark.parametrize("name", UPDATES)
def test_an_update_ends_at_its_limit(target: Editor, name: str) -> None:
    drop(target, UPDATES[name], LIMITS["write_seconds"])


@pytest.mark.parametrize("name", BODIES)
def test_a_body_ends_at_its_limit(target: Editor, name: str) -> None:
    drop(target, BODIES[name], LIMITS["write_seconds"])


def test_many_bombs_in_a_row_leave_neither_process_nor_descriptor_nor_memory(target: Editor) -> None:
    server = target.server
    bombs = [*(QUERIES[name] for name in QUICK), *({**UPDATES, **BODIES}[name] for name in QUICK_CHANGES)]

    def send(count: int) -> None:
        for bomb in islice(cycle(bombs), count):
            assert bomb.send(server.client, target.headers["write"]) in bomb.ends

    send(2 * len(bombs))  # what is made once and kept is there now
    assert eventually(lambda: whole(server))
    held, opened = memory(server.process.pid), descriptors(server.process.pid, server.zygote)
    send(IN_A_ROW)
    assert eventually(lambda: whole(server))
    assert eventually(lambda: descriptors(server.process.pid, server.zygote) == opened)
    assert eventually(lambda: memory(server.process.pid) < 1.1 * held)


def test_after_all_that_the_data_is_what_it_was(target: Editor) -> None:
    assert {"type": "literal", "value": "plum", "xml:lang": "en"} in (
        row["name"] for row in target.server.select("SELECT ?name { ?s <https://example.org/name> ?name }")
    )
    assert target.graph("GET", "https://example.org/bomb").status_code == 404

"""No bytes that a client may send are answered by a mistake of ours, and none leave anything behind."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from campaign import run
from family import Family, family_of
from messages import Messages

from editing import SHAPE
from hct_kg import keys
from hct_kg.settings import Settings
from serving import Server, alive, eventually, invented, running

SEED = 20
WARM_UP = 150
MOST_GROWTH = 48
"""MiB: answers are remembered up to 64 MiB, of which these messages fill little."""


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as entered:
        yield entered


def write_shapes(settings: Settings) -> Settings:
    """Give the invented dataset a shape, for an outcome is validated before it counts."""
    (settings.ontology / "shapes.ttl").write_text(SHAPE, encoding="utf-8")
    return settings


def port_of(server: Server) -> int:
    port = server.client.base_url.port
    assert port is not None
    return port


def check_nothing_is_left(server: Server, before: Family) -> None:
    """Check that the server answers, and holds what it held before."""
    assert server.client.get("/healthz").status_code == 200
    assert alive(server.process.pid)
    assert eventually(lambda: family_of(server).files <= before.files + 2, 20)
    after = family_of(server)
    assert len(after.zygotes) == 1
    assert len(after.workers) == len(before.workers)
    assert after.mebibytes <= before.mebibytes + MOST_GROWTH


def test_malformed_requests_are_refused_and_leave_nothing_behind(tmp_path: Path, stack: ExitStack) -> None:
    server = running(invented(tmp_path, body_bytes=32), stack)
    run(port_of(server), Messages(SEED - 1), WARM_UP)
    before = family_of(server)
    outcomes = run(port_of(server), Messages(SEED), 2700)
    assert [str(finding) for finding in outcomes.findings] == []
    assert {"200", "400 malformed-request", "400 query-syntax", "400 by the parser of HTTP"} <= set(outcomes.answers)
    check_nothing_is_left(server, before)
    assert family_of(server).zygotes == before.zygotes


def test_malformed_changes_are_refused_and_leave_nothing_behind(tmp_path: Path, stack: ExitStack) -> None:
    _, key = keys.add(tmp_path / "keys.json", "fuzz", "write")
    given: dict[str, Any] = {
        "writable": True,
        "state": tmp_path / "state",
        "keys": tmp_path / "keys.json",
        "write_bytes": 1,
    }
    server = running(write_shapes(invented(tmp_path, body_bytes=32, **given)), stack)
    run(port_of(server), Messages(SEED - 1), WARM_UP)
    before = family_of(server)
    outcomes = run(port_of(server), Messages(SEED, key), 300)
    assert [str(finding) for finding in outcomes.findings] == []
    assert {"400 malformed-request", "400 query-syntax", "401 unauthenticated"} <= set(outcomes.answers)
    check_nothing_is_left(server, before)


def test_a_message_is_the_same_each_time_it_is_made() -> None:
    messages, again = Messages(SEED, "key"), Messages(SEED, "key")
    assert [messages[number] for number in range(300)] == [again[number] for number in range(300)]
    assert len({messages[number].data for number in range(300)}) > 290

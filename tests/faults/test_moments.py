"""Moments of a change that chance seldom meets: what hangs, what breaks, and an end in the middle."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import pytest
from kills import KINDS, Place, listing
from ledger import READ, Ledger, Seen, update
from relatives import family, validators, zygotes
from starlette.types import Message
from traffic import seen_in

from hct_kg.api.streamed import StreamedResult
from hct_kg.errors import WorkerLost
from hct_kg.store.formats import JSON
from hct_kg.store.pool import LentStream
from hct_kg.store.streams import AnswerStream
from serving import EX, Server, eventually, problem

TWO_MARKS = f"INSERT DATA {{ GRAPH <{EX}other> {{ <{EX}mark> <{EX}last> 1, 2 }} }}"
"""Breaks the shape."""


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place.made(tmp_path)


@pytest.fixture
def server(place: Place) -> Iterator[Server]:
    with ExitStack() as stack:
        yield place.run(stack)


def change(place: Place, server: Server, text: str) -> httpx.Response:
    """Make an update."""
    address = f"{server.client.base_url}/update"
    headers = {"Authorization": f"Bearer {place.key}"}
    return httpx.post(address, data={"update": text}, headers=headers, timeout=60, trust_env=False)


@contextmanager
def under_way(place: Place, server: Server, text: str) -> Iterator[Future[httpx.Response]]:
    """Make an update in a thread."""
    with ThreadPoolExecutor() as pool:
        yield pool.submit(change, place, server, text)


def caught(find: Callable[[int], list[int]], server: Server) -> int:
    """Stop a process that a change has started, as soon as it is there, and return its id."""
    assert eventually(lambda: bool(find(server.process.pid)), 20)
    pid = find(server.process.pid)[0]
    os.kill(pid, signal.SIGSTOP)
    return pid


def seen(server: Server) -> Seen:
    """Read what is served."""
    return seen_in(server.client.get("/sparql", params={"query": READ}))


def test_a_change_fails_as_soon_as_its_loading_does(place: Place, server: Server) -> None:
    with under_way(place, server, update(1)) as answer:
        caught(validators, server)
        find, _ = KINDS["zygote loading a change"]
        os.kill(caught(find, server), signal.SIGKILL)
        assert problem(answer.result()) == (503, "worker-lost")
    assert len(family(place.folder)) == 4
    assert seen(server).ledger == frozenset()
    assert change(place, server, update(1)).status_code == 204


def test_a_change_fails_as_soon_as_its_validation_does(place: Place, server: Server) -> None:
    find, _ = KINDS["zygote loading a change"]
    with under_way(place, server, TWO_MARKS) as answer:
        caught(find, server)
        assert problem(answer.result()) == (422, "shapes-violated")
    assert len(family(place.folder)) == 4
    assert change(place, server, update(1)).status_code == 204


def test_a_validation_that_breaks_says_nothing_of_the_data(place: Place, server: Server) -> None:
    (place.settings.ontology / "shapes.ttl").write_text("no Turtle", encoding="utf-8")
    assert problem(change(place, server, update(1))) == (503, "worker-lost")
    assert seen(server).ledger == frozenset()


def test_told_to_stop_the_server_ends_the_change_that_it_has_begun(place: Place, server: Server) -> None:
    with under_way(place, server, update(1)) as answer:
        assert eventually(lambda: bool(validators(server.process.pid)), 20)
        server.process.terminate()
        assert answer.result().status_code == 204
    assert server.process.wait(20) == 0
    assert family(place.folder) == []
    assert Seen.in_folder(place.state).ledger == {1}


def test_a_change_that_outlasts_the_drain_is_not_made(tmp_path: Path) -> None:
    place = Place.made(tmp_path, drain_seconds=0.5)
    with ExitStack() as stack:
        server = place.run(stack)
        with under_way(place, server, update(1)) as answer:
            caught(validators, server)
            server.process.terminate()
            assert server.process.wait(20) == 0
            assert answer.exception() is not None or answer.result().status_code >= 500
    assert eventually(lambda: not family(place.folder))
    assert Seen.in_folder(place.state).ledger == frozenset()
    assert listing(place.state) == ["audit.jsonl", "lock"]


def test_what_a_crash_leaves_behind_is_gone_after_the_next_start(place: Place) -> None:
    ledger = Ledger()
    with ExitStack() as stack:
        server = place.run(stack)
        assert change(place, server, update(ledger.begin())).status_code == 204
        ledger.end(acknowledged=True)
    before = listing(place.state)
    assert eventually(lambda: not family(place.folder))
    for name in (".current.0a1b2c3d.part", f".{64 * 'e'}.nq.0a1b2c3d.part", f"{64 * 'e'}.nq"):
        (place.state / name).write_bytes(b"half")
    with ExitStack() as stack:
        assert not ledger.lost(seen(place.run(stack)))
        assert listing(place.state) == before


def test_a_server_has_one_zygote_after_many_changes(place: Place, server: Server) -> None:
    for number in (1, 3, 5):
        assert change(place, server, update(number)).status_code == 204
    assert eventually(lambda: len(zygotes(server.process.pid)) == 1)
    assert eventually(lambda: len(family(place.folder)) == 4)
    outcomes = [json.loads(line)["outcome"] for line in (place.state / "audit.jsonl").read_text().splitlines()]
    assert outcomes == ["committed"] * 3


def test_an_answer_that_is_lost_before_its_first_part_is_a_problem_and_no_cut() -> None:
    class Source(asyncio.ReadTransport):
        """A worker that sends nothing."""

    async def main() -> list[Message]:
        sent: list[Message] = []
        closed: list[bool] = []
        answer = AnswerStream(JSON, Source())
        answer.finish(ConnectionResetError("the worker has ended"), 0)
        response = StreamedResult(LentStream(answer, lambda: closed.append(True)), {})

        async def send(message: Message) -> None:
            sent.append(message)

        with pytest.raises(WorkerLost):
            await response({"type": "http"}, never, send)
        assert closed == [True]
        return sent

    assert asyncio.run(main()) == []


async def never() -> Message:
    """Receive nothing."""
    message: Message = await asyncio.get_running_loop().create_future()
    return message

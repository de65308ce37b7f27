"""A disk that takes no more: a problem, nothing changed, and all is well once there is room again.

A limit on the size of files stands for the disk: to the server it is the same, an OSError in the middle of writing.
"""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from kills import Place, listing
from ledger import Seen, update
from relatives import family
from test_moments import change, seen

from hct_kg.audit import FILE
from serving import Server, eventually, problem

ROOM = 50_000
"""Bytes; a snapshot of the invented data is larger."""


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place.made(tmp_path)


@contextmanager
def no_file_larger(server: Server, size: int) -> Iterator[None]:
    """Have the server write no file beyond a size in bytes."""
    soft, hard = resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (size, hard))
    yield
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (soft, hard))


def test_a_change_that_finds_no_room_is_not_made_and_the_next_one_is(place: Place) -> None:
    with ExitStack() as stack:
        server = place.run(stack)
        assert change(place, server, update(1)).status_code == 204
        before = listing(place.state)
        with no_file_larger(server, ROOM):
            for _ in range(3):
                assert problem(change(place, server, update(3))) == (507, "change-not-kept")
            assert listing(place.state) == before
            assert seen(server).ledger == {1}
        assert change(place, server, update(3)).status_code == 204
        assert seen(server).ledger == {1, 3}
        assert eventually(lambda: len(family(place.folder)) == 4)
    assert "cannot be written: File too large" in (place.folder / "log").read_text()


def test_a_change_that_cannot_become_the_current_one_is_not_made(place: Place) -> None:
    with ExitStack() as stack:
        server = place.run(stack)
        (place.state / "current" / "in the way").mkdir(parents=True)
        assert problem(change(place, server, update(1))) == (507, "change-not-kept")
        assert eventually(lambda: len(family(place.folder)) == 4)
        (place.state / "current" / "in the way").rmdir()
        (place.state / "current").rmdir()
        assert listing(place.state) == ["audit.jsonl", "lock"]
        assert seen(server).ledger == frozenset()
        assert change(place, server, update(1)).status_code == 204
    assert eventually(lambda: not family(place.folder))
    assert Seen.in_folder(place.state).ledger == {1}


def test_a_change_is_acknowledged_also_where_its_line_in_the_audit_finds_no_room(place: Place) -> None:
    place.state.mkdir()
    (place.state / FILE).write_bytes(b"{}\n" * 400_000)
    with ExitStack() as stack:
        server = place.run(stack)
        with no_file_larger(server, 1_000_000):
            assert change(place, server, update(1)).status_code == 204
            assert seen(server).ledger == {1}
            # The log is written by and by, and what a killed server has not written yet is lost.
            log = place.folder / "log"
            assert eventually(lambda: "audit.jsonl, cannot be written: File too large" in log.read_text())

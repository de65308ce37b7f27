"""The state folder: the old state or the new one, whatever happens, and one server at a time."""

from __future__ import annotations

import resource
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from hct_kg.errors import ChangeNotKept, DataError, SettingsError
from hct_kg.state import State

Opened = Callable[[Path], State]


@pytest.fixture
def opened() -> Iterator[Opened]:
    """Open folders that are closed at the end of the test."""
    with ExitStack() as stack:
        yield lambda folder: stack.enter_context(closing(State.open(folder)))


def test_what_is_published_is_there_again(opened: Opened, tmp_path: Path) -> None:
    state = opened(tmp_path / "state")
    assert state.current() is None
    first = state.write(b"<urn:a> <urn:b> <urn:c> .\n")
    assert state.current() is None
    state.publish(first)
    state.close()
    again = opened(tmp_path / "state")
    assert again.current() == first


def test_only_the_current_snapshot_stays(opened: Opened, tmp_path: Path) -> None:
    state = opened(tmp_path)
    state.publish(state.write(b"one"))
    second = state.write(b"two")
    state.publish(second)
    assert state.current() == second
    assert list(tmp_path.glob("*.nq")) == [second]


def test_a_snapshot_that_is_given_up_is_removed_but_not_the_current_one(opened: Opened, tmp_path: Path) -> None:
    state = opened(tmp_path)
    current, candidate = state.write(b"one"), state.write(b"two")
    state.publish(current)
    candidate = state.write(b"two")
    state.discard(candidate)
    state.discard(state.write(b"one"))
    assert list(tmp_path.glob("*.nq")) == [current]


def test_what_a_stopped_server_leaves_behind_is_removed_and_nothing_else(opened: Opened, tmp_path: Path) -> None:
    state = opened(tmp_path)
    current = state.write(b"one")
    state.publish(current)
    state.write(b"never published")
    state.close()
    for name in (".current.0a1b_c3d.part", f".{current.name}.0a1b2c3d.part", "audit.jsonl", "mine.nq", ".current.copy"):
        (tmp_path / name).write_bytes(b"half")
    assert opened(tmp_path).current() == current
    kept = {"lock", "current", current.name, "audit.jsonl", "mine.nq", ".current.copy"}
    assert {path.name for path in tmp_path.iterdir()} == kept


def test_snapshots_stay_where_the_current_one_is_missing(opened: Opened, tmp_path: Path) -> None:
    state = opened(tmp_path)
    current = state.write(b"two")
    state.publish(current)
    older = state.write(b"one")
    current.unlink()
    state.close()
    with pytest.raises(DataError, match="which is not there"):
        opened(tmp_path).current()
    assert older.is_file()


def test_a_folder_that_cannot_be_written_is_named_in_the_log_alone_and_stays_as_it_was(
    opened: Opened, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    state = opened(tmp_path / "state")
    current = state.write(b"one")
    state.publish(current)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))
    try:
        with pytest.raises(ChangeNotKept, match="to its disk: File too large") as caught:
            state.write(b"x" * 1000)
        assert str(tmp_path) not in str(caught.value)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert state.current() == current
    assert {path.name for path in (tmp_path / "state").iterdir()} == {"lock", "current", current.name}


def test_two_servers_cannot_have_one_folder(opened: Opened, tmp_path: Path) -> None:
    state = opened(tmp_path)
    with pytest.raises(SettingsError, match="in use by another server"):
        opened(tmp_path)
    state.close()
    opened(tmp_path).close()


@pytest.mark.parametrize("harm", ["remove", "change"])
def test_a_damaged_snapshot_is_noticed(opened: Opened, tmp_path: Path, harm: str) -> None:
    state = opened(tmp_path)
    path = state.write(b"<urn:a> <urn:b> <urn:c> .\n")
    state.publish(path)
    if harm == "remove":
        path.unlink()
    else:
        path.write_bytes(b"")
    with pytest.raises(DataError, match="restore the folder from a backup"):
        state.current()


def test_a_folder_that_cannot_be_made_is_named(opened: Opened, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsError, match="cannot be used"):
        opened(tmp_path / "file" / "state")

"""The state folder: which snapshot of the data is the current one, kept through any crash.

    current          the name of the current snapshot
    <SHA-256>.nq     a snapshot, named by its content
    lock             held by the one server that may write here

A snapshot is complete on disk before `current` names it, and `current` is replaced by a rename: whenever the
machine stops, the folder holds the old state or the new one. What a stopped server leaves beside it (a snapshot
that was not to be the current one yet, half a file) is removed when the folder is opened.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import logging
import re
from collections.abc import Callable
from pathlib import Path
from typing import IO

from hct_kg.durable import is_unfinished, replace_file
from hct_kg.errors import ChangeNotKept, DataError, SettingsError

log = logging.getLogger(__name__)

CURRENT = "current"
LOCK = "lock"
SNAPSHOT = re.compile(r"[0-9a-f]{64}\.nq")


class State:
    """An open state folder; nobody else can open it until this is closed."""

    def __init__(self, folder: Path, lock: IO[bytes]) -> None:
        self.folder = folder
        self._lock = lock

    @classmethod
    def open(cls, folder: Path) -> State:
        """Open a folder, made if need be; raises SettingsError where that fails or another server has it."""
        try:
            folder.mkdir(parents=True, exist_ok=True)
            lock = (folder / LOCK).open("ab")
        except OSError as error:
            raise SettingsError(f"the state folder {folder} cannot be used: {error.strerror}") from None
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.close()
            raise SettingsError(f"the state folder {folder} is in use by another server") from None
        state = cls(folder, lock)
        state._tidy(is_unfinished)
        state._tidy_snapshots()
        return state

    def close(self) -> None:
        """Let others have the folder."""
        self._lock.close()

    def current(self) -> Path | None:
        """Return the current snapshot, checked; None where nothing was ever changed.

        Raises DataError where it is missing or is not what was written.
        """
        name = self._current_name()
        if name is None:
            return None
        path = self.folder / name
        if not path.is_file():
            raise DataError(
                f"names {name}, which is not there: restore the folder from a backup", self.folder / CURRENT
            )
        if hashlib.sha256(path.read_bytes()).hexdigest() != path.stem:
            raise DataError("is not what was written: restore the folder from a backup", path)
        return path

    def write(self, snapshot: bytes) -> Path:
        """Write a snapshot to disk, named by its content; it is not the current one yet. Raises ChangeNotKept."""
        path = self.folder / f"{hashlib.sha256(snapshot).hexdigest()}.nq"
        if not path.exists():
            self._replace(path, snapshot)
        return path

    def publish(self, snapshot: Path) -> None:
        """Make a snapshot the current one, for good; the others are removed. Raises ChangeNotKept."""
        self._replace(self.folder / CURRENT, f"{snapshot.name}\n".encode())
        self._tidy_snapshots()

    def discard(self, snapshot: Path) -> None:
        """Remove a snapshot that is not to become the current one."""
        if snapshot.name != self._current_name():
            snapshot.unlink(missing_ok=True)

    def _current_name(self) -> str | None:
        """Return what `current` names."""
        pointer = self.folder / CURRENT
        return pointer.read_text(encoding="utf-8").strip() if pointer.is_file() else None

    def _replace(self, path: Path, content: bytes) -> None:
        """Replace a file of the folder; it is the old one where that fails."""
        try:
            replace_file(path, content)
        except OSError as error:
            log.error("the state folder %s cannot be written: %s", self.folder, error.strerror)
            raise ChangeNotKept(
                f"The service could not write the change to its disk: {error.strerror}. Nothing is changed."
            ) from None

    def _tidy_snapshots(self) -> None:
        """Remove all snapshots but the current one; none where that is not there, for a person may need them."""
        current = self._current_name()
        if current is None or (self.folder / current).is_file():
            self._tidy(lambda name: SNAPSHOT.fullmatch(name) is not None and name != current)

    def _tidy(self, unwanted: Callable[[str], bool]) -> None:
        """Remove files by their names; one that cannot be removed does no harm."""
        for path in self.folder.iterdir():
            if unwanted(path.name):
                with contextlib.suppress(OSError):
                    path.unlink()

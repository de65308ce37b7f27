"""The state folder: which snapshot of the data is the current one, kept through any crash.

    current          the name of the current snapshot
    <SHA-256>.nq     a snapshot, named by its content
    lock             held by the one server that may write here

A snapshot is complete on disk before `current` names it, and `current` is replaced by a rename: whenever the
machine stops, the folder holds the old state or the new one.
"""

from __future__ import annotations

import fcntl
import hashlib
from pathlib import Path
from typing import IO

from hct_kg.durable import replace_file
from hct_kg.errors import DataError, SettingsError

CURRENT = "current"
LOCK = "lock"


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
        return cls(folder, lock)

    def close(self) -> None:
        """Let others have the folder."""
        self._lock.close()

    def current(self) -> Path | None:
        """Return the current snapshot, checked; None where nothing was ever changed.

        Raises DataError where it is missing or is not what was written.
        """
        pointer = self.folder / CURRENT
        if not pointer.exists():
            return None
        path = self.folder / pointer.read_text(encoding="utf-8").strip()
        if not path.is_file():
            raise DataError(f"names {path.name}, which is not there: restore the folder from a backup", pointer)
        if hashlib.sha256(path.read_bytes()).hexdigest() != path.stem:
            raise DataError("is not what was written: restore the folder from a backup", path)
        return path

    def write(self, snapshot: bytes) -> Path:
        """Write a snapshot to disk, named by its content; it is not the current one yet."""
        path = self.folder / f"{hashlib.sha256(snapshot).hexdigest()}.nq"
        if not path.exists():
            replace_file(path, snapshot)
        return path

    def publish(self, snapshot: Path) -> None:
        """Make a snapshot the current one, for good; the others are removed."""
        replace_file(self.folder / CURRENT, f"{snapshot.name}\n".encode())
        for path in self.folder.glob("*.nq"):
            if path != snapshot:
                path.unlink()

    def discard(self, snapshot: Path) -> None:
        """Remove a snapshot that is not to become the current one."""
        if snapshot != self.current():
            snapshot.unlink(missing_ok=True)

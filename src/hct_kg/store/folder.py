"""The folder of a dataset on disk: its versions, which of them is the current one, and who may change that.

    current           the name of the current version
    version-…/        one version: archive and index, never changed once it is the current one
    unfinished/       what `hct-kg load` is making, or was when it was stopped
    lock              held by whoever makes a version

A version is complete on disk before `current` names it, and `current` is replaced by a rename: whenever a process or
the machine stops, the folder holds the old state or the new one. What is neither is removed by the next who has the
lock. A version that was the current one stays while somebody reads there (see `on_disk_store`).
"""

from __future__ import annotations

import contextlib
import fcntl
import logging
import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

from hct_kg.durable import is_unfinished, replace_file, sync_folder
from hct_kg.errors import ChangeNotKept, SettingsError
from hct_kg.store.on_disk_store import IN_USE

log = logging.getLogger(__name__)

NOTHING_YET = "holds no dataset yet: put one there with `hct-kg load`"
CURRENT, LOCK, UNFINISHED = "current", "lock", "unfinished"
VERSION, CHANGE, REMOVED = "version-", "change-", "removed-"


class Folder:
    """A folder of versions, of which one may be the current one."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock: int | None = None

    @property
    def unfinished(self) -> Path:
        """Where a load makes its version."""
        return self.path / UNFINISHED

    def current(self) -> Path | None:
        """Return the current version's folder, None where there is none yet; raises SettingsError."""
        try:
            name = (self.path / CURRENT).read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise SettingsError(f"the folder {self.path} cannot be used: {error.strerror}") from None
        return self.path / name

    def take(self) -> None:
        """Be the one who makes versions, in a folder that is made if need be, and clear away what others have left.

        Raises SettingsError.
        """
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(self.path / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise SettingsError(f"the folder {self.path} cannot be written: {error.strerror}") from None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(descriptor)
            raise SettingsError(
                f"the folder {self.path} is being changed by another process; try again after"
            ) from None
        self._lock = descriptor
        self.tidy()

    def release(self) -> None:
        """Let others make versions."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    @contextlib.contextmanager
    def taken(self) -> Iterator[None]:
        """Be the one who makes versions, for the time of a block."""
        self.take()
        try:
            yield
        finally:
            self.release()

    def make(self, kind: str = VERSION) -> Path:
        """Make a new folder within."""
        made = self.path / f"{kind}{secrets.token_hex(8)}"
        made.mkdir(mode=0o700)
        return made

    def publish(self, version: Path) -> None:
        """Make a version the current one, for good; raises ChangeNotKept, and nothing is changed."""
        try:
            sync(version)
            replace_file(self.path / CURRENT, f"{version.name}\n")
        except OSError as error:
            log.error("the folder %s cannot be written: %s", self.path, error.strerror)
            raise ChangeNotKept(
                f"The change could not be written to disk: {error.strerror}. Nothing is changed."
            ) from None
        self.tidy()

    def tidy(self) -> None:
        """Remove what is neither the current version, nor read by somebody, nor a load to go on with."""
        current = self.current()
        if current is not None and not current.is_dir():
            return  # a person may need what is left
        for path in self.path.iterdir():
            if path.name.startswith((VERSION, CHANGE, REMOVED)) and path != current:
                remove_unused(path)
            elif path.name.startswith(f"{UNFINISHED}-"):
                shutil.rmtree(path, ignore_errors=True)
            elif is_unfinished(path.name):
                path.unlink(missing_ok=True)


def remove_unused(version: Path) -> None:
    """Remove a version's folder unless somebody reads there; what cannot be removed does no harm."""
    try:
        descriptor = os.open(version / IN_USE, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError:
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        gone = version.with_name(f"{REMOVED}{secrets.token_hex(8)}")
        version.rename(gone)
        shutil.rmtree(gone, ignore_errors=True)
    except OSError:
        pass  # it is in use
    finally:
        os.close(descriptor)


def sync(folder: Path) -> None:
    """Have a folder with all that is in it survive a crash of the machine; raises OSError."""
    for path in folder.rglob("*"):
        if path.is_file():
            descriptor = os.open(path, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
    for path in (*(path for path in folder.rglob("*") if path.is_dir()), folder):
        sync_folder(path)

"""A folder on disk as a place to load into: see `loading` and `folder`."""

from __future__ import annotations

import os
from pathlib import Path

from hct_kg.errors import ChangeNotKept, DataError
from hct_kg.store.archive import Archive
from hct_kg.store.folder import Folder, remove_unused
from hct_kg.store.loading import Progress, unheard
from hct_kg.store.on_disk_store import open_shared


class OnDiskTarget:
    """The folder of a dataset while a command loads into it; services may go on reading there."""

    wants_index = True

    def __init__(self, path: Path) -> None:
        self._folder = Folder(path)
        self._reading: int | None = None

    @property
    def workplace(self) -> Path:
        """The folder's own place for what is unfinished."""
        return self._folder.unfinished

    def begin(self) -> None:
        """Take the folder's lock."""
        self._folder.take()

    def current(self) -> Archive | None:
        """Return the current version, which stays until another one is put or this is closed."""
        while (version := self._folder.current()) is not None:
            try:
                self._reading = open_shared(version)
                return Archive.open(version)
            except DataError:
                self._let_go()
                if self._folder.current() == version:
                    raise
        return None

    def put(self, archive: Archive, progress: Progress = unheard) -> None:
        """Make the archive, with the index in its folder, the current version."""
        self._let_go()
        version = self._folder.make()
        try:
            version.rmdir()
            archive.folder.rename(version)
        except OSError as error:
            raise ChangeNotKept(f"{version} cannot be made: {error.strerror}. Nothing is changed.") from None
        try:
            self._folder.publish(version)
        except BaseException:
            if self._folder.current() != version:
                remove_unused(version)
            raise

    def close(self) -> None:
        """Release the folder's lock."""
        self._let_go()
        self._folder.release()

    def _let_go(self) -> None:
        """Let the version that was read be removed."""
        if self._reading is not None:
            os.close(self._reading)
            self._reading = None

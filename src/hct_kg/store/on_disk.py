"""The engine on disk: each version is a folder that is never changed, read by processes that hold little in memory.

Any number of servers may read one folder; whoever changes it makes a new version beside the current one. They see
within a second which version is the current one.
"""

from __future__ import annotations

import asyncio
import json
import logging
import shutil
from pathlib import Path

from hct_kg.apart import run_apart
from hct_kg.errors import ChangeNotKept, DataError, HctError, SettingsError
from hct_kg.settings import Settings
from hct_kg.store.archive import Archive
from hct_kg.store.changing_apart import change_apart, check_size
from hct_kg.store.engine import Edition, Outcome
from hct_kg.store.folder import CHANGE, NOTHING_YET, Folder
from hct_kg.store.pool import Pools
from hct_kg.store.snapshots import archive_snapshot
from hct_kg.store.values import Change
from hct_kg.store.wire import read_error

log = logging.getLogger(__name__)

REFUSED = 3
PAUSE = 1.0
"""Seconds between looks at which version is the current one."""


class OnDisk:
    """The dataset of a folder (see `folder`)."""

    def __init__(self, settings: Settings) -> None:
        assert settings.store is not None, "there is a folder"
        self._settings = settings
        self._folder = Folder(Path(settings.store))
        self._served: Path | None = None
        self._held: dict[Path, Path] = {}

    async def open(self) -> Pools:
        """Open the current version, also where another one takes its place meanwhile."""
        while True:
            version = self._folder.current()
            if version is None:
                raise DataError(NOTHING_YET, self._folder.path)
            try:
                pools = await Pools.start(self._settings, version)
            except DataError:
                if self._folder.current() == version:
                    raise
                continue
            self._served = version
            return pools

    async def change(self, current: Edition, request: Change) -> Outcome:
        """Have a worker make the change of a copy in memory; until its outcome is published, nobody else makes one."""
        check_size(current.triples, self._settings)
        await asyncio.to_thread(self._take)
        place = self._folder.make(CHANGE)
        try:
            before, after = place / "before.nq", place / "after.nq"
            if self._served is None or self._served != self._folder.current():
                raise ChangeNotKept(
                    "Somebody else has changed the dataset in this moment. Nothing is changed; try again."
                )
            await asyncio.to_thread(archive_snapshot, Archive.open(self._served), before)
            answer = await change_apart(self._settings, before, request)
            await asyncio.to_thread(after.write_bytes, answer.body)
            return Outcome(after, answer.existed)
        except BaseException as error:
            self._clear(place)
            if isinstance(error, OSError):
                raise not_kept(error) from None
            raise

    async def hold(self, outcome: Outcome) -> Pools:
        """Make a version of a snapshot in a process apart, and open it."""
        version = self._folder.make()
        self._held[outcome.snapshot] = version
        settings = self._settings
        folders = (settings.ontology, settings.queries, outcome.snapshot, version)
        ended = await run_apart("hct_kg.building", *map(str, folders))
        if ended.code == REFUSED:
            raise read_error(json.loads(ended.output))
        if ended.code != 0:
            log.error("the process that makes a version has ended with %d: %s", ended.code, ended.complaints[-2000:])
            raise ChangeNotKept("The change could not be written to disk. Nothing is changed.")
        return await Pools.start(settings, version)

    async def publish(self, outcome: Outcome, edition: Edition) -> None:
        """Have the folder name the version its current one."""
        version, before = self._held[outcome.snapshot], self._served
        self._served = version  # before the others see it: it is no news to us
        try:
            await asyncio.to_thread(self._folder.publish, version)
        except BaseException:
            self._served = before
            raise
        del self._held[outcome.snapshot]
        self._clear(outcome.snapshot.parent)

    async def discard(self, outcome: Outcome) -> None:
        """Remove the snapshot, and what was made of it."""
        version = self._held.pop(outcome.snapshot, None)
        if version is not None:
            shutil.rmtree(version, ignore_errors=True)
        self._clear(outcome.snapshot.parent)

    async def superseded(self, current: Edition) -> None:
        """Look once a second which version is the current one."""
        while self._folder.current() in (None, self._served):  # noqa: ASYNC110 - other processes set no event of ours
            await asyncio.sleep(PAUSE)

    async def close(self) -> None:
        """Let others make versions."""
        self._folder.release()

    def _take(self) -> None:
        """Be the one who makes a version; raises ChangeNotKept where somebody else is."""
        try:
            self._folder.take()
        except SettingsError as error:
            log.warning("%s", error)
            raise ChangeNotKept("Somebody else is changing the dataset. Nothing is changed; try again.") from None

    def _clear(self, place: Path) -> None:
        """Remove what a change needed, and let others make one."""
        shutil.rmtree(place, ignore_errors=True)
        self._folder.release()


def not_kept(error: OSError) -> HctError:
    """Return the error of a change that the disk does not take."""
    log.error("a change cannot be written: %s", error.strerror)
    return ChangeNotKept(f"The change could not be written to disk: {error.strerror}. Nothing is changed.")

"""The embedded engine: each version is held in memory by processes of its own, and kept as a file where it may change.

Without a state folder nothing is kept, so nothing can be changed.
"""

from __future__ import annotations

import asyncio

from hct_kg.errors import UpdatesDisabled
from hct_kg.settings import Settings
from hct_kg.state import State
from hct_kg.store.engine import Edition, Outcome
from hct_kg.store.pool import Pools
from hct_kg.store.values import Change

HOW_TO_ENABLE = "Start the service with --writable, a keys file and a state folder."


class InMemory:
    """The dataset of a data folder or, once it was changed, of the state folder's current snapshot."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._folder = State.open(settings.state) if settings.state else None

    async def open(self) -> Pools:
        """Load the state folder's version, else that of the data folder."""
        snapshot = self._folder.current() if self._folder else None
        return await Pools.start(self._settings, snapshot or self._settings.data)

    async def change(self, current: Edition, request: Change) -> Outcome:
        """Have a worker of the current version make the change of its own copy."""
        assert isinstance(current, Pools), "each engine is given its own editions"
        answer = await current.change(request)
        snapshot = await asyncio.to_thread(self._state.write, answer.body)
        return Outcome(snapshot, answer.existed)

    async def hold(self, outcome: Outcome) -> Pools:
        """Load a snapshot in processes of its own."""
        return await Pools.start(self._settings, outcome.snapshot)

    async def publish(self, outcome: Outcome, edition: Edition) -> None:
        """Have the state folder name the snapshot its current one."""
        await asyncio.to_thread(self._state.publish, outcome.snapshot)

    async def discard(self, outcome: Outcome) -> None:
        """Remove the snapshot."""
        self._state.discard(outcome.snapshot)

    async def superseded(self, current: Edition) -> None:
        """Wait for good: the state folder is locked, and the data folder is read once."""
        await asyncio.get_running_loop().create_future()

    async def close(self) -> None:
        """Let others have the state folder."""
        if self._folder is not None:
            self._folder.close()

    @property
    def _state(self) -> State:
        """The state folder; raises UpdatesDisabled where there is none."""
        if self._folder is None:
            raise UpdatesDisabled(f"This service takes no changes. {HOW_TO_ENABLE}")
        return self._folder

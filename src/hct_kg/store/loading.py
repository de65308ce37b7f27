"""What `hct-kg load`, `backup` and `restore` need of a place where a dataset is kept, whichever it is.

A load never writes to the place itself until everything is ready: the new version is made beside, on disk, as an
archive (see `archive`): data, what follows from it, the questions, and its name. The place then takes the archive
over, whole or not at all.

    target.begin()             nobody else may load or change; what an ended command left behind is cleared away
    target.current()           the version that is there, as an archive: what the load does not replace is taken from it
    target.put(archive, …)     the archive becomes the current version
    target.close()             others may load or change again
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from hct_kg.store.archive import Archive

Progress = Callable[[str, int, int], None]
"""Is told what is being done, how much of it is done, and of how much (0: nobody knows)."""


def unheard(what: str, done: int, of: int) -> None:
    """Take a report of progress that nobody wants."""


class Target(Protocol):
    """A place where a dataset is kept, while a command loads into it; used by one thread."""

    @property
    def wants_index(self) -> bool:
        """Whether the folder of an archive that is put must hold an index of it as well (see `indexing`)."""
        ...

    @property
    def workplace(self) -> Path:
        """A folder for what is made before it is put, kept until the next command: a load goes on from there."""
        ...

    def begin(self) -> None:
        """Keep others from loading and changing; raises SettingsError where somebody is at it, and EngineError."""
        ...

    def current(self) -> Archive | None:
        """Return the current version, its ontology and derived graphs included; None where there is nothing yet.

        A place that holds no archive makes one, in a folder of its own. Raises DataError and EngineError.
        """
        ...

    def put(self, archive: Archive, progress: Progress = unheard) -> None:
        """Make an archive the current version. Afterwards the place holds that or what it held before.

        Graphs whose SHA-256 is that of the current version's need not be written again. Raises ChangeNotKept and
        EngineError.
        """
        ...

    def close(self) -> None:
        """Let others load and change."""
        ...

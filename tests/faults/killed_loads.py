"""Kills of `hct-kg load`, `backup` and `restore` over one folder on disk; of a server over it: see `killed_changes`."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from typing import Any

from kills import listing

from editing import Editor
from hct_kg import keys
from hct_kg.dataset import open_dataset
from hct_kg.loading import backup, unpacked
from hct_kg.settings import Settings
from hct_kg.store.archive import Archive
from hct_kg.store.folder import Folder
from hct_kg.store.on_disk_target import OnDiskTarget
from serving import EX, GRAPH, Server, invented, running
from stored import put

LEAVES = 3000
IN_GRAPH = f"{GRAPH}leaves"
EDITIONS = f"SELECT ?edition (COUNT(*) AS ?n) {{ ?leaf <{EX}edition> ?edition }} GROUP BY ?edition"
EVERYTHING = "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }"


@dataclass
class Place:
    """A folder with a dataset on disk, whose one graph `leaves` is replaced again and again."""

    folder: Path
    settings: Settings
    key: str
    number: int = 0
    others: dict[str, str] = field(default_factory=dict)
    """The digests of all other graphs, which are never changed."""

    @classmethod
    def made(cls, folder: Path) -> Place:
        _, key = keys.add(folder / "keys.json", "writer", "write")
        limits = {"query_seconds": 20.0, "write_seconds": 60.0}
        settings = invented(folder, writable=True, keys=folder / "keys.json", **limits)
        place = cls(folder, replace(settings, store=str(folder / "store")), key)
        place.write()
        put(place.store, place.settings, [place.settings.data, place.leaves])
        return place

    @property
    def store(self) -> Path:
        return self.folder / "store"

    @property
    def leaves(self) -> Path:
        return self.folder / "leaves.ttl"

    @property
    def kept(self) -> Path:
        """The backup."""
        return self.folder / "kept.tar"

    def write(self) -> None:
        """Write the next edition of the leaves: as many triples as ever, each with the edition's number."""
        self.number += 1
        self.leaves.write_text("".join(f"<{EX}leaf{leaf}> <{EX}edition> {self.number} .\n" for leaf in range(LEAVES)))

    def put(self) -> None:
        """Load the next edition."""
        self.write()
        put(self.store, self.settings, [self.leaves])

    def archive(self) -> Archive:
        """Return the current version; fail where it is not what it says, or another graph than the leaves is new."""
        version = Folder(self.store).current()
        assert version is not None
        archive = Archive.open(version)
        archive.check()
        others = {graph.name: graph.sha256 for graph in archive.graphs if graph.iri != IN_GRAPH}
        self.others = self.others or others
        assert others == self.others
        return archive

    def edition(self) -> int:
        """Return which edition is there; fail where there are two, or not all of it, or the rest is not there."""
        archive = self.archive()
        store = open_dataset(self.settings.ontology, archive.folder, self.settings.queries).store
        return edition_in(archive, lambda query: json.loads(store.rows_as_json(query))["results"]["bindings"])

    def served(self, server: Server) -> int:
        """Return which edition a server answers from; fail as `edition` does."""
        return edition_in(self.archive(), server.select)

    def serve(self, stack: ExitStack) -> Editor:
        """Start a server over the folder."""
        return Editor(running(self.settings, stack), {"write": {"Authorization": f"Bearer {self.key}"}})

    def command(self, *arguments: str) -> list[str]:
        folders = ("--ontology", str(self.settings.ontology), "--queries", str(self.settings.queries))
        given = folders if arguments[0] == "load" else ()
        return [sys.executable, "-m", "hct_kg", *arguments, "--store", str(self.store), *given]


def edition_in(archive: Archive, select: Callable[[str], list[dict[str, Any]]]) -> int:
    """Return which edition answers are from, where they are from all of it and all else in the archive."""
    (row,) = select(EDITIONS)
    assert int(row["n"]["value"]) == LEAVES
    (everything,) = select(EVERYTHING)
    assert int(everything["n"]["value"]) == archive.triples
    return int(row["edition"]["value"])


@dataclass
class Found:
    """How many kills left the state before, and how many the one after.

    `acknowledged` counts the changes that were, before the server was killed; `ended` the commands that had ended well
    before, which is no kill. `slowest` is the longest time to open what was left, in seconds: for a server, until it
    was ready.
    """

    old: int = 0
    new: int = 0
    acknowledged: int = 0
    ended: int = 0
    slowest: float = 0.0

    @property
    def kills(self) -> int:
        return self.old + self.new

    def count(self, state: object, before: object, after: object) -> None:
        """Count a kill; fail where it left neither of two states."""
        assert state in (before, after)
        self.new += state == after
        self.old += state != after

    def count_command(self, ended: bool, state: object, before: object, after: object) -> None:
        """Count the kill of a command; fail where it left neither of two states, or had ended and not made the one."""
        if ended:
            assert state == after, f"told done and lost: {after}"
            self.ended += 1
        else:
            self.count(state, before, after)


def kill(command: list[str], life: float, random: Random) -> bool:
    """Start a command and kill it at a random moment of its life; return whether it had ended well before."""
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        time.sleep(random.uniform(0, life))
        process.kill()
    return process.returncode == 0


def lifetime(command: list[str]) -> float:
    """Return how long a command takes, in seconds."""
    begun = time.monotonic()
    subprocess.run(command, check=True, capture_output=True)
    return time.monotonic() - begun


def look(place: Place, found: Found, ended: bool, before: int, after: int) -> None:
    """Look at what the kill of a command has left: one of two states, whole."""
    begun = time.monotonic()
    edition = place.edition()
    found.slowest = max(found.slowest, time.monotonic() - begun)
    found.count_command(ended, edition, before, after)


def kill_loads(place: Place, kills: int, random: Random) -> Found:
    """Kill loads of the next edition; in the end one is let through."""
    found = Found()
    place.write()
    life = lifetime(place.command("load", str(place.leaves)))
    while found.kills < kills:
        before = place.edition()
        place.write()
        ended = kill(place.command("load", str(place.leaves)), 1.1 * life, random)
        look(place, found, ended, before, place.number)
    subprocess.run(place.command("load", str(place.leaves)), check=True, capture_output=True)
    assert place.edition() == place.number
    assert set(left(place)) == {"current", "lock", "version"}
    return found


def kill_backups(place: Place, kills: int, random: Random) -> Found:
    """Kill backups: the file is the older one (every other time there is none) or the new one, the dataset as ever."""
    found = Found()
    life = lifetime(place.command("backup", str(place.kept)))
    while found.kills < kills:
        if random.random() < 0.5:
            place.kept.unlink(missing_ok=True)
        before = backed_up(place)
        place.put()
        version = place.archive().version
        ended = kill(place.command("backup", str(place.kept)), 1.1 * life, random)
        begun = time.monotonic()
        after = backed_up(place)
        found.slowest = max(found.slowest, time.monotonic() - begun)
        found.count_command(ended, after, before, version)
        assert place.edition() == place.number
    return found


def backed_up(place: Place) -> str | None:
    """Return which version the backup is of; fail where it is not whole."""
    if not place.kept.exists():
        return None
    with unpacked(place.kept) as archive:
        return archive.version


def kill_restores(place: Place, kills: int, random: Random) -> Found:
    """Kill restores of an older edition over a newer one; in the end one is let through."""
    found = Found()
    back_up(place)
    life = lifetime(place.command("restore", str(place.kept)))
    while found.kills < kills:
        older = place.edition()
        back_up(place)
        place.put()
        ended = kill(place.command("restore", str(place.kept)), 1.1 * life, random)
        look(place, found, ended, place.number, older)
    version = backed_up(place)
    subprocess.run(place.command("restore", str(place.kept)), check=True, capture_output=True)
    assert place.archive().version == version
    assert set(left(place)) == {"current", "lock", "version"}
    return found


def back_up(place: Place) -> None:
    """Make a backup, in this process."""
    with closing(OnDiskTarget(place.store)) as target:
        archive = target.current()
        assert archive is not None
        backup(archive, place.kept)


def left(place: Place) -> list[str]:
    """Return what there is in the folder, sorted, without the names that are random."""
    return [name.partition("-")[0] for name in listing(place.store)]


Kind = Callable[[Place, int, Random], Found]
COMMANDS: dict[str, Kind] = {"load": kill_loads, "backup": kill_backups, "restore": kill_restores}

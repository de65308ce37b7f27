"""Kills of `hct-kg load`, `restore` and `backup`, and of a server that is changed, all over one folder on disk."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

from hct_kg.dataset import open_dataset
from hct_kg.settings import Settings
from hct_kg.store.folder import Folder
from serving import EX, invented
from stored import put

LEAVES = 3000


@dataclass
class Place:
    """A folder with a dataset on disk, whose one graph `leaves` is loaded anew again and again."""

    folder: Path
    settings: Settings
    number: int = 0

    @classmethod
    def made(cls, folder: Path) -> Place:
        place = cls(folder, replace(invented(folder, query_seconds=20.0), store=str(folder / "store")))
        place.write()
        put(place.store, place.settings, [place.settings.data, place.leaves])
        return place

    @property
    def store(self) -> Path:
        return self.folder / "store"

    @property
    def leaves(self) -> Path:
        return self.folder / "leaves.ttl"

    def write(self) -> None:
        """Write the next edition of the leaves: as many triples as ever, each with the edition's number."""
        self.number += 1
        self.leaves.write_text("".join(f"<{EX}leaf{leaf}> <{EX}edition> {self.number} .\n" for leaf in range(LEAVES)))

    def edition(self) -> int:
        """Return which edition is there; fail where there are two, or not all of it, or the rest is not there."""
        version = Folder(self.store).current()
        assert version is not None
        dataset = open_dataset(self.settings.ontology, version, self.settings.queries)
        dataset.store.archive.check()  # type: ignore[attr-defined]
        query = f"SELECT ?edition (COUNT(*) AS ?n) {{ ?leaf <{EX}edition> ?edition }} GROUP BY ?edition"
        (row,) = dataset.store.select(query)
        assert int(row["n"].value) == LEAVES
        everything = dataset.store.select("SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }")
        assert int(everything[0]["n"].value) == len(dataset.store)
        return int(row["edition"].value)

    def command(self, *arguments: str) -> list[str]:
        folders = ("--ontology", str(self.settings.ontology), "--queries", str(self.settings.queries))
        given = folders if arguments[0] == "load" else ()
        return [sys.executable, "-m", "hct_kg", *arguments, "--store", str(self.store), *given]


@dataclass
class Found:
    """How many kills left the state before, and how many the one after; the longest time to open what they left."""

    old: int = 0
    new: int = 0
    slowest: float = 0.0


def kill(command: list[str], life: float, random: Random) -> None:
    """Start a command and kill it at a random moment of its life."""
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        time.sleep(random.uniform(0, life))
        process.kill()


def lifetime(command: list[str]) -> float:
    """Return how long a command takes, in seconds."""
    begun = time.monotonic()
    subprocess.run(command, check=True, capture_output=True)
    return time.monotonic() - begun


def look(place: Place, found: Found, before: int, after: int) -> None:
    """Look at what a kill has left: one of two states, whole."""
    begun = time.monotonic()
    edition = place.edition()
    found.slowest = max(found.slowest, time.monotonic() - begun)
    assert edition in (before, after)
    found.new += edition == after
    found.old += edition != after


def kill_loads(place: Place, kills: int, random: Random) -> Found:
    """Kill loads of the next edition; in the end one is let through."""
    found = Found()
    place.write()
    life = lifetime(place.command("load", str(place.leaves)))
    for _ in range(kills):
        before = place.edition()
        place.write()
        kill(place.command("load", str(place.leaves)), 1.1 * life, random)
        look(place, found, before, place.number)
    subprocess.run(place.command("load", str(place.leaves)), check=True, capture_output=True)
    assert place.edition() == place.number
    left = {path.name.partition("-")[0] for path in place.store.iterdir()}
    assert left == {"current", "lock", "version"}
    return found


def kill_restores(place: Place, kills: int, random: Random) -> Found:
    """Kill restores of an older edition over a newer one, and the backups before them."""
    found, kept = Found(), place.folder / "kept.tar"
    life = lifetime(place.command("backup", str(kept)))
    for _ in range(kills):
        older = place.edition()
        kept.unlink(missing_ok=True)
        kill(place.command("backup", str(kept)), 1.1 * life, random)
        assert place.edition() == older
        if not kept.exists():
            subprocess.run(place.command("backup", str(kept)), check=True, capture_output=True)
        place.write()
        put(place.store, place.settings, [place.leaves])
        kill(place.command("restore", str(kept)), 2.0 * life, random)
        look(place, found, place.number, older)
    subprocess.run(place.command("restore", str(kept)), check=True, capture_output=True)
    return found


KINDS: dict[str, Callable[[Place, int, Random], Found]] = {"load": kill_loads, "backup and restore": kill_restores}

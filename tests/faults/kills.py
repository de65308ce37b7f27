"""Series of kills, one kind of process each, while clients read and write; what came of each is tallied."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field, fields
from pathlib import Path
from random import Random
from typing import Any

from ledger import READ, Ledger, Seen
from relatives import Victim, below, family, query_workers, validators, zygotes
from traffic import Traffic, seen_in

from hct_kg import keys
from hct_kg.settings import Settings
from serving import EX, Server, eventually, free_port, invented, running, start

SHAPES = f"""
@prefix sh: <http://www.w3.org/ns/shacl#> .
<{EX}Marked> a sh:NodeShape ; sh:targetSubjectsOf <{EX}last> ; sh:property [ sh:path <{EX}last> ; sh:maxCount 1 ] .
"""
WORKERS = 3
"""Those of both pools, as `invented` has it."""
PATIENCE = 120.0
CHECK_EVERY = 5
"""After each kill the change under way is answered; after so many, another one is waited for as well."""


@dataclass
class Tally:
    """What came of the kills of one kind.

    `old` and `new` count the states found: without the change that was under way at the kill, or with it.
    """

    kind: str
    kills: int = 0
    old: int = 0
    new: int = 0
    mixtures: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    writes: int = 0
    reads: int = 0
    whole: int = 0
    cut: int = 0
    problems: int = 0
    slowest: float = 0.0
    """Seconds from a kill to the next change acknowledged (or, the server being killed, the next start)."""

    @property
    def faultless(self) -> bool:
        """Whether nothing was met that may not be."""
        return not (self.mixtures or self.lost or self.others)

    def add(self, other: Tally) -> None:
        """Add another series of the same kind."""
        slowest = max(self.slowest, other.slowest)
        for item in fields(self)[1:]:
            setattr(self, item.name, getattr(self, item.name) + getattr(other, item.name))
        self.slowest = slowest

    def figures(self) -> list[object]:
        """Return kind and figures, of the faults their numbers."""
        values = [getattr(self, item.name) for item in fields(self)]
        return [len(value) if isinstance(value, list) else value for value in values]

    def take(self, traffic: Traffic) -> None:
        """Add what clients met."""
        self.mixtures += traffic.mixtures
        self.lost += traffic.lost
        self.others += traffic.others
        for name in ("reads", "whole", "cut", "problems"):
            setattr(self, name, getattr(self, name) + getattr(traffic, name))

    def found(self, new: bool) -> None:
        """Count a kill and the state after it."""
        self.kills += 1
        self.new += new
        self.old += not new


@dataclass(frozen=True)
class Place:
    """A folder with the invented data, a state folder and a key that writes."""

    folder: Path
    settings: Settings
    key: str

    @classmethod
    def made(cls, folder: Path, **given: Any) -> Place:
        """Make it in an empty folder."""
        _, key = keys.add(folder / "keys.json", "writer", "write")
        return cls(folder, served(folder, **given), key)

    @property
    def state(self) -> Path:
        """The state folder."""
        return self.folder / "state"

    def traffic(self, server: Server, ledger: Ledger, *, mortal: bool) -> Traffic:
        """Return clients of a server."""
        return Traffic(str(server.client.base_url), self.key, ledger, mortal)

    def run(self, stack: ExitStack) -> Server:
        """Start a server here."""
        return running(self.settings, stack, self.folder / "log")


def served(folder: Path, **given: Any) -> Settings:
    """Write the invented data; the limits are wide, so that only kills end anything."""
    limits = {"query_seconds": 20.0, "write_seconds": 60.0, "notice_seconds": 0.1, **given}
    settings = invented(folder, writable=True, keys=folder / "keys.json", state=folder / "state", **limits)
    (settings.ontology / "shapes.ttl").write_text(SHAPES, encoding="utf-8")
    return settings


Finder = Callable[[int], list[int]]


def change_worker(server: int) -> list[int]:
    """Return the worker that makes a change: it comes after those that answer queries."""
    return [pid for zygote in zygotes(server) for pid in below(zygote)[WORKERS:]]


def candidate(server: int) -> list[int]:
    """Return the zygote that loads the outcome of a change."""
    return zygotes(server)[1:]


KINDS: dict[str, tuple[Finder, float]] = {
    "zygote": (lambda server: zygotes(server)[:1], 0.0),
    "query worker": (query_workers, 0.0),
    "worker of a change": (change_worker, 0.1),
    "zygote loading a change": (candidate, 0.5),
    "validation": (validators, 0.5),
}
"""How the victim is found, and how long it lives, in seconds: the kill comes at a random moment of that."""
SERVER, START = "server", "server starting"
ALL = (SERVER, START, *KINDS)


def kill_parts(place: Place, kind: str, kills: int, random: Random) -> Tally:
    """Kill a part of one server's family again and again; the server goes on throughout."""
    tally, ledger = Tally(kind), Ledger()
    with ExitStack() as stack:
        server = place.run(stack)
        traffic = place.traffic(server, ledger, mortal=False)
        with traffic.flowing():
            while tally.kills < kills:
                kill_part(server, ledger, tally, random)
        assert server.process.poll() is None, "the server has ended"
        assert eventually(lambda: server.client.get("/readyz").status_code == 200, PATIENCE)
        traffic.look_at(seen_in(server.client.get("/sparql", params={"query": READ})), ledger.known())
    tally.take(traffic)
    check_folder(place, ledger, tally)
    tally.writes = len(ledger.acknowledged)
    return tally


def kill_part(server: Server, ledger: Ledger, tally: Tally, random: Random) -> None:
    """Kill one process at a random moment, and wait until a change is acknowledged again."""
    find, life = KINDS[tally.kind]
    time.sleep(random.uniform(0, 0.5))
    found: list[int] = []
    while not found:
        found = find(server.process.pid)
        time.sleep(0.001)
    try:
        victim = Victim(random.choice(found))
    except ProcessLookupError:
        return
    time.sleep(random.uniform(0, life))
    acknowledged, under_way = len(ledger.acknowledged), ledger.under_way
    if not victim.kill():
        return
    killed = time.monotonic()
    assert eventually(lambda: under_way is None or ledger.under_way != under_way, PATIENCE)
    if tally.kind == "zygote" or tally.kills % CHECK_EVERY == 0:
        made = under_way in ledger.acknowledged
        assert eventually(lambda: len(ledger.acknowledged) > acknowledged + made, PATIENCE)
        tally.slowest = max(tally.slowest, round(time.monotonic() - killed, 1))
    tally.found(under_way in ledger.acknowledged)


def kill_server(place: Place, kills: int, random: Random) -> Tally:
    """Kill the server again and again, and start it on the same folder."""
    tally, ledger = Tally(SERVER), Ledger()
    for _ in range(kills):
        with ExitStack() as stack:
            begun = time.monotonic()
            server = place.run(stack)
            tally.slowest = max(tally.slowest, round(time.monotonic() - begun, 1))
            traffic = place.traffic(server, ledger, mortal=True)
            # What the folder holds is what is served, before anything else is written.
            traffic.look_at(seen_in(server.client.get("/sparql", params={"query": READ})), ledger.known())
            with traffic.flowing():
                wait_for_moment(place, random)
                server.process.kill()
            server.process.wait()
            tally.take(traffic)
        after_the_kill(place, ledger, tally)
    tally.writes = len(ledger.acknowledged)
    return tally


def kill_starts(place: Place, kills: int, random: Random) -> Tally:
    """Kill the server while it loads; the folder was changed before."""
    tally, ledger = Tally(START), Ledger()
    with ExitStack() as stack:
        server = place.run(stack)
        traffic = place.traffic(server, ledger, mortal=True)
        with traffic.flowing():
            assert eventually(lambda: len(ledger.acknowledged) > 1, PATIENCE)
            server.process.kill()
    after_the_kill(place, ledger, tally)
    for _ in range(kills - 1):
        with start(place.settings, free_port()) as process:
            time.sleep(random.uniform(0, 2.0))
            process.kill()
        after_the_kill(place, ledger, tally)
    with ExitStack() as stack:
        server = place.run(stack)
        traffic.look_at(seen_in(server.client.get("/sparql", params={"query": READ})), ledger.known())
    tally.take(traffic)
    tally.writes = len(ledger.acknowledged)
    return tally


def wait_for_moment(place: Place, random: Random) -> None:
    """Wait for a random moment: of all, or shortly after the folder has changed, which is soon over."""
    if random.random() < 0.5:
        time.sleep(random.uniform(0.0, 3.0))
        return
    before = listing(place.state)
    eventually(lambda: listing(place.state) != before, PATIENCE)
    if random.random() < 0.5:
        pointer = place.state / "current"
        named = content(pointer)
        eventually(lambda: content(pointer) != named, PATIENCE)
    time.sleep(random.uniform(0.0, random.choice((0.002, 0.02))))


def listing(folder: Path) -> list[str]:
    """Return the names in a folder."""
    return sorted(path.name for path in folder.iterdir())


def content(path: Path) -> bytes:
    """Return what a file holds; nothing where it is not there."""
    return path.read_bytes() if path.exists() else b""


def after_the_kill(place: Place, ledger: Ledger, tally: Tally) -> None:
    """Check that nobody is left, and what the folder holds."""
    if not eventually(lambda: not family(place.folder), 10):
        tally.others.append(f"left: {family(place.folder)}")
    known, under_way = ledger.known(), ledger.under_way
    seen = Seen.in_folder(place.state)
    tally.lost += [f"acknowledged and not in the folder: {number}" for number in known.lost(seen)]
    tally.mixtures += [str(seen)] if seen.mixed else []
    tally.found(ledger.settle(seen) if under_way is not None else False)
    check_folder(place, ledger, tally)


def check_folder(place: Place, ledger: Ledger, tally: Tally) -> None:
    """Check that a folder that nobody has open holds the changes acknowledged, no other, and no litter."""
    seen = Seen.in_folder(place.state)
    expected = Ledger(ledger.acknowledged)
    unknown = seen.ledger - {number for number in ledger.acknowledged if number % 2}
    if expected.lost(seen) or unknown or seen.mixed:
        tally.others.append(f"the folder: {seen}, expected {sorted(ledger.acknowledged)[-3:]}, unknown {unknown}")
    litter = [name for name in listing(place.state) if name not in ("lock", "current", "audit.jsonl")]
    if litter != [content(place.state / "current").decode().strip()] and litter:
        tally.others.append(f"litter: {litter}")


def run(kind: str, place: Place, kills: int, random: Random) -> Tally:
    """Run one series."""
    if kind == SERVER:
        return kill_server(place, kills, random)
    if kind == START:
        return kill_starts(place, kills, random)
    return kill_parts(place, kind, kills, random)

"""Numbered changes that show a mixture, and a ledger of which were acknowledged.

An odd number is an update in three steps over two graphs: the number is added to LEDGER and replaces the one in
MARK. An even number is a graph that is put whole: PARTS statements that all have the number.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from hct_kg.state import State
from hct_kg.store.snapshots import read_snapshot
from serving import EX

LEDGER, MARK, WHOLE = f"{EX}ledger", f"{EX}mark", f"{EX}whole"
PARTS = 10
SLOW = (
    f"INSERT {{ GRAPH <{EX}never> {{ ?a <{EX}next> ?c }} }} WHERE {{ "
    f"{{ SELECT ?a {{ ?a <{EX}next> ?x }} LIMIT 200 }} {{ SELECT ?c {{ ?c <{EX}next> ?y }} LIMIT 200 }} "
    "FILTER(CONCAT(STR(?a), STR(?c)) = 'never') }"
)
"""Changes nothing, and gives the worker that makes the change some 50 ms in the middle of it."""
READ = f"SELECT ?g ?o {{ VALUES ?g {{ <{LEDGER}> <{MARK}> <{WHOLE}> }} GRAPH ?g {{ ?s ?p ?o }} }}"


def update(number: int) -> str:
    """Return the update with a number."""
    return (
        f"DELETE WHERE {{ GRAPH <{MARK}> {{ ?s ?p ?o }} }} ; {SLOW} ; "
        f"INSERT DATA {{ GRAPH <{LEDGER}> {{ <{LEDGER}> <{EX}holds> {number} }} "
        f"GRAPH <{MARK}> {{ <{MARK}> <{EX}last> {number} }} }}"
    )


def whole(number: int) -> str:
    """Return the graph with a number."""
    return "".join(f"<{WHOLE}> <{EX}part{part}> {number} .\n" for part in range(PARTS))


@dataclass(frozen=True)
class Seen:
    """One reading of the three graphs."""

    ledger: frozenset[int]
    mark: tuple[int, ...]
    parts: tuple[int, ...]

    @classmethod
    def of(cls, rows: Iterable[tuple[str, int]]) -> Seen:
        """Sort pairs of graph and number."""
        found: dict[str, list[int]] = {LEDGER: [], MARK: [], WHOLE: []}
        for graph, number in rows:
            found[graph].append(number)
        return cls(frozenset(found[LEDGER]), tuple(found[MARK]), tuple(found[WHOLE]))

    @classmethod
    def in_folder(cls, folder: Path) -> Seen:
        """Read the current snapshot of a state folder that no server has; raises what opening it does."""
        state = State.open(folder)
        try:
            path = state.current()
        finally:
            state.close()
        quads = read_snapshot(path)[0] if path else []
        rows = [(str(quad.graph_name).strip("<>"), quad.object) for quad in quads]
        return cls.of(
            (graph, int(getattr(value, "value", 0))) for graph, value in rows if graph in (LEDGER, MARK, WHOLE)
        )

    @property
    def mixed(self) -> bool:
        """Whether it is neither before nor after any change."""
        halved = self.mark != ((max(self.ledger),) if self.ledger else ())
        return halved or self.parts not in ((), (self.whole,) * PARTS)

    @property
    def whole(self) -> int:
        """The number of the graph that was put; 0 before the first."""
        return self.parts[0] if self.parts else 0

    def holds(self, number: int) -> bool:
        """Tell whether a change is the last of its kind, or is kept."""
        return number in self.ledger if number % 2 else number == self.whole


@dataclass
class Ledger:
    """What the writer knows: the changes acknowledged, those refused, and the one under way."""

    acknowledged: set[int] = field(default_factory=set)
    refused: set[int] = field(default_factory=set)
    under_way: int | None = None
    last: int = 0

    def begin(self) -> int:
        """Return the number of the next change."""
        self.last += 1
        self.under_way = self.last
        return self.last

    def end(self, acknowledged: bool) -> None:
        """Note how the change under way was answered."""
        assert self.under_way is not None, "a change that has begun"
        (self.acknowledged if acknowledged else self.refused).add(self.under_way)
        self.under_way = None

    def known(self) -> Ledger:
        """Return a copy of what is known before a reading begins."""
        return Ledger(set(self.acknowledged), set(self.refused))

    def lost(self, seen: Seen) -> set[int]:
        """Return the acknowledged changes that are not in a reading that began after them."""
        puts = {number for number in self.acknowledged if number % 2 == 0}
        gone = {number for number in self.acknowledged if number % 2 and number not in seen.ledger}
        return gone | ({max(puts)} if puts and seen.whole < max(puts) else set())

    def unasked(self, seen: Seen) -> set[int]:
        """Return the changes in a reading that were refused."""
        return {number for number in self.refused if seen.holds(number)}

    def settle(self, seen: Seen) -> bool:
        """Take from a reading whether the change that was never answered was made; return whether it was."""
        if self.under_way is None:
            return False
        made = seen.holds(self.under_way)
        self.end(acknowledged=made)
        return made

"""In what order the things of a collection come: read once per version of the dataset; pages are cut from it."""

from __future__ import annotations

import asyncio
from bisect import bisect_left, bisect_right
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

Place: TypeAlias = tuple[str, str]
"""Where a thing stands in an order: its sort key, then its IRI, so that no two stand in one place."""
MOST = 500_000
"""Things on all rolls that are kept together."""


@dataclass(frozen=True, slots=True)
class Roll:
    """All things of a collection in one order."""

    places: Sequence[Place]

    def page(
        self, limit: int, after: Place | None = None, descending: bool = False, chosen: Collection[str] | None = None
    ) -> tuple[list[str], Place | None]:
        """Return the IRIs of a page, and the place that the next one comes after; None for the last page.

        `chosen` leaves out all things but those.
        """
        found: list[Place] = []
        for place in self.rest(after, descending):
            if chosen is None or place[1] in chosen:
                if len(found) == limit:
                    return [iri for _, iri in found], found[-1]
                found.append(place)
        return [iri for _, iri in found], None

    def rest(self, after: Place | None, descending: bool) -> Iterable[Place]:
        """Return the places after one, which itself need not be there."""
        if descending:
            end = len(self.places) if after is None else bisect_left(self.places, after)
            return (self.places[number] for number in range(end - 1, -1, -1))
        begin = 0 if after is None else bisect_right(self.places, after)
        return (self.places[number] for number in range(begin, len(self.places)))

    def total(self, chosen: Collection[str] | None = None) -> int:
        """Return how many things there are on all pages."""
        return len(self.places) if chosen is None else sum(iri in chosen for _, iri in self.places)


class Rolls:
    """The rolls of a version of the dataset, each read when it is first wanted; the oldest give way."""

    def __init__(self) -> None:
        self._rolls: dict[tuple[str, str], Roll] = {}
        self._lock = asyncio.Lock()

    async def get(self, name: tuple[str, str], read: Callable[[], Awaitable[Iterable[Place]]]) -> Roll:
        """Return a roll by the names of its collection and order; who asks while it is read waits."""
        async with self._lock:
            if name not in self._rolls:
                places = await read()
                # In a thread: to sort a hundred thousand things takes long enough for other requests to notice.
                roll = Roll(await asyncio.to_thread(lambda: tuple(sorted(places))))
                self.make_room(len(roll.places))
                self._rolls[name] = roll
            return self._rolls[name]

    def make_room(self, needed: int) -> None:
        """Forget the oldest rolls until there is room for another."""
        while self._rolls and needed + sum(len(roll.places) for roll in self._rolls.values()) > MOST:
            self._rolls.pop(next(iter(self._rolls)))

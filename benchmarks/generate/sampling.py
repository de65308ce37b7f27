"""Which things of the template a programme of a given size has, and which of them stands in for one that it lacks."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from benchmarks.generate.template import (
    LOOP,
    PASSAGE,
    PROGRAMME,
    SECTION,
    SELECTOR,
    Kind,
    Reference,
    Skeleton,
    Template,
)
from hct_kg.terms import HCT

CLOSING = frozenset({HCT + "loopLink", HCT + "cause", HCT + "effect"})
"""What a loop consists of: it is taken whole, or it would be none."""
HALVINGS = 40


@dataclass(frozen=True, slots=True)
class Thing:
    """A thing of a programme: its place among those of its kind, the skeleton, and the how-many-eth copy of it."""

    place: int
    number: int
    copy: int


def counts_of(template: Template, fraction: float) -> dict[str, int]:
    """Return how many things of each kind a programme has that is such a fraction of the template: one at least."""
    counts = {name: max(1, round(fraction * len(kind.skeletons))) for name, kind in template.items()}
    return {**counts, PROGRAMME: 1, SELECTOR: counts[PASSAGE] + counts[SECTION]}


def triples_of(template: Template, counts: Mapping[str, int]) -> float:
    """Return how many triples so many things are likely to take."""
    return sum(number * template[name].triples for name, number in counts.items())


def fraction_for(template: Template, triples: float) -> float:
    """Return the fraction of the template that takes so many triples."""
    low, high = 0.0, 1.0
    while triples_of(template, counts_of(template, high)) < triples:
        low, high = high, 2 * high
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if triples_of(template, counts_of(template, middle)) < triples else (low, middle)
    return high


def closed(template: Template, kind: str, number: int) -> Iterator[tuple[str, int]]:
    """Yield a thing with what closes the loop that it is, or is part of."""
    number %= len(template[kind].skeletons)
    yield kind, number
    for name, reference in template[kind].skeletons[number].references():
        if name in CLOSING:
            yield from closed(template, reference.kind, reference.number)


def shape_of(skeleton: Skeleton) -> list[tuple[str, int]]:
    """Return which properties a thing has, and how many values of each."""
    return [(name, len(values)) for name, values in skeleton.properties.items()]


class Sample:
    """The things of one programme, by kind."""

    def __init__(self, template: Template, triples: float, chance: random.Random) -> None:
        """Choose them at random, each as often as its kind must have things."""
        self.template = template
        self.counts = counts_of(template, fraction_for(template, triples))
        del self.counts[SELECTOR]  # each follows from its passage or section
        self._chance = chance
        self._kept: dict[str, list[int]] = {}
        for kind, number in sorted(
            {part for loop in range(self.counts[LOOP]) for part in closed(template, LOOP, loop)}
        ):
            self._kept.setdefault(kind, []).append(number)
        self.things = {name: self._choose(template[name], count) for name, count in self.counts.items()}
        self._places: dict[tuple[str, int], list[int]] = {}
        for name, things in self.things.items():
            for thing in things:
                self._places.setdefault((name, thing.number), []).append(thing.place)
        self._decks: dict[tuple[str, str], list[int]] = {}
        self._substitutes: dict[tuple[str, int], int] = {}

    def _choose(self, kind: Kind, count: int) -> list[Thing]:
        """Return things of a kind: whole copies, and of one more copy a part at random, loops first."""
        if kind.name == PROGRAMME:
            numbers = range(len(kind.skeletons))
            return [Thing(0, max(numbers, key=lambda number: kind.skeletons[number].triples), 0)]
        copies, rest = divmod(count, len(kind.skeletons))
        chosen = [(number, copy) for copy in range(copies) for number in range(len(kind.skeletons))]
        kept = self._kept.get(kind.name, [])[:rest]
        part = sorted(kept + self._spread(kind, set(range(len(kind.skeletons))) - set(kept), rest - len(kept)))
        chosen += [(number, copies) for number in part]
        return [Thing(place, number, copy) for place, (number, copy) in enumerate(chosen)]

    def closes(self, kind: str, place: int) -> bool:
        """Tell whether a thing is part of a loop, which would be none without it."""
        return self.things[kind][place].number in self._kept.get(kind, ())

    def skeleton(self, kind: str, place: int) -> Skeleton:
        """Return the skeleton of a thing."""
        return self.template[kind].skeletons[self.things[kind][place].number]

    def _spread(self, kind: Kind, numbers: set[int], count: int) -> list[int]:
        """Return some skeletons at random, of each shape its share: those of one shape stand side by side."""
        shuffled = self._chance.sample(sorted(numbers), len(numbers))
        ranked = sorted(shuffled, key=lambda number: shape_of(kind.skeletons[number]))
        step, start = len(ranked) / max(1, count), self._chance.random()
        return [ranked[int((place + start) * step)] for place in range(count)]

    def held(self, reference: Reference, copy: int = 0) -> int | None:
        """Return the place of the thing that a reference leads to, of the same copy if there is one; None if none."""
        places = self._places.get((reference.kind, reference.number))
        return places[min(copy, len(places) - 1)] if places else None

    def place_of(self, reference: Reference, copy: int = 0) -> int:
        """Return the place of what a reference leads to, or of what stands in for it: always the same, so hubs stay."""
        held = self.held(reference, copy)
        if held is not None:
            return held
        key = reference.kind, reference.number
        if key not in self._substitutes:
            pool = self.template[reference.kind].skeletons[reference.number].pool
            self._substitutes[key] = self.deal(reference.kind, pool)
        return self._substitutes[key]

    def deal(self, kind: str, pool: str = "") -> int:
        """Return the place of another thing of a kind, of the same pool if it has any: each comes in turn."""
        deck = self._decks.get((kind, pool))
        if not deck:
            alike = [thing.place for thing in self.things[kind] if self.skeleton(kind, thing.place).pool == pool]
            deck = alike or [thing.place for thing in self.things[kind]]
            self._chance.shuffle(deck)
            self._decks[kind, pool] = deck
        return deck.pop()

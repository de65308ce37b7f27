"""Chains of causal links between factors: pure functions over links.

A chain never visits a factor twice. Chains come in the order of how far they can be trusted:
fewest implied links first, then shortest, then by IRI, so that the same question always has the same
answer. The search is a uniform-cost search over simple paths (Dijkstra 1959), pruned by the distance
to the goal; it is bounded, and says which bound it hit.
"""

from __future__ import annotations

import heapq
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import inf, prod
from typing import Literal

from hct_kg.links import Link
from hct_kg.terms import ID

Direction = Literal["downstream", "upstream"]
Bound = Literal["chains", "depth", "expansions"]

MODALITIES = tuple(
    f"{ID}modality/{name}" for name in ("recommended", "intended", "anticipated", "perceived", "observed")
)
"""Modalities from the weakest to the strongest ground for saying that something happened; as in the ontology."""

CAUTION = "Each link is claimed in the source; the chain as a whole is joined here and claimed by nobody."


@dataclass(frozen=True, slots=True)
class Step:
    """All links from one factor to another with one sign: a chain's unit."""

    cause: str
    effect: str
    sign: int
    links: tuple[Link, ...]

    @property
    def implied(self) -> bool:
        """Return whether no link of the step is stated."""
        return all(link.implied for link in self.links)

    @property
    def models(self) -> frozenset[str]:
        """Return the models in which the step stands."""
        return frozenset().union(*(link.models for link in self.links))


@dataclass(frozen=True, slots=True)
class Chain:
    """Steps in causal order, each effect the next one's cause."""

    steps: tuple[Step, ...]

    @property
    def sign(self) -> int:
        """Return the product of the signs: 0 where one is not said."""
        return prod(step.sign for step in self.steps)

    @property
    def implied(self) -> int:
        """Return the number of steps that are implied only."""
        return sum(step.implied for step in self.steps)

    @property
    def modality(self) -> str:
        """Return the weakest modality, each step taken at its strongest."""
        strongest = (max((rank(link.modality) for link in step.links), default=0) for step in self.steps)
        return MODALITIES[min(strongest)]

    @property
    def warnings(self) -> tuple[str, ...]:
        """Return what a reader must know before drawing a conclusion from the whole chain."""
        return tuple(find_warnings(self.steps))


@dataclass(frozen=True, slots=True)
class Trace:
    """The chains found, and the bound that was hit if there may be more."""

    chains: tuple[Chain, ...]
    bound: Bound | None

    @property
    def complete(self) -> bool:
        """Return whether these are all the chains there are."""
        return self.bound is None


@dataclass(frozen=True, slots=True)
class Bounds:
    """Where a search ends: links in a chain, chains in the answer, paths looked at."""

    depth: int = 8
    chains: int = 100
    expansions: int = 50_000


Adjacency = Mapping[str, Sequence[Step]]


def steps_of(links: Iterable[Link]) -> tuple[Step, ...]:
    """Group links into steps, ordered by cause, effect and sign."""
    groups: dict[tuple[str, str, int], list[Link]] = defaultdict(list)
    for link in links:
        groups[link.cause, link.effect, link.sign].append(link)
    return tuple(Step(*key, tuple(group)) for key, group in sorted(groups.items()))


def trace(
    links: Iterable[Link],
    start: str,
    goal: str | None = None,
    direction: Direction = "downstream",
    bounds: Bounds = Bounds(),
) -> Trace:
    """Return the chains from `start` to `goal`; without a goal, every chain that cannot be made longer.

    Upstream, the chains lead to `start` (from `goal`, where given); steps are in causal order either way.
    """
    forward = direction == "downstream"
    adjacency: dict[str, list[Step]] = defaultdict(list)
    for step in steps_of(links):
        adjacency[step.cause if forward else step.effect].append(step)
    search = Search(adjacency, forward, goal, bounds)
    chains = tuple(Chain(path if forward else path[::-1]) for path in search.run(start))
    return Trace(chains, search.bound)


class Search:
    """One bounded search; `bound` is set while it runs."""

    def __init__(self, adjacency: Adjacency, forward: bool, goal: str | None, bounds: Bounds) -> None:
        self.bound: Bound | None = None
        self._adjacency = adjacency
        self._forward = forward
        self._goal = goal
        self._bounds = bounds
        self._distance = distances(adjacency, forward, goal) if goal is not None else {}

    def run(self, start: str) -> Iterator[tuple[Step, ...]]:
        """Yield paths away from `start`, cheapest first."""
        frontier: list[tuple[int, int, tuple[tuple[str, int], ...], tuple[Step, ...]]] = [(0, 0, (), ())]
        found = 0
        for _ in range(self._bounds.expansions):
            if not frontier:
                return
            implied, length, names, path = heapq.heappop(frontier)
            longer = list(self._extensions(start, path))
            if self._is_answer(start, path, longer):
                if found == self._bounds.chains:
                    self.bound = "chains"
                    return
                found += 1
                yield path
            for step in longer if length < self._bounds.depth else ():
                name = (self._far(step), step.sign)
                heapq.heappush(frontier, (implied + step.implied, length + 1, (*names, name), (*path, step)))
        if frontier:
            self.bound = "expansions"

    def _far(self, step: Step) -> str:
        return step.effect if self._forward else step.cause

    def _end(self, start: str, path: tuple[Step, ...]) -> str:
        return self._far(path[-1]) if path else start

    def _extensions(self, start: str, path: tuple[Step, ...]) -> Iterator[Step]:
        """Yield the steps by which a path goes on: to a new factor, and towards the goal."""
        end = self._end(start, path)
        if path and end == self._goal:
            return
        seen = {start, *(self._far(step) for step in path)}
        for step in self._adjacency.get(end, ()):
            far = self._far(step)
            if far in seen:
                continue
            left = self._distance.get(far, inf) if self._goal is not None else 0
            if left == inf:
                continue
            if len(path) + 1 + left <= self._bounds.depth:
                yield step
            elif self.bound is None and self._goes_on(far, seen):
                self.bound = "depth"

    def _goes_on(self, factor: str, seen: set[str]) -> bool:
        """Tell whether a chain that is too long here would be one: without a goal any is, else one that gets there."""
        if self._goal is None:
            return True
        known, queue = {*seen, factor}, deque([factor])
        while queue:
            for step in self._adjacency.get(queue.popleft(), ()):
                if (far := self._far(step)) == self._goal:
                    return True
                if far not in known:
                    known.add(far)
                    queue.append(far)
        return False

    def _is_answer(self, start: str, path: tuple[Step, ...], longer: Sequence[Step]) -> bool:
        if not path:
            return False
        return self._end(start, path) == self._goal if self._goal is not None else not longer


def distances(adjacency: Adjacency, forward: bool, goal: str) -> dict[str, int]:
    """Return the least number of steps to the goal from each factor that reaches it."""
    back: dict[str, set[str]] = defaultdict(set)
    for near, steps in adjacency.items():
        for step in steps:
            back[step.effect if forward else step.cause].add(near)
    found = {goal: 0}
    queue = deque([goal])
    while queue:
        factor = queue.popleft()
        for near in back[factor]:
            if near not in found:
                found[near] = found[factor] + 1
                queue.append(near)
    return found


def find_warnings(steps: Sequence[Step]) -> Iterator[str]:
    """Yield a sentence for each reason to be careful with a chain."""
    implied = sum(step.implied for step in steps)
    if implied:
        yield f"{implied} of {len(steps)} links are implied: read by the curator, not said in words."
    for first, second in pairwise(steps):
        if not first.models & second.models:
            yield f"The chain crosses from one causal model into another at {second.cause}."
        if not scopes_meet(first, second):
            yield f"The links before and after {second.cause} speak of different sites."
    if any(step.sign == 0 for step in steps):
        yield "The sign of at least one link is not said, so the chain has none."


def scopes_meet(first: Step, second: Step) -> bool:
    """Return whether some pair of links may speak of the same sites; unnamed members may be any."""
    return any(
        not one.scope.members or not other.scope.members or one.scope.members & other.scope.members
        for one in first.links
        for other in second.links
    )


def rank(modality: str) -> int:
    """Return a modality's place in MODALITIES; an unknown one is the weakest."""
    return MODALITIES.index(modality) if modality in MODALITIES else 0

"""Chains of causal links between factors: pure functions over links.

A chain never visits a factor twice. Chains come in the order of how far they can be trusted:
fewest implied links first, then shortest, then by IRI, so that the same question always has the same
answer. The search is A* over simple paths (Hart, Nilsson and Raphael 1968), led by the distance to the goal;
it is bounded, and says which bound it hit.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import inf, prod
from operator import itemgetter
from typing import Literal, TypeAlias

from hct_kg.links import Link
from hct_kg.projection import Projection, Step, Way
from hct_kg.reachability import Distances, Lookahead, distances
from hct_kg.terms import ID

Direction = Literal["downstream", "upstream"]
Overlap = Literal["yes", "no", "unknown"]
Bound = Literal["chains", "depth", "expansions"]

MODALITIES = tuple(
    f"{ID}modality/{name}" for name in ("recommended", "intended", "anticipated", "perceived", "observed")
)
"""Modalities from the weakest to the strongest ground for saying that something happened; as in the ontology."""

CAUTION = "Each link is claimed in the source; the chain as a whole is joined here and claimed by nobody."


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
    def scope_overlap(self) -> Overlap:
        """Return whether each two steps that follow on each other speak of a site, or another member, in common."""
        pairs = list(pairwise(self.steps))
        if not all(scopes_meet(first, second) for first, second in pairs):
            return "no"
        return "yes" if all(scopes_share(first, second) for first, second in pairs) else "unknown"

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


def trace(
    links: Iterable[Link] | Projection,
    start: str,
    goal: str | None = None,
    direction: Direction = "downstream",
    bounds: Bounds = Bounds(),
) -> Trace:
    """Return the chains from `start` to `goal`; without a goal, every chain that cannot be made longer.

    Upstream, the chains lead to `start` (from `goal`, where given); steps are in causal order either way.
    """
    projection = links if isinstance(links, Projection) else Projection(links)
    forward = direction == "downstream"
    search = Search(projection, start, goal, forward, bounds)
    chains = tuple(Chain(path if forward else path[::-1]) for path in search.run())
    return Trace(chains, search.bound)


Name: TypeAlias = tuple[str, int]
Path: TypeAlias = tuple[int, float, tuple[Name, ...], tuple[Step, ...]]
"""Implied steps, the least length that it can end with, what it visits (for a firm order), and its steps."""


class Search:
    """One bounded search; `bound` is set while it runs.

    Of the ways on from a path only the best waits its turn, and brings in the next best when it comes:
    a factor with a thousand effects costs no more than one with ten, where ten are wanted.
    """

    def __init__(self, projection: Projection, start: str, goal: str | None, forward: bool, bounds: Bounds) -> None:
        self.bound: Bound | None = None
        self._projection = projection
        self._start, self._goal, self._forward = start, goal, forward
        self._bounds = bounds
        self._after, before = projection.after, projection.before
        if not forward:
            self._after, before = before, self._after
        self._distances = distances(goal, before) if goal is not None else Distances({}, 0)
        self._lookahead = Lookahead()

    def run(self) -> Iterator[tuple[Step, ...]]:
        """Yield paths away from the start, cheapest first."""
        root: Path = (0, 0, (), ())
        frontier: list[tuple[Path, Iterator[Path]]] = [(root, iter(()))]
        found = 0
        for _ in range(self._bounds.expansions):
            if not frontier:
                return
            path, siblings = heapq.heappop(frontier)
            longer = self._longer(path)
            first = push_next(frontier, longer)
            push_next(frontier, siblings)
            steps = path[3]
            if steps and (self._end(steps) == self._goal if self._goal is not None else not first):
                if found == self._bounds.chains:
                    self.bound = "chains"
                    return
                found += 1
                yield steps
        if frontier:
            self.bound = "expansions"

    def _far(self, step: Step) -> str:
        return step.effect if self._forward else step.cause

    def _end(self, steps: tuple[Step, ...]) -> str:
        return self._far(steps[-1]) if steps else self._start

    def _longer(self, path: Path) -> Iterator[Path]:
        """Return the paths that are one step longer, best first: to a new factor, and towards the goal."""
        end = self._end(path[3])
        if end == self._goal:
            return iter(())
        seen = {self._start, *(name for name, _ in path[2])}
        ways = [way for way in self._projection.ways(end, self._forward) if way[1][0] not in seen]
        return self._onward(path, ways) if self._goal is None else self._towards(self._goal, path, seen, ways)

    def _onward(self, path: Path, ways: Sequence[Way]) -> Iterator[Path]:
        """Yield the longer paths where every way is as good, in the order in which the network has them."""
        implied, _, names, steps = path
        length = len(steps) + 1
        if length > self._bounds.depth:
            self.bound = "depth" if ways else self.bound
            return
        # A path is put together when its turn comes: most of them never do.
        for cost, name, step in ways:
            yield implied + cost, length, (*names, name), (*steps, step)

    def _towards(self, goal: str, path: Path, seen: set[str], ways: Sequence[Way]) -> Iterator[Path]:
        """Return the longer paths from which the goal is near enough, by how near."""
        implied, _, names, steps = path
        found: list[tuple[int, float, Name, Step]] = []
        for cost, name, step in ways:
            length = len(steps) + 1 + self._distances.at_least(name[0])
            if length <= self._bounds.depth:
                found.append((implied + cost, length, name, step))
            elif self.bound is None and length < inf and self._goes_on(name[0], goal, seen):
                self.bound = "depth"
        found.sort(key=itemgetter(0, 1, 2))
        return ((cost, length, (*names, name), (*steps, step)) for cost, length, name, step in found)

    def _goes_on(self, factor: str, goal: str, seen: set[str]) -> bool:
        """Tell whether a chain that is too long here would be one."""
        return factor == goal or self._lookahead.may_reach(factor, goal, self._after, seen)


def push_next(frontier: list[tuple[Path, Iterator[Path]]], paths: Iterator[Path]) -> bool:
    """Push the next of some paths, with the rest of them; return whether there was one."""
    following = next(paths, None)
    if following is None:
        return False
    heapq.heappush(frontier, (following, paths))
    return True


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


def scopes_share(first: Step, second: Step) -> bool:
    """Return whether some pair of links names a member in common."""
    return any(one.scope.members & other.scope.members for one in first.links for other in second.links)


def rank(modality: str) -> int:
    """Return a modality's place in MODALITIES; an unknown one is the weakest."""
    return MODALITIES.index(modality) if modality in MODALITIES else 0

"""Feedback loops: simple cycles of the links of one causal model, shortest first; pure functions over links.

A loop is reinforcing where the product of its signs is positive, balancing where it is negative (Sterman 2000,
Business Dynamics, 5.2), and of unknown kind where a sign is not said or claims disagree about it. It is named by
its factors, beginning with the first by IRI, so that the same loop always has the same name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import inf, prod
from typing import Literal

from hct_kg.components import strong_components
from hct_kg.links import Link, StatedLoop
from hct_kg.projection import Projection
from hct_kg.reachability import Distances, Lookahead, distances

Kind = Literal["reinforcing", "balancing", "unknown"]
Bound = Literal["length", "loops", "expansions"]
KINDS: dict[int, Kind] = {1: "reinforcing", -1: "balancing", 0: "unknown"}


@dataclass(frozen=True, slots=True)
class Arc:
    """All links from one factor to another; its sign is 0 where one is not said, or both are."""

    cause: str
    effect: str
    links: tuple[Link, ...]

    @property
    def sign(self) -> int:
        """Return the sign that all links share, else 0."""
        signs = {link.sign for link in self.links}
        return signs.pop() if len(signs) == 1 else 0


@dataclass(frozen=True, slots=True)
class Loop:
    """Arcs each of which begins where the one before ends, the first where the last ends."""

    arcs: tuple[Arc, ...]

    @property
    def factors(self) -> tuple[str, ...]:
        """Return the factors in causal order, the first by IRI first."""
        return tuple(arc.cause for arc in self.arcs)

    @property
    def kind(self) -> Kind:
        """Return whether the loop strengthens a change or works against it."""
        return KINDS[prod(arc.sign for arc in self.arcs)]


@dataclass(frozen=True, slots=True)
class Loops:
    """The loops found, and the bound that was hit if there may be more."""

    loops: tuple[Loop, ...]
    bound: Bound | None

    @property
    def complete(self) -> bool:
        """Return whether these are all the loops there are."""
        return self.bound is None


@dataclass(frozen=True, slots=True)
class Bounds:
    """Where a search ends: links in a loop, loops in the answer, factors looked at."""

    length: int = 8
    loops: int = 100
    expansions: int = 200_000


def find_loops(links: Iterable[Link] | Projection, through: str | None = None, bounds: Bounds = Bounds()) -> Loops:
    """Return the loops of a network, or those through one factor, by length and then by IRI.

    The links should be of one causal model: a circle that crosses from a plan into a perception is nobody's.
    """
    projection = links if isinstance(links, Projection) else Projection(links)
    search = CycleSearch(projection, through, bounds)
    found = sorted(search.run(), key=lambda factors: (len(factors), factors))
    return Loops(tuple(loop_of(projection, factors) for factors in found), search.bound)


class CycleSearch:
    """One bounded search; `bound` is set while it runs.

    By length, and for each length from every factor of a strongly connected component in turn, along factors
    that come later in the order of IRIs: so each cycle is met once, at its first factor. No path is followed
    that is too far from its beginning to get back in time.
    """

    def __init__(self, projection: Projection, through: str | None, bounds: Bounds) -> None:
        self.bound: Bound | None = None
        self._projection = projection
        self._bounds = bounds
        self._left = bounds.expansions
        self._component = components(projection) if through is None else {}
        self._roots = [through] if through is not None else sorted(self._component)
        self._distances: dict[str, Distances] = {}
        self._lookahead = Lookahead()

    def run(self) -> Iterator[tuple[str, ...]]:
        """Yield each loop once, shortest first, as its factors; the first by IRI comes first."""
        found = 0
        for length in range(1, self._bounds.length + 1):
            for root in self._roots:
                for path in self._walk((root,), length):
                    if found == self._bounds.loops:
                        self.bound = "loops"
                        return
                    found += 1
                    yield rotated(path)
                if self._left < 0:
                    self.bound = "expansions"
                    return

    def _walk(self, path: tuple[str, ...], length: int) -> Iterator[tuple[str, ...]]:
        """Yield the cycles of this length that begin with a path."""
        root = path[0]
        for far in sorted(self._after(root, path[-1])):
            self._left -= 1
            if self._left < 0:
                return
            if far in path:
                if far == root and len(path) == length:
                    yield path
                continue
            least = len(path) + self._back_from(far, root)
            if least <= length:
                yield from self._walk((*path, far), length)
            elif length == self._bounds.length and least < inf and self.bound is None and self._returns(far, path):
                self.bound = "length"

    def _back_from(self, factor: str, root: str) -> float:
        """Return the least number of links from a factor back to the root."""
        if root not in self._distances:
            found = distances(root, lambda near: self._belonging(root, self._projection.before(near)))
            self._distances[root] = found
            self._left -= len(found.known)
        return self._distances[root].at_least(factor)

    def _returns(self, factor: str, path: tuple[str, ...]) -> bool:
        """Tell whether a way that is too long leads back to the root all the same."""
        root = path[0]
        return self._lookahead.may_reach(factor, root, lambda near: self._after(root, near), path)

    def _after(self, root: str, factor: str) -> list[str]:
        return self._belonging(root, self._projection.after(factor))

    def _belonging(self, root: str, factors: Iterable[str]) -> list[str]:
        """Return those factors that the cycles met at a root may visit; all, where there is but one root."""
        if not self._component:
            return list(factors)
        component = self._component[root]
        return [factor for factor in factors if factor >= root and self._component.get(factor) == component]


def components(projection: Projection) -> dict[str, int]:
    """Return the number of its component for each factor that is on a loop."""
    found = enumerate(strong_components(projection.factors(), projection.after))
    return {
        factor: number
        for number, component in found
        for factor in component
        if len(component) > 1 or factor in projection.after(factor)
    }


def rotated(path: tuple[str, ...]) -> tuple[str, ...]:
    """Return a cycle's factors with the first by IRI in front."""
    first = path.index(min(path))
    return path[first:] + path[:first]


def loop_of(projection: Projection, factors: Sequence[str]) -> Loop:
    """Return the loop that visits factors in this order."""
    following = (*factors[1:], factors[0])
    return Loop(
        tuple(
            Arc(cause, effect, projection.between(cause, effect))
            for cause, effect in zip(factors, following, strict=True)
        )
    )


def is_said_by(loop: Loop, stated: StatedLoop) -> bool:
    """Tell whether a stated loop is this one: it names a link of every arc, and no other link."""
    links = [{link.iri for link in arc.links} for arc in loop.arcs]
    return all(stated.links & arc for arc in links) and stated.links <= set().union(*links)


def closes(links: Iterable[Link]) -> bool:
    """Tell whether links go round: every effect is a cause again, and the other way about."""
    chosen = tuple(links)
    return bool(chosen) and {link.cause for link in chosen} == {link.effect for link in chosen}

"""The causal links as a network to walk: indexed once a dataset version, filtered only where it is walked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import TypeAlias

from hct_kg.links import Link

Keep = Callable[[Link], bool]


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


def steps_of(links: Iterable[Link]) -> tuple[Step, ...]:
    """Group links into steps, ordered by cause, effect and sign."""
    groups: dict[tuple[str, str, int], list[Link]] = defaultdict(list)
    for link in links:
        groups[link.cause, link.effect, link.sign].append(link)
    return tuple(Step(*key, tuple(group)) for key, group in sorted(groups.items()))


Way: TypeAlias = tuple[bool, tuple[str, int], Step]
"""A step as a walk meets it: whether it is implied, the factor at its far end with its sign, and the step."""


class Projection:
    """Links by cause and by effect; `where` gives a view that shares the indexes and leaves links out.

    Steps are grouped where somebody first walks, and kept: a question about a part of a large network
    costs what that part costs.
    """

    def __init__(self, links: Iterable[Link]) -> None:
        self._by_cause: dict[str, list[Link]] = defaultdict(list)
        self._by_effect: dict[str, list[Link]] = defaultdict(list)
        for link in links:
            self._by_cause[link.cause].append(link)
            self._by_effect[link.effect].append(link)
        self._keep: Keep | None = None
        self._ways: Mapping[bool, dict[str, tuple[Way, ...]]] = {True: {}, False: {}}

    def where(self, keep: Keep) -> Projection:
        """Return the same network without the links that `keep` refuses."""
        view = Projection(())
        view._by_cause, view._by_effect = self._by_cause, self._by_effect
        known = self._keep
        view._keep = keep if known is None else lambda link: known(link) and keep(link)
        return view

    def links_at(self, factor: str, forward: bool) -> Sequence[Link]:
        """Return the links that begin (or, backward, end) at a factor."""
        links = (self._by_cause if forward else self._by_effect).get(factor, ())
        return links if self._keep is None else [link for link in links if self._keep(link)]

    def ways(self, factor: str, forward: bool = True) -> tuple[Way, ...]:
        """Return the ways on from a factor (or, backward, to it): stated ones first, then by the far factor's IRI."""
        known = self._ways[forward]
        if factor not in known:
            found = (
                (step.implied, (step.effect if forward else step.cause, step.sign), step)
                for step in steps_of(self.links_at(factor, forward))
            )
            known[factor] = tuple(sorted(found, key=itemgetter(0, 1)))
        return known[factor]

    def steps(self, factor: str, forward: bool = True) -> tuple[Step, ...]:
        """Return the steps that begin (or, backward, end) at a factor."""
        return tuple(step for _, _, step in self.ways(factor, forward))

    def after(self, factor: str) -> Iterable[str]:
        """Return the factors that a factor leads to, each once."""
        return {link.effect: None for link in self.links_at(factor, True)}

    def before(self, factor: str) -> Iterable[str]:
        """Return the factors that lead to a factor, each once."""
        return {link.cause: None for link in self.links_at(factor, False)}

    def between(self, cause: str, effect: str) -> tuple[Link, ...]:
        """Return the links from one factor to another, whatever their sign."""
        return tuple(link for step in self.steps(cause) if step.effect == effect for link in step.links)

    def factors(self) -> list[str]:
        """Return the factors at which a link begins or ends, in the order of their IRIs."""
        if self._keep is None:
            return sorted(self._by_cause.keys() | self._by_effect.keys())
        kept = [link for links in self._by_cause.values() for link in links if self._keep(link)]
        return sorted({end for link in kept for end in (link.cause, link.effect)})

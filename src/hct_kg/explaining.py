"""Why the links say that one factor leads to another, and what speaks against it: pure functions over links.

An explanation is made of parts, each of which a query reproduces (`reproducing`):

- the chains, and the links between each two neighbours of a chain (its pairs) with their passages;
- the grounds of each pair: whether somebody reports that it happened, or it is only meant, hoped or advised;
- counter-evidence on a pair: links of the opposite sign; links that hold for fewer than another does, or on a
  condition;
- alternatives: links from other factors, on none of the chains, to the same effect. Where the effect came about,
  these are the rival explanations that contribution analysis asks for (Mayne 2001).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import TypeAlias

from hct_kg.links import Citation, Link
from hct_kg.projection import Projection
from hct_kg.terms import ID
from hct_kg.tracing import Bounds, Trace, trace

REPORTED = frozenset({f"{ID}modality/perceived", f"{ID}modality/observed"})
"""The modalities of a claim that something happened; the others are of what is to happen."""

BOUNDS = Bounds(depth=4)
Pair: TypeAlias = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Ground:
    """What the claims of a pair rest on: their modalities, in the order of their IRIs."""

    cause: str
    effect: str
    modalities: tuple[str, ...]

    @property
    def reported(self) -> bool:
        """Return whether somebody says that it happened."""
        return bool(REPORTED.intersection(self.modalities))


@dataclass(frozen=True, slots=True)
class Opposition:
    """Two links between the same factors, the first positive and the second negative."""

    positive: Link
    negative: Link


@dataclass(frozen=True, slots=True)
class Narrowing:
    """A link that speaks of some of the members of whom another speaks, with the same sign."""

    narrow: Link
    wide: Link


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything that bears on the claim that one factor leads to another."""

    cause: str
    effect: str
    trace: Trace
    links: tuple[Link, ...]
    grounds: tuple[Ground, ...]
    opposed: tuple[Opposition, ...]
    narrower: tuple[Narrowing, ...]
    conditional: tuple[Link, ...]
    alternatives: tuple[Link, ...]

    @property
    def pairs(self) -> tuple[Pair, ...]:
        """Return the neighbours on the chains, each pair once."""
        return tuple((ground.cause, ground.effect) for ground in self.grounds)

    @property
    def factors(self) -> tuple[str, ...]:
        """Return the factors on the chains, and both ends where there is no chain."""
        return tuple(sorted({self.cause, self.effect, *(factor for pair in self.pairs for factor in pair)}))

    @property
    def passages(self) -> tuple[Citation, ...]:
        """Return the passages behind the links, each once, by IRI."""
        found = {citation.passage: citation for link in self.links for citation in link.evidence}
        return tuple(found[passage] for passage in sorted(found))


def explain(links: Iterable[Link] | Projection, cause: str, effect: str, bounds: Bounds = BOUNDS) -> Explanation:
    """Return what the links say of a cause and an effect; without a chain, what else leads to the effect."""
    projection = links if isinstance(links, Projection) else Projection(links)
    result = trace(projection, cause, effect, bounds=bounds)
    pairs = sorted({(step.cause, step.effect) for chain in result.chains for step in chain.steps})
    between = {pair: projection.between(*pair) for pair in pairs}
    met = {cause, *(factor for pair in pairs for factor in pair)}
    held = tuple(link for found in between.values() for link in found)
    return Explanation(
        cause=cause,
        effect=effect,
        trace=result,
        links=by_iri(held),
        grounds=tuple(Ground(*pair, modalities(found)) for pair, found in between.items()),
        opposed=tuple(opposition for found in between.values() for opposition in oppositions(found)),
        narrower=tuple(narrowing for found in between.values() for narrowing in narrowings(found)),
        conditional=by_iri(link for link in held if link.condition),
        alternatives=by_iri(link for link in projection.links_at(effect, forward=False) if link.cause not in met),
    )


def by_iri(links: Iterable[Link]) -> tuple[Link, ...]:
    """Return links in the order of their IRIs."""
    return tuple(sorted(links, key=lambda link: link.iri))


def modalities(links: Iterable[Link]) -> tuple[str, ...]:
    """Return the modalities of links, each once."""
    return tuple(sorted({link.modality for link in links}))


def oppositions(links: Iterable[Link]) -> Iterator[Opposition]:
    """Yield every two links of opposite sign."""
    for one, other in combinations(by_iri(links), 2):
        if one.sign * other.sign < 0:
            yield Opposition(one, other) if one.sign > 0 else Opposition(other, one)


def narrowings(links: Iterable[Link]) -> Iterator[Narrowing]:
    """Yield every two links of one sign of which one names some of the other's members; unnamed ones say nothing."""
    chosen = by_iri(links)
    for narrow in chosen:
        for wide in chosen:
            if narrow.sign == wide.sign and narrow.scope.members and narrow.scope.members < wide.scope.members:
                yield Narrowing(narrow, wide)

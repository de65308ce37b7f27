"""Where a causal model would move most: degrees, betweenness and reach of each factor; pure functions over links.

On the simple directed graph of a model (one arc from a factor to another, however many links claim it; none from
a factor to itself):

- in- and out-degree: the factors that lead to it directly, and that it leads to directly;
- betweenness: the sum, over all ordered pairs of other factors, of the share of the shortest ways between them
  that pass through it (Freeman 1977, https://doi.org/10.2307/3033543), not normalised, by the algorithm of Brandes
  (2001, https://doi.org/10.1080/0022250X.2001.9990249). Where a model is too large for that, it is estimated from
  some of the factors as beginnings (Brandes and Pich 2007, https://doi.org/10.1142/S0218127407018403);
- reach: how many factors it leads to, or that lead to it, by any number of links;
- signed reach: of the factors that it leads to by chains of at most `depth` links (none visits a factor twice), how
  many it raises (a chain of positive sign, none of negative), lowers (the other way about), either (chains of both
  signs), and how many it reaches by chains of no said sign only.

A place in a network of claims is no measure of effect: it says where many claims meet.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from hct_kg.links import Link
from hct_kg.projection import Projection


@dataclass(frozen=True, slots=True)
class SignedReach:
    """How many factors are reached by chains up to a depth, by the signs of those chains."""

    raises: int
    lowers: int
    either: int
    unsigned: int


@dataclass(frozen=True, slots=True)
class Leverage:
    """The measures of one factor; None where the model is too large for them."""

    factor: str
    causes: int
    effects: int
    betweenness: float
    upstream: int | None
    downstream: int | None
    signed: SignedReach | None


@dataclass(frozen=True, slots=True)
class Bounds:
    """Links in a chain; arcs walked for betweenness and reach; steps walked for signed reach, of one factor and all."""

    depth: int = 4
    arcs: int = 5_000_000
    steps_of_one: int = 50_000
    steps: int = 1_000_000


@dataclass(frozen=True, slots=True)
class Measures:
    """The measures of every factor, by IRI, and whether none is estimated or left out."""

    factors: tuple[Leverage, ...]
    complete: bool


def measure(links: Iterable[Link] | Projection, bounds: Bounds = Bounds()) -> Measures:
    """Return the measures of each factor of a network; the links should be of one causal model."""
    projection = links if isinstance(links, Projection) else Projection(links)
    effects = {factor: [far for far in projection.after(factor) if far != factor] for factor in projection.factors()}
    shortest = ShortestWays(effects, bounds.arcs)
    causes = degree_in(effects)
    signed: dict[str, SignedReach | None] = {}
    left = bounds.steps
    for factor in effects:
        walk = SignedWalk(projection, factor, bounds.depth, min(left, bounds.steps_of_one))
        signed[factor] = walk.reach()
        left -= walk.walked
    found = tuple(
        Leverage(
            factor,
            causes[factor],
            len(effects[factor]),
            shortest.betweenness[factor],
            shortest.upstream[factor] if shortest.exact else None,
            shortest.downstream[factor] if shortest.exact else None,
            signed[factor],
        )
        for factor in effects
    )
    return Measures(found, shortest.exact and all(item.signed for item in found))


def degree_in(effects: Mapping[str, Sequence[str]]) -> Mapping[str, int]:
    """Return how many factors lead directly to each."""
    count: dict[str, int] = defaultdict(int)
    for fars in effects.values():
        for far in fars:
            count[far] += 1
    return count


class ShortestWays:
    """Betweenness and reach from the shortest ways from each factor, or from evenly spread ones where too many."""

    def __init__(self, effects: Mapping[str, Sequence[str]], most_arcs: int) -> None:
        self._effects = effects
        self.betweenness: dict[str, float] = dict.fromkeys(effects, 0.0)
        self.upstream: dict[str, int] = dict.fromkeys(effects, 0)
        self.downstream: dict[str, int] = {}
        beginnings = spread(list(effects), most_arcs // max(1, sum(map(len, effects.values()))))
        self.exact = len(beginnings) == len(effects)
        for factor in beginnings:
            self._add(factor)
        if not self.exact:
            weight = len(effects) / len(beginnings)
            self.betweenness = {factor: value * weight for factor, value in self.betweenness.items()}

    def _add(self, start: str) -> None:
        """Add what the shortest ways from one factor contribute (Brandes 2001, algorithm 1)."""
        distance, ways = {start: 0}, defaultdict(int, {start: 1})
        before: dict[str, list[str]] = defaultdict(list)
        order: list[str] = []
        queue = deque([start])
        while queue:
            near = queue.popleft()
            order.append(near)
            for far in self._effects[near]:
                if far not in distance:
                    distance[far] = distance[near] + 1
                    queue.append(far)
                if distance[far] == distance[near] + 1:
                    ways[far] += ways[near]
                    before[far].append(near)
        dependency: dict[str, float] = defaultdict(float)
        for far in reversed(order[1:]):
            for near in before[far]:
                dependency[near] += ways[near] / ways[far] * (1 + dependency[far])
            self.betweenness[far] += dependency[far]
            self.upstream[far] += 1
        self.downstream[start] = len(order) - 1


def spread(factors: Sequence[str], most: int) -> Sequence[str]:
    """Return at most so many factors, but one at least, evenly spread over all."""
    stride = -(-len(factors) // max(1, most)) if factors else 1
    return factors[::stride]


class SignedWalk:
    """All chains from one factor up to a depth, for the signs with which they arrive; `walked` counts their steps."""

    def __init__(self, projection: Projection, start: str, depth: int, most: int) -> None:
        self._projection = projection
        self._start = start
        self._depth = depth
        self._most = most
        self.walked = 0

    def reach(self) -> SignedReach | None:
        """Return the signed reach; None where there are too many chains to follow."""
        signs: dict[str, set[int]] = defaultdict(set)
        for factor, sign in self._arrivals((self._start,), 1):
            signs[factor].add(sign)
        if self.walked > self._most:
            return None
        raised = sum(1 in found and -1 not in found for found in signs.values())
        lowered = sum(-1 in found and 1 not in found for found in signs.values())
        either = sum({1, -1} <= found for found in signs.values())
        return SignedReach(raised, lowered, either, len(signs) - raised - lowered - either)

    def _arrivals(self, path: tuple[str, ...], sign: int) -> Iterator[tuple[str, int]]:
        """Yield where each chain that begins with a path arrives, and its sign."""
        if len(path) > self._depth:
            return
        for step in self._projection.steps(path[-1]):
            self.walked += 1
            if self.walked > self._most:
                return
            if step.effect not in path:
                yield step.effect, sign * step.sign
                yield from self._arrivals((*path, step.effect), sign * step.sign)

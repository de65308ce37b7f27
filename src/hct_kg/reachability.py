"""How far it is to a goal, and whether it can be reached at all: looked up as far as a budget goes.

In a network of a million links the exact answer costs more than the question that it is to speed up. So both
stop at their budget, and then err on the side of "perhaps": a search is pruned less, and never wrongly.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from math import inf

Neighbours = Callable[[str], Iterable[str]]
BUDGET = 3_000
"""Neighbours looked at: two or three milliseconds, and all there are in a network of a few thousand links."""


@dataclass(frozen=True, slots=True)
class Distances:
    """The least number of steps to a goal: exact where known, elsewhere at least `beyond` (infinite: never)."""

    known: Mapping[str, int]
    beyond: float

    def at_least(self, factor: str) -> float:
        """Return a number of steps that is never more than the true one."""
        return self.known.get(factor, self.beyond)


def distances(goal: str, before: Neighbours, budget: int = BUDGET) -> Distances:
    """Return the distances to a goal, nearest first until the budget is used up."""
    known = {goal: 0}
    queue = deque([goal])
    looked = 0
    while queue:
        factor = queue.popleft()
        for near in before(factor):
            looked += 1
            if near not in known:
                known[near] = known[factor] + 1
                queue.append(near)
        if looked > budget and queue:
            # All that are nearer than the next one's neighbours are known.
            return Distances(known, known[queue[0]] + 1)
    return Distances(known, inf)


class Lookahead:
    """Tells whether a way leads on to a goal; one budget for all that one search asks."""

    def __init__(self, budget: int = BUDGET) -> None:
        self._left = budget

    def may_reach(self, start: str, goal: str, after: Neighbours, avoid: Collection[str]) -> bool:
        """Tell whether a way from `start` gets to `goal` past none of `avoid`; yes, where the budget is used up."""
        known, queue = {start}, deque([start])
        while queue:
            for far in after(queue.popleft()):
                self._left -= 1
                if far == goal or self._left < 0:
                    return True
                if far not in known and far not in avoid:
                    known.add(far)
                    queue.append(far)
        return False

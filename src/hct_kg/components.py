"""Strongly connected components: the sets of factors each of which leads to all others of its set."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from hct_kg.reachability import Neighbours


def strong_components(factors: Iterable[str], after: Neighbours) -> Iterator[frozenset[str]]:
    """Yield the components, a factor on no loop alone in its own; by the algorithm of Tarjan (1972), without recursion.

    https://doi.org/10.1137/0201010
    """
    number: dict[str, int] = {}
    lowest: dict[str, int] = {}
    open_: dict[str, None] = {}
    for root in factors:
        if root in number:
            continue
        number[root] = lowest[root] = len(number)
        open_[root] = None
        stack = [(root, iter(after(root)))]
        while stack:
            factor, rest = stack[-1]
            for far in rest:
                if far not in number:
                    number[far] = lowest[far] = len(number)
                    open_[far] = None
                    stack.append((far, iter(after(far))))
                    break
                if far in open_:
                    lowest[factor] = min(lowest[factor], number[far])
            else:
                stack.pop()
                if stack:
                    lowest[stack[-1][0]] = min(lowest[stack[-1][0]], lowest[factor])
                if lowest[factor] == number[factor]:
                    yield frozenset(taken_back_to(factor, open_))


def taken_back_to(factor: str, open_: dict[str, None]) -> Iterator[str]:
    """Take the latest factors off those that are open, up to and with this one."""
    while True:
        latest, _ = open_.popitem()
        yield latest
        if latest == factor:
            return

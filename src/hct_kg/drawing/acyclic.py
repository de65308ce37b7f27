"""Which arrows to turn round so that no loop is left: as few as a greedy order finds, and none in vain.

After Eades, Lin and Smyth (1993, https://doi.org/10.1016/0020-0190(93)90079-O).
"""

from __future__ import annotations

from collections.abc import Sequence

Arc = tuple[int, int]


def turned(count: int, arcs: Sequence[Arc]) -> frozenset[int]:
    """Return the places, in `arcs`, of those that run against the order of the nodes 0 … count - 1.

    Leaving any one of them as it was would close a loop. An arc from a node to itself is never among them.
    """
    place = {node: number for number, node in enumerate(greedy_order(count, arcs))}
    back = [number for number, (tail, head) in enumerate(arcs) if place[tail] > place[head]]
    ahead: list[set[int]] = [set() for _ in range(count)]
    for tail, head in arcs:
        if place[tail] < place[head]:
            ahead[tail].add(head)
    kept = set()
    for number in back:
        tail, head = arcs[number]
        if reaches(ahead, head, tail):
            kept.add(number)
        else:
            ahead[tail].add(head)
    return frozenset(kept)


def greedy_order(count: int, arcs: Sequence[Arc]) -> list[int]:
    """Return the nodes in an order against which few arcs run."""
    after: list[list[int]] = [[] for _ in range(count)]
    before: list[list[int]] = [[] for _ in range(count)]
    for tail, head in arcs:
        if tail != head:
            after[tail].append(head)
            before[head].append(tail)
    going, coming = [len(ends) for ends in after], [len(ends) for ends in before]
    left = dict.fromkeys(range(count))
    first: list[int] = []
    last: list[int] = []
    while left:
        sink = next((node for node in reversed(left) if not going[node]), None)
        node = sink if sink is not None else max(left, key=lambda node: (not coming[node], going[node] - coming[node]))
        (first if sink is None else last).append(node)
        del left[node]
        for head in after[node]:
            coming[head] -= 1
        for tail in before[node]:
            going[tail] -= 1
    return [*first, *reversed(last)]


def reaches(ahead: Sequence[set[int]], start: int, end: int) -> bool:
    """Return whether a way leads from one node to another."""
    seen, waiting = {start}, [start]
    while waiting:
        node = waiting.pop()
        if node == end:
            return True
        waiting += ahead[node] - seen
        seen |= ahead[node]
    return False

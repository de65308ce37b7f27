"""Where on its border an arrow leaves or meets a box: one place each, in an order in which arrows need not cross."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from hct_kg.drawing.skeleton import Skeleton

MARGIN, SPACING = 7.0, 10.0
LEFT, RIGHT = -1, 1


@dataclass(frozen=True, slots=True, order=True)
class Port:
    """One end of an edge: what it is sorted by, downwards, on its side of the box."""

    rank: tuple[int, float]
    edge: int
    first: bool = field(compare=False)


def ports_of(skeleton: Skeleton, middle: Sequence[float], heights: Sequence[float]) -> dict[tuple[int, bool], float]:
    """Return the height of both ends of every edge: by (number of the edge, whether its chain begins there)."""
    sides: dict[tuple[int, int], list[Port]] = defaultdict(list)
    within = {frozenset((vertex, other)) for vertex, others in enumerate(skeleton.beside) for other in others}
    for edge, chain in enumerate(skeleton.chains):
        if chain[0] == chain[-1]:
            sides[chain[0], RIGHT] += [Port((1, 0.0), edge, True), Port((1, 1.0), edge, False)]
        elif len(chain) == 2 and frozenset(chain) in within:
            for first, (here, there) in ((True, chain), (False, chain[::-1])):
                sides[here, RIGHT].append(Port(arc_rank(middle[here], middle[there]), edge, first))
        else:
            sides[chain[0], RIGHT].append(Port((0, middle[chain[1]]), edge, True))
            sides[chain[-1], LEFT].append(Port((0, middle[chain[-2]]), edge, False))
    found = {}
    for (vertex, _), ports in sides.items():
        step = min(SPACING, (heights[vertex] - 2 * MARGIN) / max(len(ports) - 1, 1))
        top = middle[vertex] - step * (len(ports) - 1) / 2
        for place, port in enumerate(sorted(ports)):
            found[port.edge, port.first] = top + step * place
    return found


def arc_rank(here: float, there: float) -> tuple[int, float]:
    """Return the rank of an arc's end: arcs upwards above all lines, the nearest first; downwards the other way."""
    return (-1, -there) if there < here else (2, -there)

"""Where the causal links of a programme begin and end: no link on itself, and no factor without a link or a passage."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from benchmarks.generate.sampling import Sample, Thing
from benchmarks.generate.template import LINK, Reference, Skeleton
from hct_kg.terms import HCT, SUPPORTED_BY

CAUSE, EFFECT = HCT + "cause", HCT + "effect"
ENDS = (CAUSE, EFFECT)

Factor = tuple[str, int]
"""A factor of a programme: its kind, and its place among those."""


def join(sample: Sample) -> list[dict[str, Factor]]:
    """Return the ends of each link of a programme, by its place."""
    links = [ends_of(sample, thing) for thing in sample.things[LINK]]
    degrees = Counter(factor for ends in links for factor in ends.values())
    lonely = lonely_factors(sample, degrees)
    for place, ends in enumerate(links):
        for name in ENDS if not sample.closes(LINK, place) else ():
            kind = ends[name][0]
            if degrees[ends[name]] > 1 and lonely.get(kind):
                degrees[ends[name]] -= 1
                ends[name] = (kind, lonely[kind].pop())
    return links


def ends_of(sample: Sample, thing: Thing) -> dict[str, Factor]:
    """Return the ends of one link: another effect than the template's where that would be the cause."""
    said = sample.skeleton(LINK, thing.place).properties
    ends = {name: factor_of(sample, said[name][0], thing.copy) for name in ENDS}
    while ends[CAUSE] == ends[EFFECT]:
        ends[EFFECT] = (ends[EFFECT][0], sample.deal(ends[EFFECT][0]))
    return ends


def factor_of(sample: Sample, reference: object, copy: int) -> Factor:
    """Return the factor that the end of a link leads to."""
    if not isinstance(reference, Reference):
        raise TypeError("a link in the data has an end that is no factor: `hct-kg validate` names it")
    return reference.kind, sample.place_of(reference, copy)


def lonely_factors(sample: Sample, degrees: Mapping[Factor, int]) -> dict[str, list[int]]:
    """Return the factors that no link and no passage speaks of, by kind."""
    kinds = {kind for kind, _ in degrees}
    return {
        kind: [
            thing.place
            for thing in sample.things[kind]
            if not degrees.get((kind, thing.place)) and not passages(sample.skeleton(kind, thing.place))
        ]
        for kind in sorted(kinds)
    }


def passages(skeleton: Skeleton) -> int:
    """Return how many passages a thing rests on."""
    return len(skeleton.properties.get(SUPPORTED_BY, ()))

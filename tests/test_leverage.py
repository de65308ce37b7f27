"""The measures of a factor are those of their definitions, counted in the slow and obvious way."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import permutations

import pytest
from hypothesis import given, settings

from hct_kg.leverage import Bounds, Leverage, SignedReach, measure
from hct_kg.links import Link
from networks import link, random_links

WIDE = Bounds()


def by_factor(links: list[Link], bounds: Bounds = WIDE) -> dict[str, Leverage]:
    return {item.factor: item for item in measure(links, bounds).factors}


def test_the_middle_of_a_line_is_between_its_ends() -> None:
    found = by_factor([link("a", "b"), link("b", "c"), link("c", "d")])
    assert [found[name].betweenness for name in "abcd"] == [0, 2, 2, 0]
    assert [(found[name].upstream, found[name].downstream) for name in "abcd"] == [(0, 3), (1, 2), (2, 1), (3, 0)]


def test_shortest_ways_share_what_is_between() -> None:
    found = by_factor([link("a", "b"), link("a", "c"), link("b", "d"), link("c", "d")])
    assert (found["b"].betweenness, found["c"].betweenness) == (0.5, 0.5)


def test_two_claims_of_one_link_count_once_and_a_link_to_itself_not_at_all() -> None:
    found = by_factor([link("a", "b"), link("a", "b", -1), link("a", "b", model="map"), link("a", "a")])
    assert (found["a"].causes, found["a"].effects, found["b"].causes) == (0, 1, 1)
    assert found["a"].downstream == 1


def test_a_factor_raises_lowers_or_does_either() -> None:
    links = [link("a", "b", -1), link("b", "c", -1), link("a", "d"), link("b", "d"), link("a", "e", 0)]
    assert by_factor(links)["a"].signed == SignedReach(raises=1, lowers=1, either=1, unsigned=1)


def test_signed_reach_goes_no_further_than_its_depth() -> None:
    links = [link("a", "b"), link("b", "c"), link("c", "d", -1)]
    assert by_factor(links, Bounds(depth=2))["a"].signed == SignedReach(2, 0, 0, 0)


def test_too_large_a_model_is_estimated_and_says_so() -> None:
    line = [link(*pair) for pair in ("ab", "bc", "cd", "de")]
    result = measure(line, Bounds(arcs=8))
    assert not result.complete
    # Of five beginnings two are within the bound: a and d, each standing for two and a half.
    assert [item.betweenness for item in result.factors] == [0, 7.5, 5.0, 2.5, 0]
    assert {item.upstream for item in result.factors} == {None}


def test_too_many_chains_to_follow_leave_signed_reach_out() -> None:
    result = measure([link("a", "b"), link("b", "c")], Bounds(steps_of_one=1))
    assert not result.complete
    assert [item.signed for item in result.factors] == [None, SignedReach(1, 0, 0, 0), SignedReach(0, 0, 0, 0)]


def simple_paths(links: list[Link], path: tuple[str, ...], sign: int) -> Iterator[tuple[tuple[str, ...], int]]:
    for item in links:
        if item.cause == path[-1] and item.effect not in path:
            longer = (*path, item.effect)
            yield longer, sign * item.sign
            yield from simple_paths(links, longer, sign * item.sign)


def shortest_paths(links: list[Link], start: str) -> dict[str, set[tuple[str, ...]]]:
    paths: dict[str, set[tuple[str, ...]]] = defaultdict(set)
    for path, _ in simple_paths(links, (start,), 1):
        paths[path[-1]].add(path)
    return {end: {path for path in found if len(path) == min(map(len, found))} for end, found in sorted(paths.items())}


def betweenness(links: list[Link], factors: set[str], middle: str) -> float:
    total = 0.0
    for start, end in permutations(factors - {middle}, 2):
        shortest = shortest_paths(links, start).get(end, set())
        total += sum(middle in path for path in shortest) / len(shortest) if shortest else 0
    return total


@settings(max_examples=1000, deadline=None)
@given(random_links(loops_of_one=True, most=10))
def test_measures_agree_with_counting_every_chain(links: list[Link]) -> None:
    found = by_factor(links, Bounds(depth=3))
    factors = {end for item in links for end in (item.cause, item.effect)}
    assert set(found) == factors
    for factor in factors:
        chains = list(simple_paths(links, (factor,), 1))
        signs: dict[str, set[int]] = defaultdict(set)
        for path, sign in chains:
            if len(path) <= 4:
                signs[path[-1]].add(sign)
        expected = SignedReach(
            raises=sum(found & {1, -1} == {1} for found in signs.values()),
            lowers=sum(found & {1, -1} == {-1} for found in signs.values()),
            either=sum(found >= {1, -1} for found in signs.values()),
            unsigned=sum(found == {0} for found in signs.values()),
        )
        item = found[factor]
        assert item.signed == expected
        assert item.downstream == len({path[-1] for path, _ in chains})
        assert item.upstream == sum(factor in shortest_paths(links, other) for other in factors - {factor})
        assert item.effects == len({path for path, _ in chains if len(path) == 2})
        assert item.betweenness == pytest.approx(betweenness(links, factors, factor))

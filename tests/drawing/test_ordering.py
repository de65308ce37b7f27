"""Crossings are counted as they are seen, and an order is only left for one with fewer of them."""

from __future__ import annotations

from itertools import combinations, pairwise

from graphs_at_random import crowded, graphs
from hypothesis import given
from hypothesis import strategies as st

from hct_kg.drawing.acyclic import reaches, turned
from hct_kg.drawing.columns import columns_of
from hct_kg.drawing.crossings import crossings, places
from hct_kg.drawing.exchanges import gain
from hct_kg.drawing.graphs import Graph
from hct_kg.drawing.ordering import ordered
from hct_kg.drawing.placing import isotonic
from hct_kg.drawing.skeleton import Skeleton, skeleton_of


def seen_crossings(skeleton: Skeleton, order: list[list[int]]) -> int:
    """Every pair of lines, looked at one by one."""
    place = places(order)
    column = {vertex: number for number, members in enumerate(order) for vertex in members}
    lines = [(one, other) for one, others in enumerate(skeleton.right) for other in others]
    arcs = [
        (*tuple(sorted((place[one], place[other]))), column[one])
        for one, others in enumerate(skeleton.beside)
        for other in others
        if place[one] < place[other]
    ]
    between = sum(
        column[a] == column[c] and (place[a] - place[c]) * (place[b] - place[d]) < 0
        for (a, b), (c, d) in combinations(lines, 2)
    )
    beside = sum(column[a] == at and top < place[a] < bottom for a, _ in lines for top, bottom, at in arcs)
    nested = sum(
        at == there and (top < upper < bottom < lower or upper < top < lower < bottom)
        for (top, bottom, at), (upper, lower, there) in combinations(arcs, 2)
    )
    return between + beside + nested


@given(graph=graphs() | crowded())
def test_crossings_are_those_of_every_pair_of_lines(graph: Graph) -> None:
    skeleton = skeleton_of(graph, columns_of(graph))
    order = [list(column) for column in skeleton.columns]
    assert crossings(skeleton, order) == seen_crossings(skeleton, order)


@given(graph=graphs() | crowded())
def test_an_order_has_no_more_crossings_than_the_one_given(graph: Graph) -> None:
    skeleton = skeleton_of(graph, columns_of(graph))
    given_order = [list(column) for column in skeleton.columns]
    found = ordered(skeleton, given_order)
    assert [sorted(column) for column in found] == [sorted(column) for column in given_order]
    assert crossings(skeleton, found) <= crossings(skeleton, given_order)


@given(graph=graphs() | crowded(), data=st.data())
def test_what_an_exchange_gains_is_the_difference_in_crossings(graph: Graph, data: st.DataObject) -> None:
    skeleton = skeleton_of(graph, columns_of(graph))
    order = [list(column) for column in skeleton.columns]
    long = [column for column in order if len(column) > 1]
    if not long:
        return
    column = data.draw(st.sampled_from(long))
    upper = data.draw(st.integers(0, len(column) - 2))
    before, gained = crossings(skeleton, order), gain(skeleton, column[upper], column[upper + 1], places(order))
    column[upper], column[upper + 1] = column[upper + 1], column[upper]
    assert gained == before - crossings(skeleton, order)


@given(st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), max_size=40))
def test_turned_arrows_leave_no_loop_and_each_of_them_would_close_one(arcs: list[tuple[int, int]]) -> None:
    back = turned(9, arcs)
    ahead: list[set[int]] = [set() for _ in range(9)]
    for place, (tail, head) in enumerate(arcs):
        if place not in back and tail != head:
            ahead[tail].add(head)
    assert not any(reaches(ahead, head, node) for node in range(9) for head in ahead[node])
    assert all(reaches(ahead, arcs[place][1], arcs[place][0]) for place in back)
    assert not any(arcs[place][0] == arcs[place][1] for place in back)


weighed = st.lists(st.tuples(st.floats(-100, 100), st.floats(0.1, 10)), min_size=1, max_size=8)


@given(weighed, st.lists(st.floats(-100, 100), min_size=8, max_size=8))
def test_isotonic_values_never_fall_and_none_that_do_not_are_nearer(
    points: list[tuple[float, float]], others: list[float]
) -> None:
    wishes, weights = [wish for wish, _ in points], [weight for _, weight in points]
    found, rivals = isotonic(wishes, weights), sorted(others)[: len(points)]

    def distance(values: list[float]) -> float:
        return sum(weight * (value - wish) ** 2 for value, wish, weight in zip(values, wishes, weights, strict=True))

    assert all(one <= other + 1e-9 for one, other in pairwise(found))
    assert distance(found) <= distance(rivals) + 1e-6
    nudged = [value + (rival - value) * 0.01 for value, rival in zip(found, rivals, strict=True)]
    assert distance(found) <= distance(nudged) + 1e-6

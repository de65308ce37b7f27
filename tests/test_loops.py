"""Loops are the simple cycles of the links, each once, with the sign that its links give it."""

from __future__ import annotations

from itertools import permutations

from hypothesis import given, settings

from hct_kg.links import Link, StatedLoop
from hct_kg.loops import Bounds, closes, find_loops, is_said_by
from hct_kg.projection import Projection
from networks import LETTERS, link, random_links

ROUND = [link("c", "a"), link("a", "b"), link("b", "c")]


def test_a_loop_begins_with_its_first_factor() -> None:
    (loop,) = find_loops(ROUND).loops
    assert loop.factors == ("a", "b", "c")
    assert [[found.iri for found in arc.links] for arc in loop.arcs] == [
        [ROUND[1].iri],
        [ROUND[2].iri],
        [ROUND[0].iri],
    ]


def test_a_loop_is_reinforcing_balancing_or_unknown_by_its_signs() -> None:
    def kind(*signs: int) -> str:
        pairs = (("a", "b"), ("b", "c"), ("c", "a"))
        return find_loops([link(*pair, sign) for pair, sign in zip(pairs, signs, strict=True)]).loops[0].kind

    assert kind(1, 1, 1) == kind(-1, -1, 1) == "reinforcing"
    assert kind(1, -1, 1) == kind(-1, -1, -1) == "balancing"
    assert kind(1, 0, -1) == "unknown"


def test_claims_that_disagree_about_a_sign_leave_the_loop_unknown() -> None:
    (loop,) = find_loops([*ROUND, link("a", "b", -1)]).loops
    assert loop.kind == "unknown"
    assert len(loop.arcs[0].links) == 2


def test_loops_through_a_factor_leave_out_the_others() -> None:
    links = [*ROUND, link("c", "d"), link("d", "c")]
    assert [loop.factors for loop in find_loops(links).loops] == [("c", "d"), ("a", "b", "c")]
    assert [loop.factors for loop in find_loops(links, "d").loops] == [("c", "d")]
    assert find_loops(links, "nowhere").loops == ()


def test_the_bound_that_was_hit_is_named() -> None:
    links = [*ROUND, link("b", "a")]
    assert find_loops(links).complete
    assert find_loops(links, bounds=Bounds(length=3, loops=2)).complete
    assert find_loops(links, bounds=Bounds(length=2)).bound == "length"
    assert find_loops(links, "a", Bounds(length=2)).bound == "length"
    assert find_loops(links, bounds=Bounds(loops=1)).bound == "loops"
    assert find_loops(links, bounds=Bounds(expansions=3)).bound == "expansions"


def test_a_way_that_never_returns_is_no_longer_loop() -> None:
    links = [link("a", "b"), link("b", "a"), link("b", "c"), link("c", "d")]
    assert find_loops(links, "a", Bounds(length=2)).complete


def test_a_stated_loop_is_the_one_with_its_links_and_no_other() -> None:
    short, long = find_loops([*ROUND, link("b", "a")]).loops
    stated = StatedLoop("l", "L", "toc", frozenset(item.iri for item in ROUND))
    assert is_said_by(long, stated)
    assert not is_said_by(short, stated)


def test_links_that_do_not_come_round_close_no_loop() -> None:
    assert closes(ROUND)
    assert not closes(ROUND[:2])
    assert not closes([])


def every_cycle(links: list[Link]) -> set[tuple[str, ...]]:
    """The slow and obvious way: every order of every set of factors that begins with its first."""
    ties = {(item.cause, item.effect) for item in links}
    orders = (order for size in range(1, len(LETTERS) + 1) for order in permutations(LETTERS, size))
    return {
        order
        for order in orders
        if order[0] == min(order) and all(tie in ties for tie in zip(order, (*order[1:], order[0]), strict=True))
    }


def sign_of(links: list[Link], factors: tuple[str, ...]) -> int:
    sign = 1
    for tie in zip(factors, (*factors[1:], factors[0]), strict=True):
        signs = {item.sign for item in links if (item.cause, item.effect) == tie}
        sign *= signs.pop() if len(signs) == 1 else 0
    return sign


@settings(max_examples=1000, deadline=None)
@given(random_links(loops_of_one=True, most=16))
def test_every_cycle_is_found_once_in_order_and_with_its_sign(links: list[Link]) -> None:
    result = find_loops(links)
    assert result.complete
    found = [loop.factors for loop in result.loops]
    assert found == sorted(every_cycle(links), key=lambda factors: (len(factors), factors))
    kinds = {1: "reinforcing", -1: "balancing", 0: "unknown"}
    assert [loop.kind for loop in result.loops] == [kinds[sign_of(links, factors)] for factors in found]


@settings(max_examples=1000, deadline=None)
@given(random_links(loops_of_one=True, most=16))
def test_a_shorter_length_or_one_factor_gives_its_part_of_the_loops(links: list[Link]) -> None:
    every = every_cycle(links)
    projection = Projection(links)
    short = find_loops(projection, bounds=Bounds(length=3))
    assert {loop.factors for loop in short.loops} == {factors for factors in every if len(factors) <= 3}
    assert short.complete == all(len(factors) <= 3 for factors in every)
    through = find_loops(projection, "a", Bounds(length=3))
    assert {loop.factors for loop in through.loops} == {path for path in every if "a" in path and len(path) <= 3}
    assert through.complete == all(len(path) <= 3 for path in every if "a" in path)

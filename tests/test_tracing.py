"""Tracing finds every chain, once, in order of trust, and says where it stopped."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hct_kg.links import Link, Scope
from hct_kg.projection import Projection, steps_of
from hct_kg.reachability import Lookahead, distances
from hct_kg.terms import ID
from hct_kg.tracing import Bounds, Chain, trace
from networks import LETTERS, link, random_links


def names(chain: Chain) -> str:
    return chain.steps[0].cause + "".join(step.effect for step in chain.steps)


def test_chains_between_two_factors_come_with_fewest_implied_links_first() -> None:
    links = [link("a", "d", implied=True), link("a", "b"), link("b", "c"), link("c", "d"), link("a", "c")]
    assert [names(chain) for chain in trace(links, "a", "d").chains] == ["acd", "abcd", "ad"]


def test_a_step_that_is_stated_once_is_not_implied() -> None:
    links = [link("a", "b", implied=True), link("a", "b", model="map")]
    (chain,) = trace(links, "a", "b").chains
    assert chain.implied == 0
    assert len(chain.steps[0].links) == 2


def test_without_a_goal_chains_go_as_far_as_they_can() -> None:
    links = [link("a", "b"), link("b", "c"), link("b", "d")]
    assert [names(chain) for chain in trace(links, "a").chains] == ["abc", "abd"]


def test_upstream_chains_are_told_in_causal_order() -> None:
    links = [link("a", "b"), link("b", "c"), link("x", "c")]
    assert [names(chain) for chain in trace(links, "c", direction="upstream").chains] == ["xc", "abc"]


def test_the_sign_of_a_chain_is_the_product_of_its_signs() -> None:
    links = [link("a", "b", -1), link("b", "c", -1), link("c", "d", 0)]
    assert trace(links, "a", "c").chains[0].sign == 1
    assert trace(links, "b", "c").chains[0].sign == -1
    assert trace(links, "a", "d").chains[0].sign == 0


def test_opposite_signs_between_two_factors_are_two_steps() -> None:
    assert {chain.sign for chain in trace([link("a", "b", 1), link("a", "b", -1)], "a", "b").chains} == {1, -1}


def test_a_loop_is_never_walked_twice() -> None:
    links = [link("a", "b"), link("b", "c"), link("c", "a"), link("c", "d")]
    assert [names(chain) for chain in trace(links, "a").chains] == ["abcd"]


def test_a_chain_says_its_weakest_modality() -> None:
    links = [link("a", "b", modality="observed"), link("b", "c", modality="intended")]
    assert trace(links, "a", "c").chains[0].modality == f"{ID}modality/intended"


@pytest.mark.parametrize(
    ("first", "second", "overlap"),
    [
        ({"coventry", "leeds"}, {"leeds"}, "yes"),
        ({"coventry"}, {"leeds"}, "no"),
        ({"coventry"}, set(), "unknown"),
        (set(), set(), "unknown"),
    ],
)
def test_a_chain_says_whether_its_scopes_overlap(first: set[str], second: set[str], overlap: str) -> None:
    one, other = Scope("s1", "one", frozenset(first)), Scope("s2", "other", frozenset(second))
    links = [link("a", "b", scope=one), link("b", "c", scope=other)]
    assert trace(links, "a", "c").chains[0].scope_overlap == overlap


def test_a_chain_of_one_link_has_no_scopes_that_could_be_apart() -> None:
    assert trace([link("a", "b")], "a", "b").chains[0].scope_overlap == "yes"


def test_a_chain_warns_of_implied_links_of_crossed_models_and_of_scopes_that_do_not_meet() -> None:
    coventry = Scope("s1", "Coventry", frozenset({"coventry"}))
    leeds = Scope("s2", "Leeds", frozenset({"leeds"}))
    links = [link("a", "b", implied=True, scope=coventry), link("b", "c", model="map", scope=leeds)]
    implied, crossed, scopes = trace(links, "a", "c").chains[0].warnings
    assert implied.startswith("1 of 2 links are implied")
    assert crossed == "The chain crosses from one causal model into another at b."
    assert scopes == "The links before and after b speak of different sites."


def test_a_plain_chain_has_no_warning() -> None:
    assert trace([link("a", "b"), link("b", "c")], "a", "c").chains[0].warnings == ()


def test_the_bound_that_was_hit_is_named() -> None:
    line = [link("a", "b"), link("b", "c"), link("c", "d"), link("a", "c")]
    assert trace(line, "a", "d", bounds=Bounds(depth=2)).bound == "depth"
    assert trace(line, "a", "d", bounds=Bounds(chains=1)).bound == "chains"
    assert trace(line, "a", "d", bounds=Bounds(expansions=1)).bound == "expansions"
    assert trace(line, "a", "d", bounds=Bounds(depth=3, chains=2)).complete


def test_a_factor_without_links_has_no_chain() -> None:
    result = trace([link("a", "b")], "b")
    assert result.chains == ()
    assert result.complete


def every_simple_path(links: list[Link], path: tuple[str, ...], signs: tuple[int, ...], goal: str) -> Iterator[str]:
    """The slow and obvious way: walk everywhere, never back."""
    if path[-1] == goal and signs:
        yield f"{''.join(path)}{signs}"
        return
    for step in steps_of(links):
        if step.cause == path[-1] and step.effect not in path:
            yield from every_simple_path(links, (*path, step.effect), (*signs, step.sign), goal)


@settings(max_examples=1000, deadline=None)
@given(random_links(), st.sampled_from(["downstream", "upstream"]))
def test_every_simple_path_is_found_once_and_in_order(links: list[Link], direction: str) -> None:
    start, goal = ("a", "f") if direction == "downstream" else ("f", "a")
    result = trace(links, start, goal, direction, Bounds(chains=10_000))  # type: ignore[arg-type]
    found = [f"{names(chain)}{tuple(step.sign for step in chain.steps)}" for chain in result.chains]
    assert sorted(found) == sorted(every_simple_path(links, ("a",), (), "f"))
    costs = [(chain.implied, len(chain.steps)) for chain in result.chains]
    assert costs == sorted(costs)
    assert result.complete


@settings(max_examples=300, deadline=None)
@given(random_links())
def test_chains_without_a_goal_cannot_be_made_longer(links: list[Link]) -> None:
    for chain in trace(links, "a", bounds=Bounds(chains=10_000, depth=12)).chains:
        seen = set(names(chain))
        assert all(other.effect in seen for other in links if other.cause == chain.steps[-1].effect)


@settings(max_examples=1000, deadline=None)
@given(random_links(), st.integers(1, 4))
def test_a_depth_gives_the_shorter_chains_and_tells_of_longer_ones(links: list[Link], depth: int) -> None:
    every = list(every_simple_path(links, ("a",), (), "f"))
    result = trace(links, "a", "f", bounds=Bounds(depth=depth, chains=10_000))
    found = {f"{names(chain)}{tuple(step.sign for step in chain.steps)}" for chain in result.chains}
    assert found == {path for path in every if path.index("(") <= depth + 1}
    assert result.complete == (len(found) == len(every))


@settings(max_examples=1000, deadline=None)
@given(random_links(), st.integers(0, 6), st.sampled_from("abc"))
def test_what_is_looked_up_within_a_budget_is_never_wrong(links: list[Link], budget: int, goal: str) -> None:
    projection = Projection(links)
    exact = distances(goal, projection.before)
    partly = distances(goal, projection.before, budget)
    for factor in LETTERS:
        assert partly.at_least(factor) <= exact.at_least(factor)
        assert factor not in partly.known or partly.known[factor] == exact.known[factor]
        reached = Lookahead().may_reach(factor, goal, projection.after, ())
        assert reached or not Lookahead(budget).may_reach(factor, goal, projection.after, ()) or budget < len(links)
        assert factor == goal or reached == (factor in exact.known)


def test_a_view_leaves_links_out_of_every_walk() -> None:
    projection = Projection([link("a", "b"), link("b", "c", implied=True), link("b", "c", model="map"), link("c", "d")])
    stated = projection.where(lambda item: not item.implied)
    assert [names(chain) for chain in trace(stated, "a", "c").chains] == ["abc"]
    assert trace(stated.where(lambda item: "toc" in item.models), "a", "c").chains == ()
    assert stated.where(lambda item: "map" in item.models).factors() == ["b", "c"]
    assert len(projection.between("b", "c")) == 2

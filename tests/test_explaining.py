"""An explanation holds what speaks for a claim and what speaks against it."""

from __future__ import annotations

from hypothesis import given, settings

from hct_kg.disputes import disputes
from hct_kg.explaining import Explanation, explain
from hct_kg.links import Link, Scope
from networks import link, random_links

BOTH = Scope("s1", "Coventry and Leeds", frozenset({"coventry", "leeds"}))
ONE = Scope("s2", "Leeds", frozenset({"leeds"}))


def named(links: tuple[Link, ...]) -> set[tuple[str, str, int]]:
    return {(item.cause, item.effect, item.sign) for item in links}


def test_the_links_of_all_chains_come_with_their_passages_once() -> None:
    links = [link("a", "b", passages=("p2", "p1")), link("b", "c", passages=("p1",)), link("x", "y", passages=("p9",))]
    found = explain(links, "a", "c")
    assert found.pairs == (("a", "b"), ("b", "c"))
    assert [citation.passage.rsplit("/", 1)[1] for citation in found.passages] == ["p1", "p2"]


def test_a_pair_that_is_only_meant_is_told_from_one_that_was_reported() -> None:
    links = [link("a", "b"), link("b", "c"), link("b", "c", model="map", modality="observed")]
    meant, reported = explain(links, "a", "c").grounds
    assert (meant.cause, meant.reported) == ("a", False)
    assert (reported.cause, reported.reported, len(reported.modalities)) == ("b", True, 2)


def test_links_of_opposite_sign_are_counter_evidence() -> None:
    for_it, against, silent = link("a", "b"), link("a", "b", -1), link("a", "b", 0)
    (found,) = explain([against, for_it, silent], "a", "b").opposed
    assert (found.positive, found.negative) == (for_it, against)


def test_a_link_that_holds_for_fewer_or_on_a_condition_is_counter_evidence() -> None:
    wide, narrow = link("a", "b", scope=BOTH), link("a", "b", scope=ONE, model="map")
    unnamed, depends = link("a", "b", model="x"), link("a", "b", 0, condition="if there is time")
    found = explain([wide, narrow, unnamed, depends], "a", "b")
    assert [(pair.narrow, pair.wide) for pair in found.narrower] == [(narrow, wide)]
    assert found.conditional == (depends,)


def test_what_else_leads_to_the_effect_is_an_alternative() -> None:
    links = [link("a", "b"), link("b", "c"), link("a", "c"), link("x", "c"), link("x", "b")]
    assert named(explain(links, "a", "c").alternatives) == {("x", "c", 1)}


def test_without_a_chain_there_are_only_alternatives() -> None:
    found = explain([link("x", "c"), link("c", "a")], "a", "c")
    assert (found.trace.chains, found.links, found.factors) == ((), (), ("a", "c"))
    assert named(found.alternatives) == {("x", "c", 1)}


def parts(found: Explanation) -> set[str]:
    return {item.iri for item in (*found.links, *found.alternatives)}


@settings(max_examples=500, deadline=None)
@given(random_links())
def test_every_link_to_the_effect_is_on_a_chain_or_an_alternative_or_from_a_factor_on_one(links: list[Link]) -> None:
    found = explain(links, "a", "f")
    for item in links:
        if item.effect == "f":
            assert item.iri in parts(found) or item.cause in found.factors
    assert not {item.iri for item in found.links} & {item.iri for item in found.alternatives}


@settings(max_examples=500, deadline=None)
@given(random_links())
def test_factors_are_disputed_where_links_have_both_signs(links: list[Link]) -> None:
    signs = {(item.cause, item.effect): set[int]() for item in links}
    for item in links:
        signs[item.cause, item.effect].add(item.sign)
    found = [(item.positive.cause, item.positive.effect) for item in disputes(links)]
    assert found == sorted(pair for pair, both in signs.items() if both >= {1, -1})
    assert all((item.positive.sign, item.negative.sign) == (1, -1) for item in disputes(links))

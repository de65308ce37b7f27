"""The steps from one dataset to another, taken one after the other, are that other dataset."""

from __future__ import annotations

from itertools import chain

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hct_kg.errors import MalformedRequest
from hct_kg.store.remote.committing import guarded, journal_of, one_request
from hct_kg.store.remote.differences import MOST_TRIPLES, differences, reverse
from hct_kg.store.remote.record import Record, Underway, switch

BEFORE = Record("a", 1)
UNDERWAY = BEFORE.beginning(Underway("me", Record("b", 1).document))
NODES = st.sampled_from(["<urn:a>", "<urn:b>", "_:x", "_:y"])
OBJECTS = st.one_of(NODES, st.sampled_from(['"→ü"@de', "1", "true", '"a\\"b"']))
QUADS = st.sets(st.tuples(NODES, OBJECTS, st.sampled_from(["<urn:g>", "<urn:h>"])), max_size=8)


def store_of(quads: set[tuple[str, str, str]]) -> ox.Store:
    store = ox.Store()
    text = "".join(f"{graph} {{ {subject} <urn:p> {value} }}\n" for subject, value, graph in sorted(quads))
    store.load(text.encode(), ox.RdfFormat.TRIG)
    return store


def graphs(store: ox.Store) -> list[set[str]]:
    """Return each graph with names for its blank nodes that are its own matter."""
    found = []
    for name in ("urn:g", "urn:h"):
        graph = ox.Dataset(store.quads_for_pattern(None, None, None, ox.NamedNode(name)))
        graph.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
        found.append(set(map(str, graph)))
    return found


@given(QUADS, QUADS)
def test_the_steps_make_the_other_dataset_also_when_taken_twice(
    old: set[tuple[str, str, str]], new: set[tuple[str, str, str]]
) -> None:
    here, there = store_of(old), store_of(new)
    steps = differences(here, there)
    here.update(switch(None, UNDERWAY))
    for _ in range(2):
        for step in steps:
            here.update(guarded(UNDERWAY, step))
        assert graphs(here) == graphs(there)


@given(QUADS, QUADS, st.data())
def test_the_steps_back_make_the_first_dataset_however_many_were_taken(
    old: set[tuple[str, str, str]], new: set[tuple[str, str, str]], data: st.DataObject
) -> None:
    here, there = store_of(old), store_of(new)
    steps = differences(here, there)
    here.update(switch(None, UNDERWAY))
    for step in steps[: data.draw(st.integers(0, len(steps)))]:
        here.update(guarded(UNDERWAY, step))
    for _ in range(2):
        for step in chain.from_iterable(reverse(steps)):
            here.update(guarded(UNDERWAY, step))
        assert graphs(here) == graphs(store_of(old))


@given(QUADS, QUADS)
def test_no_step_is_taken_under_another_record(old: set[tuple[str, str, str]], new: set[tuple[str, str, str]]) -> None:
    here = store_of(old)
    steps = differences(here, store_of(new))
    here.update(switch(None, BEFORE))
    for step in steps:
        here.update(guarded(UNDERWAY, step))
    assert graphs(here) == graphs(store_of(old))


def test_a_record_takes_the_place_of_the_one_that_it_names_and_of_no_other() -> None:
    store = ox.Store()
    store.update(switch(None, BEFORE))
    store.update(switch(None, UNDERWAY))
    assert records(store) == {BEFORE.literal}
    store.update(switch(Record("x", 1), UNDERWAY))
    assert records(store) == {BEFORE.literal}
    store.update(switch(BEFORE, UNDERWAY))
    assert records(store) == {UNDERWAY.literal}
    assert UNDERWAY.after == Record("b", 1)


def records(store: ox.Store) -> set[str]:
    return {str(quad.object) for quad in store}


def test_steps_are_short_enough_for_any_engine_and_their_journal_is_ascii() -> None:
    new = ox.Store()
    text = "".join(f'<urn:s{number}> <urn:p> "ü" <urn:g> .\n' for number in range(2000))
    new.load(text.encode(), ox.RdfFormat.N_QUADS)
    steps = differences(ox.Store(), new)
    assert [step.size for step in steps] == [MOST_TRIPLES] * 4
    assert not one_request(steps)
    assert all(part.isascii() for part in journal_of(steps))


def test_triples_in_no_graph_are_refused() -> None:
    new = ox.Store()
    new.add(ox.Quad(ox.NamedNode("urn:s"), ox.NamedNode("urn:p"), ox.Literal(1)))
    with pytest.raises(MalformedRequest, match="named graphs"):
        differences(ox.Store(), new)

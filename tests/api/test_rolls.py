"""Pages cut from an order: each thing once, whatever the size of the pages, the direction and what is chosen."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hct_kg.api.rolls import Place, Roll

PLACES = st.lists(st.tuples(st.sampled_from(["", "a", "b", "ß"]), st.text("xyz", min_size=1)), unique_by=lambda p: p[1])


def walk(roll: Roll, limit: int, descending: bool, chosen: frozenset[str] | None) -> list[list[str]]:
    pages, after = [], None
    while True:
        iris, after = roll.page(limit, after, descending, chosen)
        pages.append(iris)
        if after is None:
            return pages


@given(PLACES, st.integers(1, 5), st.booleans(), st.none() | st.frozensets(st.text("xyz", min_size=1)))
def test_all_pages_together_are_the_order_without_gap_or_repetition(
    places: list[Place], limit: int, descending: bool, chosen: frozenset[str] | None
) -> None:
    roll = Roll(tuple(sorted(places)))
    expected = [iri for _, iri in roll.places if chosen is None or iri in chosen]
    pages = walk(roll, limit, descending, chosen)
    assert [iri for page in pages for iri in page] == (expected[::-1] if descending else expected)
    assert all(len(page) == limit for page in pages[:-1])
    assert roll.total(chosen) == len(expected)


@given(PLACES, st.tuples(st.text("ab"), st.text("xyz")), st.booleans())
def test_a_page_goes_on_where_a_thing_would_stand_that_is_no_longer_there(
    places: list[Place], after: Place, descending: bool
) -> None:
    roll = Roll(tuple(sorted(places)))
    iris, _ = roll.page(1000, after, descending)
    assert set(iris) == {iri for key, iri in places if ((key, iri) < after if descending else (key, iri) > after)}

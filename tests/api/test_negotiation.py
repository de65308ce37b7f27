"""Content negotiation, as tables."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hct_kg.api.negotiation import best, negotiate
from hct_kg.errors import NotAcceptable

OFFERED = ("text/turtle", "application/n-triples", "application/ld+json")


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        (None, "text/turtle"),
        ("", "text/turtle"),
        ("*/*", "text/turtle"),
        ("application/*", "application/n-triples"),
        ("application/ld+json", "application/ld+json"),
        ("APPLICATION/LD+JSON ; Q=0.5", "application/ld+json"),
        ("application/ld+json, text/turtle", "text/turtle"),
        ("text/turtle;q=0.5, application/ld+json;q=0.6", "application/ld+json"),
        ("text/turtle;q=0, */*", "application/n-triples"),
        ("text/turtle;q=0.1, */*;q=0.5", "application/n-triples"),
        ("application/*;q=0.2, application/ld+json;q=0.9, text/*;q=0.3", "application/ld+json"),
        ("text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.8", "text/turtle"),
        ("image/png, application/n-triples;q=0.001", "application/n-triples"),
        ("text/turtle;charset=utf-8", "text/turtle"),
        ('text/turtle; charset="UTF-8"; q=1, */*;q=0.1', "text/turtle"),
        ("text/turtle;version=2, application/ld+json;q=0.1", "application/ld+json"),
        ("nonsense, , application/ld+json", "application/ld+json"),
        ("application/ld+json;q=1.5, text/turtle;q=0.1", "text/turtle"),
        ("application/ld+json;q=x, text/turtle;q=0.1", "text/turtle"),
        ("application/ld+json;q=nan, text/turtle;q=0.1", "text/turtle"),
        ("text/html", None),
        ("text/turtle;q=0", None),
        ("*/*;q=0", None),
        ("*/turtle", None),
        ("nonsense", None),
    ],
)
def test_the_media_type_that_is_wanted_most_is_chosen(accept: str | None, chosen: str | None) -> None:
    assert best(accept, OFFERED) == chosen


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        ("a/b;profile=compacted", "a/b;profile=compacted"),
        ("a/b", "a/b;profile=expanded"),
        (
            "a/b;profile=expanded;q=0.1, a/b;q=0.5",
            "a/b;profile=compacted",
        ),
    ],
)
def test_parameters_of_a_media_type_count(accept: str, chosen: str) -> None:
    offered = ("a/b;profile=expanded", "a/b;profile=compacted")
    assert best(accept, offered) == chosen


def test_none_acceptable_lists_what_there_is() -> None:
    with pytest.raises(NotAcceptable, match="text/turtle, application/n-triples") as caught:
        negotiate("text/html", OFFERED)
    assert caught.value.offered == OFFERED


@given(st.text(max_size=60))
def test_no_header_is_a_mistake_of_ours(accept: str) -> None:
    assert best(accept, OFFERED) in (*OFFERED, None)

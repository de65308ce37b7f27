"""What pages are called: things of one label are told apart by their kind, sections and links by more."""

from __future__ import annotations

import pytest

from hct_kg.store import parse_turtle
from hct_kg.terms import BASE, GRAPH, ID
from hct_kg.web.statements import Statements
from hct_kg.web.titles import title_of

SAID = f"""
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix hct: <{BASE}ns#> .
@prefix id: <{ID}> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
<{ID}section/report-pears-methods> dcterms:title "Methods"@en ; skos:notation "2.1" .
<{ID}factor/sun> skos:prefLabel "Sun"@en .
<{ID}support-activity/sun> skos:prefLabel "Sun"@en .
<{ID}link/sun-to-pears> hct:cause <{ID}factor/sun> ; hct:effect <{ID}factor/pears> .
<{ID}factor/pears> skos:prefLabel "Pears"@en .
<{GRAPH}orchard> hct:note "a graph" .
"""


@pytest.mark.parametrize(
    ("thing", "title"),
    [
        ("id/factor/sun", "Sun – factor"),
        ("id/support-activity/sun", "Sun – support activity"),
        ("id/section/report-pears-methods", "2.1 Methods – section report-pears-methods"),
        ("id/link/sun-to-pears", "Sun → Pears – link sun-to-pears"),
        ("graph/orchard", "graph/orchard"),
    ],
)
def test_a_title_tells_a_thing_from_others_of_its_name(thing: str, title: str) -> None:
    assert title_of(Statements(parse_turtle(SAID)), BASE + thing, BASE) == title

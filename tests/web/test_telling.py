"""What is told of a thing: read from the answers of the service, whatever fields they have and whatever is in them."""

from __future__ import annotations

from typing import Any

import pytest

from hct_kg.api.collections import COLLECTIONS, HOMES
from hct_kg.terms import BASE, ID
from hct_kg.web.facts import AT_ONCE, Fact, facts, quantity
from hct_kg.web.grounds import GROUNDS, by_ground
from hct_kg.web.kinds import KINDS, sentence_of
from hct_kg.web.pages import Place
from hct_kg.web.telling import MOST_CLAIMS, MOST_LINKS, Beside, Told, tell
from hct_kg.web.things import thing_page
from webpages import having, hrefs, read, words

ATTACK = "<script>alert(1)</script>\" onload='x' {{ 7*7 }}"
NOTHING_BESIDE = Beside({}, {})


def ref(identifier: str, label: str = "") -> dict[str, Any]:
    return {"id": identifier, "iri": ID + identifier, "label": label or identifier, "href": None}


def claim(number: int, ground: str | None = "observed", explicitness: str = "stated", **given: Any) -> dict[str, Any]:
    return {
        **ref(f"finding/f{number}", f"Finding {number:03}"),
        "types": [ref("hct:Claim", "claim"), ref("hct:Finding", "finding")],
        "modality": ref(f"modality/{ground}") if ground else None,
        "explicitness": ref(f"explicitness/{explicitness}"),
        "scope": ref("scope/all", "All sites"),
        "voices": [ref("voice/site", "Site")],
        "curator_note": None,
        "condition": None,
        "supported_by": [],
        **given,
    }


def link(number: int, **given: Any) -> dict[str, Any]:
    ends = {"cause": ref("factor/trust", "Trust"), "effect": ref(f"factor/e{number}", f"Effect {number:03}")}
    return {**claim(number, **given), **ends, "id": f"link/l{number}", "polarity": ref("polarity/positive")}


def told(item: dict[str, Any], beside: Beside = NOTHING_BESIDE) -> Told:
    meta = {"permalink": "/v1/results/abc"}
    return tell({"data": {**ref("factor/trust", "Trust"), **item}, "meta": meta}, "/v1/factors/trust", beside)


def page(item: dict[str, Any]) -> Any:
    """The page of factor/trust."""
    return read(thing_page(ID + "factor/trust", told(item))([], Place(BASE, "/doc/factor/trust", version="ab" * 32)))


def test_claims_are_grouped_by_ground_in_a_fixed_order_those_in_so_many_words_first() -> None:
    items = [claim(1, "intended"), claim(2, explicitness="implied"), claim(3), claim(4, None), claim(5, "dreamt")]
    groups = by_ground(items, 10)
    assert [group.name for group in groups] == ["observed", "intended", "", "dreamt"]
    assert [found.id for found in groups[0].claims] == ["finding/f3", "finding/f2"]
    assert (groups[0].claims[0].kind, groups[0].claims[0].marks.voices) == ("finding", ("Site",))


def test_a_page_says_how_many_claims_and_links_it_does_not_show() -> None:
    found = page(
        {
            "claims": [claim(number) for number in range(MOST_CLAIMS + 3)],
            "leads_to": [link(number) for number in range(MOST_LINKS + 2)],
            "led_to_by": [],
        }
    )
    more = [words(item) for item in having(found, "more")]
    assert more == ["… and 2 more, which the data has.", "… and 3 more, which the data has."]
    assert [hrefs(item) for item in having(found, "more")] == [["../../v1/factors/trust"]] * 2
    assert "No evidence found in these documents of what leads to it." in words(found)


def test_what_was_found_comes_before_what_was_meant() -> None:
    links = [link(1, ground="intended"), link(2, ground="perceived"), link(3, ground="observed")]
    after = told({"leads_to": links, "led_to_by": []}).after
    assert after is not None
    assert [sentence.link.id for sentence in after.sentences] == ["link/l3", "link/l2", "link/l1"]


def test_a_factor_leads_to_the_drawings_that_have_links_of_it() -> None:
    models = [ref("model/plan", "The plan"), ref("model/map", "A map")]
    found = page({"leads_to": [link(1, models=models)], "led_to_by": [link(2, models=models[:1])]})
    drawn = [href for href in hrefs(found) if "map?" in href]
    assert drawn == [f"../../map?model=model/{name}&select=factor/trust" for name in ("map", "plan")]


def test_nothing_of_an_answer_becomes_markup() -> None:
    hostile = claim(1, label=ATTACK, condition=ATTACK, scope=ref("scope/x", ATTACK), voices=[ref("voice/x", ATTACK)])
    item = {
        "label": ATTACK,
        "description": ATTACK,
        "curator_note": ATTACK,
        "explicitness": ref(f"explicitness/{ATTACK}"),
        "alternative_names": [ATTACK],
        "about": [ref(f"factor/{ATTACK}", ATTACK)],
        "claims": [hostile],
        "leads_to": [{**link(2), "condition": ATTACK, "effect": ref("factor/x", ATTACK)}],
        "supported_by": [
            {
                **ref("passage/p"),
                "document": ref("document/d", ATTACK),
                "section": ref("section/s", ATTACK),
                "start": 0,
                "end": 5,
                "sha256": ATTACK,
                "text": ATTACK,
                "text_note": None,
            }
        ],
    }
    found = page(item)
    assert all(script.get("src") and not script.text for script in found.iter("script"))  # our own files
    assert not [element for element in found.iter() for name in element.attrib if name.startswith("on")]
    assert words(found).count("alert(1)") > 10
    assert "49" not in words(found)


def test_every_field_is_a_fact_unless_it_is_shown_apart_or_empty() -> None:
    item = {
        **ref("site/alder"),
        "description": "x",
        "alternative_names": ["Alder", "Alders"],
        "place": ref("place/valley", "Valley"),
        "phases": [],
        "issued": "2025-07",
        "new_field": ref("thing/new", "New"),
        "claims": [claim(1)],
    }
    found = {fact.heading: fact for fact in facts(item)}
    assert list(found) == ["Also called", "Place", "Published", "New field"]
    assert found["Also called"].words == "Alder, Alders"
    assert found["Published"].words == "July 2025"
    assert [value.id for value in found["Place"].values] == ["place/valley"]


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ({"amount": 50000.0, "currency": "GBP"}, "£50,000"),
        ({"amount": 50000.5, "currency": "GBP"}, "£50,000.50"),
        (
            {"value": "3", "unit": ref("unit/month", "Month"), "precision": ref("precision/about", "About")},
            "about 3 months",
        ),
        ({"value": None, "min_value": "2", "max_value": "4", "unit": None, "precision": None}, "2 to 4"),
        ({"label": "no quantity"}, ""),
    ],
)
def test_a_quantity_is_spelt_with_its_unit(item: dict[str, Any], expected: str) -> None:
    assert quantity(item) == expected


def test_a_long_fact_is_folded_after_its_first_values() -> None:
    found = page({"parts": [ref(f"factor/p{number}", f"Part {number}") for number in range(AT_ONCE + 2)]})
    (folded,) = list(found.iter("details"))
    assert words(next(folded.iter("summary"))) == "2 more"
    assert hrefs(folded) == [f"../../doc/factor/p{AT_ONCE}", f"../../doc/factor/p{AT_ONCE + 1}"]
    assert facts({"parts": []}) == []
    assert Fact("x", []).words == ""


def test_every_kind_that_has_a_page_says_what_it_is() -> None:
    concepts = {collection.kind for collection in COLLECTIONS if collection.scheme is not None}
    assert HOMES.keys() - concepts <= KINDS.keys()
    assert len(HOMES) > 40
    assert sentence_of({"id": "theme/trust", "scheme": ref("scheme/theme")}).startswith("A term")


def test_a_factor_says_first_what_it_is_of_its_own() -> None:
    types = [ref("skos:Concept"), ref("hct:Factor", "factor"), ref("hct:Outcome", "outcome")]
    item = {"id": "factor/x", "types": types, "level": ref("level/programme", "Programme level")}
    assert sentence_of(item).startswith("Outcome, programme level: something that is said to lead")
    assert sentence_of({**item, "types": types[:2]}) == KINDS["factor"]


def test_the_marks_have_words_for_every_modality(real: Any) -> None:
    rows = real.store.select(f"SELECT ?m {{ ?m <http://www.w3.org/2004/02/skos/core#inScheme> <{ID}scheme/modality> }}")
    assert {row["m"].value.rpartition("/")[2] for row in rows} == GROUNDS.keys() - {""}

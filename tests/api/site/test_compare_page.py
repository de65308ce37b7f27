"""`/compare`: the cells hold what the service answers, cut short with a link to the rest."""

from __future__ import annotations

from typing import Any
from xml.etree.ElementTree import Element

import httpx
import pytest

from webpages import dead_links, get, having, hrefs, one, words

THREE = "/compare?sites=coventry&sites=newham&sites=leeds"


@pytest.fixture(scope="module")
def answer(published: httpx.Client) -> Any:
    return published.get("/v1/compare", params={"sites": "coventry,newham,leeds"}).json()["data"]


def rows(page: Element, aspect: str) -> list[list[Element]]:
    """The rows of an aspect, each as its cells without the heading."""
    (section,) = (item for item in having(page, "aspect", "section") if item.get("id") == aspect)
    return [[cell for cell in row if cell.tag == "td"] for row in one(section, ".//tbody")]


def things(cell: Element) -> list[str]:
    """The things of a cell: what each leads to."""
    links = [link for link in cell.iter("a") if words(link) == "All about this"]
    return [link.get("href", "").removeprefix("./doc/") for link in links]


@pytest.mark.parametrize("aspect", ["members", "initiatives", "helped", "hindered", "outcomes", "funding"])
def test_an_aspect_in_full_shows_what_the_service_answers(published: httpx.Client, answer: Any, aspect: str) -> None:
    page = get(published, f"{THREE}&aspect={aspect}")
    expected = [row for row in answer["rows"] if row["aspect"] == aspect]
    assert [item.get("id") for item in having(page, "aspect", "section")] == [aspect]
    for shown, row in zip(rows(page, aspect), expected, strict=True):
        for cell, held in zip(shown, row["cells"], strict=False):
            if held["things"]:
                assert things(cell) == [thing["id"] for thing in held["things"]]
                assert ("Implied: our reading" in words(cell)) == any(
                    thing["explicitness"] == "explicitness/implied" for thing in held["things"]
                )
        for thing in row["overall"]:
            assert thing["id"] in things(shown[-1])
        if row["unattributed"] and row["unattributed"]["count"]:
            count = row["unattributed"]["count"]
            assert f"{count} {'claim names' if count == 1 else 'claims name'} no site" in words(shown[-1])


def test_all_aspects_are_cut_short_with_the_number_of_the_rest(published: httpx.Client, answer: Any) -> None:
    page = get(published, THREE)
    assert [item.get("id") for item in having(page, "aspect", "section")] == list(
        dict.fromkeys(row["aspect"] for row in answer["rows"])
    )
    (helped,) = rows(page, "helped")
    (held,) = (row["cells"][0]["things"] for row in answer["rows"] if row["aspect"] == "helped")
    assert things(helped[0]) == [thing["id"] for thing in held[:4]]
    assert f"{len(held)} in all" in words(helped[0])
    assert f"and {len(held) - 4} more" in words(helped[0])
    more = [link.get("href", "") for link in having(helped[0], "more")[0].iter("a")]
    assert more == ["./compare?sites=site/coventry,site/newham,site/leeds&aspect=helped#helped"]


def test_the_phase_that_a_site_was_not_in_is_told(published: httpx.Client) -> None:
    page = get(published, THREE)
    (note,) = having(page, "note")
    assert words(note) == "Newham site: No document places Newham site in HCT Phase 2."
    _, second = rows(page, "funding")
    assert "Nothing found in these documents: none places the site in this phase." in words(second[1])
    (members,) = rows(page, "members")
    assert words(members[1]).endswith("Nothing found in these documents.")


def test_money_and_marks_are_in_words(published: httpx.Client) -> None:
    first, second = rows(get(published, THREE), "funding")
    assert [words(next(cell.iter("summary"))) for cell in second if things(cell)] == [
        "£449,558",
        "£452,769",
        "£2,299,438",
    ]
    assert words(next(first[1].iter("summary"))) == "£50,000 Implied: our reading"
    (hindered,) = rows(get(published, f"{THREE}&aspect=hindered"), "hindered")
    marks = {words(mark) for cell in hindered for mark in having(cell, "mark")}
    assert {"Observed", "Perceived"} <= marks


def test_an_aspect_of_which_nothing_is_found_says_so_once(published: httpx.Client) -> None:
    page = get(published, THREE)
    (spectrum,) = (item for item in having(page, "aspect", "section") if item.get("id") == "spectrum")
    assert list(spectrum.iter("table")) == []
    assert words(having(spectrum, "empty")[0]) == "Nothing found in these documents that names one of these sites."
    unnamed = [words(item).endswith(": 2 claims name no site") for item in spectrum.iter("li")]
    assert unnamed == [True] * 7


def test_sites_are_chosen_by_checkboxes_that_stay_as_they_were(published: httpx.Client) -> None:
    boxes = [box for box in get(published, THREE).iter("input") if box.get("type") == "checkbox"]
    assert {box.get("value") for box in boxes if "checked" in box.attrib} == {"coventry", "newham", "leeds"}
    assert len(boxes) == 6


def test_without_sites_there_is_the_form_and_no_data(published: httpx.Client) -> None:
    page = get(published, "/compare")
    (empty,) = having(page, "empty")
    assert "Choose two sites or more" in words(empty)
    assert [href for href in hrefs(page) if ".csv" in href or ".json" in href] == []
    assert published.get("/compare.csv").status_code == 422
    assert len(having(get(published, f"/{hrefs(empty)[0].removeprefix('./')}"), "aspect")) > 5


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("sites=leeds", "wanted are 2 to 6"),
        ("sites=leeds,atlantis", "no site"),
        ("sites=leeds,croydon&aspect=x", "members"),
    ],
)
def test_what_cannot_be_compared_is_refused_in_words(published: httpx.Client, query: str, says: str) -> None:
    assert says in words(get(published, f"/compare?{query}", status=422))


def test_no_link_is_dead_and_the_answer_comes_as_data(published: httpx.Client) -> None:
    assert dead_links(published, THREE, get(published, THREE)) == []
    assert published.get("/compare.csv?sites=coventry&sites=leeds").text.startswith("\ufeffaspect,about,site")

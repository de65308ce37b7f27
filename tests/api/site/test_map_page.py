"""`/map`: the questions that it answers, with what is drawn, what is listed and what the service answers the same."""

from __future__ import annotations

import csv
import io
from typing import Any

import httpx
import pytest

from drawnpages import boxes, drawn, ids, listed, reached, rows, told
from hct_kg.web.maps import LARGEST_WHOLE
from webpages import classes, dead_links, get, having, hrefs, one, words

MAP = "model/hct-system-map"
REPORTED = "model/hct-reported-factors"
CHOSEN = "factor/siloed-working"


def links_of(client: httpx.Client, model: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get("/v1/links", params={"model": model, "limit": "1000"}).json()["data"]
    assert found
    return found


@pytest.fixture(scope="module")
def links(published: httpx.Client) -> list[dict[str, Any]]:
    return links_of(published, MAP)


@pytest.fixture(scope="module")
def reported(published: httpx.Client) -> list[dict[str, Any]]:
    found = links_of(published, REPORTED)
    assert len(found) > LARGEST_WHOLE
    return found


def test_a_map_is_drawn_and_listed_whole(published: httpx.Client, links: list[dict[str, Any]]) -> None:
    page = get(published, "/map")
    assert drawn(page) == listed(page) == ids(links)
    assert set(boxes(page)) == {link[end]["id"] for link in links for end in ("cause", "effect")}


@pytest.mark.parametrize(("steps", "within"), [("", None), ("1", 1), ("2", 2)])
@pytest.mark.parametrize(
    ("question", "ways"),
    [
        ("causes", {"upstream": ("effect", "cause")}),
        ("effects", {"downstream": ("cause", "effect")}),
        ("both", {"upstream": ("effect", "cause"), "downstream": ("cause", "effect")}),
    ],
)
def test_a_question_marks_what_answers_it_and_fades_the_rest(
    published: httpx.Client,
    links: list[dict[str, Any]],
    question: str,
    ways: dict[str, tuple[str, str]],
    steps: str,
    within: int | None,
) -> None:
    page = get(published, f"/map?select={CHOSEN}&ask={question}&steps={steps}")
    marked = {mark: reached(links, CHOSEN, *way, within) for mark, way in ways.items()}
    assert all(marked.values())
    for factor, box in boxes(page).items():
        expected = {mark for mark, factors in marked.items() if factor in factors}
        expected |= {"selected"} if factor == CHOSEN else set()
        assert set(classes(box)) - {"box"} == (expected or {"faded"}), factor
    assert drawn(page) == ids(links)


def test_how_one_factor_reaches_another_is_told_path_by_path(published: httpx.Client) -> None:
    # given
    start, goal = "factor/short-term-contracts", "factor/systems-change"
    asked = {"from": start, "to": goal, "model": MAP, "depth": "6", "limit": "10"}
    chains = published.get("/v1/trace", params=asked).json()["data"]["chains"]
    assert len(chains) > 1
    # when
    page = get(published, f"/map?select={start}&to={goal}&ask=path")
    # then
    section = one(page, ".//section[@id='paths']")
    assert told(section) == [claim["id"] for chain in chains for step in chain["steps"] for claim in step["claims"]]
    assert [words(heading) for heading in section.iter("h3")] == [
        f"Path {number}: {len(chain['steps'])} steps" for number, chain in enumerate(chains, 1)
    ]
    assert words(section).count("Read together, its steps point to less of Systems change.") == len(chains)
    assert "no document claims it" in words(section)
    along = set(told(section))
    for line in (element for element in page.iter() if "data-edge" in element.attrib):
        assert ("faded" in classes(line)) == (line.get("data-edge") not in along)
    # and: the data of the page is the answer that it tells
    table = published.get(f"/map.csv?select={start}&to={goal}&ask=path").text.removeprefix("\ufeff")
    assert {row["link"] for row in csv.DictReader(io.StringIO(table))} == along


def test_cautions_name_factors_as_people_do(published: httpx.Client, reported: list[dict[str, Any]]) -> None:
    asked = {"from": "factor/hct-programme", "model": REPORTED, "limit": "400"}
    chains = published.get("/v1/trace", params=asked).json()["data"]["chains"]
    crossing = next(chain for chain in chains if any("different sites" in each for each in chain["warnings"]))
    goal = crossing["steps"][-1]["effect"]["id"]
    page = get(published, f"/map?model={REPORTED}&select=factor/hct-programme&to={goal}&ask=path")
    text = words(one(page, ".//section[@id='paths']"))
    assert "speak of different sites" in text
    assert "https://" not in text
    assert "chain" not in text
    assert set(drawn(page)) == set(told(one(page, ".//section[@id='paths']")))


def test_where_no_path_leads_the_page_says_so(published: httpx.Client) -> None:
    page = get(published, "/map?select=factor/systems-change&to=factor/short-term-contracts&ask=path")
    (empty,) = having(one(page, ".//section[@id='paths']"), "empty")
    assert words(empty).startswith("No evidence found in these documents of a way from the one to the other")


def test_a_path_with_one_end_asks_for_the_other(published: httpx.Client) -> None:
    page = get(published, "/map?select=factor/systems-change&to=&ask=path")
    assert "Choose both factors" in words(one(page, ".//section[@id='paths']"))


def test_what_connects_most_is_what_the_service_says(published: httpx.Client) -> None:
    measured = published.get("/v1/leverage", params={"model": MAP}).json()["data"]
    page = get(published, "/map?ask=connections")
    (table,) = having(page, "connections", "table")
    shown = [[words(cell) for cell in row] for row in table.iter("tr")][1:]
    for row, factor in zip(shown, measured["factors"], strict=False):
        assert row[0] == factor["factor"]["label"]
        assert [int(cell) for cell in row[1:5]] == [
            factor[name] for name in ("in_degree", "out_degree", "upstream", "downstream")
        ]
    assert len(shown) == 20
    assert measured["caution"] in words(one(page, ".//main"))


def test_of_a_large_model_nothing_is_drawn_until_a_factor_is_chosen(
    published: httpx.Client, reported: list[dict[str, Any]]
) -> None:
    page = get(published, f"/map?model={REPORTED}")
    assert (drawn(page), rows(page)) == ([], [])
    assert f"It has {len(reported)} links" in words(one(page, ".//main"))
    (table,) = having(page, "connections", "table")
    assert all(f"model={REPORTED}" in href for href in hrefs(table))


@pytest.mark.parametrize("steps", [1, 2])
def test_of_a_large_model_what_is_near_the_chosen_factor_is_drawn(
    published: httpx.Client, reported: list[dict[str, Any]], steps: int
) -> None:
    chosen = "factor/partner-capacity"
    page = get(published, f"/map?model={REPORTED}&select={chosen}&steps={steps}")
    near = {chosen} | reached(reported, chosen, "effect", "cause", steps)
    near |= reached(reported, chosen, "cause", "effect", steps)
    assert set(boxes(page)) == near
    assert drawn(page) == listed(page)
    assert 0 < len(drawn(page)) <= LARGEST_WHOLE
    of_it = {link["id"] for link in reported if chosen in (link["cause"]["id"], link["effect"]["id"])}
    assert of_it <= set(drawn(page))
    assert set(told(one(page, ".//section[@id='selected']"))) >= of_it


def test_every_model_with_links_can_be_chosen_and_is_answered(published: httpx.Client) -> None:
    choices = [
        option.get("value", "") for option in one(get(published, "/map"), ".//select[@id='model']").iter("option")
    ]
    facets = published.get("/v1/links?facets=true&limit=1").json()["facets"]["model"]
    assert sorted(choices) == sorted(facet["value"]["id"] for facet in facets)
    for model in choices:
        assert words(one(get(published, f"/map?model={model}"), ".//h1"))


def test_a_model_without_links_says_so(published: httpx.Client) -> None:
    (empty,) = having(get(published, "/map?model=model/hct-outcomes-map"), "empty")
    assert words(empty) == "This model has no links. Choose another one."


def test_a_dataset_without_links_says_so(server: Any) -> None:
    (empty,) = having(get(server.client, "/map"), "empty")
    assert words(empty) == "This dataset holds no causal links."


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("model=model/nothing", "is none of the models of this dataset"),
        ("select=factor/nothing", "select='factor/nothing' is no factor and no link of this model"),
        ("to=factor/nothing&select=factor/systems-change&ask=path", "to='factor/nothing' is no factor"),
        ("select=factor/systems-change&to=factor/systems-change&ask=path", "are the same factor"),
        ("ask=why", "ask='why' is none of both, causes, effects, path, connections"),
        ("steps=4", "steps='4' is none of any, 1, 2, 3"),
    ],
)
def test_a_mistake_is_told_with_what_to_change(published: httpx.Client, query: str, says: str) -> None:
    assert says in words(one(get(published, f"/map?{query}", 422), ".//main"))


def test_every_link_of_the_page_leads_somewhere(published: httpx.Client) -> None:
    for path in (f"/map?select={CHOSEN}&ask=causes", f"/map?model={REPORTED}&select=factor/partner-capacity"):
        assert dead_links(published, path, get(published, path), 30) == []

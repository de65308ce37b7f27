"""`/theory-of-change`: what is drawn, what is in the table and what the service answers are the same links."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import httpx
import pytest

from drawnpages import boxes, drawn, ids, lines, listed, reached, rows, told
from hct_kg.drawing.style import page_style
from hct_kg.settings import Settings
from hct_kg.web.png import scale_of
from hct_kg.web.theory import STAGES
from pictures import size_of
from serving import Server, invented, running
from webpages import classes, dead_links, get, having, hrefs, one, words

PAGE = "/theory-of-change"
FULL = f"{PAGE}?view=full"
MODEL = {"model": "model/hct-theory-of-change", "limit": "1000"}
WHOLE_LINK = """
@prefix hct: <https://w3id.org/hct-kg/ns#> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix id: <https://w3id.org/hct-kg/id/> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
<https://w3id.org/hct-kg/id/model/hct-theory-of-change> a hct:CausalModel, hct:TheoryOfChange ;
  skos:prefLabel "Plan"@en .
<https://w3id.org/hct-kg/id/factor/one> a hct:Factor, hct:Input ; skos:prefLabel "<script>alert(1)</script>"@en ;
  hct:model <https://w3id.org/hct-kg/id/model/hct-theory-of-change> .
<https://w3id.org/hct-kg/id/factor/two> a hct:Factor, hct:Mechanism ;
  skos:prefLabel "\\"><img src=x onerror=y>&amp;"@en ;
  hct:model <https://w3id.org/hct-kg/id/model/hct-theory-of-change> .
<https://w3id.org/hct-kg/id/link/one-to-two> a hct:Link ;
  hct:cause <https://w3id.org/hct-kg/id/factor/one> ; hct:effect <https://w3id.org/hct-kg/id/factor/two> ;
  hct:model <https://w3id.org/hct-kg/id/model/hct-theory-of-change> ; hct:condition "</p><b>If</b>"@en .
"""


@pytest.fixture(scope="module")
def links(published: httpx.Client) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = published.get("/v1/links", params=MODEL).json()["data"]
    assert len(found) > 100
    return found


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A server over a theory of change whose names are not to be trusted."""
    folder: Path = tmp_path_factory.mktemp("hostile")
    settings = invented(folder)
    (folder / "data" / "plan.ttl").write_text(WHOLE_LINK, encoding="utf-8")
    with ExitStack() as stack:
        yield running(settings, stack).client


def test_the_drawing_the_table_and_the_service_tell_the_same_links(
    published: httpx.Client, links: list[dict[str, Any]]
) -> None:
    page = get(published, FULL)
    assert drawn(page) == listed(page) == ids(links)
    said = {link["id"]: (link["cause"]["label"], link["effect"]["label"], link["modality"]["id"]) for link in links}
    for row in rows(page):
        cause, effect, modality = said[row.get("data-line", "")]
        cells = [words(cell) for cell in row]
        assert (cells[0], cells[2]) == (cause, effect)
        assert modality.removeprefix("modality/") in cells[3]


def test_factors_are_drawn_in_their_stage_or_listed_as_without_a_link(
    published: httpx.Client, links: list[dict[str, Any]]
) -> None:
    # given
    factors = ids(published.get("/v1/factors", params=MODEL).json()["data"])
    linked = {link[end]["id"] for link in links for end in ("cause", "effect")}
    # when
    page = get(published, FULL)
    # then: nothing is lost, and only groups that hold a linked factor are both drawn and listed
    (listed,) = having(page, "names", "ul")
    alone = {href.removeprefix("./doc/") for href in hrefs(listed)}
    assert alone == set(factors) - linked
    assert linked <= boxes(page).keys() <= set(factors)
    headings = ["".join(words(text).split()) for text in having(page, "heading", "text")]
    assert headings == [heading.replace(" ", "") for heading, _ in STAGES]


def test_the_overview_draws_each_link_as_a_line_or_within_a_box(
    published: httpx.Client, links: list[dict[str, Any]]
) -> None:
    page = get(published, PAGE)
    there = set(drawn(page))
    assert len(rows(page)) == len(links)
    assert 0 < len(there) < len(links)
    folded = [row for row in rows(page) if row.get("data-line") not in there]
    assert all(row.get("data-line") == row.get("data-from") == row.get("data-to") for row in folded)
    assert {row.get("data-line") for row in rows(page)} >= there
    assert all(row.get("data-from") in boxes(page) and row.get("data-to") in boxes(page) for row in rows(page))


def test_a_selected_factor_is_told_in_sentences_and_what_it_is_not_joined_to_fades(
    published: httpx.Client, links: list[dict[str, Any]]
) -> None:
    chosen = "factor/skills"
    page = get(published, f"{FULL}&select={chosen}")
    panel = one(page, ".//section[@id='selected']")
    before = ids(link for link in links if link["effect"]["id"] == chosen)
    after = ids(link for link in links if link["cause"]["id"] == chosen)
    assert sorted(told(panel)) == sorted(before + after)
    assert len(before) > 1
    up, down = reached(links, chosen, "effect", "cause"), reached(links, chosen, "cause", "effect")
    for factor, box in boxes(page).items():
        sets = {"upstream": up, "downstream": down, "selected": {chosen}}
        expected = {name for name, factors in sets.items() if factor in factors} or {"faded"}
        assert set(classes(box)) - {"box"} == expected, factor
    assert words(one(page, ".//h1")) == "Theory of change: Skills of partners"


def test_a_selected_link_shows_where_it_is_written_and_what_it_may_be_relied_on_for(
    published: httpx.Client, links: list[dict[str, Any]]
) -> None:
    link = next(link for link in links if link["explicitness"]["id"] == "explicitness/implied")
    page = get(published, f"{PAGE}?select={link['id']}")
    panel = one(page, ".//section[@id='selected']")
    text = words(panel)
    assert f"meant to lead to more of {link['effect']['label']}. intended implied" in text
    assert link["curator_note"] in text
    assert link["scope"]["label"] in text
    for passage in link["supported_by"]:
        assert passage["section"]["label"] in text
        assert f"./doc/{passage['id']}" in hrefs(panel)


def test_what_is_selected_and_folded_away_is_said_to_be(published: httpx.Client) -> None:
    page = get(published, f"{PAGE}?select=factor/skills")
    (line,) = having(page, "selected-line")
    assert "In the overview it is drawn as “Skills, cross-sector learning, challenge and reflection" in words(line)
    assert [name for name, box in boxes(page).items() if "selected" in classes(box)] == ["factor/expert-support"]


def test_every_link_of_the_page_leads_somewhere(published: httpx.Client) -> None:
    for path in (FULL, f"{PAGE}?select=factor/learning-support"):
        assert dead_links(published, path, get(published, path)) == []


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("select=factor/nothing", "select='factor/nothing' is no factor and no link of this model"),
        ("view=upside-down", "view='upside-down' is none of overview, full"),
        ("view=full&view=overview", "view is given 2 times; give it once"),
        ("colour=red", "'colour' is no parameter of /theory-of-change; known: model, view, select"),
    ],
)
def test_a_mistake_is_told_with_what_to_change(published: httpx.Client, query: str, says: str) -> None:
    page = get(published, f"{PAGE}?{query}", 422)
    assert says in words(one(page, ".//main"))


def test_the_page_is_there_as_data_and_as_a_drawing(published: httpx.Client, links: list[dict[str, Any]]) -> None:
    table = published.get(f"{PAGE}.csv").text.removeprefix("\ufeff")
    assert sorted(row["id"] for row in csv.DictReader(io.StringIO(table))) == ids(links)
    assert ids(published.get(f"{PAGE}.json").json()["data"]) == ids(links)
    drawing = published.get(f"{PAGE}.svg?view=full&select=factor/skills")
    assert drawing.headers["content-type"] == "image/svg+xml"
    tree = ElementTree.fromstring(drawing.content)  # noqa: S314 - an answer of our own
    assert drawn(tree) == ids(links)
    hrefs_there = {link.get("href", "") for link in tree.iter("{http://www.w3.org/2000/svg}a")}
    assert all(href.startswith("https://w3id.org/hct-kg/id/") for href in hrefs_there)


def test_names_that_are_not_to_be_trusted_stay_words(hostile: httpx.Client) -> None:
    for path in (FULL, f"{FULL}&select=factor/one", f"{PAGE}?select=link/one-to-two"):
        page = get(hostile, path)
        assert len(rows(page)) == len(lines(page)) == 1
        assert "<script>alert(1)</script>" in words(one(page, ".//main"))
        assert not list(page.iter("img"))
        assert not list(one(page, ".//main").iter("script"))
    assert "On condition: </p><b>If</b>" in words(page)
    ElementTree.fromstring(hostile.get(f"{PAGE}.svg").content)  # noqa: S314 - as above


def test_a_dataset_without_a_theory_of_change_says_so(server: Server) -> None:
    (empty,) = having(get(server.client, PAGE), "empty")
    assert words(empty) == "This dataset holds no theory of change with links."


def test_another_dataset_shows_its_own_theories_of_change() -> None:
    with ExitStack() as stack:
        told = running(Settings(data=Path(__file__).parents[2] / "story"), stack).client
        choices = [option.get("value", "") for option in one(get(told, FULL), ".//select[@id='model']").iter("option")]
        assert len(choices) == 2
        for theory in choices:
            links = told.get("/v1/links", params={"model": theory, "limit": "1000"}).json()["data"]
            assert links
            assert listed(get(told, f"{FULL}&model={theory}")) == ids(links)


def test_the_style_sheet_of_drawings_is_the_one_that_drawings_are_made_for(published: httpx.Client) -> None:
    served = published.get("/static/diagram.css")
    assert served.headers["content-type"].startswith("text/css")
    assert served.text == page_style()


def test_the_drawing_can_be_had_as_a_picture_of_the_same_state(published: httpx.Client) -> None:
    state = "select=factor/skills"
    page = get(published, f"{PAGE}?{state}")
    assert f"theory-of-change.png?{state}" in "".join(hrefs(page))
    drawing = published.get(f"{PAGE}.svg?{state}").text
    picture = published.get(f"{PAGE}.png?{state}", timeout=60)
    assert picture.headers["content-type"] == "image/png"
    width, height = size_of(picture.content)
    assert (width, height) == pytest.approx([scale_of(drawing) * side for side in sides(drawing)], abs=1.5)
    again = published.get(f"{PAGE}.png?{state}")
    assert again.content == picture.content


def sides(drawing: str) -> list[float]:
    """Return width and height of an SVG file."""
    root = ElementTree.fromstring(drawing)  # noqa: S314 - as above
    return [float(root.get(name, "")) for name in ("width", "height")]

"""What people come for, done as they would: with and without JavaScript, at a desk and on a telephone."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Locator, Page, expect

from browsing import TELEPHONE, Opener, Reader, Visit

READERS = {
    "at-a-desk": Reader(),
    "without-javascript": Reader(javascript=False),
    "on-a-telephone": Reader(TELEPHONE),
}
OUTCOME = "factor/ultimate-impact"
BOM = "\ufeff"
FIRST = "> p:first-child > a:first-child"
"""The cause, in a link told as a sentence."""


@pytest.fixture(params=READERS.values(), ids=list(READERS))
def here(request: pytest.FixtureRequest, visit: Opener) -> Visit:
    """A reader on the home page."""
    here = visit(request.param)
    here.open("/")
    return here


def data(site: httpx.Client, path: str, **parameters: str) -> Any:
    """Return the data that a curated endpoint answers."""
    return site.get(path, params=parameters, headers={"Accept": "application/json"}).json()["data"]


def go(page: Page, *names: str) -> None:
    """Follow links by their words, each on the page that the one before led to."""
    for name in names:
        page.get_by_role("link", name=name, exact=True).first.click()


def lines(found: Locator) -> list[str]:
    """Return the text of elements, its spaces single."""
    return [" ".join(text.split()) for text in found.all_inner_texts()]


def expect_heading(page: Page, words: str) -> None:
    """Expect the main heading of a page."""
    expect(page.get_by_role("heading", level=1)).to_have_text(words)


def test_from_an_outcome_to_the_passage_in_its_context(here: Visit, site: httpx.Client) -> None:
    page = here.page
    go(page, "Theory of change")
    links = data(site, "/v1/links", model="model/hct-theory-of-change", effect=OUTCOME)
    page.get_by_label("Follow one factor").select_option(OUTCOME)
    page.get_by_role("button", name="Show").click()

    panel = page.get_by_role("region", name=links[0]["effect"]["label"], exact=True)
    causes = panel.locator(".two > div").first.locator(".links > li")
    assert len(links) > 1
    expect(causes).to_have_count(len(links))
    assert sorted(lines(causes.locator(FIRST))) == sorted(link["cause"]["label"] for link in links)
    causes.first.locator("summary").click()
    passage = causes.first.locator(".evidence a").first
    expect(passage).to_be_visible()
    passage.click()

    page.wait_for_url("**/doc/passage/*")
    told = data(site, here.path.replace("/doc/passage/", "/v1/passages/"))
    if told["text"] is None:
        expect(page.get_by_text("The words are not shown here")).to_be_visible()
    else:
        expect(page.locator(".quote mark")).to_have_text(told["text"])
        assert len(page.locator(".quote").inner_text()) > len(told["text"]), "words around it are shown"


def test_an_example_question_and_its_rows_as_csv(here: Visit, site: httpx.Client, tmp_path: Path) -> None:
    page = here.page
    go(page, "Ask the data")
    rows = data(site, "/v1/queries/grants-by-site-and-phase", limit="1000")
    page.locator('a[href*="grants-by-site-and-phase"]').click()

    table = page.get_by_role("region", name="Rows")
    expect(table.locator("caption")).to_have_text(f"{len(rows)} rows")
    assert lines(table.locator("tbody tr td:first-child")) == [row["siteLabel"] for row in rows]
    with page.expect_download() as started:
        page.get_by_role("main").get_by_role("link", name="CSV", exact=True).click()
    started.value.save_as(tmp_path / "answer.csv")
    text = (tmp_path / "answer.csv").read_text(encoding="utf-8")
    assert text.startswith(BOM)
    assert len(list(csv.reader(io.StringIO(text.removeprefix(BOM))))) == 1 + table.locator("tbody tr").count()


def test_a_query_of_ones_own(here: Visit) -> None:
    page = here.page
    go(page, "Ask the data")
    page.wait_for_url("**/query")  # loaded: with scripts, the editor is there
    if page.locator(".CodeMirror").count():
        page.locator(".CodeMirror").click()
        page.keyboard.press("Control+A")
        page.keyboard.insert_text("SELECT (6 * 7 AS ?product) {}")
    else:
        page.get_by_label("Query, in SPARQL").fill("SELECT (6 * 7 AS ?product) {}")
    page.get_by_role("button", name="Run the query").click()
    expect_heading(page, "The result of a query")
    assert lines(page.locator("td")) == ["42"]


def test_two_sites_side_by_side(here: Visit) -> None:
    page = here.page
    go(page, "Compare sites")
    page.get_by_label("Croydon site").check()
    page.get_by_label("Leeds site").check()
    page.get_by_role("button", name="Compare").click()
    grants = page.get_by_role("region", name="Grants", exact=True)
    expect(grants).to_be_visible()
    over = grants.locator("thead th")
    names = grants.locator("tr:first-child td .of") if page.evaluate("innerWidth") == TELEPHONE else over
    assert [name for name in lines(names) if name.endswith(" site")] == ["Croydon site", "Leeds site"]
    grant = grants.locator("tbody tr").first.locator("details").first
    grant.locator("summary").first.click()
    grant.get_by_role("link", name="All about this").click()
    page.wait_for_url("**/doc/grant/croydon-*")


def test_searching_and_following_a_hit(here: Visit, site: httpx.Client) -> None:
    page = here.page
    page.get_by_label("Search", exact=True).fill("psychological safety")
    page.get_by_role("banner").get_by_role("button", name="Search").click()
    hit = data(site, "/v1/search", q="psychological safety")["hits"][0]
    first = page.locator(".hits a").first
    expect(first).to_have_text(hit["label"])
    first.click()
    expect_heading(page, hit["label"])


def test_asking_the_map_what_leads_to_something(here: Visit, site: httpx.Client) -> None:
    page = here.page
    go(page, "System map")
    asked = "factor/siloed-working"
    page.get_by_label("A factor").select_option(asked)
    page.get_by_role("button", name="What leads to this?").click()
    links = data(site, "/v1/links", model="model/hct-system-map", effect=asked)
    told = page.locator("#selected .two > div").first.locator(".links > li")
    assert links
    expect(told).to_have_count(len(links))
    assert sorted(lines(told.locator(FIRST))) == sorted(link["cause"]["label"] for link in links)


def test_asking_the_map_how_one_thing_reaches_another(here: Visit) -> None:
    page = here.page
    go(page, "System map")
    page.get_by_label("A factor").select_option("factor/external-funding")
    page.get_by_label("Another factor").select_option("factor/adapted-plans")
    page.get_by_role("button", name="How does the first reach the other?").click()
    paths = page.get_by_role("region", name="From Access to external funding to Adaptation")
    expect(paths.get_by_role("heading", name="Path 1: 2 steps")).to_be_visible()
    assert lines(paths.locator(".steps").first.locator("> li > p:first-child > a")) == [
        "Access to external funding",
        "Time and space for partnership working",
        "Time and space for partnership working",
        "Adaptation and refinement of partnership plans",
    ]


def test_reading_the_loops(here: Visit) -> None:
    page = here.page
    go(page, "System map", "Does anything feed back on itself?")
    expect_heading(page, "Loops")
    step = page.locator(".steps > li").first
    step.locator("summary").first.click()
    expect(step.locator(".evidence a").first).to_be_visible()
    go(page, "Back to the map")
    expect_heading(page, "System map")


def test_the_disagreements_of_one_kind(here: Visit, site: httpx.Client) -> None:
    page = here.page
    go(page, "Disagreements")
    page.get_by_label("In what they differ").select_option("discrepancy-kind/value")
    page.get_by_role("button", name="Show").click()
    meant = data(site, "/v1/discrepancies", kind="discrepancy-kind/value")
    assert meant
    expect(page.locator(".dispute")).to_have_count(len(meant))
    assert sorted(lines(page.locator(".dispute h2"))) == sorted(each["label"] for each in meant)
    first = page.locator(".sides > li").first
    first.locator("summary").first.click()
    first.locator(".source a").first.click()
    page.wait_for_url("**/doc/passage/*")


def test_from_a_cell_of_the_evidence_to_its_findings(here: Visit) -> None:
    page = here.page
    go(page, "Evidence")
    cell = page.locator(".matrix tbody tr:nth-child(2) td.cell > a").first
    number = int(cell.inner_text().split()[0])
    cell.click()
    expect(page.locator("article.claim")).to_have_count(number)
    expect(page.locator(".facts")).to_contain_text(f"{number}, as they stand in the documents")
    go(page, "Back to the table")
    expect(page.locator(".matrix")).to_be_visible()

"""`/evidence`: the matrix shows the counts of the service, and each number leads to the findings that it counts."""

from __future__ import annotations

import gzip
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import httpx
import pytest

from hct_kg.settings import Settings
from serving import running
from webpages import classes, dead_links, get, having, hrefs, one, words

NONE = "no evidence found in these documents"


def rest(published: httpx.Client, path: str, **parameters: Any) -> Any:
    return published.get(path, params=parameters).json()


def table(page: Element) -> list[list[Element]]:
    """The rows of the matrix, each as its cells."""
    return [list(row) for row in one(page, ".//table[@class='matrix']/tbody")]


def number(cell: Element) -> int:
    """The number of a cell; a dash says in words that there is none."""
    if having(cell, "none"):
        assert NONE in words(cell)
        return 0
    return int(words(cell).split()[0])


@pytest.mark.parametrize("query", ["", "?rows=outcomes&level=level/community", "?modality=modality/intended"])
def test_the_matrix_shows_the_counts_of_the_service(published: httpx.Client, query: str) -> None:
    page = get(published, f"/evidence{query}")
    answer = rest(published, "/v1/evidence", **dict(httpx.QueryParams(query.lstrip("?"))), limit=60)["data"]
    rows = table(page)
    assert [[number(cell) for cell in row[1:]] for row in rows] == [
        [*(cell["count"] for cell in row["cells"]), row["count"]] for row in (answer["all"], *answer["rows"])
    ]
    assert [words(row[0]).removesuffix(" Community level") for row in rows[1:]] == [
        row["about"]["label"] for row in answer["rows"]
    ]
    heads = [words(head) for head in one(page, ".//table[@class='matrix']/thead/tr")]
    assert heads[1:-1] == [column["label"] for column in answer["columns"]]


def test_intended_perceived_and_observed_are_told_apart_in_each_cell_by_words(published: httpx.Client) -> None:
    page = get(published, "/evidence")
    answer = rest(published, "/v1/evidence")["data"]
    for row, expected in zip(table(page), (answer["all"], *answer["rows"]), strict=True):
        for cell, held in zip(row[1:-1], expected["cells"], strict=True):
            parts = [words(part).split() for part in having(cell, "part")]
            assert {f"modality/{name}": int(count) for name, count in parts} == held["modalities"]


def test_a_number_leads_to_as_many_findings_with_scope_marks_and_passages(published: httpx.Client) -> None:
    cell = table(get(published, "/evidence"))[3][9]
    (href,) = hrefs(cell)
    page = get(published, f"/{href.removeprefix('./')}")
    answer = rest(published, "/v1/evidence/findings", **dict(httpx.URL(f"http://h/{href}").params), limit=25)
    assert number(cell) == answer["meta"]["total"] > 20
    shown = having(page, "claim", "article")
    assert [words(one(claim, "h2")) for claim in shown] == [item["label"] for item in answer["data"]]
    for claim, item in zip(shown, answer["data"], strict=True):
        assert f"Said of: {item['scope']['label']}." in words(claim)
        assert item["modality"]["label"] in [words(mark) for mark in having(claim, "mark")]
        assert ("Implied: our reading" in words(claim)) == (item["explicitness"]["id"] == "explicitness/implied")
        passages = {f"./doc/{passage['id']}" for passage in item["supported_by"]}
        assert passages <= set(hrefs(claim))


def test_the_matrix_and_its_findings_come_in_pages(published: httpx.Client) -> None:
    seen = []
    path = "/evidence?column=all-sites"
    while path:
        page = get(published, path)
        seen += [words(one(claim, "h2")) for claim in having(page, "claim", "article")]
        following = [link.get("href", "") for link in page.iter("a") if link.get("rel") == "next"]
        path = f"/{following[0].removeprefix('./')}" if following else ""
    answer = rest(published, "/v1/evidence/findings", column="all-sites", limit=200)
    assert seen == [item["label"] for item in answer["data"]]
    assert len(seen) > 25
    outcomes = get(published, "/evidence?rows=outcomes")
    assert [link.get("href") for link in outcomes.iter("a") if link.get("rel") == "next"]


def test_where_there_is_no_evidence_the_page_says_so_and_not_that_there_is_no_effect(published: httpx.Client) -> None:
    page = get(published, "/evidence?column=site/newham")
    (empty,) = having(page, "empty")
    assert words(empty).startswith("No evidence found in these documents.")
    assert "no effect" not in words(page).casefold()
    assert "No document places it in HCT Phase 2." in words(page)


def test_no_link_is_dead_and_the_page_comes_as_data(published: httpx.Client) -> None:
    for path in ("/evidence", "/evidence?row=theme/staff-turnover", "/evidence?row=factor/psychological-safety"):
        assert dead_links(published, path, get(published, path)) == []
    data = published.get("/evidence.csv?modality=modality/observed")
    assert data.headers["content-type"].startswith("text/csv")
    assert "site/leeds" in data.text
    assert published.get("/evidence.json?column=all-sites").json()["meta"]["total"] > 0


@pytest.mark.parametrize(
    "path",
    [
        "/evidence",
        "/evidence?rows=outcomes",
        "/evidence?column=others",
        "/discrepancies",
        "/compare?sites=coventry,croydon,gloucestershire,leeds,newham,plymouth&aspect=outcomes",
        "/search?q=trust",
    ],
)
def test_pages_are_light(published: httpx.Client, path: str) -> None:
    assert len(gzip.compress(published.get(path).content)) < 60_000


def test_what_is_not_understood_is_answered_by_a_page_that_says_what_to_change(published: httpx.Client) -> None:
    page = get(published, "/evidence?column=site/atlantis", status=422)
    assert "site/leeds" in words(page)
    assert "is no parameter of /evidence" in words(get(published, "/evidence?colour=red", status=422))


def test_labels_are_escaped(tmp_path: Path, root: Path) -> None:
    hostile = "<script>alert(1)</script> & 'two'"
    for source in (root / "tests" / "story").rglob("*.*"):
        copy = tmp_path / source.relative_to(root / "tests" / "story")
        copy.parent.mkdir(parents=True, exist_ok=True)
        text = source.read_text(encoding="utf-8").replace("Lack of time in two groups", hostile)
        copy.write_text(text.replace("Alder group", f"{hostile} Alder"), encoding="utf-8")
    with ExitStack() as stack:
        client = running(Settings(data=tmp_path), stack).client
        heads = [words(head) for head in get(client, "/evidence").iter("th")]
        claims = having(get(client, "/evidence?column=some-unnamed"), "claim")
        assert f"{hostile} Alder" in heads
        assert hostile in [words(one(claim, "h2")) for claim in claims]
        assert [script for script in get(client, "/evidence").iter("script") if "src" not in script.attrib] == []


def test_who_goes_back_from_outcomes_to_themes_need_not_take_the_level_away(published: httpx.Client) -> None:
    page = get(published, "/evidence?rows=themes&level=level/community&modality=")
    assert len(table(page)) == 1 + rest(published, "/v1/evidence")["meta"]["total"]


def test_the_shade_of_a_cell_follows_its_number(published: httpx.Client) -> None:
    for row in table(get(published, "/evidence"))[1:]:
        for cell in row[1:-1]:
            (step,) = (name for name in classes(cell) if name.startswith("step-"))
            assert (step == "step-0") == (number(cell) == 0)
            assert (step == "step-4") == (number(cell) >= 12)

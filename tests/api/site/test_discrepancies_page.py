"""`/discrepancies`: each disagreement with all its records side by side, filtered and paged as the service does."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import httpx
import pytest

from hct_kg.settings import Settings
from serving import running
from webpages import dead_links, get, having, hrefs, one, words


@pytest.fixture(scope="module")
def contested(published: httpx.Client) -> dict[str, Any]:
    found = published.get("/v1/contested", params={"kind": "discrepancies"}).json()["data"]["discrepancies"]
    return {item["id"]: item for item in found}


def shown(page: Element) -> dict[str, Element]:
    """The disagreements on a page by identifier."""
    return {f"discrepancy/{item.get('id')}": item for item in having(page, "dispute", "section")}


def test_data_of_a_page_names_the_host_that_was_asked(published: httpx.Client) -> None:
    for host in ("one.example", "two.example"):
        document = published.get("/discrepancies.jsonld", headers={"Host": host}).json()
        assert document["@context"] == f"http://{host}/context.jsonld"


def test_all_pages_together_show_every_disagreement_once(published: httpx.Client, contested: dict[str, Any]) -> None:
    seen: list[str] = []
    path = "/discrepancies"
    while path:
        page = get(published, path)
        assert len(shown(page)) <= 25
        seen += shown(page)
        following = [link.get("href", "") for link in page.iter("a") if link.get("rel") == "next"]
        path = f"/{following[0].removeprefix('./')}" if following else ""
    assert len(seen) == len(set(seen)) > 100
    assert set(seen) == contested.keys()


def test_each_record_stands_there_with_its_value_marks_and_section(
    published: httpx.Client, contested: dict[str, Any]
) -> None:
    for identifier, item in shown(get(published, "/discrepancies")).items():
        expected = contested[identifier]
        assert expected["description"] in words(item)
        assert expected["resolution"]["label"] in [words(mark) for mark in having(item, "mark")]
        records = {one(side, "h3/a").get("href"): side for side in list(having(item, "sides")[0])}
        assert records.keys() == {f"./doc/{record['id']}" for record in expected["between"]}
        for record in expected["between"]:
            side = records[f"./doc/{record['id']}"]
            assert f"Said of: {record['scope']['label']}." in words(side)
            assert record["modality"]["label"] in [words(mark) for mark in having(side, "mark")]
            summaries = [words(summary) for summary in side.iter("summary")]
            for passage in record["supported_by"]:
                assert f"{passage['document']['label']}, {passage['section']['label']}" in summaries
                assert f"./doc/{passage['id']}" in hrefs(side)


def test_figures_are_written_as_people_write_them(published: httpx.Client) -> None:
    page = get(published, "/discrepancies?kind=discrepancy-kind/arithmetic")
    assert {"£250,000", "£2,299,438", "£2,599,438", "£50,000"} <= {
        words(one(item, "strong")) for item in having(page, "amount")
    }


def test_the_record_to_go_by_is_marked_and_comes_first(published: httpx.Client, contested: dict[str, Any]) -> None:
    found = shown(get(published, "/discrepancies?resolution=resolution/explained"))
    preferred = {
        name: {item["id"] for item in held["preferred"]} & {record["id"] for record in held["between"]}
        for name, held in contested.items()
    }
    marked = [name for name in found if preferred[name]]
    assert marked
    for name, item in found.items():
        sides = list(having(item, "sides")[0])
        chosen = [side for side in sides if having(side, "mark-preferred")]
        assert {one(side, "h3/a").get("href", "").removeprefix("./doc/") for side in chosen} == preferred[name]
        assert sides[: len(chosen)] == chosen
        for passage in contested[name]["supported_by"]:
            assert f"./doc/{passage['id']}" in hrefs(item)


@pytest.mark.parametrize("name", ["kind", "resolution", "document"])
def test_a_filter_keeps_as_many_as_it_says(published: httpx.Client, name: str) -> None:
    options = [
        option
        for select in get(published, "/discrepancies").iter("select")
        if select.get("id") == name
        for option in select.iter("option")
        if option.get("value")
    ]
    assert len(options) > 1
    for option in options:
        page = get(published, f"/discrepancies?{name}={option.get('value')}")
        (total,) = (words(item) for item in page.iter("strong") if "disagreement" in (item.tail or ""))
        assert words(option).endswith(f"({total})")
        chosen = [item for item in page.iter("option") if "selected" in item.attrib]
        assert [item.get("value") for item in chosen] == [option.get("value")]


def test_nothing_found_is_said_and_what_is_unknown_is_refused(published: httpx.Client) -> None:
    page = get(
        published, "/discrepancies?kind=discrepancy-kind/arithmetic&document=document/power-in-partnerships-page"
    )
    (empty,) = having(page, "empty")
    assert "No disagreement of this kind was found in these documents" in words(empty)
    assert "discrepancy-kind/time" in words(get(published, "/discrepancies?kind=colour", status=422))


def test_no_link_is_dead(published: httpx.Client) -> None:
    assert dead_links(published, "/discrepancies", get(published, "/discrepancies")) == []


def test_labels_are_escaped(tmp_path: Path, root: Path) -> None:
    hostile = "<img src=x onerror=alert(1)> & 'totals'"
    for source in (root / "tests" / "story").rglob("*.*"):
        copy = tmp_path / source.relative_to(root / "tests" / "story")
        copy.parent.mkdir(parents=True, exist_ok=True)
        text = source.read_text(encoding="utf-8").replace("Two totals of grants", hostile)
        copy.write_text(text.replace("The table leaves Cedar out.", hostile), encoding="utf-8")
    with ExitStack() as stack:
        page = get(running(Settings(data=tmp_path), stack).client, "/discrepancies")
        assert hostile in words(shown(page)["discrepancy/two-totals"])
        assert hostile in words(shown(page)["discrepancy/first-stage"])
        assert list(page.iter("img")) == []

"""`/search`: hits with the reason for each, by class and in pages; it says what was taken for what, and what lacks."""

from __future__ import annotations

from typing import Any
from xml.etree.ElementTree import Element

import httpx
import pytest

from webpages import dead_links, get, having, hrefs, one, words


def rest(published: httpx.Client, **parameters: Any) -> Any:
    return published.get("/v1/search", params={"limit": 20, **parameters}).json()


def hits(page: Element) -> list[Element]:
    """The hits on a page."""
    return list(one(page, ".//ol[@class='hits']"))


@pytest.mark.parametrize("asked", ["psychological safety", '"grant funding"', "covnetry", "site/leeds", "commun*"])
def test_the_hits_are_those_of_the_service_in_its_order(published: httpx.Client, asked: str) -> None:
    found = hits(get(published, str(httpx.URL("/search", params={"q": asked}))))
    expected = rest(published, q=asked)["data"]["hits"]
    assert [words(one(hit, "h2")) for hit in found] == [item["label"] for item in expected]
    for hit, item in zip(found, expected, strict=True):
        if (item["href"] or "").startswith("/v1/"):
            assert hrefs(hit) == [f"./doc/{item['id']}"]


def test_each_hit_says_why_it_was_found(published: httpx.Client) -> None:
    mended = words(hits(get(published, "/search?q=covnetry"))[0])
    assert "Taken to mean “Coventry” for “covnetry”." in mended
    assert "Found by its identifier." in words(hits(get(published, "/search?q=site/leeds"))[0])
    lacking = words(hits(get(published, "/search?q=psychological+zzzqq"))[0])
    assert "Without: zzzqq." in lacking
    asked = rest(published, q="stewardship")["data"]["hits"][0]["snippet"]
    start, end = asked["highlights"][0]
    lit = [words(mark) for mark in hits(get(published, "/search?q=stewardship"))[0].iter("mark")]
    assert lit[0] == asked["text"][start:end]


def test_a_class_narrows_the_hits_to_as_many_as_it_says(published: httpx.Client) -> None:
    page = get(published, "/search?q=funding")
    (select,) = (item for item in page.iter("select") if item.get("id") == "class")
    (finding,) = (option for option in select.iter("option") if option.get("value") == "hct:Finding")
    narrowed = get(published, "/search?q=funding&class=hct:Finding")
    total = words(one(narrowed, ".//p[@role='status']/strong"))
    assert words(finding) == f"Finding ({total})"
    assert {words(having(hit, "mark-kind")[0]) for hit in hits(narrowed)} == {"Finding"}
    assert not [option for option in select.iter("option") if option.get("value", "").startswith(("prov:", "qb:"))]


def test_pages_follow_each_other_with_question_and_class_kept(published: httpx.Client) -> None:
    first = get(published, "/search?q=funding&class=hct:Finding")
    (following,) = (link.get("href", "") for link in first.iter("a") if link.get("rel") == "next")
    second = get(published, f"/{following.removeprefix('./')}")
    answer = rest(published, q="funding", **{"class": "hct:Finding", "limit": 40})["data"]["hits"]
    assert [words(one(hit, "h2")) for page in (first, second) for hit in hits(page)] == [
        item["label"] for item in answer
    ]
    assert "From the start" in [words(link) for link in having(second, "pager")[0].iter("a")]


def test_without_words_there_is_a_form_with_suggestions_and_no_data(published: httpx.Client) -> None:
    for path in ("/search", "/search?q="):
        page = get(published, path)
        sites = published.get("/v1/sites?limit=1").json()["data"]
        assert sites[0]["label"] in [words(link) for link in one(page, ".//main").iter("a")]
        assert dead_links(published, path, page) == []
    assert published.get("/search.json").status_code == 422


def test_where_nothing_is_found_there_is_what_to_try(published: httpx.Client) -> None:
    page = get(published, "/search?q=zzzqq&class=hct:Site")
    (empty,) = having(page, "empty")
    assert "Nothing was found for “zzzqq” among these." in words(empty)
    assert "./search?q=zzzqq" in hrefs(empty)
    assert dead_links(published, "/search?q=zzzqq", page) == []


@pytest.mark.parametrize(
    ("query", "says"), [("q=%22", "no letter"), ("q=a&class=hct:Nothing", "no class"), (f"q={'a' * 201}", "200")]
)
def test_what_cannot_be_searched_is_refused_in_words(published: httpx.Client, query: str, says: str) -> None:
    assert says in words(get(published, f"/search?{query}", status=422))


def test_what_is_asked_is_escaped(published: httpx.Client) -> None:
    asked = '"><script>alert(1)</script>'
    page = get(published, str(httpx.URL("/search", params={"q": asked})))
    assert words(one(page, ".//h1")) == f"Search: {asked}"
    (field,) = (item for item in page.iter("input") if item.get("id") == "q")
    assert field.get("value") == asked
    assert all("src" in script.attrib for script in page.iter("script"))


def test_no_link_of_the_hits_is_dead(published: httpx.Client) -> None:
    for path in ("/search?q=trust", "/search?q=finding&class=owl:Class"):
        assert dead_links(published, path, get(published, path)) == []


def test_suggestions_are_a_script_of_our_own_that_the_page_does_without(published: httpx.Client) -> None:
    page = get(published, "/search")
    (script,) = (item for item in page.iter("script") if "/search.js" in item.get("src", ""))
    assert "defer" in script.attrib
    response = published.get(f"/{script.get('src', '').removeprefix('./')}")
    assert response.headers["content-type"].startswith("text/javascript")
    assert "innerHTML" not in response.text

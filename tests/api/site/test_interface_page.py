"""`/data/api`: all operations of the description, and an explorer whose files are there."""

from __future__ import annotations

from urllib.parse import urljoin

import httpx

from hct_kg.web.vendored import read_lock
from webpages import dead_links, get, hrefs, one, words

PATH = "/data/api"


def test_every_operation_of_the_description_is_listed(published: httpx.Client) -> None:
    page = get(published, PATH)
    document = published.get("/openapi.json").json()
    expected = {
        (method.upper(), path, operation["summary"])
        for path, item in document["paths"].items()
        for method, operation in item.items()
    }
    rows = [tuple(words(cell) for cell in row) for table in page.iter("tbody") for row in table]
    assert set(rows) == expected
    assert len(rows) == len(expected) > 150


def test_what_is_linked_can_be_asked_as_it_stands(published: httpx.Client) -> None:
    page = get(published, PATH)
    links = [href for table in page.iter("tbody") for href in hrefs(table)]
    assert len(links) > 80
    assert not [href for href in links if "{" in href]
    assert dead_links(published, PATH, one(page, "."), 12) == []


def test_the_explorer_and_the_licences_are_loaded_from_this_service(published: httpx.Client) -> None:
    page = get(published, PATH)
    explorer = one(page, ".//div[@id='explorer']")
    for name, media_type in (("script", "text/javascript"), ("style", "text/css"), ("document", "application/json")):
        response = published.get(urljoin(PATH, explorer.get(f"data-{name}", "")))
        assert response.headers["content-type"].startswith(media_type)
        assert len(response.content) > 100_000
    credits_ = page.findall(".//main/ul")[-1]
    assert [words(item).split(" ")[0] for item in credits_] == [package.name for package in read_lock()]
    assert all(published.get(urljoin(PATH, href)).status_code == 200 for href in hrefs(credits_))

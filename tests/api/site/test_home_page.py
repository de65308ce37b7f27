"""The home page and those about the data: their numbers and words are those of the service."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any
from urllib.parse import urljoin

import httpx
import pytest

from hct_kg.settings import Settings
from serving import Server, running
from webpages import dead_links, get, having, hrefs, one, staying, words

PAGES = ("/", "/about", "/accessibility", "/data")


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    with ExitStack() as stack:
        yield running(Settings(), stack).client


def data(client: httpx.Client, path: str) -> Any:
    return client.get(f"/v1/{path}").json()["data"]


def test_the_counts_are_those_of_the_collections(client: httpx.Client) -> None:
    (figures,) = having(get(client, "/"), "figures")
    shown = {words(one(figure, "strong")) for figure in figures}
    names = ("factors", "links", "findings", "recommendations", "discrepancies", "passages")
    totals = [client.get(f"/v1/{name}", params={"limit": 1}).json()["meta"]["total"] for name in names]
    assert shown == {f"{total:,}" for total in totals}


def test_each_site_and_each_document_has_its_link(client: httpx.Client) -> None:
    page = get(client, "/")
    for thing in (*data(client, "sites"), *data(client, "documents")):
        assert (thing["label"], f"./doc/{thing['id']}") in [(words(link), link.get("href")) for link in page.iter("a")]


def test_search_engines_are_told_of_the_dataset(client: httpx.Client) -> None:
    page = get(client, "/")
    (block,) = [script for script in page.iter("script") if script.get("type") == "application/ld+json"]
    told = json.loads(block.text or "")
    version = client.get("/v1/sites").json()["meta"]["dataset_version"]
    assert (told["@type"], told["version"]) == ("Dataset", version)
    assert 50 <= len(told["description"]) <= 5000
    assert told["temporalCoverage"] == "2022-01/2025-06"
    assert [document["name"] for document in told["isBasedOn"]] == [item["label"] for item in data(client, "documents")]
    for file in told["distribution"]:
        response = client.head(f"/{file['contentUrl'].removeprefix('./')}")
        assert (response.status_code, response.headers["content-type"].partition(";")[0]) == (
            200,
            file["encodingFormat"],
        )


def test_with_a_public_address_search_engines_get_whole_addresses() -> None:
    with ExitStack() as stack:
        client = running(Settings(public_url="https://kg.example/hct"), stack).client
        page = get(client, "/")
        told = json.loads(next(script.text or "" for script in page.iter("script") if script.text))
        assert all(file["contentUrl"].startswith("https://kg.example/hct/dumps/") for file in told["distribution"])
        assert "curl 'https://kg.example/hct/doc/" in words(get(client, "/data"))


def test_about_explains_every_mark_and_every_word(client: httpx.Client) -> None:
    page = get(client, "/about")
    shown = words(page)
    for name in ("modalities", "explicitness", "terms"):
        for concept in data(client, name):
            assert concept["label"].lower() in shown.lower()
            assert concept["definition"] in shown
    marks = {mark.get("class", "").split()[-1] for mark in having(page, "mark")}
    assert marks == {f"mark-{item['id'].split('/')[1]}" for item in data(client, "modalities")} | {
        f"mark-{item['id'].split('/')[1]}" for item in data(client, "explicitness")
    }


def test_the_key_shows_a_line_of_every_kind(client: httpx.Client) -> None:
    key = next(get(client, "/about").iter("svg")).get("aria-label", "")
    for name in ("leads to more of it", "leads to less of it", "meant", "expected", "recommended", "saw", "observed"):
        assert name in key
    assert "implied" in key


def test_the_files_of_the_data_page_are_there(client: httpx.Client) -> None:
    links = [href for href in hrefs(get(client, "/data")) if "/dumps/" in href]
    assert len(links) == 9
    assert [href for href in links if client.head(f"/{href.removeprefix('./')}").status_code != 200] == []


@pytest.mark.parametrize("path", PAGES)
def test_no_link_is_dead(client: httpx.Client, path: str) -> None:
    assert dead_links(client, path, staying(get(client, path)), most=200) == []


@pytest.mark.parametrize("path", PAGES)
def test_every_page_has_the_navigation_a_title_and_a_description(client: httpx.Client, path: str) -> None:
    page = get(client, path)
    named = {nav.get("aria-label") for nav in page.iter("nav")}
    assert {"Main", "About these pages"} <= named
    assert words(one(page, "head/title")) == f"{words(next(page.iter('h1')))} – hct-kg"
    (description,) = [meta.get("content", "") for meta in page.iter("meta") if meta.get("name") == "description"]
    assert len(description) > 40


def test_the_navigation_leads_to_pages_and_marks_the_one_that_is_open(client: httpx.Client) -> None:
    page = get(client, "/discrepancies")
    (nav,) = [nav for nav in page.iter("nav") if nav.get("aria-label") == "Main"]
    current = [words(link) for link in nav.iter("a") if link.get("aria-current") == "page"]
    assert current == ["Disagreements"]
    for href in hrefs(nav):
        address = urljoin("http://here/discrepancies", href).removeprefix("http://here")
        assert client.get(address, headers={"Accept": "text/html"}).status_code == 200


def test_a_parameter_that_a_page_does_not_know_is_refused_in_words(client: httpx.Client) -> None:
    page = get(client, "/about?q=<script>", status=422)
    assert "'q' is no parameter of /about; known: none" in words(page)


def test_data_without_sites_or_documents_has_a_home_page(server: Server) -> None:
    page = get(server.client, "/")
    assert "No site is described." in words(page)
    assert "0 public documents" in words(page)
    assert "The documents define no words." in words(get(server.client, "/about"))
    assert get(server.client, "/data") is not None

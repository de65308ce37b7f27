"""`/doc/…` for people: what is told of a thing is what the service answers, with the words of its passages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest

from hct_kg.settings import Settings
from serving import running
from webpages import dead_links, get, having, hrefs, one, staying, words

STORY = Path(__file__).parents[2] / "story"
LINK = "link/plan-coaching-to-room-to-act"
REPORT = "document/river-report"


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    """The service over the story, which holds copies of its documents."""
    with ExitStack() as stack:
        yield running(Settings(data=STORY, documents=STORY), stack).client


@pytest.fixture(scope="module")
def without_documents() -> Iterator[httpx.Client]:
    """The service over the story, with no documents."""
    with ExitStack() as stack:
        yield running(Settings(data=STORY), stack).client


def item(client: httpx.Client, path: str) -> Any:
    return client.get(f"/v1/{path}").json()["data"]


def section(page: Any, heading: str) -> list[Any]:
    """The elements under a heading of the second rank, as far as the next one."""
    main = list(one(page, ".//main"))
    (at,) = [number for number, element in enumerate(main) if element.tag == "h2" and words(element) == heading]
    rest = main[at + 1 :]
    return rest[: next((number for number, element in enumerate(rest) if element.tag == "h2"), len(rest))]


def test_a_factor_tells_every_link_to_it_and_from_it_in_a_sentence(client: httpx.Client) -> None:
    found = 0
    for factor in client.get("/v1/factors").json()["data"]:
        page, told = get(client, f"/doc/{factor['id']}"), item(client, factor["href"].removeprefix("/v1/"))
        for heading, field in (("What leads to it", "led_to_by"), ("What it leads to", "leads_to")):
            shown = [href for part in section(page, heading) for href in hrefs(part) if "/doc/link/" in href]
            assert sorted(shown) == sorted(f"../../doc/{link['id']}" for link in told[field])
            found += len(shown)
            if not told[field]:
                assert "No evidence found in these documents" in words(section(page, heading)[0])
    assert found > 10


def test_a_link_is_a_sentence_with_its_marks_its_scope_and_whose_view_it_is(client: httpx.Client) -> None:
    page, told = get(client, f"/doc/{LINK}"), item(client, "links/plan-coaching-to-room-to-act")
    (lead,) = having(page, "lead")
    assert words(lead) == f"{told['cause']['label']} is meant to lead to more of {told['effect']['label']}."
    assert hrefs(lead) == [f"../../doc/{told[end]['id']}" for end in ("cause", "effect")]
    assert [words(mark) for mark in having(page, "mark")][:2] == ["intended", told["explicitness"]["label"].lower()]
    cells = [words(cell) for cell in having(page, "facts")[0]]
    facts = dict(zip(cells[::2], cells[1::2], strict=True))
    assert facts["Of whom"] == told["scope"]["label"]
    assert facts["In whose view"] == ", ".join(voice["label"] for voice in told["voices"])
    assert facts["Note of the curator"] == told["curator_note"]


def test_passages_stand_in_their_paragraphs_word_for_word(client: httpx.Client) -> None:
    texts = {path.stem: path.read_text(encoding="utf-8") for path in STORY.glob("*.txt")}
    told = item(client, "links/plan-coaching-to-room-to-act")["supported_by"]
    quotes = list(get(client, f"/doc/{LINK}").iter("blockquote"))
    assert len(quotes) == len(told) > 0
    for quote, passage in zip(quotes, told, strict=True):
        shown = "".join(quote.itertext())
        assert "".join(one(quote, "mark").itertext()) == passage["text"]
        assert shown.removeprefix("… ").removesuffix(" …") in texts[passage["document"]["id"].partition("/")[2]]
        assert len(shown) > len(passage["text"])


def test_every_passage_has_its_place_and_its_digest(client: httpx.Client) -> None:
    told = item(client, "links/plan-coaching-to-room-to-act")["supported_by"]
    page = get(client, f"/doc/{LINK}")
    for passage, shown in zip(told, list(having(page, "evidence")[0]), strict=True):
        assert f"Characters {passage['start']:,} to {passage['end']:,}" in words(shown)
        assert passage["sha256"] in words(shown)
        assert "Words of the publisher" in words(shown)
        assert f"../../doc/{passage['id']}" in hrefs(shown)


def test_without_documents_a_page_says_how_to_come_by_the_words(without_documents: httpx.Client) -> None:
    document = item(without_documents, "documents/river-report")
    text = words(get(without_documents, f"/doc/{LINK}"))
    assert "this service holds no copy of the document" in text
    assert f"“{document['label']}”" in text
    assert document["sha256"] in text
    assert "Words of the publisher" not in text


def test_a_document_lists_its_sections_in_order_and_counts_what_rests_on_it(client: httpx.Client) -> None:
    page = get(client, f"/doc/{REPORT}")
    told = client.get("/v1/sections", params={"document": REPORT}).json()["data"]
    (table,) = [part for part in section(page, "Its sections") if "scroll" in part.get("class", "")]
    assert hrefs(table) == [f"../../doc/{part['id']}" for part in told]
    counts = {
        words(link): link.get("href", "") for part in section(page, "What rests on it") for link in part.iter("a")
    }
    assert counts
    for count, href in counts.items():
        assert client.get(f"/{href.removeprefix('../../')}").json()["meta"]["total"] == int(count.replace(",", ""))


def test_a_section_has_as_many_passages_as_are_in_it(client: httpx.Client) -> None:
    page = get(client, f"/doc/{REPORT}")
    (table,) = [part for part in section(page, "Its sections") if "scroll" in part.get("class", "")]
    for row in list(one(table, ".//tbody")):
        identifier = hrefs(row)[0].removeprefix("../../doc/")
        found = client.get("/v1/passages", params={"section": identifier, "limit": 1}).json()["meta"]["total"]
        assert words(list(row)[1]) == (str(found) if found else "none")


def test_what_no_curated_endpoint_knows_has_its_page_too(client: httpx.Client) -> None:
    page = get(client, "/doc/graph/river-report")
    assert [words(heading) for heading in page.iter("h2")] == ["How to cite it", "All that is recorded"]


@pytest.mark.parametrize("identifier", [LINK, REPORT, "factor/coaching", "site/alder"])
def test_no_link_of_a_thing_leads_nowhere_and_its_formats_are_there(client: httpx.Client, identifier: str) -> None:
    page = get(client, f"/doc/{identifier}")
    assert dead_links(client, f"/doc/{identifier}", staying(page)) == []
    formats = [link for link in page.iter("link") if link.get("rel") == "alternate"]
    assert {link.get("type") for link in formats} >= {"text/turtle", "application/ld+json"}
    assert [link.get("href") for link in formats if client.get(f"/doc/{identifier}.ttl").status_code != 200] == []


def test_a_page_that_was_sent_before_is_the_same_but_for_the_host_that_is_asked(client: httpx.Client) -> None:
    path, html = f"/doc/{LINK}", {"Accept": "text/html"}
    first, again = client.get(path, headers=html), client.get(path, headers=html)
    other = client.get(path, headers={**html, "Host": "elsewhere.example"})
    assert first.text == again.text == other.text
    assert first.headers["link"] == again.headers["link"]
    assert "content-security-policy" in again.headers
    assert set(re.findall(r"<(http://[^/]+)/doc", other.headers["link"])) == {"http://elsewhere.example"}
    assert "elsewhere.example" not in first.headers["link"]

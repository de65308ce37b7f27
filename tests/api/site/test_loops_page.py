"""`/map/loops`: each loop with its kind and its story, and an honest word where there is none."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from drawnpages import told
from hct_kg.settings import Settings
from serving import running
from webpages import dead_links, get, having, one, words


@pytest.fixture(scope="module")
def story() -> Iterator[httpx.Client]:
    """A server over the invented story, in which links do come round."""
    with ExitStack() as stack:
        yield running(Settings(data=Path(__file__).parents[2] / "story"), stack).client


def test_each_loop_is_told_with_its_kind_and_whether_a_document_says_so(story: httpx.Client) -> None:
    # given
    found = story.get("/v1/loops").json()["data"]
    kinds = {"reinforcing": "Feeds itself", "balancing": "Holds itself back"}
    assert {loop["kind"] for loop in found["loops"]} == kinds.keys()
    # when
    sections = one(get(story, "/map/loops"), ".//main").findall("section")
    # then
    assert len(sections) == len(found["loops"]) + len(found["stated"])
    for section, loop in zip(sections, found["loops"], strict=False):
        text = words(section)
        assert text.startswith(f"{kinds[loop['kind']]}: {loop['arcs'][0]['cause']['label']}")
        assert ("A document says that this is a loop." in text) == bool(loop["stated"])
        assert told(section) == [claim["id"] for arc in loop["arcs"] for claim in arc["claims"]]
        assert f"And so round to {loop['arcs'][0]['cause']['label']}." in text
    for section, stated in zip(sections[len(found["loops"]) :], found["stated"], strict=True):
        assert words(section).startswith(stated["label"])
        assert ("do not come round" in words(section)) == (not stated["closes"])


def test_of_one_model_only_its_loops_are_told(story: httpx.Client) -> None:
    text = words(one(get(story, "/map/loops?model=model/river-reports"), ".//main"))
    assert "Holds itself back" in text
    assert "Feeds itself" not in text


def test_where_nothing_comes_round_the_page_says_so_and_tells_what_a_document_calls_a_loop(
    published: httpx.Client,
) -> None:
    answer = published.get("/v1/loops").json()["data"]
    assert answer["loops"] == []
    page = get(published, "/map/loops")
    (empty,) = having(page, "empty")
    assert words(empty).startswith("No links of any one model come round to where they began.")
    (stated,) = answer["stated"]
    (section,) = one(page, ".//main").findall("section")
    assert stated["label"] in words(section)
    assert "do not come round to where they began" in words(section)
    assert sorted(told(section)) == sorted(link["id"] for link in stated["links"])


def test_a_model_that_is_not_there_is_refused_with_those_that_are(published: httpx.Client) -> None:
    page = get(published, "/map/loops?model=model/nothing", 404)
    assert "model/hct-system-map" in words(one(page, ".//main"))


def test_every_link_of_the_page_leads_somewhere(published: httpx.Client) -> None:
    assert dead_links(published, "/map/loops", get(published, "/map/loops")) == []

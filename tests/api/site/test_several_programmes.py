"""Pages over other programmes than the published one: by themselves, and beside it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import httpx
import pytest
from benchmarks.generate.template import read_template
from benchmarks.generate.writing import Order, write

from drawnpages import drawn, ids, listed
from hct_kg.settings import Settings
from serving import running
from webpages import dead_links, get, having, one, staying, words

ROOT = Path(__file__).parents[3]
PROGRAMMES = 3
PAGES = (
    *("/", "/theory-of-change", "/theory-of-change?view=full", "/map", "/map?ask=connections", "/map/loops", "/about"),
    *("/evidence", "/evidence?rows=outcomes", "/compare", "/discrepancies", "/query", "/search", "/data", "/dataset"),
)
PUBLISHED_NAMES = ("Healthy Communities", "Coventry", "Croydon", "Gloucestershire", "Leeds", "Plymouth", "Newham")


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three invented programmes, each in a graph of its own."""
    folder = tmp_path_factory.mktemp("generated") / "data"
    write(read_template(ROOT / "data"), Order(36_000, seed=2, programmes=PROGRAMMES), folder)
    return folder


@pytest.fixture(scope="module")
def client(generated: Path) -> Iterator[httpx.Client]:
    """A server over the invented programmes alone."""
    with ExitStack() as stack:
        yield running(Settings(data=generated), stack).client


@pytest.fixture(scope="module")
def beside(generated: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A server over the published data with the invented programmes beside them."""
    folder = tmp_path_factory.mktemp("beside") / "data"
    shutil.copytree(ROOT / "data", folder)
    for file in generated.iterdir():
        shutil.copy(file, folder)
    with ExitStack() as stack:
        yield running(Settings(data=folder), stack).client


@pytest.fixture(params=["client", "beside"])
def served(request: pytest.FixtureRequest) -> httpx.Client:
    found = request.getfixturevalue(request.param)
    assert isinstance(found, httpx.Client)
    return found


def data(client: httpx.Client, path: str, **parameters: str) -> Any:
    return client.get(f"/v1/{path}", params={"limit": "1000", **parameters}).json()["data"]


def theories(client: httpx.Client) -> list[dict[str, Any]]:
    """Return the theories of change."""
    return [
        model for model in data(client, "models") if "hct:TheoryOfChange" in {kind["id"] for kind in model["types"]}
    ]


def options(page: Element) -> list[str]:
    """Return what the choice of models offers."""
    return [option.get("value", "") for option in one(page, ".//select[@id='model']").iter("option")]


@pytest.mark.parametrize("path", PAGES)
def test_no_page_speaks_of_a_programme_that_is_not_there(client: httpx.Client, path: str) -> None:
    page = get(client, path)
    said = " ".join(words(part) for part in (one(page, "head/title"), one(page, "body")))
    # The questions as they are worded, and the marks, are the same over any dataset
    for question in client.get("/v1/queries").json()["data"]:
        said = said.replace(question["question"], "")
    concepts = {concept["label"] for name in ("voices", "themes") for concept in data(client, name)}
    assert [name for name in PUBLISHED_NAMES if name in said and not any(name in label for label in concepts)] == []


@pytest.mark.parametrize("path", PAGES)
def test_no_link_of_a_page_is_dead(served: httpx.Client, path: str) -> None:
    assert dead_links(served, path, staying(get(served, path))) == []


def test_the_home_page_has_each_programme_with_its_sites(served: httpx.Client) -> None:
    # given
    sites = data(served, "sites")
    programmes = {site["programme"]["label"] for site in sites}
    assert len(programmes) >= PROGRAMMES
    # when
    page = get(served, "/")
    # then
    headings = [words(heading) for heading in page.iter("h3")]
    assert programmes <= set(headings)
    assert {words(heading) for heading in page.iter("h4")} == {site["label"] for site in sites}


def test_the_dataset_is_called_after_what_it_is_about(client: httpx.Client, beside: httpx.Client) -> None:
    for served in (client, beside):
        programmes = {site["programme"]["label"] for site in data(served, "sites")}
        page = get(served, "/")
        (told,) = [
            json.loads(script.text or "")
            for script in page.iter("script")
            if script.get("type") == "application/ld+json"
        ]
        assert f"{len(programmes)} programmes" in told["name"] or all(label in told["name"] for label in programmes)
        description = served.get("/dataset", headers={"Accept": "application/n-triples"}).text
        assert f'<http://purl.org/dc/terms/title> "{told["name"]}"@en' in description


def test_each_theory_of_change_can_be_chosen_and_is_drawn_whole(served: httpx.Client) -> None:
    known = theories(served)
    assert sorted(options(get(served, "/theory-of-change"))) == sorted(ids(known))
    assert len(known) >= PROGRAMMES
    for theory in known:
        links = data(served, "links", model=theory["id"])
        page = get(served, f"/theory-of-change?view=full&model={theory['id']}")
        assert drawn(page) == listed(page) == ids(links)


def test_without_a_choice_the_theory_with_the_most_links_is_shown_and_had_as_data(served: httpx.Client) -> None:
    counts = {theory["id"]: len(data(served, "links", model=theory["id"])) for theory in theories(served)}
    most = max(counts, key=lambda name: counts[name])
    page = get(served, "/theory-of-change?view=full")
    (chosen,) = [
        option for option in page.iter("option") if option.get("selected") is not None and option.get("value") == most
    ]
    assert f"({counts[most]} links)" in words(chosen)
    assert drawn(page) == ids(data(served, "links", model=most))
    sent = served.get("/theory-of-change.json").json()["data"]
    assert ids(sent) == ids(data(served, "links", model=most))


def test_links_on_a_theory_keep_the_theory(client: httpx.Client) -> None:
    # given: not the first one, which goes without saying
    first, *others = options(get(client, "/theory-of-change"))
    chosen = next(name for name in (first, *others) if name != default(client, "/theory-of-change"))
    # when
    page = get(client, f"/theory-of-change?model={chosen}")
    # then
    views = [link.get("href", "") for link in having(page, "views")[0].iter("a")]
    assert views
    assert all(f"model={chosen}" in link for link in views)
    kept = [field.get("value") for field in page.iter("input") if field.get("name") == "model"]
    assert kept == [chosen]


def default(client: httpx.Client, path: str) -> str:
    """Return the model that is shown where none is named."""
    (chosen,) = [
        option.get("value", "")
        for option in one(get(client, path), ".//select[@id='model']").iter("option")
        if option.get("selected") is not None
    ]
    return chosen


def test_a_model_that_is_no_theory_of_change_is_refused_with_those_that_are(client: httpx.Client) -> None:
    page = get(client, "/theory-of-change?model=model/hct-theory-of-change", 422)
    assert all(theory["id"] in words(page) for theory in theories(client))


def test_the_map_begins_with_a_system_map_and_offers_the_models_of_each_programme(served: httpx.Client) -> None:
    page = get(served, "/map")
    models = {model["id"]: model for model in data(served, "models")}
    assert "hct:SystemMap" in {kind["id"] for kind in models[default(served, "/map")]["types"]}
    groups = {group.get("label"): group for group in one(page, ".//select[@id='model']").iter("optgroup")}
    for programme, group in groups.items():
        named = [models[option.get("value", "")]["programme"]["label"] for option in group.iter("option")]
        assert set(named) == {programme}
    assert len(groups) >= PROGRAMMES


def test_the_published_programme_alone_is_shown_as_before(published: httpx.Client) -> None:
    (theory,) = theories(published)
    page = get(published, "/theory-of-change?view=full")
    assert drawn(page) == ids(data(published, "links", model=theory["id"]))
    assert page.find(".//select[@id='model']") is None
    assert default(published, "/map") == "model/hct-system-map"
    told = json.loads(next(script.text or "" for script in get(published, "/").iter("script") if script.text))
    assert told["name"] == "Healthy Communities Together knowledge graph"


def test_sites_are_offered_by_programme_and_those_of_two_programmes_can_be_compared(served: httpx.Client) -> None:
    # given
    sites = data(served, "sites")
    by_programme = {site["programme"]["label"]: site for site in sites}
    page = get(served, "/compare")
    legends = [words(legend) for legend in page.iter("legend")]
    assert [name for name in by_programme if not any(f" of {name}, " in legend for legend in legends)] == []
    # when
    chosen = [site["id"] for site in list(by_programme.values())[:2]]
    compared = get(served, f"/compare?sites={','.join(chosen)}")
    # then
    assert all(site["label"] in words(compared) for site in sites if site["id"] in chosen)


def test_a_question_that_begins_with_a_thing_of_the_published_data_asks_for_one_of_these(
    client: httpx.Client, published: httpx.Client
) -> None:
    # given
    asked = "/query?name=outcomes-of-a-factor"
    assert having(get(published, asked), "rows") or "Answer" in words(one(get(published, asked), ".//main"))
    # when
    page = get(client, asked)
    # then: no answer that is none
    assert words(having(page, "empty")[0]) == "Fill in factor, and the answer stands here."
    theory = theories(client)[0]["id"]
    cause = data(client, "links", model=theory)[0]["cause"]["id"]
    answer = get(client, f"{asked}&factor={cause}")
    assert cause in [field.get("value") for field in answer.iter("input")]


def test_a_thing_of_each_programme_is_found_and_described(served: httpx.Client) -> None:
    for programme in data(served, "programmes"):
        hits = served.get("/v1/search", params={"q": f'"{programme["label"]}"'}).json()["data"]["hits"]
        assert programme["id"] in [hit["id"] for hit in hits]
        assert words(one(get(served, f"/doc/{programme['id']}"), ".//h1")) == programme["label"]


def test_the_page_of_a_thing_is_cited_by_the_dataset_and_not_by_another_programme(client: httpx.Client) -> None:
    page = words(one(get(client, f"/doc/{data(client, 'sites')[0]['id']}"), ".//main"))
    assert "in: hct-kg (https://w3id.org/hct-kg/dataset)" in page
    assert PUBLISHED_NAMES[0] not in page


def test_a_chain_is_traced_within_a_programme(client: httpx.Client) -> None:
    for theory in theories(client):
        programme = theory["id"].removeprefix("model/").rsplit("-", 1)[0]
        effects = {link["effect"]["id"] for link in data(client, "links", model=theory["id"])}
        begin = next(
            link["cause"]["id"]
            for link in data(client, "links", model=theory["id"])
            if link["cause"]["id"] not in effects
        )
        answer = client.get("/v1/trace", params={"from": begin, "model": theory["id"]}).json()
        assert answer["data"]["chains"], programme

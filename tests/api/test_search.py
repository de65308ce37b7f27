"""`/v1/search` over the invented story and the published data: what it answers, page by page, and how it refuses."""

from __future__ import annotations

import csv
import io
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest

from hct_kg import keys
from hct_kg.dataset import Dataset
from hct_kg.settings import Settings
from hct_kg.terms import HCT
from serving import Server, problem, running


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    with ExitStack() as stack:
        yield running(Settings(), stack).client


@pytest.fixture(scope="module")
def invented(root: Path) -> Iterator[httpx.Client]:
    """The story, in pages of rows that no query of the index fits into."""
    with ExitStack() as stack:
        yield running(Settings(data=root / "tests" / "story", query_rows=500), stack).client


def search(client: httpx.Client, q: str, **parameters: Any) -> Any:
    response = client.get("/v1/search", params={"q": q, **parameters})
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "application/json"
    return response.json()


def ids(answer: Any) -> list[str]:
    return [hit["id"] for hit in answer["data"]["hits"]]


def test_a_site_is_found_by_its_name_with_class_reason_and_route(client: httpx.Client, real: Dataset) -> None:
    answer = search(client, "Coventry", **{"class": "hct:Site"})
    (hit,) = answer["data"]["hits"]
    assert (hit["id"], hit["label"], hit["href"]) == ("site/coventry", "Coventry site", "/v1/sites/coventry")
    assert hit["class"] == {
        "id": "hct:Site",
        "iri": HCT + "Site",
        "label": hit["class"]["label"],
        "href": "/ns#Site",
    }
    match = {"asked": "Coventry", "found": "Coventry", "field": "label", "how": "exact"}
    assert hit["reason"] == {"field": "label", "how": "exact", "matches": [match], "missing": []}
    assert hit["snippet"] == {"field": "label", "text": "Coventry site", "highlights": [[0, 8]]}
    link = answer["meta"].pop("permalink")
    assert answer["meta"] == {
        "dataset_version": real.version,
        "count": 1,
        "complete": True,
        "total": 1,
        "next": None,
    }
    assert client.get(link).json()["data"] == answer["data"]


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("site/coventry", "site/coventry"),
        ("https://w3id.org/hct-kg/id/organisation/the-kings-fund", "organisation/the-kings-fund"),
        ("hct:Site", "hct:Site"),
        ("trust", "factor/trust-between-partners"),
        ("grant fund", "factor/grant-funding"),
        ("Grapevine", "organisation/grapevine"),
        ("Grapevin", "organisation/grapevine"),
        ("Grapevien", "organisation/grapevine"),
        ("coproduction", "theme/co-production"),
    ],
)
def test_what_is_meant_comes_first(client: httpx.Client, question: str, first: str) -> None:
    assert ids(search(client, question))[0] == first


def test_a_misspelt_word_is_named_with_what_was_taken_instead(client: httpx.Client) -> None:
    (hit, *_) = search(client, "Covnetry")["data"]["hits"]
    assert hit["reason"]["how"] == "spelling"
    assert (hit["reason"]["matches"][0]["asked"], hit["reason"]["matches"][0]["found"]) == ("Covnetry", "Coventry")


def test_every_highlight_is_what_the_reason_says_was_found(client: httpx.Client) -> None:
    for question in ("trust between", "co-production", "learn*", '"community connector"', "Gloucestershre"):
        for hit in search(client, question)["data"]["hits"]:
            text = hit["snippet"]["text"]
            shown = {text[start:end] for start, end in hit["snippet"]["highlights"]}
            here = [match for match in hit["reason"]["matches"] if match["field"] == hit["snippet"]["field"]]
            assert shown, (question, hit)
            assert here, (question, hit)


def test_all_hits_lead_somewhere(client: httpx.Client) -> None:
    hits = search(client, "partnership", limit=60)["data"]["hits"]
    assert len({hit["class"]["id"] for hit in hits}) > 3
    for hit in hits:
        assert client.get(hit["href"]).status_code == 200, hit["href"]


def test_facets_count_what_each_class_would_give(client: httpx.Client) -> None:
    whole = search(client, "trust")
    assert len(whole["data"]["facets"]) > 4
    for facet in whole["data"]["facets"]:
        chosen = search(client, "trust", **{"class": facet["class"]["id"]})
        assert chosen["meta"]["total"] == facet["count"]
        assert chosen["data"]["facets"] == whole["data"]["facets"]


def test_several_classes_give_the_things_of_either(client: httpx.Client) -> None:
    both = search(client, "Leeds", **{"class": ["hct:Site", HCT + "Place"]})
    assert {hit["class"]["id"] for hit in both["data"]["hits"]} == {"hct:Site", "hct:Place"}


def test_the_pages_of_an_answer_are_the_whole_without_a_gap(client: httpx.Client) -> None:
    whole = search(client, "Croydon", limit=100)
    response = client.get("/v1/search", params={"q": "Croydon", "limit": 30})
    seen = ids(response.json())
    while "next" in response.links:
        response = client.get(response.links["next"]["url"])
        seen += ids(response.json())
    assert response.json()["meta"]["complete"]
    assert seen[:100] == ids(whole)
    assert len(seen) == len(set(seen)) == whole["meta"]["total"] > 60


def test_the_hits_come_as_a_table(client: httpx.Client) -> None:
    response = client.get("/v1/search", params={"q": "trust", "limit": 5}, headers={"Accept": "text/csv"})
    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    assert "next" in response.links
    rows = list(csv.DictReader(io.StringIO(response.text)))
    hits = search(client, "trust", limit=5)["data"]["hits"]
    assert [(row["id"], row["class"], float(row["score"]), row["snippet"]) for row in rows] == [
        (hit["id"], hit["class"]["id"], hit["score"], hit["snippet"]["text"]) for hit in hits
    ]


@pytest.mark.parametrize(
    ("query", "detail"),
    [
        ("", "q: Field required"),
        ("q=", "q: String should have at least 1 character"),
        ("q=%20%20", "q holds no letter and no digit"),
        ("q=%3F%21%22*", "q holds no letter and no digit"),
        ("q=%00", "q holds no letter and no digit"),
        (f"q={'x' * 201}", "q: String should have at most 200 characters"),
        ("q=a&q=b", "'q' is given twice"),
        ("q=a&class=hct:Banana", "class='hct:Banana' is no class of anything here; known: hct:"),
        ("q=a&class=", "class='' is no class of anything here"),
        ("q=a&class=two%20words", "class='two words' is no class"),
        ("q=a&limit=0", "limit: Input should be greater than or equal to 1"),
        ("q=a&limit=101", "limit: Input should be less than or equal to 100"),
        ("q=a&colour=blue", "colour: Extra inputs are not permitted"),
        ("q=a&cursor=", "cursor is none that this service gave"),
        ("q=a&cursor=%F0%9F%91%8D", "cursor is none that this service gave"),
        ("q=a&cursor=W10", "cursor is none that this service gave"),
        ("q=a&cursor=eyJhIjoxfQ", "cursor is none that this service gave"),
    ],
)
def test_a_bad_question_is_refused_with_what_to_change(client: httpx.Client, query: str, detail: str) -> None:
    response = client.get(f"/v1/search?{query}")
    assert problem(response) == (422, "invalid-parameter")
    assert detail in response.json()["detail"]


def test_only_json_and_csv_are_offered(client: httpx.Client) -> None:
    response = client.get("/v1/search?q=a", headers={"Accept": "text/turtle"})
    assert problem(response) == (406, "not-acceptable")
    assert response.json()["offered"] == ["application/json", "text/csv"]


@pytest.mark.parametrize(
    ("change", "detail"),
    [
        (lambda held: ["0" * 16, *held[1:]], "of another version of the dataset"),
        (lambda held: [held[0], "0" * 12, held[2]], "of another question"),
        (lambda held: [*held[:2], -1], "none that this service gave"),
        (lambda held: [*held[:2], "0"], "none that this service gave"),
    ],
)
def test_a_cursor_of_something_else_is_refused(
    client: httpx.Client, change: Callable[[list[Any]], list[Any]], detail: str
) -> None:
    cursor = search(client, "trust", limit=1)["meta"]["next"]
    held = json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    forged = urlsafe_b64encode(json.dumps(change(held)).encode()).decode().rstrip("=")
    response = client.get("/v1/search", params={"q": "trust", "cursor": forged})
    assert problem(response) == (422, "invalid-parameter")
    assert detail in response.json()["detail"]


@pytest.mark.parametrize(
    "question",
    [
        *('"', "a OR", "NOT a", "NEAR(a b, 2)", "label:trust", "^trust", "{label} : a", "a + b", "-trust", "trust*)"),
        *("'; DROP TABLE text; --", "\\", "a\x00b", "\ufeffa", "((((((a", '"a" "b', "é" * 200, "a " * 100, "*a*", "𝒶𝒷"),
    ],
)
def test_operators_and_quotes_are_text_and_never_an_error_of_ours(client: httpx.Client, question: str) -> None:
    response = client.get("/v1/search", params={"q": question})
    assert response.status_code in (200, 422), response.text
    assert "fts5" not in response.text.casefold()
    assert "sqlite" not in response.text.casefold()


def test_an_answer_is_the_same_bytes_again_and_not_sent_twice(client: httpx.Client) -> None:
    first = client.get("/v1/search?q=leadership&limit=3")
    again = client.get("/v1/search?q=leadership&limit=3")
    assert again.content == first.content
    assert again.links == first.links
    assert again.links["next"]["url"].startswith("/v1/search?")
    tag = {"If-None-Match": first.headers["etag"]}
    assert client.get("/v1/search?q=leadership&limit=3", headers=tag).status_code == 304


def test_the_index_holds_everything_however_few_rows_a_result_may_have(invented: httpx.Client, story: Dataset) -> None:
    rows = story.store.select(
        "PREFIX skos: <http://www.w3.org/2004/02/skos/core#> SELECT DISTINCT ?s { ?s skos:prefLabel ?label "
        "FILTER(isIRI(?s) && CONTAINS(LCASE(?label), 'river')) }"
    )
    expected = {row["s"].value for row in rows}
    found = {hit["iri"] for hit in search(invented, "river", limit=100)["data"]["hits"]}
    assert expected
    assert expected <= found


def test_a_change_of_the_data_is_found_at_once(start_server: Callable[..., Server], tmp_path: Path) -> None:
    _, key = keys.add(tmp_path / "keys.json", "label", "write")
    server = start_server(writable=True, state=tmp_path / "state", keys=tmp_path / "keys.json")
    assert search(server.client, "quince")["meta"]["total"] == 0
    label = "<http://www.w3.org/2004/02/skos/core#prefLabel>"
    response = server.client.post(
        "/update",
        content=f"INSERT DATA {{ GRAPH <urn:g> {{ <https://example.org/quince> {label} 'Quince' }} }}",
        headers={"Content-Type": "application/sparql-update", "Authorization": f"Bearer {key}"},
    )
    assert response.status_code == 204, response.text
    assert ids(search(server.client, "quince")) == ["https://example.org/quince"]

"""The curated routes over the published data: what they answer, and how they refuse."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest

from hct_kg import catalogue
from hct_kg.settings import Settings
from serving import Server, running

PROBLEM = "application/problem+json"
MARKS = ("explicitness", "modality", "scope", "voices", "supported_by")


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with ExitStack() as stack:
        yield running(Settings(), stack)


@pytest.fixture(scope="module")
def client(server: Server) -> httpx.Client:
    return server.client


def get(client: httpx.Client, path: str, **parameters: str) -> Any:
    response = client.get(path, params=parameters)
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "application/json"
    return response.json()


def refused(client: httpx.Client, path: str, status: int, **headers: str) -> Any:
    response = client.get(path, headers=headers)
    assert (response.status_code, response.headers["content-type"]) == (status, PROBLEM), response.text
    return response.json()


def test_a_site_has_members_grants_and_claims_with_marks_and_passages(client: httpx.Client) -> None:
    site = get(client, "/v1/sites/coventry")["data"]
    members = {membership["organisation"]["label"] for membership in site["memberships"] if membership["organisation"]}
    assert {"Grapevine", "Coventry City Council"} <= members
    assert sorted(grant["amount"] for grant in site["grants"]) == [50000, 449558]
    assert site["claims"]
    for record in (*site["memberships"], *site["grants"], *site["claims"]):
        assert all(record[mark] for mark in MARKS if mark != "scope" or "organisation" not in record)
        assert all(passage["end"] > passage["start"] for passage in record["supported_by"])


def test_a_factor_shows_what_leads_to_it_and_what_it_leads_to(client: httpx.Client) -> None:
    factor = get(client, "/v1/outcomes/effective-and-sustainable-partnership-working")["data"]
    assert factor["led_to_by"]
    assert factor["leads_to"]
    assert all("→" in claim["label"] and claim["models"] for claim in (*factor["led_to_by"], *factor["leads_to"]))


def test_a_chain_from_grant_funding_to_the_impact_has_a_passage_for_each_link(client: httpx.Client) -> None:
    path = {"from": "factor/grant-funding", "to": "factor/improved-community-health-and-wellbeing"}
    answer = get(client, "/v1/trace", **path)
    assert answer["data"]["from"]["id"] == path["from"]
    first = answer["data"]["chains"][0]
    assert (first["sign"], first["implied_links"], first["warnings"]) == ("positive", 0, [])
    assert first["weakest_modality"] == "modality/intended"
    claims = [claim for step in first["steps"] for claim in step["claims"]]
    assert all(claim["passages"] for claim in claims)
    assert all(claim["explicitness"] == "stated" for claim in claims)
    order = [(chain["implied_links"], len(chain["steps"])) for chain in answer["data"]["chains"]]
    assert order == sorted(order)


def test_only_stated_or_only_implied_links_can_be_asked_for(client: httpx.Client) -> None:
    for explicitness in ("stated", "implied"):
        answer = get(client, "/v1/trace", **{"from": "factor/grant-funding"}, explicitness=explicitness)
        steps = [step for chain in answer["data"]["chains"] for step in chain["steps"]]
        assert all(step["implied"] == (explicitness == "implied") for step in steps)


def test_nothing_of_the_theory_of_change_was_observed(client: httpx.Client) -> None:
    plan = {"from": "factor/grant-funding", "model": "model/hct-theory-of-change"}
    answer = get(client, "/v1/trace", **plan, modality="observed")
    assert answer["data"]["chains"] == []
    assert answer["meta"]["complete"]


def test_a_bound_that_is_hit_is_named(client: httpx.Client) -> None:
    answer = get(client, "/v1/trace", **{"from": "factor/grant-funding"}, limit="1")
    assert (answer["meta"]["complete"], answer["meta"]["bound"]) == (False, "chains")


@pytest.mark.parametrize(
    ("path", "status", "detail"),
    [
        ("/v1/sites/atlantis", 404, "/v1/sites has no 'atlantis'"),
        ("/v1/mechanisms/grant-funding", 404, "/v1/mechanisms has no 'grant-funding'"),
        ("/v1/sites/coventry?colour=blue", 422, "'colour' is no parameter"),
        ("/v1/trace", 422, "give from=… or to=…, or both"),
        ("/v1/trace?from=factor/nothing", 404, "from=factor/nothing is no factor"),
        ("/v1/trace?from=two%20words", 422, "is no identifier such as factor/innovation"),
        ("/v1/trace?from=factor/grant-funding&to=factor/grant-funding", 422, "the same factor"),
        ("/v1/trace?to=factor/grant-funding&direction=downstream", 422, "downstream of a factor is asked with from="),
        ("/v1/trace?from=factor/grant-funding&depth=13", 422, "depth: Input should be less than or equal to 12"),
        ("/v1/trace?from=factor/grant-funding&colour=blue", 422, "colour: Extra inputs are not permitted"),
        ("/v1/trace?from=factor/grant-funding&modality=hoped", 422, "modality: Input should be"),
        ("/v1/queries/partners-of-a-site?colour=blue", 422, "no parameter 'colour'; known: site, moment, limit"),
        ("/v1/queries/partners-of-a-site?site=two%20words", 422, "site='two words' is not an identifier"),
        ("/v1/queries/partners-of-a-site?site=site/atlantis", 422, "site='site/atlantis' is no Site in this dataset"),
        ("/v1/queries/nothing", 404, "No resource of this service has this path"),
    ],
)
def test_a_bad_request_is_refused_with_what_to_change(
    client: httpx.Client, path: str, status: int, detail: str
) -> None:
    assert detail in refused(client, path, status)["detail"]


def test_a_parameter_given_twice_is_refused(client: httpx.Client) -> None:
    for path in (
        "/v1/trace?from=factor/grant-funding&from=factor/time-and-capacity",
        "/v1/queries/partners-of-a-site?site=a&site=b",
    ):
        assert "given twice" in refused(client, path, 422)["detail"]


def test_a_wrong_method_is_refused_with_those_that_there_are(client: httpx.Client) -> None:
    response = client.post("/v1/sites")
    assert (response.status_code, response.headers["allow"]) == (405, "GET, HEAD, OPTIONS")


def test_every_curated_query_has_a_route_that_answers(client: httpx.Client, root: Path) -> None:
    queries = catalogue.load(root / "queries")
    assert {item["name"] for item in get(client, "/v1/queries")["data"]} == set(queries)
    for query in queries.values():
        examples = {name: parameter.example for name, parameter in query.parameters.items() if parameter.required}
        answer = get(client, f"/v1/queries/{query.name}", **{name: str(value) for name, value in examples.items()})
        assert answer["columns"] == list(query.columns)
        assert all(set(row) == set(query.columns) for row in answer["data"])
        assert answer["meta"]["count"] == len(answer["data"])


def test_each_grant_of_the_second_phase_is_answered_as_a_number(client: httpx.Client) -> None:
    rows = get(client, "/v1/queries/grants-by-site-and-phase", phase="phase/hct-2")["data"]
    assert {row["site"]: row["amount"] for row in rows} == {
        "site/coventry": 449558,
        "site/croydon": 472061,
        "site/gloucestershire": 455340,
        "site/leeds": 452769,
        "site/plymouth": 469710,
    }


@pytest.mark.parametrize(
    ("accept", "begins"),
    [
        ("application/sparql-results+json", b'{"head"'),
        ("application/sparql-results+xml", b"<?xml"),
        ("text/csv", b"total,"),
        ("text/tab-separated-values", b"?total\t"),
        ("application/sparql-query", b"#+ question"),
    ],
)
def test_a_curated_query_comes_in_each_format_and_as_its_own_text(
    client: httpx.Client, accept: str, begins: bytes
) -> None:
    response = client.get("/v1/queries/do-the-totals-add-up", headers={"Accept": accept})
    assert response.status_code == 200
    assert response.headers["content-type"].startswith(accept)
    assert response.content.startswith(begins)


def test_the_interface_is_described_with_examples_and_stable_operation_ids(client: httpx.Client) -> None:
    document = get(client, "/openapi.json")
    operations = [
        (path, method, operation) for path, item in document["paths"].items() for method, operation in item.items()
    ]
    names = [operation["operationId"] for _, _, operation in operations]
    assert len(set(names)) == len(names) > 40
    for path, method, operation in operations:
        assert operation["summary"], path
        assert path in ("/healthz", "/readyz") or {"406", "500"} & set(operation["responses"]), (path, method)
        for parameter in operation.get("parameters", ()):
            assert parameter.get("description") or parameter["schema"].get("examples"), (path, parameter["name"])


def test_an_answer_is_the_same_bytes_again(client: httpx.Client) -> None:
    for path in ("/v1/sites", "/v1/trace?from=factor/grant-funding"):
        assert client.get(path).content == client.get(path).content

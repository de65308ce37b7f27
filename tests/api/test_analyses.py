"""Loops, leverage, gaps, what is contested, explanations and traces, over an invented story and the real data."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest

from hct_kg.dataset import Dataset
from hct_kg.gaps import KINDS
from hct_kg.settings import Settings
from hct_kg.terms import ID, shorten
from serving import Server, problem, running

REAL_ENDS = [
    ("factor/grant-funding", "factor/ultimate-impact"),
    ("factor/grant-funding", "factor/vcse-engagement"),
    ("factor/pre-existing-relationships", "factor/early-engagement-in-hct"),
    ("factor/equal-partnership-working", "factor/health-inequalities"),
    ("factor/ultimate-impact", "factor/grant-funding"),
]
STORY_ENDS = [("factor/coaching", "factor/fish-return"), ("factor/grants", "factor/visitors")]


@pytest.fixture(scope="module")
def told() -> Iterator[Server]:
    """A server over the invented story."""
    with ExitStack() as stack:
        yield running(Settings(data=Path(__file__).parents[1] / "story"), stack)


@pytest.fixture(scope="module")
def published() -> Iterator[Server]:
    """A server over the published data."""
    with ExitStack() as stack:
        yield running(Settings(), stack)


def get(server: Server, path: str, **parameters: str) -> Any:
    response = server.client.get(path, params=parameters)
    assert (response.status_code, response.headers["content-type"]) == (200, "application/json"), response.text
    answer = response.json()
    again = server.client.get(answer["meta"]["permalink"])
    assert again.content == response.content
    return answer


def explained(server: Server, start: str, to: str, **parameters: str) -> Any:
    return get(server, "/v1/explain", **{"from": start}, to=to, **parameters)


def ids(things: list[dict[str, Any]]) -> list[str]:
    return [thing["id"] for thing in things]


def pairs_of(things: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(thing["cause"]["id"], thing["effect"]["id"]) for thing in things]


def test_loops_of_each_model_are_told_with_their_kind_and_whether_the_text_states_them(told: Server) -> None:
    answer = get(told, "/v1/loops")
    assert [(loop["model"]["id"], loop["kind"], loop["stated"]) for loop in answer["data"]["loops"]] == [
        ("model/river-plan", "reinforcing", ["loop/care-and-trust"]),
        ("model/river-reports", "balancing", []),
    ]
    arcs = answer["data"]["loops"][0]["arcs"]
    assert pairs_of(arcs) == [("factor/shared-care", "factor/trust"), ("factor/trust", "factor/shared-care")]
    assert all(claim["passages"] for arc in arcs for claim in arc["claims"])
    stated = {loop["id"]: (loop["closes"], len(loop["links"])) for loop in answer["data"]["stated"]}
    assert stated == {"loop/care-and-trust": (True, 2), "loop/paperwork": (False, 2)}
    assert (answer["meta"]["count"], answer["meta"]["complete"], answer["meta"]["bound"]) == (2, True, None)


def test_loops_can_be_asked_for_by_model_by_factor_and_by_length(told: Server) -> None:
    assert get(told, "/v1/loops", model="model/river-map")["data"] == {
        **get(told, "/v1/loops")["data"],
        "loops": [],
        "stated": [],
    }
    assert get(told, "/v1/loops", through="factor/gossip")["meta"]["count"] == 1
    through_time = get(told, "/v1/loops", through="factor/time")["data"]
    assert (through_time["loops"], ids(through_time["stated"])) == ([], ["loop/paperwork"])
    short = get(told, "/v1/loops", length="1")["meta"]
    assert (short["count"], short["complete"], short["bound"]) == (0, False, "length")


def test_no_links_of_one_real_model_close_a_loop_and_the_one_that_is_stated_leaves_an_arrow_out(
    published: Server,
) -> None:
    data = get(published, "/v1/loops")["data"]
    assert data["loops"] == []
    assert [(loop["id"], loop["closes"]) for loop in data["stated"]] == [("loop/map-evidencing-value-for-money", False)]


def test_leverage_measures_each_factor_within_its_model_in_the_order_asked_for(told: Server) -> None:
    answer = get(told, "/v1/leverage", model="model/river-plan", sort="out")
    factors = {item["factor"]["id"]: item for item in answer["data"]["factors"]}
    degrees = [item["out_degree"] for item in answer["data"]["factors"]]
    assert degrees == sorted(degrees, reverse=True)
    # grants → time, grants → paperwork ⊣ time, time → planting → clean water, visitors; clean water → fish
    grants = factors["factor/grants"]
    assert (grants["in_degree"], grants["out_degree"], grants["upstream"], grants["downstream"]) == (0, 2, 0, 6)
    # Fish return within four links only by the way that raises them.
    assert grants["signed"] == {"raises": 2, "lowers": 0, "either": 4, "unsigned": 0}
    assert factors["factor/time"]["betweenness"] == 8.0
    assert answer["meta"]["count"] == len(factors)


def test_leverage_of_the_real_models_is_complete(published: Server) -> None:
    answer = get(published, "/v1/leverage")
    assert answer["meta"]["complete"]
    models = {item["model"]["id"] for item in answer["data"]["factors"]}
    assert {"model/hct-theory-of-change", "model/hct-system-map"} <= models
    assert all(item["signed"] for item in answer["data"]["factors"])


def test_gaps_are_found_by_the_query_that_is_shown_with_them(published: Server) -> None:
    kinds = get(published, "/v1/gaps")["data"]["kinds"]
    assert [kind["kind"] for kind in kinds] == list(KINDS)
    for kind in kinds:
        rows = published.select(kind["sparql"])
        assert [gap["iri"] for gap in kind["gaps"]] == [row["thing"]["value"] for row in rows]
        assert kind["gaps"]
        assert all(gap["label"] and gap["place"] for gap in kind["gaps"])
        assert all((gap["number"] is None) == (kind["counted"] is None) for gap in kind["gaps"])


def test_an_outcome_that_is_reported_is_no_gap_and_one_that_is_only_meant_is(told: Server) -> None:
    (kind,) = get(told, "/v1/gaps", kind="outcomes-only-intended")["data"]["kinds"]
    assert [(gap["id"], gap["number"]) for gap in kind["gaps"]] == [
        ("factor/fish-return", 1),
        ("factor/meadow-flowers", 1),
    ]
    (kind,) = get(told, "/v1/gaps", kind="outcomes-without-findings")["data"]["kinds"]
    assert ids(kind["gaps"]) == ["factor/clean-water", "factor/fish-return", "factor/meadow-flowers"]


def test_a_link_is_no_gap_where_a_finding_is_of_another_link_between_the_two(told: Server) -> None:
    (kind,) = get(told, "/v1/gaps", kind="links-without-findings")["data"]["kinds"]
    found = set(ids(kind["gaps"]))
    assert "link/plan-planting-to-clean-water" in found
    assert not {"link/plan-coaching-to-trust", "link/reported-coaching-to-trust"} & found


def test_findings_on_one_source_and_silent_sections_are_those_of_the_slow_way(published: Server, real: Dataset) -> None:
    def pairs(query: str) -> list[tuple[str, str]]:
        prefixes = "PREFIX hct: <https://w3id.org/hct-kg/ns#> PREFIX oa: <http://www.w3.org/ns/oa#> "
        rows = real.store.select(prefixes + "PREFIX dcterms: <http://purl.org/dc/terms/> " + query)
        return [(row["a"].value, row["b"].value) for row in rows]

    documents: dict[str, set[str]] = {}
    for finding, document in pairs("SELECT ?a ?b { ?a a hct:Finding ; hct:supportedBy/oa:hasSource ?b }"):
        documents.setdefault(finding, set()).add(document)
    (kind,) = get(published, "/v1/gaps", kind="findings-on-one-source")["data"]["kinds"]
    assert {gap["iri"] for gap in kind["gaps"]} == {finding for finding, held in documents.items() if len(held) == 1}

    above = dict(pairs("SELECT ?a ?b { ?a a hct:Section ; dcterms:isPartOf ?b }"))
    silent = {section for section, _ in pairs("SELECT ?a (1 AS ?b) { ?a a hct:Section }")}
    for section, _ in pairs("SELECT DISTINCT (?s AS ?a) (1 AS ?b) { ?r hct:supportedBy/hct:section ?s }"):
        place: str | None = section
        while place is not None:
            silent.discard(place)
            place = above.get(place)
    (kind,) = get(published, "/v1/gaps", kind="sections-without-claims")["data"]["kinds"]
    assert {gap["iri"] for gap in kind["gaps"]} == silent


def test_claims_of_opposite_sign_stand_side_by_side(told: Server) -> None:
    data = get(told, "/v1/contested", kind="opposite-signs")["data"]
    assert data["discrepancies"] is None
    assert [
        (item["cause"]["id"], item["effect"]["id"], sorted(ids(item["positive"])), ids(item["negative"]))
        for item in data["opposite_signs"]
    ] == [
        (
            "factor/coaching",
            "factor/trust",
            ["link/plan-coaching-to-trust", "link/reported-coaching-to-trust"],
            ["link/map-coaching-to-trust"],
        ),
        (
            "factor/planting",
            "factor/visitors",
            ["link/plan-planting-to-visitors"],
            ["link/reported-planting-to-visitors"],
        ),
    ]
    (against,) = data["opposite_signs"][0]["negative"]
    assert against["condition"] == "The coach is late."
    assert against["passages"]


def test_every_discrepancy_shows_its_records_with_marks_and_passages(published: Server, real: Dataset) -> None:
    found = get(published, "/v1/contested", kind="discrepancies")["data"]["discrepancies"]
    rows = real.store.select(
        "PREFIX hct: <https://w3id.org/hct-kg/ns#> SELECT ?d ?r { ?d a hct:Discrepancy ; hct:between ?r }"
    )
    shown = {(item["iri"], record["iri"]) for item in found for record in item["between"]}
    assert shown == {(row["d"].value, row["r"].value) for row in rows}
    for item in found:
        assert item["kind"]
        assert item["resolution"]
        for record in item["between"]:
            assert record["modality"], record["id"]
            assert record["supported_by"], record["id"]
            assert record["label"] != record["id"]


def test_an_explanation_holds_what_speaks_for_and_against(told: Server) -> None:
    data = explained(told, *STORY_ENDS[0])["data"]
    assert [chain["sign"] for chain in data["chains"]] == ["negative", "positive"]
    opposed = data["counter_evidence"]["opposed"]
    assert {pair["negative"]["id"] for pair in opposed} == {"link/map-coaching-to-trust"}
    assert ids(data["counter_evidence"]["conditional"]) == ["link/map-coaching-to-trust"]
    grounds = {(item["cause"]["id"], item["effect"]["id"]): item["reported"] for item in data["grounds"]}
    assert grounds == {
        ("factor/clean-water", "factor/fish-return"): False,
        ("factor/coaching", "factor/trust"): True,
        ("factor/trust", "factor/clean-water"): True,
    }
    assert ids(data["findings"]) == ["finding/late-coach-cost-trust", "finding/coaching-built-trust"]
    assert data["alternatives"] == []


def test_a_link_is_explained_by_its_ends(told: Server) -> None:
    data = get(told, "/v1/explain", link="link/plan-grants-to-time")["data"]
    assert (data["from"]["id"], data["to"]["id"]) == ("factor/grants", "factor/time")
    assert data["link"]["id"] == "link/plan-grants-to-time"
    assert [chain["sign"] for chain in data["chains"]] == ["positive", "negative"]
    assert ids(data["alternatives"]) == ["link/map-weather-to-time"]


@pytest.mark.parametrize("ends", REAL_ENDS, ids=str)
def test_each_part_of_a_real_explanation_is_what_its_query_gives(published: Server, ends: tuple[str, str]) -> None:
    assert_reproduced(published, explained(published, *ends))


@pytest.mark.parametrize("ends", STORY_ENDS, ids=str)
def test_each_part_of_an_invented_explanation_is_what_its_query_gives(told: Server, ends: tuple[str, str]) -> None:
    assert_reproduced(told, explained(told, *ends, depth="6"))


def test_the_ends_that_are_reproduced_have_something_in_each_part(published: Server, told: Server) -> None:
    data = [explained(published, *ends)["data"] for ends in REAL_ENDS]
    data += [explained(told, *ends)["data"] for ends in STORY_ENDS]
    for name in ("chains", "passages", "grounds", "findings", "alternatives"):
        assert any(item[name] for item in data), name
    for name in ("opposed", "narrower", "conditional"):
        assert any(item["counter_evidence"][name] for item in data), name


def assert_reproduced(server: Server, answer: Any) -> None:
    """Run every query of an explanation, and compare its rows with the part that it is for."""
    data = answer["data"]
    rows = {name: short_rows(server, query) for name, query in data["sparql"].items()}
    counter = data["counter_evidence"]
    claims = {
        (claim["id"], passage["id"])
        for chain in data["chains"]
        for step in chain["steps"]
        for claim in step["claims"]
        for passage in claim["passages"]
    }
    assert answer["meta"]["bound"] in (None, "depth")
    assert {tuple(row.values()) for row in rows["chains"]} == {told_as_a_row(chain) for chain in data["chains"]}
    assert len(rows["chains"]) == len(data["chains"])
    assert [row["link"] for row in rows["links"]] == sorted({link for link, _ in claims})
    assert [row["passage"] for row in rows["passages"]] == ids(data["passages"])
    assert ids(data["passages"]) == sorted({passage for _, passage in claims})
    assert {tuple(row.values()) for row in rows["grounds"]} == {
        (item["cause"]["id"], item["effect"]["id"], modality)
        for item in data["grounds"]
        for modality in item["modalities"]
    }
    assert [(row["link"], row["finding"]) for row in rows["findings"]] == [
        (finding["link"], finding["id"]) for finding in data["findings"]
    ]
    assert {(row["link"], row["other"]) for row in rows["opposed"]} == {
        (pair["positive"]["id"], pair["negative"]["id"]) for pair in counter["opposed"]
    }
    assert {(row["link"], row["other"]) for row in rows["narrower"]} == {
        (pair["narrow"]["id"], pair["wide"]["id"]) for pair in counter["narrower"]
    }
    assert [(row["link"], row["condition"]) for row in rows["conditional"]] == [
        (link["id"], link["condition"]) for link in counter["conditional"]
    ]
    assert [row["link"] for row in rows["alternatives"]] == ids(data["alternatives"])


def short_rows(server: Server, query: str) -> list[dict[str, str]]:
    return [{name: shorten(term["value"]) for name, term in row.items()} for row in server.select(query)]


def told_as_a_row(chain: Any) -> tuple[str, ...]:
    steps = chain["steps"]
    between = (step["effect"]["id"] for step in steps[:-1])
    return (str(len(steps)), *between, *(f"polarity/{step['polarity']}" for step in steps))


def test_only_links_with_enough_passages_make_a_chain(published: Server) -> None:
    start = {"from": "factor/grant-funding"}
    chains = get(published, "/v1/trace", **start, min_passages="2")["data"]["chains"]
    claims = [claim for chain in chains for step in chain["steps"] for claim in step["claims"]]
    assert claims
    assert all(len(claim["passages"]) >= 2 for claim in claims)
    assert get(published, "/v1/trace", **start, min_passages="100")["data"]["chains"] == []


def test_a_chain_warns_of_scopes_that_do_not_meet_of_implied_links_and_of_models_crossed(told: Server) -> None:
    data = get(told, "/v1/trace", **{"from": "factor/coaching"}, to="factor/fish-return")["data"]
    crossed = [warning for chain in data["chains"] for warning in chain["warnings"] if "crosses" in warning]
    assert f"The chain crosses from one causal model into another at {ID}factor/trust." in crossed


@pytest.mark.parametrize(
    ("media_type", "content_type", "begins"),
    [
        ("text/csv", "text/csv; charset=utf-8", "chain,step,cause,"),
        ("text/vnd.mermaid", "text/vnd.mermaid; charset=utf-8", "flowchart LR\n  %% complete: true\n"),
        ("application/graphml+xml", "application/graphml+xml", '<?xml version="1.0" encoding="UTF-8"?>\n<graphml'),
    ],
)
def test_a_trace_comes_in_other_formats_too(told: Server, media_type: str, content_type: str, begins: str) -> None:
    path = "/v1/trace?from=factor/coaching&to=factor/fish-return"
    first, again = (told.client.get(path, headers={"Accept": media_type}) for _ in range(2))
    assert (first.status_code, first.headers["content-type"]) == (200, content_type)
    assert first.text.startswith(begins)
    assert (again.headers["content-type"], again.content) == (content_type, first.content)


def test_the_table_of_a_trace_has_a_row_for_each_claim_of_the_json(published: Server) -> None:
    path = "/v1/trace?from=factor/grant-funding&limit=3"
    chains = published.client.get(path).json()["data"]["chains"]
    table = published.client.get(path, headers={"Accept": "text/csv"}).text
    rows = list(csv.DictReader(io.StringIO(table)))
    assert [(row["cause"], row["effect"], row["link"]) for row in rows] == [
        (step["cause"]["id"], step["effect"]["id"], claim["id"])
        for chain in chains
        for step in chain["steps"]
        for claim in step["claims"]
    ]
    assert {row["complete"] for row in rows} == {"false"}


@pytest.mark.parametrize(
    ("path", "status", "detail"),
    [
        ("/v1/loops?model=model/atlantis", 404, "model=model/atlantis is no causal model; there is model/hct-hyp"),
        ("/v1/loops?through=factor/nothing", 404, "through=factor/nothing is no factor"),
        ("/v1/loops?length=13", 422, "length: Input should be less than or equal to 12"),
        ("/v1/loops?limit=1001", 422, "limit: Input should be less than or equal to 1000"),
        ("/v1/loops?colour=blue", 422, "colour: Extra inputs are not permitted"),
        ("/v1/leverage?model=model/atlantis", 404, "is no causal model"),
        ("/v1/leverage?sort=weight", 422, "sort: Input should be"),
        ("/v1/leverage?depth=7", 422, "depth: Input should be less than or equal to 6"),
        ("/v1/gaps?kind=all", 422, "kind: Input should be"),
        ("/v1/contested?kind=all", 422, "kind: Input should be"),
        ("/v1/explain", 422, "give from=… and to=…, or link=…"),
        ("/v1/explain?from=factor/grant-funding", 422, "give from=… and to=…, or link=…"),
        ("/v1/explain?from=factor/grant-funding&link=link/a", 422, "not both"),
        ("/v1/explain?link=link/nothing", 404, "link=link/nothing is no link"),
        ("/v1/explain?from=factor/nothing&to=factor/grant-funding", 404, "from=factor/nothing is no factor"),
        ("/v1/explain?from=factor/grant-funding&to=factor/grant-funding", 422, "the same factor"),
        ("/v1/explain?from=factor/grant-funding&to=factor/ultimate-impact&depth=7", 422, "less than or equal to 6"),
        ("/v1/trace?from=factor/grant-funding&model=model/atlantis", 404, "is no causal model"),
        ("/v1/trace?from=factor/grant-funding&min_passages=0", 422, "min_passages: Input should be greater than"),
        ("/v1/gaps?kind=outcomes-only-intended&kind=outcomes-only-intended", 422, "given twice"),
    ],
)
def test_a_bad_question_is_refused_with_what_to_change(published: Server, path: str, status: int, detail: str) -> None:
    response = published.client.get(path)
    expected = "not-found" if status == httpx.codes.NOT_FOUND else "invalid-parameter"
    assert problem(response) == (status, expected)
    assert detail in response.json()["detail"]


@pytest.mark.parametrize("path", ["/v1/loops", "/v1/leverage", "/v1/gaps", "/v1/contested", "/v1/trace"])
def test_other_media_types_are_refused(published: Server, path: str) -> None:
    response = published.client.get(path, headers={"Accept": "image/png"})
    assert problem(response)[0] == httpx.codes.NOT_ACCEPTABLE

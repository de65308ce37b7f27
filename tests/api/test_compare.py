"""Sites side by side: each cell holds what names its site and nothing else; what names no site is counted."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import httpx
import pytest
from jsonschema_rs import validator_for

from hct_kg.dataset import Dataset
from hct_kg.settings import Settings
from hct_kg.terms import ID, NAMESPACES, shorten
from serving import problem, running

PREFIXES = "".join(f"PREFIX {prefix}: <{namespace}>\n" for prefix, namespace in NAMESPACES.items())
NOTHING = "nothing found in these documents"
SITES = ("coventry", "croydon", "gloucestershire", "leeds", "newham", "plymouth")
ABOUT = "EXISTS { ?thing hct:about ?s } || EXISTS { ?thing hct:about ?i . ?i hct:site ?s }"
NAMES = f"FILTER ({ABOUT} || EXISTS {{ ?thing hct:scope ?c . ?c hct:member ?s }})"
HAPPENED = f"FILTER (?m IN (<{ID}modality/observed>, <{ID}modality/perceived>))"
FOUND = "?thing a hct:Finding ; hct:modality ?m ; hct:finds ?l . ?l hct:polarity"
EXPECTED = {
    "members": "?thing a org:Membership ; org:organization ?s",
    "funding": "?thing a hct:Grant ; hct:recipient ?s",
    "initiatives": "?thing a hct:Initiative ; hct:site ?s MINUS { ?thing dcterms:isPartOf ?w . ?w a hct:Initiative }",
    "helped": f"?s a hct:Site . {FOUND} <{ID}polarity/positive> {HAPPENED} {NAMES}",
    "hindered": f"?s a hct:Site . {FOUND} <{ID}polarity/negative> {HAPPENED} {NAMES}",
}


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    with ExitStack() as stack:
        yield running(Settings(), stack).client


@pytest.fixture(scope="module")
def teller(root: Any) -> Iterator[httpx.Client]:
    """A server over the story."""
    with ExitStack() as stack:
        yield running(Settings(data=root / "tests" / "story"), stack).client


def compare(client: httpx.Client, *sites: str) -> dict[str, Any]:
    response = client.get("/v1/compare", params={"sites": ",".join(sites)})
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


def rows(answer: dict[str, Any], aspect: str) -> dict[str, dict[str, Any]]:
    """The rows of an aspect by what they are about."""
    found = [row for row in answer["data"]["rows"] if row["aspect"] == aspect]
    return {row["about"]["id"] if row["about"] else "": row for row in found}


def cells(answer: dict[str, Any], aspect: str) -> dict[str, set[str]]:
    """All things of an aspect by site."""
    found: dict[str, set[str]] = {site["id"]: set() for site in answer["data"]["sites"]}
    for row in rows(answer, aspect).values():
        for cell in row["cells"]:
            found[cell["site"]] |= {thing["id"] for thing in cell["things"]}
    return found


def by_query(dataset: Dataset, pattern: str, site: str) -> set[str]:
    found = dataset.store.select(f"{PREFIXES}SELECT DISTINCT ?thing {{ VALUES ?s {{ <{ID}site/{site}> }} {pattern} }}")
    return {shorten(row["thing"].value) for row in found}


@pytest.mark.parametrize("aspect", EXPECTED)
def test_a_cell_holds_what_names_its_site_and_nothing_else(client: httpx.Client, real: Dataset, aspect: str) -> None:
    found = cells(compare(client, *SITES), aspect)
    assert found == {f"site/{site}": by_query(real, EXPECTED[aspect], site) for site in SITES}
    assert sum(map(len, found.values())) > 10


@pytest.mark.parametrize("modality", ["observed", "perceived", "anticipated", "intended", "recommended"])
def test_outcomes_are_told_apart_by_modality(client: httpx.Client, real: Dataset, modality: str) -> None:
    row = rows(compare(client, "leeds", "croydon"), "outcomes")[f"modality/{modality}"]
    findings = f"""?s a hct:Site . ?thing a hct:Finding ; hct:modality <{ID}modality/{modality}> {NAMES}
        FILTER (EXISTS {{ ?thing hct:about ?o . ?o a hct:Outcome }}
          || EXISTS {{ ?thing hct:finds ?l . ?l hct:effect ?o . ?o a hct:Outcome }})"""
    links = f"""?s a hct:Site . ?thing a hct:Link ; hct:modality <{ID}modality/{modality}> ;
        hct:scope/hct:member ?s ; hct:effect/a hct:Outcome"""
    for cell in row["cells"]:
        site = cell["site"].removeprefix("site/")
        here = {thing["id"] for thing in cell["things"]}
        assert {name for name in here if name.startswith("finding/")} == by_query(real, findings, site)
        assert {name for name in here if name.startswith("link/")} <= by_query(real, links, site)
        assert all(thing["modality"] == f"modality/{modality}" for thing in cell["things"])
        assert here


def test_a_link_that_a_finding_on_the_site_puts_in_words_is_not_there_twice(
    client: httpx.Client, real: Dataset
) -> None:
    here = cells(compare(client, "leeds", "coventry"), "outcomes")["site/leeds"]
    said = real.store.select(f"{PREFIXES}SELECT ?f ?l {{ ?f hct:finds ?l }}")
    assert not [row for row in said if {shorten(row["f"].value), shorten(row["l"].value)} <= here]
    assert [name for name in here if name.startswith("link/")]


def test_no_site_is_placed_on_a_spectrum_where_the_documents_place_none(client: httpx.Client, real: Dataset) -> None:
    found = rows(compare(client, "coventry", "leeds"), "spectrum")
    spectra = real.store.select(f"{PREFIXES}SELECT ?s ?n {{ ?s a hct:Spectrum ; skos:notation ?n }} ORDER BY ?n")
    assert list(found) == [shorten(row["s"].value) for row in spectra]
    assert len(found) == 7
    for row in found.values():
        assert [(cell["things"], cell["note"]) for cell in row["cells"]] == [([], NOTHING)] * 2
        assert row["unattributed"]["count"] == 2


def test_funding_is_by_phase_and_its_totals_are_those_that_a_document_states(client: httpx.Client) -> None:
    answer = compare(client, "coventry", "croydon")
    phases = rows(answer, "funding")
    amounts = {
        phase: [[(thing["amount"], thing["unit"]) for thing in cell["things"]] for cell in row["cells"]]
        for phase, row in phases.items()
    }
    assert amounts == {
        "phase/hct-1": [[("50000", "GBP")], [("50000", "GBP")]],
        "phase/hct-2": [[("449558", "GBP")], [("472061", "GBP")]],
    }
    assert {thing["id"]: thing["amount"] for thing in phases["phase/hct-1"]["overall"]} == {
        "value/figure-2-sub-total-phase-1": "250000",
        "value/phase-1-total-with-newham": "300000",
    }
    total = rows(answer, "funding-total")[""]
    assert [(cell["things"], cell["note"]) for cell in total["cells"]] == [([], NOTHING)] * 2
    assert {"value/figure-2-grand-total"} <= {thing["id"] for thing in total["overall"]}


def test_a_site_of_the_first_phase_only_can_be_compared_and_says_so(client: httpx.Client) -> None:
    answer = compare(client, "newham", "plymouth")
    newham, plymouth = answer["data"]["sites"]
    assert ([item["id"] for item in newham["phases"]], [item["id"] for item in newham["not_in"]]) == (
        ["phase/hct-1"],
        ["phase/hct-2"],
    )
    assert "No document places Newham" in newham["note"]
    assert (plymouth["not_in"], plymouth["note"]) == ([], None)
    funding = rows(answer, "funding")
    assert [thing["id"] for thing in funding["phase/hct-1"]["cells"][0]["things"]] == ["grant/newham-phase-1"]
    assert funding["phase/hct-2"]["cells"][0]["note"] == f"{NOTHING}: none places the site in this phase"
    assert rows(answer, "members")[""]["cells"][0]["note"] == NOTHING


def test_claims_of_sites_that_are_left_unnamed_are_counted_and_in_no_cell(client: httpx.Client, real: Dataset) -> None:
    answer = compare(client, *SITES)
    row = rows(answer, "hindered")[""]
    two = f"""?thing a hct:Finding ; hct:scope <{ID}scope/hct-sites-two-unnamed> ; hct:modality ?m {HAPPENED}
        FILTER EXISTS {{ ?thing hct:finds/hct:polarity <{ID}polarity/negative> }}
        FILTER NOT EXISTS {{ ?thing hct:about|(hct:about/hct:site) ?named . ?named a hct:Site }}"""
    unnamed = by_query(real, two, "leeds")
    counts = {item["scope"]["id"]: item["count"] for item in row["unattributed"]["scopes"]}
    assert counts["scope/hct-sites-two-unnamed"] == len(unnamed) > 1
    assert row["unattributed"]["count"] == sum(counts.values())
    assert not unnamed & set().union(*cells(answer, "hindered").values())
    named = real.store.select(f"{PREFIXES}SELECT DISTINCT ?c {{ ?c hct:member ?s . ?s a hct:Site }}")
    assert not {shorten(item["c"].value) for item in named} & counts.keys()


def test_the_count_of_the_unnamed_does_not_depend_on_the_sites_of_the_programme_that_are_asked_for(
    client: httpx.Client,
) -> None:
    one, other = (compare(client, *sites) for sites in (("leeds", "newham"), ("coventry", "croydon")))
    for aspect in ("helped", "hindered", "outcomes", "spectrum", "initiatives"):
        of_one = {about: row["unattributed"] for about, row in rows(one, aspect).items()}
        assert of_one == {about: row["unattributed"] for about, row in rows(other, aspect).items()}


def test_every_claim_has_its_marks_and_passages(client: httpx.Client, real: Dataset) -> None:
    answer = compare(client, "coventry", "croydon")
    things = [thing for row in answer["data"]["rows"] for cell in row["cells"] for thing in cell["things"]]
    assert len(things) > 300
    for thing in things:
        assert thing["label"] != thing["id"]
        assert all(thing[mark] for mark in ("explicitness", "modality", "scope", "voices", "passages", "href"))
        assert all(passage["end"] > passage["start"] for passage in thing["passages"])
    one = next(thing for thing in things if thing["id"].startswith("finding/"))
    passages = real.store.select(f"{PREFIXES}SELECT ?p {{ <{one['iri']}> hct:supportedBy ?p }}")
    assert {passage["id"] for passage in one["passages"]} == {shorten(row["p"].value) for row in passages}


def test_what_is_said_of_one_site_comes_before_what_is_said_of_all(client: httpx.Client) -> None:
    cell = rows(compare(client, "coventry", "croydon"), "helped")[""]["cells"][0]
    scopes = [thing["scope"] for thing in cell["things"]]
    assert (scopes[0], scopes[-1]) != ("All five HCT sites", "Coventry site only")
    assert scopes.index("All five HCT sites") > max(
        n for n, scope in enumerate(scopes) if scope == "Coventry site only"
    )


def test_links_lead_to_what_they_name(client: httpx.Client) -> None:
    answer = compare(client, "coventry", "newham")
    seen: dict[str, str] = {}
    for row in answer["data"]["rows"]:
        for thing in (*row["overall"], *(thing for cell in row["cells"] for thing in cell["things"][:1])):
            seen.setdefault(thing["id"].split("/")[0], thing["href"])
    assert {"grant", "membership", "initiative", "finding", "link", "value"} <= seen.keys()
    for path in seen.values():
        assert client.get(path).status_code == 200, path


def test_a_member_has_its_kind_and_when_it_belonged(client: httpx.Client) -> None:
    members = rows(compare(client, "coventry", "plymouth"), "members")[""]["cells"][0]["things"]
    grapevine = next(thing for thing in members if thing["id"] == "membership/coventry-grapevine")
    assert grapevine["kind"]
    assert [thing for thing in members if thing["moments"]]
    assert [thing for thing in members if thing["changes"]]


def test_the_story_places_its_site_and_spreads_no_claim_of_two_unnamed(teller: httpx.Client) -> None:
    answer = compare(teller, "alder", "birch")
    spectrum = rows(answer, "spectrum")["spectrum/loose-or-strict"]
    assert [[thing["id"] for thing in cell["things"]] for cell in spectrum["cells"]] == [
        ["statement/alder-is-loose"],
        [],
    ]
    (placed,) = spectrum["cells"][0]["things"]
    assert placed["curator_note"] == "In the voice of neighbours."
    assert [passage["id"] for passage in placed["passages"]] == ["passage/river-report-3263-3300"]
    assert spectrum["unattributed"]["count"] == 1
    for aspect, about, number in (("helped", "", 2), ("hindered", "", 2), ("outcomes", "modality/perceived", 3)):
        row = rows(answer, aspect)[about]
        assert [(item["scope"]["label"], item["count"]) for item in row["unattributed"]["scopes"]] == [
            ("Two river groups, unnamed", number)
        ]
    assert [len(things) for things in cells(answer, "hindered").values()] == [1, 0]


def test_sites_of_two_programmes_have_rows_for_the_phases_of_both(teller: httpx.Client) -> None:
    answer = compare(teller, "cedar", "dock")
    assert set(rows(answer, "funding")) == {"phase/meadow-1", "phase/river-1", "phase/river-2"}
    assert [site["note"] is None for site in answer["data"]["sites"]] == [False, True]


@pytest.mark.parametrize(
    "query",
    [
        "sites=leeds,newham",
        "sites=leeds&sites=newham",
        "sites=site/leeds,%20newham",
        f"sites={ID}site/leeds&sites=site/newham",
    ],
)
def test_sites_are_named_in_any_of_their_forms(client: httpx.Client, query: str) -> None:
    response = client.get(f"/v1/compare?{query}")
    assert response.status_code == 200, response.text
    assert response.json()["data"] == compare(client, "leeds", "newham")["data"]


def test_the_columns_are_in_the_order_that_is_asked_for(client: httpx.Client) -> None:
    answer = compare(client, "plymouth", "leeds")
    assert [site["id"] for site in answer["data"]["sites"]] == ["site/plymouth", "site/leeds"]
    assert all(
        [cell["site"] for cell in row["cells"]] == ["site/plymouth", "site/leeds"] for row in answer["data"]["rows"]
    )


@pytest.mark.parametrize(
    ("query", "detail"),
    [
        ("", "sites: 0 given, wanted are 2 to 6; known: coventry, croydon, gloucestershire, leeds, newham, plymouth"),
        ("?sites=leeds", "sites: 1 given, wanted are 2 to 6"),
        ("?sites=", "sites: '' is no site; known: coventry"),
        ("?sites=leeds,", "sites: '' is no site"),
        ("?sites=leeds,atlantis", "sites: 'atlantis' is no site; known: coventry, croydon"),
        ("?sites=leeds,organisation/grapevine", "sites: 'organisation/grapevine' is no site"),
        ("?sites=leeds,two%20words", "sites: 'two words' is no site"),
        ("?sites=leeds,site/leeds", "sites: 'site/leeds' is given twice"),
        (f"?sites=leeds&sites={ID}site/leeds", "is given twice"),
        ("?sites=leeds,newham&colour=blue", "'colour' is no parameter of /v1/compare; known: sites, aspect, limit"),
        ("?sites=leeds,newham&aspect=colour", "aspect='colour' is none of spectrum, members"),
        ("?sites=leeds,newham&aspect=helped&aspect=hindered", "aspect is given more than once"),
        ("?sites=leeds,newham&limit=0", "limit='0' is no whole number from 1"),
        ("?sites=leeds,newham&limit=two", "limit='two' is no whole number from 1"),
        ("?sites=leeds,newham&limit=1&limit=2", "limit is given more than once"),
    ],
)
def test_sites_that_cannot_be_compared_are_named(client: httpx.Client, query: str, detail: str) -> None:
    response = client.get(f"/v1/compare{query}")
    assert problem(response) == (422, "invalid-parameter")
    assert detail in response.json()["detail"]


def test_seven_sites_are_too_many(tmp_path_factory: pytest.TempPathFactory, root: Any) -> None:
    data = tmp_path_factory.mktemp("seven")
    sites = "".join(
        f'site:s{n} a hct:Site ; skos:prefLabel "S{n}"@en ; hct:programme programme:p .\n' for n in range(7)
    )
    names = "".join(f"@prefix {kind}: <{ID}{kind}/> .\n" for kind in ("site", "programme", "phase"))
    known = "".join(f"@prefix {name}: <{NAMESPACES[name]}> .\n" for name in ("hct", "skos"))
    phase = 'phase:p a hct:Phase ; skos:prefLabel "P"@en ; hct:programme programme:p .\n'
    (data / "seven.ttl").write_text(known + names + sites + phase, encoding="utf-8")
    with ExitStack() as stack:
        client = running(Settings(data=data), stack).client
        response = client.get("/v1/compare", params={"sites": ",".join(f"s{n}" for n in range(7))})
        assert problem(response) == (422, "invalid-parameter")
        assert "sites: 7 given, wanted are 2 to 6" in response.json()["detail"]
        assert client.get("/v1/compare?sites=s0,s1,s2,s3,s4,s5").status_code == 200


def test_the_table_has_a_row_for_each_thing_in_each_cell(client: httpx.Client) -> None:
    answer = compare(client, "coventry", "newham")
    response = client.get("/v1/compare?sites=coventry,newham", headers={"Accept": "text/csv"})
    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    table = list(csv.DictReader(io.StringIO(response.text, newline="")))
    things = [
        (row["aspect"], row["about"]["id"] if row["about"] else "", cell["site"], thing["id"])
        for row in answer["data"]["rows"]
        for cell in row["cells"]
        for thing in cell["things"]
    ]
    assert [
        (line["aspect"], line["about"], line["site"], line["id"]) for line in table if line["site"] and line["id"]
    ] == things
    empty = [line for line in table if line["note"].startswith(NOTHING)]
    assert len(empty) == sum(not cell["things"] for row in answer["data"]["rows"] for cell in row["cells"])
    unnamed = [int(line["count"]) for line in table if line["note"] == "claims that belong to no site"]
    assert sum(unnamed) == sum(
        row["unattributed"]["count"] for row in answer["data"]["rows"] if row["unattributed"] is not None
    )
    (grant,) = (line for line in table if line["id"] == "grant/newham-phase-1")
    assert (grant["amount"], grant["unit"], grant["about"]) == ("50000", "GBP", "phase/hct-1")
    assert grant["passages"].startswith("passage/")


def test_one_aspect_alone_is_as_it_is_among_all(client: httpx.Client) -> None:
    answer = compare(client, "coventry", "leeds")
    for aspect in {row["aspect"] for row in answer["data"]["rows"]}:
        alone = client.get("/v1/compare", params={"sites": "coventry,leeds", "aspect": aspect}).json()
        assert alone["data"]["rows"] == list(rows(answer, aspect).values())


def test_cells_that_are_cut_say_how_much_there_is(client: httpx.Client) -> None:
    whole = compare(client, "coventry", "leeds")
    part = client.get("/v1/compare?sites=coventry,leeds&limit=2").json()
    cut = 0
    for row, all_of_it in zip(part["data"]["rows"], whole["data"]["rows"], strict=True):
        assert {**row, "cells": ()} == {**all_of_it, "cells": ()}
        for cell, full in zip(row["cells"], all_of_it["cells"], strict=True):
            assert cell == {**full, "things": full["things"][:2]}
            assert cell["count"] == len(full["things"])
            cut += cell["count"] - len(cell["things"])
    assert cut > 0
    assert (whole["meta"]["complete"], part["meta"]["complete"]) == (True, False)
    table = client.get("/v1/compare?sites=coventry,leeds&limit=2", headers={"Accept": "text/csv"}).text
    more = [line for line in csv.DictReader(io.StringIO(table, newline="")) if line["note"].startswith("more of them")]
    assert sum(int(line["count"]) for line in more) == cut


def test_an_answer_is_remembered_and_can_be_asked_for_again(client: httpx.Client) -> None:
    first, again = (client.get("/v1/compare?sites=leeds,croydon") for _ in range(2))
    assert first.content == again.content
    meta = first.json()["meta"]
    assert meta["complete"]
    assert meta["count"] == len(
        {t["id"] for row in first.json()["data"]["rows"] for cell in row["cells"] for t in cell["things"]}
    )
    assert client.get(meta["permalink"]).content == first.content
    held = {"If-None-Match": first.headers["etag"]}
    assert client.get("/v1/compare?sites=leeds,croydon", headers=held).status_code == 304
    assert client.get("/v1/compare?sites=leeds,croydon", headers={"Accept": "text/html"}).status_code == 406


def test_the_interface_describes_the_comparison(client: httpx.Client) -> None:
    document = client.get("/openapi.json").json()
    operation = document["paths"]["/v1/compare"]["get"]
    parameter, *narrower = operation["parameters"]
    assert [each["name"] for each in narrower] == ["aspect", "limit"]
    assert (operation["operationId"], parameter["name"], parameter["required"]) == ("compare", "sites", True)
    validator_for(parameter["schema"]).validate(parameter["example"])
    schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
    validator_for({**schema, "components": document["components"]}).validate(compare(client, *parameter["example"]))

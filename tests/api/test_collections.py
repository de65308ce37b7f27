"""The collections of `/v1`: nothing is left out, each page follows the one before, filters and facets count alike."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
import rdflib
from rdflib.compare import isomorphic

from hct_kg.api.collections import BY_NAME, COLLECTIONS, Collection
from hct_kg.api.collections_openapi import schemas
from hct_kg.api.names import PREFIXES
from hct_kg.dataset import Dataset
from hct_kg.settings import Settings
from hct_kg.terms import HCT, ID, SKOS
from serving import problem, running

pytestmark = pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")

NOT_LISTED = {
    "Claim": "its kinds have a collection each",
    "TheoryOfChange": "a kind of causal model: `types` tells",
    "SystemMap": "a kind of causal model: `types` tells",
    "OutcomesMap": "a kind of causal model: `types` tells",
    "DerivedGraph": "no thing of the documents: /graphs lists graphs",
}
"""Classes of ours with instances and no collection, and why."""
CHANGED = "meadow-page.txt"
each = pytest.mark.parametrize("collection", COLLECTIONS, ids=lambda collection: collection.name)
filtered = pytest.mark.parametrize(
    "collection", [item for item in COLLECTIONS if item.filters], ids=lambda collection: collection.name
)


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    """The service over the published data."""
    with ExitStack() as stack:
        yield running(Settings(documents=None), stack).client


@pytest.fixture(scope="module")
def told(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """The service over the story, with its documents, one of them changed; few rows to a result."""
    folder = tmp_path_factory.mktemp("documents")
    for path in (root / "tests" / "story").glob("*.txt"):
        shutil.copy(path, folder)
    changed = (folder / CHANGED).read_text(encoding="utf-8").swapcase()
    (folder / CHANGED).write_text(changed, encoding="utf-8", newline="")
    with ExitStack() as stack:
        settings = Settings(data=root / "tests" / "story", documents=folder, query_rows=700)
        yield running(settings, stack).client


def get(client: httpx.Client, path: str, **parameters: Any) -> Any:
    response = client.get(path, params=parameters or None)
    assert response.status_code == 200, response.text
    return response.json()


def walk(client: httpx.Client, path: str, **parameters: Any) -> Iterator[Any]:
    """Yield the pages of a list by following the links to the next."""
    response = client.get(path, params=parameters or None)
    while True:
        assert response.status_code == 200, response.text
        page = response.json()
        yield page
        assert bool(page["meta"]["next"]) == ("next" in response.links)
        if "next" not in response.links:
            return
        response = client.get(response.links["next"]["url"])


def members(dataset: Dataset, collection: Collection) -> set[str]:
    return {row["s"].value for row in dataset.store.select(f"SELECT DISTINCT ?s {{ {collection.members()} }}")}


def test_every_class_with_instances_has_a_collection_or_a_reason(real: Dataset, story: Dataset) -> None:
    rows = [
        row
        for dataset in (real, story)
        for row in dataset.store.select(f'SELECT DISTINCT ?c {{ ?s a ?c FILTER(STRSTARTS(STR(?c), "{HCT}")) }}')
    ]
    classes = {row["c"].value.removeprefix(HCT) for row in rows}
    listed = {collection.class_iri.removeprefix(HCT) for collection in COLLECTIONS}
    assert classes - listed == set(NOT_LISTED)


def test_every_vocabulary_has_a_collection_of_its_concepts(real: Dataset) -> None:
    schemes = real.store.select(f"SELECT ?s {{ ?s a <{SKOS}ConceptScheme> }}")
    assert {collection.scheme for collection in COLLECTIONS if collection.scheme} == {row["s"].value for row in schemes}


def test_names_are_unique_and_filters_refer_to_collections() -> None:
    assert len(BY_NAME) == len(COLLECTIONS) > 60
    for collection in COLLECTIONS:
        names = [item.name for item in collection.filters]
        assert len(set(names)) == len(names), collection.name
        assert {item.of for item in collection.filters} <= {None, *BY_NAME}


@each
def test_a_collection_pages_through_all_its_things_exactly_once_and_in_order(
    client: httpx.Client, real: Dataset, collection: Collection
) -> None:
    expected = members(real, collection)
    limit = min(1000, len(expected) // 3 + 1)
    pages = list(walk(client, collection.path, limit=limit))
    things = [thing for page in pages for thing in page["data"]]
    assert len(things) == len(expected)
    assert {thing["iri"] for thing in things} == expected
    assert all(len(page["data"]) == limit for page in pages[:-1])
    assert {page["meta"]["total"] for page in pages} == {len(expected)}
    assert [page["meta"]["complete"] for page in pages] == [len(pages) == 1] * len(pages)
    assert all(thing["label"] != thing["id"] and thing["href"] for thing in things)
    if collection.sorts[0].name == "label":
        labels = [(thing["label"].casefold(), thing["iri"]) for thing in things]
        assert labels == sorted(labels)


@each
def test_each_order_has_all_things_and_its_other_way_round_is_just_that(
    told: httpx.Client, collection: Collection
) -> None:
    for sort in collection.sorts:
        forth = [
            thing["id"] for page in walk(told, collection.path, sort=sort.name, limit=40) for thing in page["data"]
        ]
        back = [
            thing["id"]
            for page in walk(told, collection.path, sort=f"-{sort.name}", limit=25)
            for thing in page["data"]
        ]
        assert len(set(forth)) == len(forth)
        assert back == forth[::-1]


@each
def test_every_thing_of_the_story_has_an_item_that_holds_what_the_list_says(
    told: httpx.Client, story: Dataset, collection: Collection
) -> None:
    things = get(told, collection.path, limit=1000)["data"]
    assert {thing["iri"] for thing in things} == members(story, collection)
    for thing in things:
        item = get(told, f"{collection.path}/{thing['id'].split('/')[1]}")
        assert {name: item["data"][name] for name in thing} == thing
        assert (item["meta"]["count"], item["meta"]["complete"]) == (1, True)


@each
def test_the_example_of_a_collection_is_there_and_every_reference_leads_somewhere(
    client: httpx.Client, collection: Collection
) -> None:
    item = get(client, f"{collection.path}/{collection.example}")
    found = sorted(set(references(item["data"])))
    for path in found[:: len(found) // 5 + 1]:
        assert client.get(path).status_code == 200, path


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if node.get("href"):
            yield node["href"]
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def test_a_list_has_a_hundred_things_unless_more_are_asked_for(client: httpx.Client, real: Dataset) -> None:
    response = client.get("/v1/outcomes")
    page = response.json()
    assert (page["meta"]["count"], page["meta"]["total"], page["meta"]["complete"]) == (100, 420, False)
    assert page["meta"]["dataset_version"] == real.version
    assert client.get(page["meta"]["permalink"]).content == response.content
    assert response.links["next"]["url"] == f"/v1/outcomes?cursor={page['meta']['next']}"
    again = client.get("/v1/outcomes")
    assert (again.content, again.links) == (response.content, response.links)


@filtered
def test_a_facet_counts_what_its_filter_finds(told: httpx.Client, collection: Collection) -> None:
    facets = get(told, collection.path, facets="true", limit=1)["facets"]
    assert list(facets) == [item.name for item in collection.filters]
    for name, values in facets.items():
        counts = [value["count"] for value in values]
        assert counts == sorted(counts, reverse=True)
        for value in values[:4]:
            page = get(told, collection.path, limit=1, **{name: value["value"]["id"]})
            assert page["meta"]["total"] == value["count"], (name, value["value"]["id"])


def test_facets_can_be_asked_for_by_name(client: httpx.Client) -> None:
    every = get(client, "/v1/findings", facets="true", limit=1)["facets"]
    named = get(client, "/v1/findings", facets="theme,voice", limit=1)["facets"]
    assert named == {name: every[name] for name in ("voice", "theme")}


def test_facets_count_under_the_other_filters(client: httpx.Client) -> None:
    given = {"modality": "observed", "site": "coventry"}
    facets = get(client, "/v1/findings", facets="true", limit=1, **given)["facets"]
    for name in given:
        others = {other: value for other, value in given.items() if other != name}
        assert len(facets[name]) > 1
        for value in facets[name]:
            page = get(client, "/v1/findings", limit=1, **others, **{name: value["value"]["iri"]})
            assert page["meta"]["total"] == value["count"]


@pytest.mark.parametrize(
    ("path", "pattern"),
    [
        ("/v1/findings?modality=observed", "?s a hct:Finding ; hct:modality <modality/observed>"),
        ("/v1/findings?theme=staff-turnover", "?s a hct:Finding ; hct:theme <theme/staff-turnover>"),
        ("/v1/findings?quantifier=two", "?s a hct:Finding ; hct:scope/hct:quantifier <quantifier/two>"),
        (
            "/v1/findings?document=case-studies",
            "?s a hct:Finding ; hct:supportedBy/oa:hasSource <document/case-studies>",
        ),
        (
            "/v1/links?model=hct-theory-of-change&explicitness=implied",
            "?s a hct:Link ; hct:model <model/hct-theory-of-change> ; hct:explicitness <explicitness/implied>",
        ),
        (
            "/v1/links?polarity=negative&voice=evaluator",
            "?s hct:polarity <polarity/negative> ; hct:voice <voice/evaluator>",
        ),
        ("/v1/links?programme=hct", "?s a hct:Link ; hct:model ?model . ?model hct:programme <programme/hct>"),
        (
            "/v1/factors?programme=power-in-partnerships",
            "?s a hct:Factor ; hct:model ?model . ?model hct:programme <programme/power-in-partnerships>",
        ),
        ("/v1/initiatives?programme=hct", "?s a hct:Initiative ; hct:site ?in . ?in hct:programme <programme/hct>"),
        (
            "/v1/memberships?programme=hct",
            "?s a org:Membership ; org:organization ?in . ?in hct:programme <programme/hct>",
        ),
        (
            "/v1/support-activities?programme=hct",
            "?s a hct:SupportActivity ; hct:strand ?in . ?in hct:programme <programme/hct>",
        ),
        ("/v1/outcomes?level=wider-system", "?s a hct:Outcome ; hct:level <level/wider-system>"),
        ("/v1/organisations?sector=nhs", "?s a hct:Organisation ; hct:sector <sector/nhs>"),
        ("/v1/recommendations?audience=funders", "?s hct:audience <audience/funders>"),
        (
            "/v1/discrepancies?kind=arithmetic&resolution=explained",
            "?s hct:discrepancyKind <discrepancy-kind/arithmetic> ; hct:resolution <resolution/explained>",
        ),
        ("/v1/evidence-activities?round=year-1", "?s a hct:EvidenceActivity ; hct:round <round/year-1>"),
        (
            "/v1/passages?section=evaluation-report-2-4",
            "?s a hct:Passage ; hct:section ?part . ?part dcterms:isPartOf* <section/evaluation-report-2-4>",
        ),
        ("/v1/statements?about=site/leeds", "?s a hct:Statement ; hct:about <site/leeds>"),
        (
            "/v1/values?measure=grant-amount&measure=number-of-partners",
            "?s hct:measure ?m FILTER(?m IN (<measure/grant-amount>, <measure/number-of-partners>))",
        ),
        (
            "/v1/memberships?site=coventry&sector=vcse",
            "?s org:organization <site/coventry> "
            "{ ?s hct:memberKind <sector/vcse> } UNION { ?s org:member/hct:sector <sector/vcse> }",
        ),
    ],
)
def test_a_filter_finds_what_a_query_finds(client: httpx.Client, real: Dataset, path: str, pattern: str) -> None:
    text = re.sub(r"<([a-z-]+/[a-z0-9-]+)>", lambda found: f"<{ID}{found[1]}>", pattern)
    expected = {row["s"].value for row in real.store.select(f"{PREFIXES}SELECT DISTINCT ?s {{ {text} }}")}
    found = [thing["iri"] for page in walk(client, f"{path}&limit=1000") for thing in page["data"]]
    assert len(found) == len(expected) > 0
    assert set(found) == expected


def test_a_value_may_be_short_an_identifier_or_an_iri_and_given_several_times_means_any(client: httpx.Client) -> None:
    spellings = ("observed", "modality/observed", f"{ID}modality/observed")
    answers = [get(client, "/v1/links", modality=value, limit=5) for value in spellings]
    assert answers[0]["data"] == answers[1]["data"] == answers[2]["data"]
    either = get(client, "/v1/links", modality=["observed", "perceived"], limit=1)["meta"]["total"]
    single = [get(client, "/v1/links", modality=value, limit=1)["meta"]["total"] for value in ("observed", "perceived")]
    assert either == sum(single)


def test_orders_go_by_size_by_number_and_by_place(client: httpx.Client) -> None:
    amounts = [grant["amount"] for grant in get(client, "/v1/grants", sort="-amount")["data"]]
    assert amounts == sorted(amounts, reverse=True)
    sections = get(client, "/v1/sections", sort="notation", document="evaluation-report", limit=1000)["data"]
    numbers = [
        tuple(map(int, s["notation"].split("."))) for s in sections if re.fullmatch(r"[\d.]+", s["notation"] or "")
    ]
    assert len(numbers) > 50
    assert numbers == sorted(numbers)
    passages = get(client, "/v1/passages", document="case-studies", limit=300)["data"]
    starts = [passage["start"] for passage in passages]
    assert starts == sorted(starts)
    findings = get(client, "/v1/findings", document="case-studies", sort="place", limit=100)["data"]
    first = [min((p["document"]["iri"], p["start"]) for p in finding["supported_by"]) for finding in findings]
    assert first == sorted(first)


def test_a_discrepancy_shows_its_records_in_full(client: httpx.Client) -> None:
    for thing in get(client, "/v1/discrepancies", limit=30)["data"]:
        item = get(client, thing["href"])["data"]
        assert len(item["between"]) > 1
        assert {record["id"] for record in item["records"]} == {ref["id"] for ref in item["between"]}
        assert all(record["explicitness"] for record in item["records"])


def test_a_programme_and_a_strand_show_each_kind_of_part_apart(client: httpx.Client) -> None:
    programme = get(client, "/v1/programmes/hct")["data"]
    assert {ref["id"] for ref in programme["phases"]} == {"phase/hct-1", "phase/hct-2"}
    assert {ref["id"].split("/")[0] for ref in programme["strands"]} == {"strand"}
    strand = get(client, "/v1/support-strands/learning-support")["data"]
    assert {activity["id"].split("/")[0] for activity in strand["activities"]} == {"support-activity"}
    assert {ref["id"].split("/")[0] for ref in strand["inputs"]} == {"factor"}


def as_cell(value: Any) -> str:
    """Return a value of the JSON answer as the table has it."""
    if value is None:
        return ""
    if isinstance(value, list):
        return "; ".join(map(as_cell, value))
    return str(value["id"] if isinstance(value, dict) else value)


@each
def test_a_table_holds_what_the_json_holds(told: httpx.Client, collection: Collection) -> None:
    things = get(told, collection.path, limit=30)["data"]
    response = told.get(collection.path, params={"limit": 30}, headers={"Accept": "text/csv"})
    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    assert response.text.count("\r\n") >= len(things) + 1
    names, *rows = csv.reader(io.StringIO(response.text, newline=""), strict=True)
    assert names[:3] == ["id", "iri", "label"]
    assert rows == [[as_cell(thing[name]) for name in names] for thing in things]
    assert not things or set(names) == things[0].keys() - {"href"}


def test_a_table_has_a_link_to_its_next_page(client: httpx.Client) -> None:
    accept = {"Accept": "text/csv"}
    first = client.get("/v1/links?limit=7", headers=accept)
    second = client.get(first.links["next"]["url"], headers=accept)
    whole = client.get("/v1/links?limit=14", headers=accept)
    assert first.text.splitlines() + second.text.splitlines()[1:] == whole.text.splitlines()


def graphs(client: httpx.Client, root: Path, path: str) -> list[rdflib.Graph]:
    """Return what is at a path as it is read from Turtle and from JSON-LD."""
    context = json.loads((root / "ontology" / "context.jsonld").read_text(encoding="utf-8"))
    turtle = client.get(path, headers={"Accept": "text/turtle"})
    linked = client.get(path, headers={"Accept": "application/ld+json"})
    assert (turtle.status_code, linked.status_code) == (200, 200)
    assert linked.json()["@context"].endswith("/context.jsonld")
    data = json.dumps({**linked.json(), **context})
    return [rdflib.Graph().parse(data=turtle.text, format="turtle"), rdflib.Graph().parse(data=data, format="json-ld")]


@pytest.mark.parametrize(
    "path",
    ["/v1/findings", "/v1/passages?limit=9", "/v1/sites", "/v1/themes?limit=5", "/v1/links?limit=3&sort=-id"],
)
def test_a_list_as_turtle_and_as_json_ld_is_one_graph_that_holds_the_things_whole(
    told: httpx.Client, story: Dataset, root: Path, path: str
) -> None:
    turtle, linked = graphs(told, root, path)
    assert isomorphic(turtle, linked)
    things = get(told, path)["data"]
    assert things
    for thing in things:
        own = story.store.construct(f"CONSTRUCT {{ <{thing['iri']}> ?p ?o }} WHERE {{ <{thing['iri']}> ?p ?o }}")
        expected = rdflib.Graph().parse(data="\n".join(f"{triple} ." for triple in own), format="nt")
        assert expected
        assert set(expected) <= set(turtle)


def test_an_item_as_turtle_and_as_json_ld_is_one_graph_with_the_claims_about_it(told: httpx.Client, root: Path) -> None:
    item = get(told, "/v1/sites?limit=1")["data"][0]
    turtle, linked = graphs(told, root, item["href"])
    assert isomorphic(turtle, linked)
    claims = {rdflib.URIRef(claim["iri"]) for claim in get(told, item["href"])["data"]["claims"]}
    assert claims
    assert claims <= set(turtle.subjects(rdflib.URIRef(HCT + "about"), rdflib.URIRef(item["iri"])))


def test_an_empty_list_is_one_in_every_format(client: httpx.Client) -> None:
    path = "/v1/hypotheses?modality=recommended"
    page = get(client, path)
    assert (page["data"], page["meta"]["total"], page["meta"]["complete"]) == ([], 0, True)
    assert len(client.get(path, headers={"Accept": "text/csv"}).text.splitlines()) == 1
    assert (
        len(rdflib.Graph().parse(data=client.get(path, headers={"Accept": "text/turtle"}).text, format="turtle")) == 0
    )
    assert client.get(path, headers={"Accept": "application/ld+json"}).json()["@graph"] == []


@pytest.mark.parametrize(
    ("path", "parameter", "detail"),
    [
        (
            "sites?colour=blue",
            "colour",
            "'colour' is no parameter of /v1/sites; known: cursor, facets, limit, phase, place",
        ),
        (
            "findings?site=atlantis",
            "site",
            "site='site/atlantis' is none of the sites of this dataset; there is site/c",
        ),
        ("findings?site=theme/staff-turnover", "site", "none of the sites of this dataset; there is site/coventry, "),
        ("findings?modality=hoped", "modality", "there is modality/anticipated, modality/intended, modality/observed"),
        ("links?cause=nothing", "cause", "cause='factor/nothing' is none of the factors of this dataset; /v1/factors"),
        ("findings?about=site/atlantis", "about", "about='site/atlantis' is nothing that the dataset speaks of"),
        ("findings?site=two%20words", "site", "site='two words' is no identifier such as site/coventry, nor an IRI"),
        ("findings?about=%3Cx%3E", "about", "about='<x>' is no identifier"),
        ("findings?site=", "site", "site='' is no identifier"),
        ("findings?" + "&".join(["site=leeds"] * 51), "site", "site is given 51 times; 50 at most"),
        ("findings?sort=colour", "sort", "sort='colour' is none of label, -label, id, -id, place, -place"),
        ("findings?sort=--label", "sort", "is none of label"),
        ("findings?sort=label&sort=id", "sort", "'sort' is given twice"),
        ("findings?limit=0", "limit", "limit='0' is not a number from 1 to 1000"),
        ("findings?limit=1001", "limit", "limit='1001' is not a number from 1 to 1000"),
        ("findings?limit=ten", "limit", "limit='ten' is not a number"),
        ("findings?limit=%C2%B2", "limit", "is not a number"),
        ("findings?facets=maybe", "facets", "facets='maybe' is none of true, false, link, "),
        ("findings?cursor=", "cursor", "cursor is none that this service gave: leave it out to begin anew"),
        ("findings?cursor=%F0%9F%8C%8A", "cursor", "cursor is none that this service gave"),
        ("findings?cursor=W10", "cursor", "cursor is none that this service gave"),
        ("findings/nothing?limit=3", "limit", "'limit' is no parameter of /v1/findings/nothing; known: none"),
    ],
)
def test_bad_input_is_refused_by_name_with_what_there_is(
    client: httpx.Client, path: str, parameter: str, detail: str
) -> None:
    response = client.get(f"/v1/{path}")
    assert problem(response) == (422, "invalid-parameter")
    assert response.json()["parameter"] == parameter
    assert detail in response.json()["detail"]


def test_a_cursor_is_good_for_its_own_list_order_filters_and_version_only(
    client: httpx.Client, told: httpx.Client
) -> None:
    token = get(client, "/v1/findings", limit=5)["meta"]["next"]
    assert get(client, "/v1/findings", limit=3, cursor=token)["data"]
    for path in ("/v1/links?", "/v1/findings?sort=-label&", "/v1/findings?sort=id&", "/v1/findings?site=leeds&"):
        response = client.get(f"{path}cursor={token}")
        assert problem(response) == (422, "invalid-parameter")
        assert "another list, other filters or another order" in response.json()["detail"]
    assert "another version of the dataset" in told.get("/v1/findings", params={"cursor": token}).json()["detail"]
    for place in range(0, len(token), 7):
        damaged = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
        assert problem(client.get("/v1/findings", params={"cursor": damaged})) == (422, "invalid-parameter")


def test_what_is_not_offered_is_refused_with_what_is(client: httpx.Client) -> None:
    offers = {
        "/v1/sites": ["application/json", "text/csv", "application/ld+json", "text/turtle"],
        "/v1/sites/coventry": ["application/json", "application/ld+json", "text/turtle"],
    }
    for path, offered in offers.items():
        response = client.get(path, headers={"Accept": "text/html"})
        assert problem(response) == (406, "not-acceptable")
        assert response.json()["offered"] == offered
    response = client.get("/v1/sites?facets=true", headers={"Accept": "text/csv"})
    assert problem(response) == (422, "invalid-parameter")
    missing = client.get("/v1/sites/atlantis", headers={"Accept": "text/turtle"})
    assert problem(missing) == (404, "not-found")


def test_a_passage_has_its_text_where_the_documents_are_held_and_fit(told: httpx.Client, root: Path) -> None:
    for thing in get(told, "/v1/passages", limit=1000)["data"]:
        name = f"{thing['document']['id'].split('/')[1]}.txt"
        text = (root / "tests" / "story" / name).read_text(encoding="utf-8")[thing["start"] : thing["end"]]
        if name == CHANGED and text != text.swapcase():
            assert (thing["text"], thing["text_note"]) == (
                None,
                f"{CHANGED} is not the text that the data was made from: it has changed here",
            )
        else:
            assert (thing["text"], thing["text_note"]) == (text, None)


def test_a_passage_has_no_text_where_no_documents_are_held(client: httpx.Client) -> None:
    for thing in get(client, "/v1/passages", limit=3)["data"]:
        assert (thing["text"], thing["text_note"]) == (None, None)


def test_the_interface_describes_every_filter_order_and_field(client: httpx.Client) -> None:
    document = get(client, "/openapi.json")
    for collection in COLLECTIONS:
        operation = document["paths"][collection.path]["get"]
        parameters = {item["name"]: item for item in operation["parameters"]}
        assert set(parameters) == {*(item.name for item in collection.filters), "sort", "limit", "cursor", "facets"}
        assert all(item["description"] for item in parameters.values())
        assert set(operation["responses"]["200"]["content"]) == {
            "application/json",
            "text/csv",
            "application/ld+json",
            "text/turtle",
        }
        for path in (collection.path, f"{collection.path}/{{slug}}"):
            schema = resolve(document, json_schema(document, path))
            data = schema["properties"]["data"]
            model = resolve(document, data.get("items", data))
            assert {"id", "iri", "label", "href"} < model["properties"].keys()
            assert all(field.get("description") for field in model["properties"].values()), (path, model)


def test_no_schema_of_the_interface_has_the_name_of_another(client: httpx.Client) -> None:
    described = get(client, "/openapi.json")["components"]["schemas"]
    _, definitions = schemas()
    assert len(definitions) > 150
    assert {name: described[name] for name in definitions} == json.loads(json.dumps(definitions))


def json_schema(document: Any, path: str) -> Any:
    return document["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]


def resolve(document: Any, schema: Any) -> Any:
    return document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]] if "$ref" in schema else schema

"""The curated queries as routes, page by page, in OpenAPI and as data in the graph.

To write the examples in queries/examples anew after a change: UPDATE_EXAMPLES=1 pytest tests/api/test_query_routes.py
"""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
from jsonschema_rs import validator_for

from editing import Editor
from hct_kg import catalogue
from hct_kg.api.cursors import write_cursor
from hct_kg.catalogue import CuratedQuery
from hct_kg.copyguard import find_copies
from hct_kg.dataset import Dataset
from hct_kg.documents import Document, read_document
from hct_kg.executables import AUDIENCES, QUERIES, read_executables
from hct_kg.settings import Settings
from hct_kg.store import parse_rows
from hct_kg.terms import ID, NAMESPACES, SKOS, shorten
from serving import Server, problem, running

FOLDER = Path(__file__).parents[2] / "queries"
CURATED = catalogue.load(FOLDER)
EVERY = pytest.mark.parametrize("query", CURATED.values(), ids=list(CURATED))
PREFIXES = "".join(f"PREFIX {prefix}: <{namespace}>\n" for prefix, namespace in NAMESPACES.items())
RESULTS = "application/sparql-results+json"
MANY = "/v1/queries/methods-behind-findings"
MODALITIES = [f"modality/{name}" for name in ("recommended", "intended", "anticipated", "perceived", "observed")]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with ExitStack() as stack:
        yield running(Settings(), stack)


@pytest.fixture(scope="module")
def client(server: Server) -> httpx.Client:
    return server.client


@pytest.fixture(scope="module")
def interface(client: httpx.Client) -> dict[str, Any]:
    document: dict[str, Any] = client.get("/openapi.json").json()
    return document


def get(client: httpx.Client, path: str, **parameters: str) -> Any:
    response = client.get(path, params=parameters)
    assert response.status_code == 200, response.text
    return response.json()


def refused(client: httpx.Client, path: str, **headers: str) -> str:
    response = client.get(path, headers=headers)
    assert problem(response) == (422, "invalid-parameter")
    detail: str = response.json()["detail"]
    return detail


def pages(client: httpx.Client, path: str, accept: str = "application/json") -> Iterator[httpx.Response]:
    """Follow the links from page to page."""
    while path:
        response = client.get(path, headers={"Accept": accept})
        assert response.status_code == 200, response.text
        yield response
        path = response.links.get("next", {}).get("url", "")


@pytest.mark.parametrize("limit", [1, 35, 36, 37])
def test_the_pages_of_an_answer_are_the_whole_answer(client: httpx.Client, limit: int) -> None:
    path = "/v1/queries/claims-by-modality"
    whole = get(client, path)
    assert whole["meta"]["total"] == len(whole["data"]) == 36
    bodies = [response.json() for response in pages(client, f"{path}?limit={limit}")]
    assert [row for body in bodies for row in body["data"]] == whole["data"]
    assert [body["meta"]["count"] for body in bodies][:-1] == [limit] * (len(bodies) - 1)
    assert {body["meta"]["total"] for body in bodies} == {36}
    assert [body["meta"]["complete"] for body in bodies] == [limit >= 36] * len(bodies)
    assert [body["meta"]["next"] is None for body in bodies] == [False] * (len(bodies) - 1) + [True]


def test_a_whole_answer_is_complete_and_has_no_next_page(client: httpx.Client) -> None:
    response = client.get(MANY)
    meta = response.json()["meta"]
    assert (meta["complete"], meta["next"], "link" in response.headers) == (True, None, False)
    assert meta["count"] == meta["total"] > 900


def test_without_a_limit_a_cursor_gives_all_that_is_left(client: httpx.Client) -> None:
    first = get(client, MANY, limit="900")
    rest = get(client, MANY, cursor=first["meta"]["next"])
    assert first["data"] + rest["data"] == get(client, MANY)["data"]
    assert (rest["meta"]["complete"], rest["meta"]["next"]) == (False, None)


def test_a_page_that_is_asked_for_again_is_the_same_bytes_with_the_same_link(client: httpx.Client) -> None:
    first, again = (client.get(MANY, params={"limit": "3"}) for _ in range(2))
    assert first.content == again.content
    assert first.headers["link"] == again.headers["link"]
    assert first.headers["etag"] == again.headers["etag"]
    assert client.get(first.json()["meta"]["permalink"]).content == first.content
    assert client.get(MANY, params={"limit": "3"}, headers={"If-None-Match": first.headers["etag"]}).status_code == 304


@pytest.mark.parametrize("accept", ["text/csv", RESULTS, "application/sparql-results+xml", "text/tab-separated-values"])
def test_the_standard_formats_of_results_are_paged_too(client: httpx.Client, accept: str) -> None:
    path = "/v1/queries/do-the-totals-add-up"
    whole = client.get(path, headers={"Accept": accept})
    one = client.get(f"{path}?limit=10000", headers={"Accept": accept})
    assert one.headers["content-type"] == whole.headers["content-type"]
    if accept == RESULTS:
        assert parse_rows(one.content) == parse_rows(whole.content)
        found = [row for page in pages(client, f"{path}?limit=2", accept) for row in parse_rows(page.content)]
        assert found == parse_rows(whole.content)
    else:
        assert one.content == whole.content
    assert len(list(pages(client, f"{path}?limit=2", accept))) > 2


def test_pages_in_csv_have_each_its_heading_and_together_all_rows(client: httpx.Client) -> None:
    path = "/v1/queries/grants-by-site-and-phase"
    whole = list(csv.reader(io.StringIO(client.get(path, headers={"Accept": "text/csv"}).text)))
    read = [list(csv.reader(io.StringIO(page.text))) for page in pages(client, f"{path}?limit=4", "text/csv")]
    assert {tuple(page[0]) for page in read} == {tuple(whole[0])}
    assert [row for page in read for row in page[1:]] == whole[1:]


@pytest.mark.parametrize("given", ["0", "-1", "10001", "1e3", "٣", "", "many"])
def test_a_limit_that_is_none_is_refused(client: httpx.Client, given: str) -> None:
    assert "is not a number from 1 to 10000" in refused(client, f"{MANY}?limit={given}")


def cursor_elsewhere(version: str, query: str, offset: int) -> str:
    return write_cursor(version, (query, CURATED[query].bind({})), offset)


@pytest.mark.parametrize(
    ("cursor", "detail"),
    [
        (lambda _: "damaged", "cursor is none that this service gave"),
        (lambda _: "", "cursor is none that this service gave"),
        (lambda _: "é", "cursor is none that this service gave"),
        (lambda version: cursor_elsewhere("0" * 64, "methods-behind-findings", 2), "of another version of the dataset"),
        (lambda version: cursor_elsewhere(version, "claims-by-scope", 2), "of another question"),
        (lambda version: cursor_elsewhere(version, "methods-behind-findings", 10**9), "none that this service gave"),
    ],
    ids=["damaged", "empty", "not ASCII", "of another version", "of another query", "beyond the end"],
)
def test_a_cursor_that_does_not_fit_is_refused(
    client: httpx.Client, real: Dataset, cursor: Callable[[str], str], detail: str
) -> None:
    assert detail in refused(client, f"{MANY}?cursor={cursor(real.version)}")


def test_a_cursor_of_the_same_query_with_another_value_is_refused(client: httpx.Client) -> None:
    path = "/v1/queries/partners-of-a-site"
    following = get(client, path, site="site/leeds", limit="1")["meta"]["next"]
    assert "of another question" in refused(client, f"{path}?site=site/coventry&cursor={following}")
    assert get(client, path, site=f"{ID}site/leeds", limit="1", cursor=following)["data"]


@pytest.mark.parametrize(
    ("path", "detail"),
    [
        ("claims-by-modality?modality=modality/hoped", f"is no modality in this dataset; there is {MODALITIES[0]}, "),
        ("claims-by-modality?modality=site/leeds", "is no modality in this dataset; there is"),
        ("partners-of-a-site?site=site/atlantis", "is no Site in this dataset; /v1/sites lists"),
        ("passages-behind-a-link?link=link/none", "is no Link in this dataset; /v1/links lists all there are"),
        ("claims-of-a-kind?kind=site/leeds", "is no Class in this dataset; /v1/search?class=owl:Class&q=… finds one"),
        ("passages-behind-a-link", "needs link: The link. For example link=link/"),
        (
            "partners-of-a-site?colour=blue&shade=dark",
            "has no parameter 'colour', 'shade'; known: site, moment, limit, cursor",
        ),
        ("causal-models?colour=blue", "has no parameter 'colour'; known: limit, cursor"),
        (f"definition-of-a-term?word={'w' * 2001}", "is not of 2000 characters at most"),
        ("partners-of-a-site?site=", "site='' is not an identifier such as site/coventry"),
        ("partners-of-a-site?limit=1&limit=2", "'limit' is given twice"),
    ],
)
def test_a_parameter_that_is_unknown_missing_or_unusable_is_named_with_what_there_is(
    client: httpx.Client, path: str, detail: str
) -> None:
    assert detail in refused(client, f"/v1/queries/{path}")


def test_the_text_of_a_query_has_no_pages(client: httpx.Client) -> None:
    assert "are for rows" in refused(client, f"{MANY}?limit=1", Accept="application/sparql-query")


@pytest.mark.parametrize("value", ["modality/observed", f"{ID}modality/observed"])
def test_a_concept_is_taken_in_short_form_and_as_iri(client: httpx.Client, value: str) -> None:
    rows = get(client, "/v1/queries/claims-by-modality", modality=value)["data"]
    assert {row["modality"] for row in rows} == {"modality/observed"}


def test_the_listing_has_the_concepts_of_an_enumeration_in_the_order_of_their_scheme(
    client: httpx.Client, real: Dataset
) -> None:
    listed = {query["name"]: query["parameters"] for query in get(client, "/v1/queries")["data"]}
    modality = next(item for item in listed["claims-by-modality"] if item["name"] == "modality")
    assert (modality["type"], modality["scheme"], modality["class"]) == ("iri", "scheme/modality", None)
    assert [value["id"] for value in modality["values"]] == MODALITIES
    rows = real.store.select(
        f"SELECT ?c ?l {{ ?c <{SKOS}inScheme> <{ID}scheme/theme> ; <{SKOS}prefLabel> ?l }} ORDER BY ?c"
    )
    theme = next(item for item in listed["methods-behind-findings"] if item["name"] == "theme")
    assert [(value["iri"], value["label"]) for value in theme["values"]] == [
        (row["c"].value, row["l"].value) for row in rows
    ]
    site = next(item for item in listed["partners-of-a-site"] if item["name"] == "site")
    assert (site["scheme"], site["values"], site["class"]) == (None, None, "hct:Site")


def test_concepts_without_a_rank_come_after_those_that_have_one(client: httpx.Client, real: Dataset) -> None:
    listed = {query["name"]: query["parameters"] for query in get(client, "/v1/queries")["data"]}
    moment = next(item for item in listed["partners-of-a-site"] if item["name"] == "moment")
    rows = real.store.select(f"""{PREFIXES}
        SELECT ?c ?rank {{ ?c skos:inScheme <{ID}scheme/moment> OPTIONAL {{ ?c skos:notation ?rank }} }}
        ORDER BY ?rank ?c""")
    ranked = [row["c"].value for row in rows if "rank" in row]
    others = [row["c"].value for row in rows if "rank" not in row]
    assert (len(ranked) > 3, len(others) > 1) == (True, True)
    assert [value["iri"] for value in moment["values"]] == [*ranked, *others]


@EVERY
def test_the_interface_tells_the_type_of_every_parameter(query: CuratedQuery, interface: dict[str, Any]) -> None:
    operation = interface["paths"][f"/v1/queries/{query.name}"]["get"]
    parameters = {item["name"]: item for item in operation["parameters"]}
    assert list(parameters) == [*query.parameters, "limit", "cursor"]
    assert (operation["operationId"], operation["summary"]) == (f"query-{query.name}", query.question)
    assert operation["x-sparql"] == query.text
    for declared in query.parameters.values():
        item = parameters[declared.name]
        validator = validator_for(item["schema"])
        assert item["required"] == declared.required
        assert validator.is_valid(item["example"])
        assert declared.default is None or item["schema"]["default"] == declared.default
        if declared.scheme_iri:
            values = item["schema"]["enum"]
            short, whole = values[: len(values) // 2], values[len(values) // 2 :]
            assert [shorten(iri) for iri in whole] == short
            assert declared.example in short
            assert not validator.is_valid("site/coventry")


@EVERY
def test_the_example_of_an_answer_is_how_the_answer_begins(query: CuratedQuery, client: httpx.Client) -> None:
    answer = get(client, f"/v1/queries/{query.name}", limit="2", **query.needed)
    path = FOLDER / "examples" / f"{query.name}.json"
    wanted = {"rows": answer["data"], "total": answer["meta"]["total"]}
    if "UPDATE_EXAMPLES" in os.environ:
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(wanted, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    assert json.loads(path.read_text(encoding="utf-8")) == wanted
    assert wanted["rows"]


def test_there_is_no_example_of_a_query_that_is_gone() -> None:
    assert {path.stem for path in (FOLDER / "examples").iterdir()} == set(CURATED)


@EVERY
def test_the_example_in_the_interface_is_an_answer_of_the_documented_shape(
    query: CuratedQuery, interface: dict[str, Any]
) -> None:
    content = interface["paths"][f"/v1/queries/{query.name}"]["get"]["responses"]["200"]["content"]["application/json"]
    example = content["example"]
    assert validator_for({**content["schema"], "components": interface["components"]}).is_valid(example)
    assert example["data"] == json.loads((FOLDER / "examples" / f"{query.name}.json").read_text("utf-8"))["rows"]
    assert example["meta"]["complete"] == (example["meta"]["next"] is None)
    assert example["columns"] == list(query.columns)


@EVERY
def test_a_query_is_data_whose_text_runs_as_it_stands(query: CuratedQuery, story: Dataset) -> None:
    (row,) = story.store.select(f"""{PREFIXES}
        SELECT ?label ?comment ?audience ?order ?text {{
          GRAPH <{QUERIES}> {{ <{ID}query/{query.name}> a sh:SPARQLExecutable , sh:SPARQLSelectExecutable ;
            rdfs:label ?label ; rdfs:comment ?comment ; sh:select ?text ;
            dcterms:audience ?audience ; sh:order ?order }}
          ?audience skos:inScheme <{ID}scheme/audience>
        }}""")
    assert (row["label"].value, row["comment"].value) == (query.question, query.summary)
    assert (row["audience"].value, int(row["order"].value)) == (AUDIENCES[query.audience], query.number)
    assert "#+" not in row["text"].value
    assert story.store.select(row["text"].value) == story.store.select(query.text)


@EVERY
def test_the_parameters_of_a_query_are_data_with_their_types(query: CuratedQuery, story: Dataset) -> None:
    rows = story.store.select(f"""{PREFIXES}
        SELECT ?path ?name ?description ?optional ?class ?scheme ?datatype ?default {{
          <{ID}query/{query.name}> sh:parameter ?p .
          ?p a sh:Parameter ; sh:path ?path ; sh:name ?name ; sh:description ?description .
          OPTIONAL {{ ?p sh:optional ?optional }} OPTIONAL {{ ?p sh:class ?class }}
          OPTIONAL {{ ?p sh:property ?in . ?in sh:path skos:inScheme ; sh:hasValue ?scheme }}
          OPTIONAL {{ ?p sh:datatype ?datatype }} OPTIONAL {{ ?p sh:defaultValue ?default }}
        }}""")
    found = {row["name"].value: {name: term.value for name, term in row.items()} for row in rows}
    assert found.keys() == query.parameters.keys()
    for name, parameter in query.parameters.items():
        said = found[name]
        assert said["path"].rsplit("/", 1)[-1] == name
        assert said["description"] == parameter.description
        assert ("optional" in said) == (not parameter.required)
        assert said.get("scheme") == parameter.scheme_iri
        assert said.get("class") == (f"{SKOS}Concept" if parameter.scheme_iri else parameter.class_iri)
        assert shorten(said.get("default", "")) == (parameter.default or "")
        assert ("datatype" in said) == (parameter.type != "iri")


def test_every_thing_in_the_graph_of_queries_can_be_called_something(real: Dataset) -> None:
    nameless = f"""{PREFIXES} SELECT DISTINCT ?s {{
        GRAPH <{QUERIES}> {{ ?s ?p ?o FILTER NOT EXISTS {{ ?s rdfs:label|sh:name ?label }} }} }}"""
    assert real.store.select(nameless) == []
    assert len(real.store.select(f"{PREFIXES} SELECT ?q {{ ?q a sh:SPARQLExecutable }}")) == len(CURATED)


@pytest.mark.parametrize(
    "name", ["query/partners-of-a-site", "query-parameter/partners-of-a-site.site", "parameter/site"]
)
def test_a_query_and_its_parameters_lead_to_their_documents(client: httpx.Client, name: str) -> None:
    response = client.get(f"/id/{name}")
    assert response.status_code == 303
    assert httpx.URL(response.headers["location"]).path == f"/doc/{name}"
    for suffix in ("ttl", "html", "jsonld"):
        document = client.get(f"/doc/{name}.{suffix}")
        assert document.status_code == 200
        assert "partners-of-a-site" in document.text


def test_the_graph_of_queries_is_described_and_dumped(client: httpx.Client, real: Dataset) -> None:
    assert client.get("/graph/queries").headers["location"].endswith("/doc/graph/queries")
    lines = client.get("/graphs", params={"graph": QUERIES}, headers={"Accept": "application/n-triples"}).text
    assert len(set(lines.splitlines())) == len(read_executables(FOLDER))
    dump = client.get(f"/dumps/{real.version}/hct-kg.nq").text
    assert sum(line.endswith(f"<{QUERIES}> .") for line in dump.splitlines()) == len(read_executables(FOLDER))


def test_no_request_changes_the_queries_and_every_version_of_the_dataset_has_them(
    story_editor: Editor, graph: str
) -> None:
    refused = story_editor.update(f"DELETE WHERE {{ GRAPH <{QUERIES}> {{ ?s ?p ?o }} }}")
    assert problem(refused) == (403, "protected-graph")
    before = story_editor.version()
    assert story_editor.graph("PUT", graph, "<https://example.org/a> <https://example.org/b> 1 .").status_code < 300
    assert story_editor.version() != before
    assert len(story_editor.lines(QUERIES)) == len(read_executables(FOLDER))


def test_what_the_queries_say_is_in_our_own_words(documents: Path) -> None:
    held: list[Document] = [read_document(path) for path in sorted(documents.glob("*.txt"))]
    assert len(held) == 5
    assert list(find_copies(read_executables(FOLDER), held)) == []

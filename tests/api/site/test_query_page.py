"""`/query`: questions with their forms and answers, and queries of one's own, as the endpoints answer them."""

from __future__ import annotations

import csv
import html
import io
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit
from xml.etree.ElementTree import Element

import httpx
import pytest

from hct_kg.api.site.query import MOST_ROWS, MOST_TURTLE, NAME, ROWS_A_PAGE, TEXT
from hct_kg.terms import HCT, ID
from hct_kg.web.sparql import LONGEST
from serving import invented, problem, running
from webpages import dead_links, get, having, hrefs, one, read, words

HCT_PREFIX = f"PREFIX hct: <{HCT}> "
FACTORS = HCT_PREFIX + "SELECT ?factor (COUNT(*) AS ?n) { ?l hct:cause ?factor } GROUP BY ?factor"


def own(query: str, suffix: str = "") -> str:
    """The page of a query of one's own."""
    return f"/query{suffix}?{httpx.QueryParams({TEXT: query})}"


def body(page: Element) -> list[list[Element]]:
    """The cells of the table, by row."""
    return [list(row) for row in one(page, ".//tbody")]


def answer(client: httpx.Client, path: str) -> Any:
    return client.get(path, headers={"Accept": "application/json"}).json()


def test_every_question_is_offered_once_under_who_asks_it(published: httpx.Client) -> None:
    page = get(published, "/query")
    listing = answer(published, "/v1/queries")["data"]
    lists = having(page, "questions")
    headings = [words(heading) for heading in page.iter("h2")]
    assert headings == ["For funders", "For evaluators", "For partnership leads", "A query of your own"]
    for audience, questions in zip(("funder", "evaluator", "partnership lead"), lists, strict=True):
        expected = [(item["question"], item["name"]) for item in listing if item["audience"] == audience]
        asked = [(words(link), parse_qs(urlsplit(link.get("href", "")).query)[NAME][0]) for link in questions.iter("a")]
        assert asked == expected
    assert sum(len(list(item.iter("a"))) for item in lists) == len(listing) > 40


def test_every_question_that_is_offered_has_an_answer_and_no_parameter_takes_a_name_of_the_page(
    published: httpx.Client,
) -> None:
    page = get(published, "/query")
    links = [href for questions in having(page, "questions") for href in hrefs(questions)]
    titles = set()
    for href in links:
        shown = get(published, f"/{href.removeprefix('./')}")
        assert having(shown, "answer") or having(shown, "empty"), href
        assert not having(shown, "problem"), href
        titles.add(words(one(shown, ".//title")))
    assert len(titles) == len(links)
    for item in answer(published, "/v1/queries")["data"]:
        assert not {NAME, TEXT, "limit", "cursor"} & {parameter["name"] for parameter in item["parameters"]}


def test_an_answer_shows_the_rows_of_the_endpoint_with_links_to_its_things(published: httpx.Client) -> None:
    page = get(published, "/query?name=sites-at-a-glance")
    data = answer(published, "/v1/queries/sites-at-a-glance")["data"]
    headings = [words(cell) for cell in one(page, ".//thead/tr")]
    at, awarded = headings.index("Site"), headings.index("Awarded")
    assert [words(row[at]) for row in body(page)] == [row["siteLabel"] for row in data]
    assert [hrefs(row[at]) for row in body(page)] == [[f"./doc/{row['site']}"] for row in data]
    assert [words(row[awarded]) for row in body(page)] == [f"{row['awarded']:,}" for row in data]
    assert words(one(page, ".//caption")) == f"{len(data)} rows"
    assert dead_links(published, "/query?name=sites-at-a-glance", page) == []


def test_marks_of_claims_are_told_apart_and_passages_lead_to_their_pages(published: httpx.Client) -> None:
    path = "/query?name=claims-of-a-kind&modality=modality/observed"
    page = get(published, path)
    data = answer(published, "/v1/queries/claims-of-a-kind?modality=modality/observed&limit=50")["data"]
    assert {words(mark) for mark in having(page, "mark-observed")} == {"Observed"}
    assert len(having(page, "mark-observed")) == len(data)
    for row, shown in zip(data, body(page), strict=True):
        assert hrefs(shown[-1]) == [f"./doc/{passage}" for passage in row["passages"].split(" ")]
    assert dead_links(published, path, page, 15) == []


def test_the_form_says_what_was_asked_and_offers_what_there_is(published: httpx.Client) -> None:
    page = get(published, "/query?name=claims-of-a-kind&site=site/leeds&kind=hct:Statement")
    sites = answer(published, "/v1/sites")["data"]
    selects = {select.get("name"): select for select in page.iter("select")}
    assert {option.get("value") for option in selects["site"]} == {"", *(site["id"] for site in sites)}
    chosen = {name: [o.get("value") for o in select if "selected" in o.attrib] for name, select in selects.items()}
    assert chosen["site"] == ["site/leeds"]
    assert chosen["modality"] == ["modality/intended"]  # the default, as the answer is made with it
    kind = one(page, ".//input[@id='p-kind']")
    assert kind.get("value") == "hct:Statement"


def test_long_answers_have_pages_that_together_are_the_whole_answer(published: httpx.Client) -> None:
    total = answer(published, "/v1/queries/outcomes-only-intended?limit=1")["meta"]["total"]
    address, seen = "/query?name=outcomes-only-intended", list[str]()
    while address:
        page = get(published, address)
        seen += [hrefs(row[0])[0] for row in body(page)]
        further = [link for link in page.iter("a") if link.get("rel") == "next"]
        address = urljoin("/query", further[0].get("href", "")) if further else ""
    expected = answer(published, "/v1/queries/outcomes-only-intended")["data"]
    assert seen == [f"./doc/{row['outcome']}" for row in expected]
    assert len(seen) == total > ROWS_A_PAGE


def test_the_downloads_are_the_whole_answer_also_from_a_later_page(published: httpx.Client) -> None:
    first = get(published, "/query?name=outcomes-only-intended")
    (further,) = (link.get("href", "") for link in first.iter("a") if link.get("rel") == "next")
    page = get(published, urljoin("/query", further))
    links = {words(link): link.get("href", "") for link in page.iter("a") if link.get("type")}
    assert set(links) == {"CSV", "TSV", "JSON"}
    table = list(csv.reader(io.StringIO(published.get(urljoin("/query", links["CSV"])).text.removeprefix("\ufeff"))))
    whole = answer(published, "/v1/queries/outcomes-only-intended")
    assert table[0] == whole["columns"]
    assert len(table) == len(whole["data"]) + 1
    assert published.get(urljoin("/query", links["JSON"])).json()["data"] == whole["data"]
    assert published.get(urljoin("/query", links["TSV"])).headers["content-type"].startswith("text/tab-separated")


def test_an_answer_without_rows_says_that_no_evidence_was_found(published: httpx.Client) -> None:
    page = get(published, "/query?name=who-left-a-site&site=site/newham")
    assert answer(published, "/v1/queries/who-left-a-site?site=site/newham")["data"] == []
    assert words(having(page, "empty")[0]) == "No evidence found in these documents: the answer has no rows."
    assert not having(page, "answer")


def test_a_question_that_needs_something_asks_for_it(published: httpx.Client) -> None:
    page = get(published, "/query?name=passages-behind-a-link")
    assert "Fill in link" in words(having(page, "empty")[0])
    assert one(page, ".//input[@id='p-link']").get("required") is not None


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/query?name=claims-of-a-kind&site=site/nowhere", 422, "site/nowhere"),
        ("/query?name=claims-of-a-kind&colour=red", 422, "colour"),
        ("/query?name=claims-of-a-kind&cursor=nonsense", 422, "cursor"),
        ("/query?name=nonsense", 422, "nonsense"),
        ("/query?name=../metrics", 422, "../metrics"),
        ("/query?name=a&name=b", 422, "given twice"),
        ("/query?name=causal-models&query=ASK{}", 422, "give one of them"),
        ("/query?colour=red", 422, "colour"),
        ("/query?query=" + "a" * (LONGEST + 1), 422, f"{LONGEST + 1} characters"),
    ],
)
def test_what_cannot_be_asked_is_answered_by_a_page_that_says_why(
    published: httpx.Client, path: str, status: int, said: str
) -> None:
    assert said in words(one(get(published, path, status), ".//main"))


def test_the_result_of_a_query_of_ones_own_is_that_of_the_endpoint(published: httpx.Client) -> None:
    query = f"{FACTORS} ORDER BY DESC(?n) ?factor LIMIT 30"
    page = get(published, own(query))
    rows = published.get("/sparql", params={"query": query}).json()["results"]["bindings"]
    things = [row["factor"]["value"].removeprefix(ID) for row in rows]
    assert [hrefs(row[0]) for row in body(page)] == [[f"./doc/{thing}"] for thing in things]
    assert [words(row[1]) for row in body(page)] == [row["n"]["value"] for row in rows]
    label = answer(published, f"/v1/factors/{things[0].removeprefix('factor/')}")["data"]["label"]
    assert words(body(page)[0][0]) == label
    assert one(page, ".//textarea").text == f"\n{query}"
    assert dead_links(published, "/query", page, 5) == []


def test_rows_are_cut_at_a_number_that_is_said_with_a_link_to_all(published: httpx.Client) -> None:
    page = get(published, own(FACTORS))
    rows = published.get("/sparql", params={"query": FACTORS}).json()["results"]["bindings"]
    assert len(body(page)) == MOST_ROWS < len(rows)
    assert words(one(page, ".//caption")) == f"The first {MOST_ROWS} rows; there are more"
    link = next(link for link in page.iter("a") if link.get("type") == "text/csv")
    table = published.get(urljoin("/query", link.get("href", ""))).text
    assert len(list(csv.reader(io.StringIO(table)))) == len(rows) + 1


@pytest.mark.parametrize(("query", "said"), [("ASK { ?s ?p ?o }", "Yes"), ("ASK { ?s ?s ?s }", "No")])
def test_an_ask_is_answered_in_a_word(published: httpx.Client, query: str, said: str) -> None:
    assert [words(item) for item in having(get(published, own(query)), "lead")] == [said]


def test_a_graph_is_shown_as_turtle_as_far_as_there_is_room(published: httpx.Client) -> None:
    site = HCT_PREFIX + "CONSTRUCT { ?s a hct:Site } WHERE { ?s a hct:Site }"
    page = get(published, own(site))
    turtle = one(page, ".//pre[@aria-labelledby='result']/code").text or ""
    assert turtle == published.get("/sparql", params={"query": site}, headers={"Accept": "text/turtle"}).text
    assert {link.text for link in page.iter("a") if link.get("type")} == {"Turtle", "JSON-LD"}
    long = get(published, own("CONSTRUCT { ?s a ?c } WHERE { ?s a ?c }"))
    assert "There is more than stands here." in words(long)
    assert len(one(long, ".//pre[@aria-labelledby='result']/code").text or "") <= MOST_TURTLE


def test_a_result_without_rows_says_so(published: httpx.Client) -> None:
    page = get(published, own("SELECT * { ?s ?s ?s }"))
    assert [words(item) for item in having(page, "empty")] == ["The result has no rows."]


def test_a_mistake_is_shown_with_its_line_and_the_query_stays_in_the_editor(published: httpx.Client) -> None:
    page = get(published, own("SELECT ?s {\r\n  ?s ?p\r\n}"), 400)
    told = published.get("/sparql", params={"query": "SELECT ?s {\n  ?s ?p\n}"}).json()
    problem = words(having(page, "problem")[0])
    assert told["title"] in problem
    assert told["detail"] in problem
    pre = one(page, ".//pre")
    assert pre.get("aria-label") == f"Line {told['line']} of the query"
    assert "".join(pre.itertext()).splitlines()[-1].index("^") == len("3 | ") + told["column"] - 1
    assert one(page, ".//textarea").text == "\nSELECT ?s {\n  ?s ?p\n}"
    assert not [link for link in page.iter("a") if link.get("type")]


@pytest.mark.parametrize("query", ["INSERT DATA { <a:a> <a:a> <a:a> }", "SELECT * { SERVICE <http://a.example/> {} }"])
def test_a_page_lets_no_query_do_more_than_the_endpoint_does(published: httpx.Client, query: str) -> None:
    told = published.get("/sparql", params={"query": query})
    assert told.status_code in (400, 403)
    page = get(published, own(query), told.status_code)
    assert told.json()["detail"] in words(having(page, "problem")[0])


def test_nothing_of_a_result_becomes_markup_or_a_link_to_elsewhere(published: httpx.Client) -> None:
    attack = "<script>alert(1)</script>\\\" onload='x' {{ 7*7 }} </pre>"
    query = (
        f'SELECT ("{attack}" AS ?a) (IRI("https://elsewhere.example/") AS ?b) (IRI("javascript:alert(1)") AS ?c) {{}}'
    )
    response = published.get(own(query), headers={"Accept": "text/html"})
    assert "<script>" not in response.text
    page = read(response.text)
    assert words(body(page)[0][0]).startswith("<script>alert(1)</script>")
    assert [hrefs(cell) for cell in body(page)[0]] == [[], [], []]
    assert html.escape("alert(1)</script>") in response.text


def test_what_is_new_each_time_is_not_kept(published: httpx.Client) -> None:
    path = own("SELECT (RAND() AS ?x) {}", ".json")
    first, second = published.get(path), published.get(path)
    assert first.headers["cache-control"] == "no-store"
    assert first.json()["results"]["bindings"] != second.json()["results"]["bindings"]


def test_each_host_is_told_its_own_address(published: httpx.Client) -> None:
    for host in ("one.example", "two.example"):
        text = published.get("/query?name=causal-models", headers={"Host": host}).text
        assert f"http://{host}/v1/queries/causal-models" in text
        assert ("one.example" in text, "two.example" in text).count(True) == 1


@pytest.mark.parametrize("path", ["/query", "/query?name=causal-models", own("ASK {}")])
def test_a_page_loads_from_this_service_alone_and_works_without_what_it_loads(
    published: httpx.Client, path: str
) -> None:
    page = get(published, path)
    loaded = [script.get("src", "") for script in page.iter("script")]
    loaded += [link.get("href", "") for link in page.iter("link") if link.get("rel") in ("stylesheet", "icon")]
    assert len(loaded) >= 4
    for address in loaded:
        assert address.startswith("./static/")
        assert published.get(urljoin(path, address)).status_code == 200
    for form in page.iter("form"):
        assert form.get("method", "get") == "get"
        assert form.get("action") in ("./query", "./search")
        assert list(form.iter("button"))


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A client of a server with short limits: a second, 5000 rows."""
    with ExitStack() as stack:
        yield running(invented(tmp_path_factory.mktemp("small")), stack).client


def test_a_query_that_takes_too_long_is_stopped_and_the_page_says_so(small: httpx.Client) -> None:
    page = get(small, own("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"), 504)
    assert "took longer than its limit" in words(having(page, "problem")[0])
    assert get(small, own("ASK {}")) is not None  # the worker was given back


def test_of_a_result_without_end_the_beginning_is_shown_and_half_a_file_is_none(small: httpx.Client) -> None:
    query = "SELECT * { ?a ?b ?c . ?d ?e ?f }"
    page = get(small, own(query))
    assert len(body(page)) == MOST_ROWS
    response = small.get(own(query, ".tsv"))
    assert problem(response) == (507, "result-too-large")


def test_a_service_without_evidence_has_its_page_too(small: httpx.Client) -> None:
    page = get(small, "/query?name=colours")
    assert sorted(words(row[0]) for row in body(page)) == ["https://example.org/blue", "https://example.org/green"]

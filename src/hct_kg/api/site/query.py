"""`/query`: questions for each kind of reader, each with its form and its answer; and a query of one's own."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from hct_kg.api.publishing import address
from hct_kg.api.queries import plain_term
from hct_kg.api.query_openapi import SPARQL_QUERY
from hct_kg.api.service import service_of
from hct_kg.api.site.asking import Asker, Call, Refused
from hct_kg.api.site.pages import Given, Page, Shown
from hct_kg.api.site.query_form import fields_of
from hct_kg.catalogue import AUDIENCES
from hct_kg.errors import InvalidParameter
from hct_kg.parameters import RESERVED
from hct_kg.store import is_name
from hct_kg.store.results import read_rows
from hct_kg.terms import BASE, ID, expand
from hct_kg.web import asking, sparql
from hct_kg.web.answers import Row, Value, identified, tabulate, things
from hct_kg.web.statements import Text

QUERIES, SPARQL = "/v1/queries", "/sparql"
NAME, TEXT = "name", "query"
SUGGESTED = ("default", "example")
"""What the description of a parameter says that it may be."""
ROWS_A_PAGE = 50
MOST_ROWS = 200
"""Rows that are shown of a query of one's own."""
MOST_BYTES = 1 << 18
"""So much of its answer is read for them: the rest need not be made."""
MOST_TURTLE = 20_000
OF_ROWS, OF_GRAPHS = ("csv", "tsv", "json"), ("ttl", "jsonld")
NAMED = re.compile(r"([a-z]+(?:-[a-z]+)+)")
LIMITS = {"longest": sparql.LONGEST, "most": MOST_ROWS}
ACCEPT = "application/sparql-results+json, text/turtle;q=0.9"


def source(given: Given) -> Call | None:
    """Return the call whose whole answer the page shows; None where nothing is asked yet."""
    if NAME in given and TEXT in given:
        raise InvalidParameter("name=… asks one of the questions, query=… one of your own: give one of them.", TEXT)
    if NAME in given:
        return Call.of(f"{QUERIES}/{one(given, NAME)}", parameters_of(given))
    # Forms send the ends of lines as two characters: https://html.spec.whatwg.org/#constructing-the-form-data-set.
    return Call.of(SPARQL, {TEXT: one(given, TEXT).replace("\r\n", "\n")}) if TEXT in given else None


def one(given: Given, name: str) -> str:
    """Return the only value of a parameter; raises InvalidParameter."""
    if len(given[name]) > 1:
        raise InvalidParameter(f"{name!r} is given twice", name)
    return given[name][0]


def parameters_of(given: Given) -> dict[str, list[str]]:
    """Return the parameters of the curated query itself."""
    return {name: values for name, values in given.items() if name != NAME and name not in RESERVED}


async def show(ask: Asker, given: Given) -> Shown:
    """Return the questions that there are; or one with its answer; or the result of a query of one's own.

    Results of the last kind are not kept: queries are without number.
    """
    call = source(given)
    if call is None:
        return await offer(ask, given)
    if NAME in given:
        return await answer_question(ask, given)
    return await answer_own(ask, call, call.parameters[0][1])


async def offer(ask: Asker, given: Given) -> Shown:
    """Show what can be asked."""
    for name in given:
        raise InvalidParameter(f"{name[:80]!r} is a parameter of no question: give name=… as well.", name[:80])
    listing = await questions(ask)
    groups = [
        (audience, [(item["question"], link_to(item)) for item in listing if item["audience"] == audience])
        for audience in AUDIENCES
    ]
    return Shown({"groups": [group for group in groups if group[1]], "text": sparql.STARTER, **LIMITS}, formats=())


async def questions(ask: Asker) -> list[dict[str, Any]]:
    """Return all questions, fitted to the dataset that is served.

    What a question takes unless it is told, and its examples, are things of the published data: where one is not
    there, the question needs to be told, and that is no example.
    """
    listing: list[dict[str, Any]] = (await ask.json(QUERIES))["data"]
    values = {item[key] for query in listing for item in query["parameters"] for key in SUGGESTED if item[key]}
    iris = {value: iri for value in values if (iri := expand(value)) is not None}
    names = await service_of(ask.request).names.of(set(iris.values()))
    unknown = {value for value, iri in iris.items() if iri.startswith(ID) and not names.get(iri)}
    return [{**query, "parameters": [fit(item, unknown) for item in query["parameters"]]} for query in listing]


def fit(parameter: Mapping[str, Any], unknown: Collection[str]) -> dict[str, Any]:
    """Return a parameter without what it suggests and the dataset has not."""
    fitted = {**parameter, **{key: None for key in SUGGESTED if parameter[key] in unknown}}
    return {**fitted, "required": parameter["required"] or fitted["default"] != parameter["default"]}


def link_to(query: Mapping[str, Any]) -> str:
    """Return the link to a question, with examples of what it needs; where there is none, its form asks for it."""
    needed = [(item["name"], item["example"]) for item in query["parameters"] if item["required"] and item["example"]]
    return f"query?{urlencode([(NAME, query['name']), *needed], safe='/')}"


async def answer_question(ask: Asker, given: Given) -> Shown:
    """Show the form of a curated query, and the rows of its answer."""
    listing = await questions(ask)
    query = find_query(listing, one(given, NAME))
    parameters = parameters_of(given)
    template = "query-question.html"
    values: dict[str, Any] = {
        "title": Text(query["question"], "en"),
        "question": query,
        "summary": linked(query["summary"], listing),
        "fields": await fields_of(ask, query["parameters"], given),
        "missing": [item["name"] for item in query["parameters"] if item["required"] and item["name"] not in given],
        "answer": None,
        "problem": None,
        **LIMITS,
    }
    if values["missing"]:
        return Shown(values, template, formats=())
    call = Call.of(query["href"], parameters)
    cursor = given.get("cursor", [])
    try:
        answer = await ask.json(query["href"], {**parameters, "cursor": cursor, "limit": str(ROWS_A_PAGE)})
        text = (await ask.get(call, SPARQL_QUERY)).body.decode()
    except Refused as refused:
        return Shown({**values, "problem": refused.problem}, template, (), refused.status)
    rows = [{name: identified(value) for name, value in row.items()} for row in answer["data"]]
    following = [(NAME, query["name"]), *call.parameters, ("cursor", answer["meta"]["next"] or "")]
    url = address(ask.request, query["href"])
    values |= {
        "answer": answer,
        "table": tabulate(answer["columns"], rows, await names_of(ask, rows)),
        "first": not cursor,
        "more": f"query?{urlencode(following, safe='/')}" if answer["meta"]["next"] else "",
        "text": sparql.undeclared(text),
        "curl": asking.curl(url, call.parameters, "text/csv"),
        "python": asking.python(url, call.parameters),
    }
    return Shown(values, template, OF_ROWS)


def find_query(listing: Sequence[Mapping[str, Any]], name: str) -> Mapping[str, Any]:
    """Return the description of a curated query; raises InvalidParameter for a name that none has."""
    for query in listing:
        if query["name"] == name:
            return query
    raise InvalidParameter(f"No question is called {name[:80]!r}; without name=… this page lists all.", NAME)


def linked(text: str, listing: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """Return a text in parts, each with the link to the question that it names, if it names one."""
    links = {query["name"]: link_to(query) for query in listing}
    return [(part, links.get(part, "")) for part in NAMED.split(text)]


async def answer_own(ask: Asker, call: Call, text: str) -> Shown:
    """Show a query of one's own in the editor, and the beginning of its result or its mistake."""
    if len(text) > sparql.LONGEST:
        raise InvalidParameter(
            f"The query has {len(text)} characters; in the address of a page at most {sparql.LONGEST} are taken. "
            "Send a longer one by POST to /sparql: curl --data-urlencode query@file.rq",
            TEXT,
        )
    url = address(ask.request, SPARQL)
    template = "query-own.html"
    values: dict[str, Any] = {"title": Text("The result of a query", "en"), "text": text, "problem": None, **LIMITS}
    try:
        answered = await ask.get(call, ACCEPT, MOST_BYTES)
    except Refused as refused:
        fault = sparql.find_fault(text, refused.problem.get("line"), refused.problem.get("column"))
        title = Text("The query has no result", "en")
        found = {**values, "title": title, "problem": refused.problem, "fault": fault}
        return Shown(found, template, (), refused.status)
    accept = "text/turtle" if is_graph(answered.content_type) else "text/csv"
    values |= {"curl": asking.curl(url, call.parameters, accept), "python": asking.python(url, call.parameters)}
    if is_graph(answered.content_type):
        values["turtle"] = cut(answered.body.decode(errors="ignore"))
        return Shown(values, template, OF_GRAPHS, kept=False)
    return Shown({**values, **await result_of(ask, answered.body)}, template, OF_ROWS, kept=False)


def is_graph(content_type: str) -> bool:
    """Tell whether a result is a graph."""
    return content_type.startswith("text/turtle")


def cut(turtle: str) -> tuple[str, bool]:
    """Return the beginning of a graph, in whole lines, and whether there is more of it."""
    if len(turtle) <= MOST_TURTLE:
        return turtle, False
    return turtle[:MOST_TURTLE].rpartition("\n")[0], True


async def result_of(ask: Asker, body: bytes) -> dict[str, Any]:
    """Return the rows of a result as a table, or the answer of an ASK."""
    beginning = sparql.read_beginning(body, MOST_ROWS)
    rows: list[Row] = [{name: value_of(term) for name, term in row.items()} for row in beginning.bindings]
    table = tabulate(beginning.columns, rows, await names_of(ask, rows))
    return {"table": table, "count": len(rows), "more": beginning.more, "boolean": beginning.boolean}


def value_of(term: dict[str, str]) -> Value:
    """Return a term of a result as a value of a row."""
    read = read_rows([{"term": term}])[0]["term"]
    value = plain_term(read)
    return (str(value),) if read.kind == "uri" else value


async def names_of(ask: Asker, rows: Iterable[Row]) -> Mapping[str, str | None]:
    """Return what the things in some rows are called, as all endpoints call them."""
    ours = {iri for iri in things(list(rows)) if iri.startswith(BASE) and is_name(iri)}
    return await service_of(ask.request).names.of(ours)


PAGE = Page(
    "/query",
    "Ask the data",
    "query.html",
    show,
    parameters=(NAME, TEXT),
    source=source,
    formats=(*OF_ROWS, *OF_GRAPHS),
    names_host=True,
    passes_on=True,
)

"""What there is to see: every page, the states that a page can be in, a thing of each kind."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

import httpx

from hct_kg.terms import ID

TRIPLES = f'SELECT ?thing (COUNT(*) AS ?n) {{ ?thing ?p ?o FILTER(STRSTARTS(STR(?thing), "{ID}")) }} GROUP BY ?thing'


@dataclass(frozen=True)
class Sight:
    """A page in one of its states: where it is, and the status that it answers with."""

    path: str
    status: int = 200


PAGES = (
    "/", "/theory-of-change", "/map", "/map/loops", "/evidence", "/discrepancies", "/compare", "/search", "/query",
    "/data", "/data/api", "/about", "/accessibility", "/ns", "/schemes", "/shapes", "/dataset",
)  # fmt: skip
"""The pages that the navigation, the foot of a page or another page leads to, as they are at first."""

SELECTED = (
    "/theory-of-change?select=factor/effective-and-sustainable-partnership-working",
    "/theory-of-change?view=full&select=link/toc-advisory-group-support-to-legacy-and-sustainability",
    "/map?select=factor/siloed-working&ask=causes&steps=2",
    "/map?select=factor/external-funding&to=factor/adapted-plans&ask=path",
    "/map?ask=connections",
    "/map?model=model/hct-reported-factors&select=factor/collaboration&ask=both",
    "/map/loops?model=model/hct-system-map",
    "/evidence?rows=outcomes&modality=modality/observed",
    "/evidence?column=site/coventry",
    "/discrepancies?kind=discrepancy-kind/value&resolution=resolution/unresolved",
    "/compare?sites=coventry&sites=plymouth",
    "/compare?sites=coventry,croydon,gloucestershire,leeds,newham,plymouth&aspect=funding",
    "/search?q=psychological+safety",
    "/search?q=grant&class=hct:Grant",
    "/query?name=grants-by-site-and-phase",
    "/query?name=passages-behind-a-link&link=link/toc-advisory-group-support-to-legacy-and-sustainability",
    "/query?query=SELECT+?s+?o+%7B+?s+a+?o+%7D+LIMIT+7",
    "/query?query=CONSTRUCT+WHERE+%7B+?s+a+?o+%7D+LIMIT+7",
)
"""Something is chosen, filters are set, a question has its answer."""

EMPTY = (
    "/map?ask=path",
    "/map?select=factor/transformational-change&to=factor/funding-pressures&ask=path",
    "/map/loops?model=model/hct-hypotheses",
    "/evidence?row=theme/evaluation-process&column=site/leeds&modality=modality/intended",
    "/discrepancies?kind=discrepancy-kind/value&resolution=resolution/explained",
    "/search?q=zyzzyva",
    "/query?name=passages-behind-a-link",
    "/query?query=SELECT+?s+%7B+?s+a+%3Curn:nothing%3E+%7D",
)
"""Nothing is found, or something is still to be said."""

ERRORS = (
    Sight("/nowhere", 404),
    Sight("/doc/site/nowhere", 404),
    Sight("/theory-of-change?select=factor/nothing", 422),
    Sight("/evidence?rows=columns", 422),
    Sight("/compare?sites=coventry", 422),
    Sight("/query?name=grants-by-site-and-phase&phase=phase/none", 422),
    Sight("/query?query=SELECT+*+WHERE+%7B+?s+?p", 400),
    Sight("/problem/not-found"),
)
"""What is asked for is not there, or not understood."""

STATES = (*map(Sight, PAGES), *map(Sight, SELECTED), *map(Sight, EMPTY), *ERRORS)

KINDS = (
    "audience", "body", "concept-shape", "discrepancy", "discrepancy-kind", "document", "evaluation-objective",
    "evaluation-question", "evidence-activity", "explicitness", "factor", "finding", "grant", "hypothesis",
    "initiative", "level", "limitation", "link", "loop", "measure", "membership", "membership-change", "method",
    "modality", "model", "moment", "organisation", "parameter", "passage", "period", "phase", "place", "polarity",
    "population", "precision", "programme", "publication", "quantifier", "query", "query-parameter", "quotation",
    "recommendation", "resolution", "role", "round", "scheme", "scope", "section", "sector", "selector", "site",
    "spectrum", "statement", "strand", "support-activity", "table", "term", "theme", "unit", "value", "voice",
)  # fmt: skip
"""The kinds of things, as identifiers name them."""


def one_of_each_kind(site: httpx.Client) -> dict[str, str]:
    """Return, by kind, the page of the thing of which most is said."""
    answer = site.get("/sparql", params={"query": TRIPLES}, headers={"Accept": "text/csv"})
    rows = [(row["thing"].removeprefix(ID), int(row["n"])) for row in csv.DictReader(io.StringIO(answer.text))]
    return {name.partition("/")[0]: f"/doc/{name}" for name, _ in sorted(rows, key=lambda row: (row[1], row[0]))}

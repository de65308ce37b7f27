"""`/search`: things by the words that name and describe them, each with the reason for which it was found."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hct_kg.api.site.asking import Asker, Call
from hct_kg.api.site.pages import Given, Page
from hct_kg.web.highlights import parts
from hct_kg.web.statements import Text

SHOWN = "20"
KINDS: Mapping[str, str] = {
    "skos:Concept": "theme or other heading",
    "skos:ConceptScheme": "list of headings",
    "org:Membership": "membership",
    "org:Role": "role",
    "prov:Activity": "activity",
    "owl:Class": "class of the data",
    "owl:ObjectProperty": "property of the data",
    "owl:DatatypeProperty": "property of the data",
    "owl:Ontology": "vocabulary of the data",
    "rdf:Property": "property of the data",
    "sh:SPARQLExecutable": "ready-made question",
}
"""What classes of others are called here; a class of ours is called by its label."""
FIELDS: Mapping[str, str] = {
    "label": "its name",
    "alternative_label": "another name of it",
    "notation": "its number",
    "description": "its description",
    "title": "its title",
}


SUGGESTED = ("factors", "sites", "organisations")
"""The collections whose first things are suggested."""


def source(given: Given) -> Call | None:
    """Return the call that the page shows; none while nothing is asked."""
    return Call.of("/v1/search", {**given, "limit": SHOWN}) if "q" in given else None


async def show(ask: Asker, given: Given) -> dict[str, Any]:
    """Return the hits, and the classes by which they can be filtered."""
    call = source(given)
    asked = given.get("q", [""])[0]
    shown = {
        **({"title": Text(f"Search: {asked}", "en")} if asked else {}),
        "asked": asked,
        "classes": given.get("class", []),
        "cursor": "cursor" in given,
        "answer": None,
        "hits": [],
        "facets": [],
    }
    if call is None:
        return {**shown, "suggestions": await suggestions(ask)}
    answer = await ask.call(call)
    data = answer["data"]
    facets = [{**facet, "name": kind_name(facet["class"])} for facet in data["facets"] if is_shown(facet["class"])]
    return {**shown, "answer": answer, "hits": [describe(hit) for hit in data["hits"]], "facets": facets}


async def suggestions(ask: Asker) -> list[str]:
    """Return names of things that there are to look for: a factor, a site, an organisation."""
    found = [(await ask.json(f"/v1/{name}", {"limit": "1"}))["data"] for name in SUGGESTED]
    return [things[0]["label"] for things in found if things]


def is_shown(kind: Any) -> bool:
    """Tell whether a class says something to readers."""
    return kind["id"].startswith("hct:") or kind["id"] in KINDS


def kind_name(kind: Any) -> str:
    """Return what a class is called."""
    return KINDS.get(kind["id"]) or str(kind["label"])


def describe(hit: Any) -> dict[str, Any]:
    """Return a hit as it is shown: its link under the top of the service, its text in parts, and why it was found."""
    snippet = hit["snippet"]
    reason = hit["reason"]
    href = hit["href"] or ""
    return {
        "label": hit["label"],
        "path": f"doc/{hit['id']}" if href.startswith("/v1/") else href.lstrip("/"),
        "kind": kind_name(hit["class"]),
        "parts": list(parts(snippet["text"], snippet["highlights"])) if snippet else [],
        "in_name": bool(snippet and snippet["text"] == hit["label"]),
        "field": FIELDS.get(snippet["field"], snippet["field"]) if snippet else "",
        "whole": reason["how"] == "identifier",
        "taken": [(match["asked"], match["found"]) for match in reason["matches"] if match["how"] == "spelling"],
        "begins": [(match["asked"], match["found"]) for match in reason["matches"] if match["how"] == "prefix"],
        "missing": reason["missing"],
    }


PAGE = Page(
    "/search",
    "Search",
    "search.html",
    show,
    parameters=("q", "class", "cursor"),
    source=source,
)

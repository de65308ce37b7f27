"""`/compare`: two to six sites side by side, and one aspect of them in full."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hct_kg.api.compare import ASPECT, LIMIT, MOST
from hct_kg.api.site.asking import Asker, Call
from hct_kg.api.site.pages import Given, Page
from hct_kg.errors import InvalidParameter
from hct_kg.web.compared import thing_of

PATH = "/compare"
MOST_AHEAD = 8
AT_FIRST = 4
"""So many things a cell shows while all aspects are shown."""
ALL = {"limit": "1000"}
HEADINGS = {
    "spectrum": "Where documents place the site on the spectra",
    "members": "Who belonged to the partnership",
    "funding": "Grants",
    "funding-total": "Grants in all, as stated",
    "initiatives": "What was done",
    "helped": "What makes more of something",
    "hindered": "What makes less of something",
    "outcomes": "Outcomes, by how they are reported",
}


def source(given: Given) -> Call | None:
    """Return the call that the page shows; none while no site is chosen."""
    return Call.of("/v1/compare", {"sites": given["sites"]}) if "sites" in given else None


async def show(ask: Asker, given: Given) -> dict[str, Any]:
    """Return the sites that there are, and those chosen side by side."""
    sites = (await ask.json("/v1/sites", ALL))["data"]
    aspect = read_aspect(given)
    part = {LIMIT: str(AT_FIRST)} if aspect is None else {ASPECT: aspect}
    data = (await ask.json("/v1/compare", {"sites": given["sites"], **part}))["data"] if "sites" in given else None
    chosen = [site["id"] for site in data["sites"]] if data else []
    aspects = draw_aspects(data["rows"]) if data else []
    shown = {"sites": sites, "of_programmes": by_programme(sites), "most": MOST, "chosen": chosen}
    return {**shown, "data": data, "aspects": aspects, "aspect": aspect}


def by_programme(sites: Sequence[Mapping[str, Any]]) -> list[tuple[str, list[Mapping[str, Any]]]]:
    """Return the sites of each programme, under its name; programmes by name, sites in their order."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for site in sites:
        found.setdefault(site["programme"]["label"] if site["programme"] else "no programme", []).append(site)
    return sorted(found.items(), key=lambda group: group[0].casefold())


def read_aspect(given: Given) -> str | None:
    """Return the one aspect that is to be shown in full, if one is asked for; raises InvalidParameter."""
    aspect = given.get("aspect", [None])[0]
    if aspect is not None and aspect not in HEADINGS:
        raise InvalidParameter(f"aspect={aspect[:80]!r} is none of {', '.join(HEADINGS)}", "aspect")
    return aspect


def draw_aspects(rows: Any) -> list[dict[str, Any]]:
    """Return the aspects with their rows."""
    names = dict.fromkeys(row["aspect"] for row in rows)
    return [draw_aspect(name, [row for row in rows if row["aspect"] == name]) for name in names]


def draw_aspect(name: str, rows: Any) -> dict[str, Any]:
    """Return an aspect as it is drawn; `others` says whether anything is told of no site or of all together."""
    drawn = [draw_row(row) for row in rows]
    return {
        "name": name,
        "heading": HEADINGS.get(name, name),
        "meaning": rows[0]["meaning"],
        "rows": drawn,
        "others": any(row["overall"] or row["unattributed"] for row in drawn),
        "empty": not any(row["overall"] or not row["empty"] for row in drawn),
    }


def draw_row(row: Any) -> dict[str, Any]:
    """Return a row as it is drawn."""
    aspect = row["aspect"]
    return {
        "about": row["about"],
        "empty": not any(cell["things"] for cell in row["cells"]),
        "cells": [
            {
                **cell,
                "things": [thing_of(thing, aspect, PATH) for thing in cell["things"]],
                "more": cell["count"] - len(cell["things"]),
            }
            for cell in row["cells"]
        ],
        "overall": [thing_of(thing, aspect, PATH) for thing in row["overall"]],
        "unattributed": row["unattributed"],
    }


async def ahead(ask: Asker) -> Sequence[Given]:
    """Return a comparison within each programme: it needs all that is read once for every one of them."""
    groups = by_programme((await ask.json("/v1/sites", ALL))["data"])
    return [{"sites": [site["id"] for site in sites[:2]]} for _, sites in groups if len(sites) > 1][:MOST_AHEAD]


PAGE = Page(
    PATH,
    "Compare sites",
    "compare.html",
    show,
    parameters=("sites", "aspect"),
    source=source,
    ahead=ahead,
)

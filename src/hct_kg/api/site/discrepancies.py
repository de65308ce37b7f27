"""`/discrepancies`: where the documents disagree, side by side, and how that is explained."""

from __future__ import annotations

from typing import Any

from hct_kg.api.site.asking import Asker, Call
from hct_kg.api.site.pages import Given, Page
from hct_kg.web.records import of_collection

SHOWN = "25"


def source(given: Given) -> Call:
    """Return the call that the page shows."""
    return Call.of("/v1/discrepancies", {**given, "limit": SHOWN})


async def show(ask: Asker, given: Given) -> dict[str, Any]:
    """Return one page of the disagreements with their records, and what they can be filtered by."""
    page = await ask.json("/v1/discrepancies", {**given, "limit": SHOWN, "facets": "true"})
    contested = await ask.json("/v1/contested", {"kind": "discrepancies"})
    whole = {found["id"]: found for found in contested["data"]["discrepancies"]}
    return {"answer": page, "given": given, "shown": [side_by_side(whole[item["id"]]) for item in page["data"]]}


def side_by_side(found: Any) -> dict[str, Any]:
    """Return a disagreement with its records as they are shown, the preferred one first."""
    preferred = {item["id"] for item in found["preferred"]}
    records = [of_collection(record, record["id"] in preferred) for record in found["between"]]
    others = [item for item in found["preferred"] if item["id"] not in {record.id for record in records}]
    records.sort(key=lambda record: not record.preferred)
    return {
        **{name: found[name] for name in ("id", "label", "description", "kind", "resolution")},
        "records": records,
        "instead": others,
        "explained_in": found["supported_by"],
    }


PAGE = Page(
    "/discrepancies",
    "Where the documents disagree",
    "discrepancies.html",
    show,
    parameters=("kind", "resolution", "document", "cursor"),
    source=source,
    formats=("csv", "json", "ttl", "jsonld"),
)

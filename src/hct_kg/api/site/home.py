"""`/`: what this is for, where to begin, how much there is, from what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hct_kg.api import void
from hct_kg.api.dumps import NAME
from hct_kg.api.service import Service, service_of
from hct_kg.api.site.asking import Asker
from hct_kg.api.site.pages import Given, Page
from hct_kg.web.amounts import spell
from hct_kg.web.schema_org import Described, Download, dataset
from hct_kg.web.statements import Text

COUNTED = {
    "factors": "things that lead to others, or follow from them",
    "links": "claims that one thing leads to another",
    "findings": "findings of the evaluation and the case studies",
    "recommendations": "recommendations",
    "discrepancies": "places where the documents disagree",
    "passages": "passages that the claims rest on",
}
"""Collections, in the words of the page."""
ALL = {"limit": "1000"}


async def show(ask: Asker, _: Given) -> dict[str, Any]:
    """Return counts, sites, documents, and the description for search engines."""
    sites = (await ask.json("/v1/sites", ALL))["data"]
    documents = (await ask.json("/v1/documents", ALL))["data"]
    programme = await programme_of(ask, sites)
    return {
        "title": Text("What leads to healthier communities, and who says so", "en"),
        "summary": void.DESCRIPTION,
        "counts": await counts(ask),
        "sites": sites,
        "programme": programme,
        "documents": documents,
        "newest": spell(
            max((document["issued"] or "" for document in documents), default="") or None, None, None, None
        ),
        "metadata": metadata(service_of(ask.request), programme, sites, documents),
    }


async def counts(ask: Asker) -> list[tuple[str, str, int]]:
    """Return how much there is: collection, words, number."""
    pages = {name: await ask.json(f"/v1/{name}", {"limit": "1"}) for name in COUNTED}
    return [(name, words, pages[name]["meta"]["total"]) for name, words in COUNTED.items()]


async def programme_of(ask: Asker, sites: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """Return the programme that the sites belong to, if there is one."""
    named = [site["programme"]["id"] for site in sites if site["programme"]]
    programmes = (await ask.json("/v1/programmes", ALL))["data"]
    return max(programmes, key=lambda programme: named.count(programme["id"]), default=None) if named else None


def metadata(
    service: Service,
    programme: Mapping[str, Any] | None,
    sites: Sequence[Mapping[str, Any]],
    documents: Sequence[Mapping[str, Any]],
) -> Mapping[str, Any]:
    """Return the dataset in schema.org's words."""
    period = (programme or {}).get("period") or {}
    described = Described(
        iri=f"{service.settings.base_iri}dataset",
        name=void.TITLE,
        description=void.DESCRIPTION,
        version=service.version,
        start=period.get("start") or "",
        end=period.get("end") or "",
        places=[site["place"]["label"] for site in sites if site["place"]],
        documents=[document["label"] for document in documents],
    )
    # Without a public address the service is on nobody's map, and what is relative to the page will do.
    top = (service.settings.public_url or ".").rstrip("/")
    return dataset(
        described,
        [
            Download(f"{top}/dumps/{service.version}/{NAME}.{suffix}", media_type)
            for suffix, media_type in void.DUMPS.items()
        ],
    )


PAGE = Page("/", "Home", "home.html", show)

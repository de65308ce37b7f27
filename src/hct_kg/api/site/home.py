"""`/`: what this is for, where to begin, how much there is, from what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
    "findings": "findings",
    "recommendations": "recommendations",
    "discrepancies": "places where the documents disagree",
    "passages": "passages that the claims rest on",
}
"""Collections, in the words of the page."""
ALL = {"limit": "1000"}
MOST_PROGRAMMES = 12
"""The sites of so many programmes are shown."""


@dataclass(frozen=True, slots=True)
class Sited:
    """A programme with its sites."""

    programme: Mapping[str, Any] | None
    sites: Sequence[Mapping[str, Any]]


async def show(ask: Asker, _: Given) -> dict[str, Any]:
    """Return counts, sites, documents, and the description for search engines."""
    sites = (await ask.json("/v1/sites", ALL))["data"]
    documents = (await ask.json("/v1/documents", ALL))["data"]
    sited = by_programme((await ask.json("/v1/programmes", ALL))["data"], sites)
    service = service_of(ask.request)
    title = void.title_of(await service.select(void.programmes()))
    return {
        "title": Text("What leads to what, and who says so", "en"),
        "summary": void.DESCRIPTION,
        "counts": await counts(ask),
        "sites": sites,
        "sited": sited,
        "shown": sited[:MOST_PROGRAMMES],
        "documents": documents,
        "newest": spell(
            max((document["issued"] or "" for document in documents), default="") or None, None, None, None
        ),
        "metadata": metadata(service, title, sited, documents),
    }


async def counts(ask: Asker) -> list[tuple[str, str, int]]:
    """Return how much there is: collection, words, number."""
    # By identifier: for an order by label, the names of all would have to be read.
    pages = {name: await ask.json(f"/v1/{name}", {"limit": "1", "sort": "id"}) for name in COUNTED}
    return [(name, words, pages[name]["meta"]["total"]) for name, words in COUNTED.items()]


def by_programme(programmes: Sequence[Mapping[str, Any]], sites: Sequence[Mapping[str, Any]]) -> list[Sited]:
    """Return the programmes that have sites, that with the most first, and at the end the sites of none."""
    of: dict[str, list[Mapping[str, Any]]] = {}
    for site in sites:
        of.setdefault(site["programme"]["id"] if site["programme"] else "", []).append(site)
    found = [Sited(programme, of.pop(programme["id"])) for programme in programmes if programme["id"] in of]
    found.sort(key=lambda one: -len(one.sites))
    return found + [Sited(None, rest) for rest in of.values()]


def metadata(
    service: Service, title: str, sited: Sequence[Sited], documents: Sequence[Mapping[str, Any]]
) -> Mapping[str, Any]:
    """Return the dataset in schema.org's words."""
    periods = [(one.programme or {}).get("period") or {} for one in sited]
    described = Described(
        iri=f"{service.settings.base_iri}dataset",
        name=title,
        description=void.DESCRIPTION,
        version=service.version,
        start=min((period["start"] for period in periods if period.get("start")), default=""),
        end=max((period["end"] for period in periods if period.get("end")), default=""),
        places=[site["place"]["label"] for one in sited for site in one.sites if site["place"]],
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

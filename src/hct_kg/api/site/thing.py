"""What the page of a thing tells for people: asked of the curated endpoint for it, and of those of its documents."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import Request

from hct_kg.api.collections import HOMES
from hct_kg.api.service import Service, service_of
from hct_kg.api.site.asking import Asker, Refused
from hct_kg.terms import BASE, ID
from hct_kg.web.causal_links import Json
from hct_kg.web.excerpts import Around, sources
from hct_kg.web.kinds import kind_of
from hct_kg.web.telling import MOST_PASSAGES, Beside, Part, Told, passages_of, tell

COUNTED = ("findings", "links", "statements", "values", "recommendations", "hypotheses", "limitations", "quotations")
"""The collections whose claims are counted by document."""
ALL = "1000"


NAMED_MOST = f"""
SELECT ?thing (COUNT(*) AS ?times) WHERE {{ ?other ?property ?thing FILTER(STRSTARTS(STR(?thing), "{ID}")) }}
GROUP BY ?thing ORDER BY DESC(?times) ?thing"""


async def named_most(service: Service, most: int) -> list[str]:
    """Return the identifiers of the things that are named most: their pages have most to say."""
    rows = await service.select(f"{NAMED_MOST} LIMIT {most}")
    return [row["thing"].value.removeprefix(ID) for row in rows]


async def told_of(request: Request, iri: str) -> Told | None:
    """Return what is told of a thing; None for one that no curated endpoint answers for."""
    identifier = iri.removeprefix(ID)
    home = HOMES.get(kind_of(identifier))
    if home is None or not iri.startswith(ID) or service_of(request).settings.base_iri != BASE:
        return None
    ask = Asker(request)
    path = f"{home}/{identifier.partition('/')[2]}"
    try:
        answer = await ask.json(path)
    except Refused:
        # It is described, or somebody names it, without being of the class that its identifier tells.
        return None
    return tell(answer, path, await beside(ask, answer["data"]))


async def beside(ask: Asker, item: Json) -> Beside:
    """Return what is to be known beside the answer for a thing."""
    passages = passages_of(item)[:MOST_PASSAGES]
    documents = (await ask.json("/v1/documents", {"limit": ALL}))["data"] if passages else ()
    if kind_of(item["id"]) != "document":
        return Beside(sources(documents), around(ask.request, passages))
    return Beside(
        sources(documents), around(ask.request, passages), await parts(ask, item["id"]), await counts(ask, item["id"])
    )


def around(request: Request, passages: Sequence[Json]) -> Around:
    """Return what stands around passages, where copies of their documents are held and fit."""
    texts = service_of(request).texts
    return {
        passage["id"]: texts.around(passage["document"]["iri"], passage["start"], passage["end"])
        for passage in passages
        if passage["text"] is not None
    }


async def parts(ask: Asker, document: str) -> list[Part]:
    """Return the sections of a document in their order, each with the number of passages in it."""
    sections = (await ask.json("/v1/sections", {"document": document, "limit": ALL}))["data"]
    found = await ask.json("/v1/passages", {"document": document, "limit": "1", "facets": "section"})
    numbers = {value["value"]["id"]: value["count"] for value in found["facets"]["section"]}
    return [
        Part(section["id"], f"{section['notation'] or ''} {section['label']}".strip(), numbers.get(section["id"], 0))
        for section in sections
    ]


async def counts(ask: Asker, document: str) -> list[tuple[str, int]]:
    """Return how many claims of each kind rest on a document."""
    found = [
        (name, (await ask.json(f"/v1/{name}", {"document": document, "limit": "1"}))["meta"]["total"])
        for name in COUNTED
    ]
    return [(name, count) for name, count in found if count]

"""`/about`: how claims are recorded and drawn, what the words mean, what this does not say, how to cite it."""

from __future__ import annotations

from typing import Any

from hct_kg.api import void
from hct_kg.api.service import service_of
from hct_kg.api.site.asking import Asker
from hct_kg.api.site.pages import Given, Page
from hct_kg.drawing.graphs import Edge, Graph, Node
from hct_kg.drawing.key import key
from hct_kg.web.statements import Text

MODALITIES = ("intended", "anticipated", "recommended", "perceived", "observed")
ALL = {"limit": "1000"}


async def show(ask: Asker, _: Given) -> dict[str, Any]:
    """Return the marks with their meanings, the glossary, the documents, the key."""
    grounds = (await ask.json("/v1/modalities", ALL))["data"]
    return {
        "title": Text("About this data, and how to read it", "en"),
        "summary": "How claims are recorded and drawn, what the words mean, what this data does not say.",
        "grounds": sorted(grounds, key=lambda ground: ground["notation"] or "", reverse=True),
        "explicitness": (await ask.json("/v1/explicitness", ALL))["data"],
        "terms": (await ask.json("/v1/terms", ALL))["data"],
        "documents": (await ask.json("/v1/documents", ALL))["data"],
        "key": key(of_all_kinds()),
        "dataset": void.title_of(await service_of(ask.request).select(void.programmes())),
        "iri": f"{service_of(ask.request).settings.base_iri}dataset",
    }


def of_all_kinds() -> Graph:
    """Return a graph that has a line of every kind, for the key to show them all."""
    signs = [Edge(f"sign {sign}", "a", "b", sign, "intended", evidence=2) for sign in (1, -1, 0)]
    kinds = [Edge(modality, "a", "b", 1, modality) for modality in MODALITIES]
    return Graph(
        (Node("a", ""), Node("b", "")), (*signs, *kinds, Edge("implied", "a", "b", 1, "intended", implied=True))
    )


PAGE = Page("/about", "About", "about.html", show)

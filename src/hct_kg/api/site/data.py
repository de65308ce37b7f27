"""`/data`: the whole dataset as files, in parts, through the interface, and how to name a version of it."""

from __future__ import annotations

from typing import Any

from hct_kg.api import void
from hct_kg.api.dumps import FORMATS, NAME, SUMS
from hct_kg.api.service import service_of
from hct_kg.api.site.asking import Asker
from hct_kg.api.site.pages import Given, Page
from hct_kg.web.statements import Text

NAMES = {"trig": "TriG", "nq": "N-Quads", "ttl": "Turtle", "jsonld": "JSON-LD"}
GOOD_FOR = {
    "trig": "all of it, by source document, to be read",
    "nq": "all of it, by source document, a statement a line",
    "ttl": "all of it in one graph",
    "jsonld": "all of it, for programs that read JSON",
}
LOCAL = "http://127.0.0.1:8000"
"""Where the service is unless it is told otherwise."""
ALL = {"limit": "1000"}


async def show(ask: Asker, _: Given) -> dict[str, Any]:
    """Return the files of the version that is served, and an example of each way to ask."""
    service = service_of(ask.request)
    site = (await ask.json("/v1/sites", {"limit": "1"}))["data"]
    schemes = (await ask.json("/v1/concept-schemes", ALL))["data"]
    address = (service.settings.public_url or LOCAL).rstrip("/")
    return {
        "title": Text("The data, and how to ask it from programs", "en"),
        "summary": "Downloads, formats, the interface for programs, versions.",
        "address": address,
        "told": service.settings.public_url is not None,
        "example": site[0]["id"] if site else "site/coventry",
        "files": [
            (NAMES[suffix], GOOD_FOR[suffix], void.DUMPS[suffix], f"dumps/{service.version}/{NAME}.{suffix}")
            for suffix in FORMATS
        ],
        "sums": f"dumps/{service.version}/{SUMS}",
        "schemes": schemes,
        "sparql": "SELECT ?site ?name { ?site a <https://w3id.org/hct-kg/ns#Site> ; "
        "<http://www.w3.org/2004/02/skos/core#prefLabel> ?name }",
    }


PAGE = Page("/data", "Data and API", "data.html", show)

"""`/dataset` and `/.well-known/void`: what the dataset is, how large, from what, and where it can be had."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from hct_kg.api.descriptions import VOCABULARIES
from hct_kg.api.kept_pages import keep_page, kept_page
from hct_kg.api.publishing import RESPONSES, Document, Publisher, construct, public_url
from hct_kg.api.representations import BY_SUFFIX
from hct_kg.api.service import Service, service_of
from hct_kg.api.void import Described, measuring, placing, programmes, title_of
from hct_kg.errors import UnknownResource
from hct_kg.store import NamedNode, Triple
from hct_kg.web.dataset import Measured, dataset_page

PATH = "/dataset"
WELL_KNOWN = "/.well-known/void"
SUBSET = VOCABULARIES["void"] + "subset"
SUMMARY = "The dataset in VoID and DCAT: counts, parts, sources, licence, downloads"


class Measures:
    """What is measured of the dataset; measured once for each version."""

    def __init__(self) -> None:
        self._version = ""
        self._measured = Measured(())

    async def of(self, service: Service, described: Described) -> Measured:
        """Return the measures of the version that is served."""
        if self._version != described.version:
            found = [triple for query in measuring(described) for triple in await construct(service, query)]
            self._version, self._measured = described.version, Measured(found)
        return self._measured


def router(publisher: Publisher) -> APIRouter:
    """Return the routes: the dataset with and without a suffix, and the place where RFC 8615 has it looked for."""
    routes = APIRouter(tags=["linked data"])
    measures = Measures()

    async def plain(request: Request) -> Response:
        return await describe(request, None)

    async def with_suffix(request: Request, suffix: str) -> Response:
        if suffix not in BY_SUFFIX:
            raise UnknownResource(f"{PATH} ends in no suffix or in one of {', '.join(BY_SUFFIX)}.")
        return await describe(request, suffix)

    async def describe(request: Request, suffix: str | None) -> Response:
        wanted = BY_SUFFIX.get(suffix or "")
        if (kept := kept_page(request, wanted, of_host=True)) is not None:
            return kept
        service = service_of(request)
        base = service.settings.base_iri
        title = title_of(await service.select(programmes()))
        described = Described(f"{base}dataset", f"{base}id/", service.version, title)
        measured = await measures.of(service, described)
        graphs = [node for node in measured.said.values(described.dataset, SUBSET) if isinstance(node, NamedNode)]
        placed: list[Triple] = []
        for query in placing(described, public_url(request), graphs):
            placed += await construct(service, query)
        page = dataset_page(described.dataset, measured, placed)
        document = Document(PATH, described.dataset, [*measured.triples, *placed], page)
        return keep_page(request, document, await publisher.send(request, document, wanted), of_host=True)

    for path, name in ((PATH, "get-dataset"), (WELL_KNOWN, "get-void")):
        routes.add_api_route(
            path, plain, response_class=Response, responses=RESPONSES, operation_id=name, summary=SUMMARY
        )
    routes.add_api_route(PATH + ".{suffix}", with_suffix, response_class=Response, include_in_schema=False)
    return routes

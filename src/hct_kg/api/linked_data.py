"""Every IRI of the data leads somewhere: `/id/…` and `/graph/…` by 303 to `/doc/…`, which describes the thing.

https://www.w3.org/TR/cooluris/#r303gendocument
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import quote

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import RedirectResponse

from hct_kg.api.descriptions import describing, knowing, measuring
from hct_kg.api.kept_pages import keep_page, kept_page, wants_page
from hct_kg.api.problems import PROBLEM_RESPONSES
from hct_kg.api.publishing import RESPONSES, Document, Publisher, address, construct, public_url
from hct_kg.api.representations import Representation, split
from hct_kg.api.service import Service, service_of
from hct_kg.api.site.thing import told_of
from hct_kg.errors import UnknownResource
from hct_kg.store import Triple, is_name
from hct_kg.web.things import thing_page

DOC = "/doc/"
GRAPH = "graph/"
ID = "id/"
SEE_OTHER: dict[int | str, dict[str, object]] = {
    303: {"description": "Known; `Location` is the document that describes it"},
    **PROBLEM_RESPONSES,
}
THING = Path(max_length=2000, description="Type and slug", examples=["site/coventry"])
NAME = Path(max_length=2000, description="Name of the graph", examples=["evaluation-report"])
DOCUMENT = Path(
    max_length=2000,
    description="Type and slug, or `graph/` and its name; a suffix (.html .ttl .jsonld .nt .rdf) settles the format",
    examples=["site/coventry", "site/coventry.ttl", "graph/evaluation-report"],
)


def router(publisher: Publisher) -> APIRouter:
    """Return the routes of the things and graphs of the data, and of their documents."""
    routes = APIRouter(tags=["linked data"])

    async def thing(request: Request, path: str = THING) -> Response:
        return await see_document(request, ID, path)

    async def graph(request: Request, path: str = NAME) -> Response:
        return await see_document(request, GRAPH, path)

    async def document(request: Request, path: str = DOCUMENT) -> Response:
        # The description of a graph names the address of its dump.
        of_host = path.startswith(GRAPH)
        if (kept := kept_page(request, split(path)[1], of_host)) is not None:
            return kept
        found, wanted = await read(service_of(request), path, public_url(request))
        if wants_page(request, wanted):
            found = replace(found, page=thing_page(found.about, await told_of(request, found.about)))
        return keep_page(request, found, await publisher.send(request, found, wanted), of_host)

    see: dict[str, object] = {"status_code": 303, "response_class": RedirectResponse, "responses": SEE_OTHER}
    routes.add_api_route("/id/{path:path}", thing, operation_id="see-thing", summary="A thing of the data", **see)  # type: ignore[arg-type]
    routes.add_api_route("/graph/{path:path}", graph, operation_id="see-graph", summary="A named graph", **see)  # type: ignore[arg-type]
    routes.add_api_route(
        DOC + "{path:path}",
        document,
        response_class=Response,
        responses=RESPONSES,
        operation_id="describe",
        summary="What is said of a thing or a graph",
        description="All triples with it as subject or object, and what the things that they name are called.",
    )
    return routes


async def see_document(request: Request, kind: str, path: str) -> Response:
    """Send to the document of a thing that is known; raises UnknownResource."""
    service = service_of(request)
    as_sent = request.scope.get("raw_path", b"").decode("ascii", "replace").partition(f"/{kind}")[2].partition("?")[0]
    # What a percent sign stands for may be part of the IRI, or of how the IRI was sent.
    for name in dict.fromkeys((path, as_sent)):
        iri = service.settings.base_iri + kind + name
        if is_name(iri) and await service.select(knowing(iri)):
            return RedirectResponse(address(request, document_path(kind, name)), 303)
    raise unknown(kind + path)


async def read(service: Service, path: str, seen_at: str) -> tuple[Document, Representation | None]:
    """Return the document at a path, and the format that its suffix names; raises UnknownResource."""
    for name, wanted in readings(path):
        kind = "" if name.startswith(GRAPH) else ID
        iri = service.settings.base_iri + kind + name
        triples = await describe(service, iri, seen_at) if is_name(iri) else []
        if triples:
            return Document(DOC + name, iri, triples, thing_page(iri)), wanted
    raise unknown(path)


def readings(path: str) -> Iterator[tuple[str, Representation | None]]:
    """Yield a path with its suffix as a format, then as part of the name: a slug may have a dot."""
    yield split(path)
    if split(path)[1] is not None:
        yield path, None


async def describe(service: Service, iri: str, seen_at: str) -> list[Triple]:
    """Return what is said of a thing, and of a graph how large it is; nothing where it is unknown."""
    triples = await construct(service, describing(iri))
    base = service.settings.base_iri
    if iri.startswith(base + GRAPH):
        dump = f"{seen_at}/graphs?graph={quote(iri, safe='')}"
        triples += await construct(service, measuring(iri, f"{base}dataset", dump))
    return list(dict.fromkeys(triples))


def document_path(kind: str, name: str) -> str:
    """Return the path of the document of a thing or a graph."""
    return DOC + (kind if kind == GRAPH else "") + name


def unknown(path: str) -> UnknownResource:
    """Return the error for a thing that nothing is said of."""
    return UnknownResource(f"The dataset says nothing of {path[:200]!r}; /sparql and /v1 tell what there is.")

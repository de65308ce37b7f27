"""The routes of the collections: their lists, page by page, and each thing, as JSON, RDF or a table."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Path, Request, Response

from hct_kg.api import asking, models, pages, tables
from hct_kg.api.answers import keep, no_parameters
from hct_kg.api.assembly import fetch
from hct_kg.api.collections import COLLECTIONS, Collection, reader
from hct_kg.api.cursors import NAME as CURSOR
from hct_kg.api.descriptions import describing, having
from hct_kg.api.names import things
from hct_kg.api.negotiation import negotiate
from hct_kg.api.problems import PROBLEM_RESPONSES
from hct_kg.api.publishing import CONTEXT, Document, Publisher, address, construct, place_of
from hct_kg.api.representations import BY_MEDIA_TYPE, JSON_LD, TURTLE
from hct_kg.api.service import JSON, Service, service_of
from hct_kg.errors import InvalidParameter, UnknownResource
from hct_kg.store.formats import CSV
from hct_kg.terms import ID

SLUG = r"^[A-Za-z0-9][A-Za-z0-9._~-]*$"
OF_ITEM = (JSON, JSON_LD.media_type, TURTLE.media_type)
OF_LIST = (JSON, CSV.media_type, JSON_LD.media_type, TURTLE.media_type)


def router(publisher: Publisher) -> APIRouter:
    """Return the routes of every collection."""
    routes = APIRouter(tags=["collections"], responses=PROBLEM_RESPONSES)
    for collection in COLLECTIONS:
        add_list(routes, collection, publisher)
        add_item(routes, collection, publisher)
    return routes


def add_list(routes: APIRouter, collection: Collection, publisher: Publisher) -> None:
    """Add the route of a collection's list."""

    async def listing(request: Request) -> Response:
        asked = asking.read(collection, request.query_params)
        form = negotiate(request.headers.get("accept"), OF_LIST)
        if asked.facets is not None and form != JSON:
            raise InvalidParameter("facets come in JSON only: ask for it, or leave facets out", asking.FACETS)
        service = service_of(request)
        page = await pages.find(service, asked)
        link = None if page.next is None else next_page(request, page.next)
        body, content_type = await write_page(service, request, publisher, asked, page, form)
        return keep(service, request, body, content_type, link)

    routes.add_api_route(
        collection.path,
        listing,
        operation_id=f"list-{collection.name}",
        summary=f"The {collection.noun}, page by page",
        responses={200: {"content": {form: {"schema": {"type": "string"}} for form in OF_LIST[1:]}}},
        openapi_extra={"parameters": asking.parameters_openapi(collection)},
    )


async def write_page(
    service: Service, request: Request, publisher: Publisher, asked: asking.Asked, page: pages.Page, form: str
) -> tuple[bytes, str]:
    """Return a page in a format, and its content type."""
    if form in BY_MEDIA_TYPE:
        return await write_rdf(service, request, publisher, form, having(page.iris))
    collection = asked.collection
    found = await fetch(reader(service), collection.summary, page.iris)
    data = [found[iri] for iri in page.iris]
    if form == CSV.media_type:
        return tables.write(collection.summary, data), tables.CONTENT_TYPE
    meta = service.meta(request, len(data), complete=len(data) == page.total)
    answer = models.Listing[Any](
        data=data,
        facets=None if asked.facets is None else await pages.facets(service, asked),
        meta=models.PageMeta(**dict(meta), total=page.total, next=page.next),
    )
    return answer.model_dump_json(by_alias=True).encode(), JSON


def next_page(request: Request, cursor: str) -> str:
    """Return the header Link for the page that follows: RFC 8288."""
    kept = [(name, value) for name, value in request.query_params.multi_items() if name != CURSOR]
    return f'<{request.scope["path"]}?{urlencode([*kept, (CURSOR, cursor)])}>; rel="next"'


def add_item(routes: APIRouter, collection: Collection, publisher: Publisher) -> None:
    """Add the route of one thing of a collection."""

    async def item(
        request: Request,
        slug: str = Path(
            pattern=SLUG,
            max_length=200,
            description="The end of its identifier.",
            examples=[collection.example],
        ),
    ) -> Response:
        no_parameters(request)
        form = negotiate(request.headers.get("accept"), OF_ITEM)
        service = service_of(request)
        iri = f"{ID}{collection.kind}/{slug}"
        if not await service.select(f"SELECT ?s WHERE {{ {things([iri])} {collection.members()} }} LIMIT 1"):
            raise UnknownResource(f"{collection.path} has no {slug!r}; {collection.path} lists all there are")
        if form != JSON:
            return keep(service, request, *await write_rdf(service, request, publisher, form, describing(iri)))
        found = await fetch(reader(service), collection.item, [iri])
        answer = models.Item[Any](data=found[iri], meta=service.meta(request, 1))
        return keep(service, request, answer.model_dump_json(by_alias=True).encode(), JSON)

    routes.add_api_route(
        f"{collection.path}/{{slug}}",
        item,
        operation_id=f"get-{collection.name}",
        summary=f"One of the {collection.noun}, with what is claimed of it and where",
        responses={200: {"content": {form: {"schema": {"type": "string"}} for form in OF_ITEM[1:]}}},
    )


async def write_rdf(
    service: Service, request: Request, publisher: Publisher, media_type: str, query: str
) -> tuple[bytes, str]:
    """Return the triples of a CONSTRUCT in a format, and its content type."""
    form = BY_MEDIA_TYPE[media_type]
    document = Document(request.scope["path"], "", await construct(service, query))
    # In a thread: writing thousands of triples takes longer than another request should wait.
    body = await asyncio.to_thread(publisher.write, document, form, place_of(request), address(request, CONTEXT))
    return body, form.content_type

"""`/sparql`: the query half of the SPARQL 1.1 Protocol, over the public pool."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import APIRouter
from fastapi.routing import APIRoute
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from hct_kg.api import sparql_openapi as openapi
from hct_kg.api.disconnect import WhileConnected
from hct_kg.api.negotiation import best, negotiate
from hct_kg.api.service import service_of
from hct_kg.api.service_description import describing_query
from hct_kg.api.sparql_call import SparqlCall, read_call
from hct_kg.store.formats import GRAPH_FORMATS, JSON, ROW_FORMATS
from hct_kg.store.pool import QueryAnswer, QueryPool, QueryRequest

PATHS = ("/sparql", "/sparql/")
ROWS = {form.media_type: form for form in ROW_FORMATS} | {"application/json": JSON}
GRAPHS = {form.media_type: form for form in GRAPH_FORMATS}
OFFERED_ROWS, OFFERED_GRAPHS = tuple(ROWS), tuple(GRAPHS)
CLIENT_CLOSED_REQUEST = 499


class PlainRoute(APIRoute):
    """A route of which FastAPI knows the documentation only: half the time of a request is its parameters."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler as it is: it reads the request itself."""
        handler: Callable[[Request], Coroutine[Any, Any, Response]] = self.endpoint
        return handler


def router() -> APIRouter:
    """Return the routes of the endpoint, with and without a slash at the end."""
    routes = APIRouter(tags=["sparql"], route_class=PlainRoute)
    for path in PATHS:
        shown = path == PATHS[0]
        routes.add_api_route(path, sparql, methods=["GET"], include_in_schema=shown, **openapi.GET)
        routes.add_api_route(path, sparql, methods=["POST"], include_in_schema=shown, **openapi.POST)
    return routes


async def sparql(request: Request) -> Response:
    """Answer a query, or describe the service where none is asked."""
    service = service_of(request)
    accept = ",".join(request.headers.getlist("accept"))
    call = await read_call(request, service.settings.body_bytes << 10)
    if call is None:
        return await describe(request, accept)
    return await answer(request, service.pools.public, call, accept)


async def answer(request: Request, pool: QueryPool, call: SparqlCall, accept: str) -> Response:
    """Answer a query in the format that is wanted most, among those for its kind of result."""
    rows, graph = best(accept, OFFERED_ROWS), best(accept, OFFERED_GRAPHS)
    if rows is None and graph is None:
        negotiate(accept, OFFERED_ROWS + OFFERED_GRAPHS)
    query = QueryRequest(
        call.query, call.default_graphs, call.named_graphs, ROWS.get(rows or ""), GRAPHS.get(graph or "")
    )
    try:
        async with WhileConnected(request):
            result = await pool.query(query)
    except ClientDisconnect:
        return Response(status_code=CLIENT_CLOSED_REQUEST)
    return respond(result, rows)


async def describe(request: Request, accept: str) -> Response:
    """Answer with the service description: https://www.w3.org/TR/sparql11-service-description/."""
    form = GRAPHS[negotiate(accept, OFFERED_GRAPHS)]
    endpoint = str(request.url.replace(path=request.url.path.rstrip("/"), query="", fragment=""))
    query = QueryRequest(describing_query(endpoint), graph_format=form)
    return respond(await service_of(request).pools.curated.query(query), None)


def respond(result: QueryAnswer, row_type: str | None) -> Response:
    """Return a result; rows in JSON are called as the client asked for them."""
    as_json = result.format is JSON and row_type == "application/json"
    content_type = row_type if as_json else result.format.content_type
    return Response(result.body, headers={"Content-Type": str(content_type), "Vary": "Accept"})

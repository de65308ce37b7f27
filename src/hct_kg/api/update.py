"""`/update`: the update half of the SPARQL 1.1 Protocol."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from hct_kg.api import update_openapi as openapi
from hct_kg.api.plain import PlainRoute
from hct_kg.api.service import service_of
from hct_kg.api.sparql import UPDATE_PATH
from hct_kg.api.sparql_call import UPDATE, read_call
from hct_kg.api.writing import authorised, commit
from hct_kg.store.values import Update

PATHS = (UPDATE_PATH, UPDATE_PATH + "/")


def router() -> APIRouter:
    """Return the route of the endpoint, with and without a slash at the end."""
    routes = APIRouter(tags=["sparql"], route_class=PlainRoute)
    for path in PATHS:
        routes.add_api_route(path, update, methods=["POST"], include_in_schema=path == PATHS[0], **openapi.POST)
    return routes


async def update(request: Request) -> Response:
    """Make one update, whole or not at all."""
    attempt = await authorised(request)
    call = await read_call(request, UPDATE, service_of(request).settings.write_bytes << 20)
    assert call is not None, "a POST always asks for something"
    await commit(request, attempt, Update(call.text, call.default_graphs, call.named_graphs))
    return Response(status_code=204)

"""`/healthz`: the server is alive; `/readyz`: a worker kept for the curated routes has answered, and is to go on."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from hct_kg.api.models import Answer
from hct_kg.api.problems import problem_responses
from hct_kg.api.service import service_of
from hct_kg.errors import ServiceStopping
from hct_kg.store.pool import QueryRequest

CACHE = {"Cache-Control": "no-store"}
READY = QueryRequest("ASK { ?s ?p ?o }")


class Health(Answer):
    """What a probe is told."""

    status: str
    dataset_version: str


def router() -> APIRouter:
    """Return both routes."""
    routes = APIRouter(tags=["operations"])
    routes.add_api_route(
        "/healthz",
        healthz,
        response_model=Health,
        operation_id="healthz",
        summary="Is the server alive?",
        description="Needs no worker, so it answers throughout.",
    )
    routes.add_api_route(
        "/readyz",
        readyz,
        response_model=Health,
        operation_id="readyz",
        summary="Can questions be answered?",
        description="A worker has evaluated a query over the dataset just now, and the service is not about to stop.",
        responses=problem_responses(503, 504),
    )
    return routes


async def healthz(request: Request, response: Response) -> Health:
    """Answer without any worker."""
    response.headers.update(CACHE)
    return Health(status="alive", dataset_version=service_of(request).version)


async def readyz(request: Request, response: Response) -> Health:
    """Answer after a query; raises what the query does, and ServiceStopping from the moment of SIGTERM."""
    if request.app.state.draining:
        raise ServiceStopping("The service is being stopped; send requests elsewhere, or try again when it is back.")
    service = service_of(request)
    await service.edition.curated.query(READY)
    response.headers.update(CACHE)
    return Health(status="ready", dataset_version=service.version)

"""`/v1/validate`: the SHACL report about RDF that is sent; nothing of it is kept."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from hct_kg.api.answers import each_parameter_once
from hct_kg.api.disconnect import WhileConnected
from hct_kg.api.dumps import file_of
from hct_kg.api.graph_bodies import read_payloads
from hct_kg.api.graphs_openapi import BODY
from hct_kg.api.models import Meta
from hct_kg.api.negotiation import negotiate
from hct_kg.api.problems import problem_responses
from hct_kg.api.service import JSON, Service, service_of
from hct_kg.api.sparql import CLIENT_CLOSED_REQUEST
from hct_kg.api.validate_models import ValidateAnswer, ValidateQuestion
from hct_kg.errors import QueueFull
from hct_kg.examining import JSON as PLAIN
from hct_kg.examining import Report, examine
from hct_kg.store.formats import JSON_LD, NTRIPLES, TURTLE, Format
from hct_kg.store.values import Limits

PATH = "/v1/validate"
DATASET = "hct-kg.nq"
FORMATS: dict[str, Format] = {form.media_type: form for form in (TURTLE, JSON_LD, NTRIPLES)}
DESCRIPTION = """
The body is RDF, or several files of it as multipart/form-data, in any format that /graphs takes; of quads, the union
of all graphs is validated. It is validated with the shapes at /shapes, together with the ontology. The answer is
200 whether it conforms or not: the report says so, in JSON or as RDF by `Accept`. Nothing is kept, and nothing that
the body names is fetched. It runs in a process of its own with the time and memory of a query, few at once.
"""
RESPONSES = {
    200: {"content": {media_type: {"schema": {"type": "string"}} for media_type in FORMATS}},
    **problem_responses(400, 401, 405, 406, 413, 415, 422, 429, 500, 503, 504, 507),
}


class Places:
    """How many validations are under way; one more than may be is refused, since each takes all of a processor."""

    def __init__(self) -> None:
        self._taken = 0

    @contextmanager
    def one(self, most: int) -> Iterator[None]:
        """Take a place, or raise QueueFull."""
        if self._taken >= most:
            raise QueueFull(f"{self._taken} validations are under way, which is all there may be; try again shortly.")
        self._taken += 1
        try:
            yield
        finally:
            self._taken -= 1


def router() -> APIRouter:
    """Return the route of the validation."""
    routes = APIRouter(tags=["validation"])
    places = Places()

    async def validate(request: Request, question: Annotated[ValidateQuestion, Query()]) -> Response:
        each_parameter_once(request)
        media_type = negotiate(request.headers.get("accept"), (JSON, *FORMATS))
        service = service_of(request)
        payloads = await read_payloads(request, service.settings.body_bytes << 10)
        form = FORMATS.get(media_type)
        try:
            with places.one(service.settings.curated_workers):
                async with WhileConnected(request):
                    dataset = await file_of(service, DATASET) if question.beside else None
                    settings = service.settings
                    limits = replace(Limits.of(settings), memory=settings.validate_memory)
                    report = await examine(payloads, form.name if form else PLAIN, settings.ontology, limits, dataset)
        except ClientDisconnect:
            return Response(status_code=CLIENT_CLOSED_REQUEST)
        headers = {"Vary": "Accept", "Content-Type": form.content_type if form else JSON}
        return Response(report.body if form else in_json(service, report), headers=headers)

    routes.add_api_route(
        PATH,
        validate,
        methods=["POST"],
        response_model=ValidateAnswer,
        operation_id="validate",
        summary="Whether RDF is in shape: the SHACL report, with what to mend",
        description=DESCRIPTION,
        responses=RESPONSES,
        openapi_extra={"requestBody": BODY},
    )
    return routes


def in_json(service: Service, report: Report) -> bytes:
    """Return a report with its meta; there is no permalink to what somebody has sent."""
    meta = Meta(dataset_version=service.version, count=report.count, complete=True, permalink=None)
    return b'{"data":' + report.body + b',"meta":' + meta.model_dump_json().encode() + b"}"

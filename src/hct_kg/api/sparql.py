"""`/sparql`: the query half of the SPARQL 1.1 Protocol, over the public pool."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from hct_kg.api import sparql_openapi as openapi
from hct_kg.api.disconnect import WhileConnected
from hct_kg.api.memory import Remembered, question_of
from hct_kg.api.negotiation import best, negotiate
from hct_kg.api.observation import observe
from hct_kg.api.pinning import permalink
from hct_kg.api.plain import PlainRoute
from hct_kg.api.publishing import address
from hct_kg.api.service import Service, service_of
from hct_kg.api.service_description import describing_query
from hct_kg.api.sparql_call import QUERY, SparqlCall, read_call
from hct_kg.api.streamed import StreamedResult
from hct_kg.store.formats import GRAPH_FORMATS, JSON, RDF_XML, ROW_FORMATS, XML, Format
from hct_kg.store.pool import LentStream, QueryAnswer, QueryRequest

PATHS = ("/sparql", "/sparql/")
UPDATE_PATH = "/update"
ROWS = {form.media_type: form for form in ROW_FORMATS} | {"application/json": JSON}
GRAPHS = {form.media_type: form for form in GRAPH_FORMATS}
OFFERED_ROWS, OFFERED_GRAPHS = tuple(ROWS), tuple(GRAPHS)
CLIENT_CLOSED_REQUEST = 499
# Each also finds what only looks so, in a string say: then a result is not kept that might have been.
CHANGING_CALL = re.compile(r"\b(NOW|RAND|UUID|STRUUID|BNODE)\s*\(", re.IGNORECASE)
BLANK_IN_TEMPLATE = re.compile(r"_:|\[")
BLANK_IN_RESULT = {JSON: b'"bnode"', XML: b"<bnode>", RDF_XML: b"nodeID"}
BLANK_ELSEWHERE = b"_:"


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
    call = await read_call(request, QUERY, service.settings.body_bytes << 10)
    observe(request).query = call.text if call else None
    if call is None:
        return await describe(request, accept)
    return await answer(request, service, call, accept)


ENDPOINTS = {(method, PATHS[0]): sparql for method in ("GET", "POST")}


async def answer(request: Request, service: Service, call: SparqlCall, accept: str) -> Response:
    """Answer a query in the format that is wanted most, among those for its kind of result."""
    rows, graph = best(accept, OFFERED_ROWS), best(accept, OFFERED_GRAPHS)
    if rows is None and graph is None:
        negotiate(accept, OFFERED_ROWS + OFFERED_GRAPHS)
    query = QueryRequest(
        call.text,
        call.default_graphs,
        call.named_graphs,
        ROWS.get(rows or ""),
        GRAPHS.get(graph or ""),
        # The end of an answer in HTTP/1.0 is the end of the connection: a cut one would look whole.
        stream=request.scope["http_version"] != "1.0",
    )
    try:
        async with WhileConnected(request):
            result = await service.edition.public.stream(query)
    except ClientDisconnect:
        return Response(status_code=CLIENT_CLOSED_REQUEST)
    if isinstance(result, QueryAnswer):
        observe(request).answered(result.rows)
    headers = {"Vary": "Accept", **pinned(request, call, accept, result)}
    if isinstance(result, LentStream):
        return StreamedResult(result, {**headers, "Content-Type": content_type(result.answer.format, rows)})
    if request.method == "GET" and "Cache-Control" not in headers:
        kept = Remembered(result.body, content_type(result.format, rows), result.rows, headers.get("Link"))
        service.answers.keep(question_of(request.scope), kept)
    return respond(result, rows, headers)


async def describe(request: Request, accept: str) -> Response:
    """Answer with the service description: https://www.w3.org/TR/sparql11-service-description/."""
    form = GRAPHS[negotiate(accept, OFFERED_GRAPHS)]
    service = service_of(request)
    update = address(request, UPDATE_PATH) if service.settings.writable else None
    query = QueryRequest(describing_query(address(request, request.scope["path"]), update), graph_format=form)
    return respond(await service.edition.curated.query(query), None, {"Vary": "Accept"})


def respond(result: QueryAnswer, row_type: str | None, headers: Mapping[str, str]) -> Response:
    """Return a whole result."""
    return Response(result.body, headers={**headers, "Content-Type": content_type(result.format, row_type)})


def content_type(form: Format, row_type: str | None) -> str:
    """Return the media type of a result; rows in JSON are called as the client asked for them."""
    return "application/json" if form is JSON and row_type == "application/json" else form.content_type


def pinned(request: Request, call: SparqlCall, accept: str, result: QueryAnswer | LentStream) -> Mapping[str, str]:
    """Return the header with the permalink of a result; or, for one that is new each time, that it is not kept."""
    if changes_each_time(call, result):
        return {"Cache-Control": "no-store"}
    link = permalink(service_of(request).version, PATHS[0], asked_by_get(request, call), accept)
    return {"Link": f'<{link}>; rel="bookmark"'} if link else {}


def asked_by_get(request: Request, call: SparqlCall) -> str:
    """Return the query string that makes a call: that of a GET as it is."""
    sent: bytes = request.scope["query_string"]
    if request.method == "GET" and sent.isascii():
        return sent.decode()
    graphs = [(QUERY.default_graphs, iri) for iri in call.default_graphs]
    graphs += [(QUERY.named_graphs, iri) for iri in call.named_graphs]
    return urlencode([(QUERY.text, call.text), *graphs])


def changes_each_time(call: SparqlCall, result: QueryAnswer | LentStream) -> bool:
    """Tell whether the same query might give other bytes: by what it calls, or by new names for blank nodes."""
    if "(" in call.text and CHANGING_CALL.search(call.text):
        return True
    if isinstance(result, LentStream):
        return result.answer.format in GRAPH_FORMATS and BLANK_IN_TEMPLATE.search(call.text) is not None
    return BLANK_IN_RESULT.get(result.format, BLANK_ELSEWHERE) in result.body

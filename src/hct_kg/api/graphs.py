"""`/graphs`: the SPARQL 1.1 Graph Store HTTP Protocol, graphs named in the query string.

https://www.w3.org/TR/sparql11-http-rdf-update/#graph-identification: indirect, by `?graph=IRI`, and direct, by an
IRI that is an address below this one; those that POST makes are. `default` is the unnamed graph; the default graph
of a query at /sparql is the union of all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import uuid4

from fastapi import APIRouter
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from hct_kg.api import graphs_openapi as openapi
from hct_kg.api.disconnect import WhileConnected
from hct_kg.api.graph_bodies import read_payloads
from hct_kg.api.negotiation import negotiate
from hct_kg.api.plain import PlainRoute
from hct_kg.api.publishing import address
from hct_kg.api.service import service_of
from hct_kg.api.service_description import graphs_query
from hct_kg.api.sparql import CLIENT_CLOSED_REQUEST
from hct_kg.api.sparql_call import read_parameters
from hct_kg.api.streamed import StreamedResult
from hct_kg.api.writing import authorised, commit
from hct_kg.errors import MalformedRequest
from hct_kg.store.formats import GRAPH_FORMATS
from hct_kg.store.pool import GraphRequest, LentStream, QueryRequest
from hct_kg.store.values import GraphChange
from hct_kg.terms import is_iri

PATHS = ("/graphs", "/graphs/")
DIRECT = PATHS[1] + "{name:path}"
FORMATS = {form.media_type: form for form in GRAPH_FORMATS}
HOW = "give ?default or ?graph=IRI, once"


@dataclass(frozen=True, slots=True)
class Place:
    """The graph that a request is about: a named one, or (None) the unnamed one."""

    graph: str | None

    @property
    def names(self) -> tuple[str, ...]:
        """Its name, if it has one."""
        return () if self.graph is None else (self.graph,)


def router() -> APIRouter:
    """Return the routes of the graph store, with and without a slash at the end."""
    routes = APIRouter(tags=["graphs"], route_class=PlainRoute)
    for path in (*PATHS, DIRECT):
        shown = path == PATHS[0]
        routes.add_api_route(path, read, methods=["GET"], include_in_schema=shown, **openapi.GET)
        routes.add_api_route(path, put, methods=["PUT"], include_in_schema=shown, **openapi.PUT)
        routes.add_api_route(path, post, methods=["POST"], include_in_schema=shown, **openapi.POST)
        routes.add_api_route(path, delete, methods=["DELETE"], include_in_schema=shown, **openapi.DELETE)
    return routes


async def read(request: Request) -> Response:
    """Answer with a graph; with the list of all graphs where none is named."""
    service = service_of(request)
    form = FORMATS[negotiate(",".join(request.headers.getlist("accept")), tuple(FORMATS))]
    place = place_of(request)
    headers = {"Vary": "Accept", "Content-Type": form.content_type}
    if place is None:
        listing = QueryRequest(graphs_query(address(request, PATHS[0])), graph_format=form)
        answer = await service.edition.curated.query(listing)
        return Response(answer.body, headers=headers)
    stream = request.scope["http_version"] != "1.0"
    try:
        async with WhileConnected(request):
            result = await service.edition.public.stream(GraphRequest(place.graph, form, stream=stream))
    except ClientDisconnect:
        return Response(status_code=CLIENT_CLOSED_REQUEST)
    return StreamedResult(result, headers) if isinstance(result, LentStream) else Response(result.body, headers=headers)


async def put(request: Request) -> Response:
    """Replace a graph, or make it."""
    attempt = await authorised(request)
    place = named(request)
    payloads = await read_payloads(request, service_of(request).settings.write_bytes << 20)
    done = await commit(request, attempt, GraphChange("replace", place.graph, payloads), place.names)
    return Response(status_code=204 if done.existed else 201)


async def post(request: Request) -> Response:
    """Merge into a graph; into a new one where none is named, whose address is in Location."""
    attempt = await authorised(request)
    given = place_of(request)
    place = given or Place(new_name(request))
    payloads = await read_payloads(request, service_of(request).settings.write_bytes << 20)
    done = await commit(request, attempt, GraphChange("merge", place.graph, payloads), place.names)
    if given is None:
        return Response(status_code=201, headers={"Location": str(place.graph)})
    return Response(status_code=204 if done.existed else 201)


async def delete(request: Request) -> Response:
    """Drop a graph, or empty the unnamed one."""
    attempt = await authorised(request)
    place = named(request)
    await commit(request, attempt, GraphChange("drop", place.graph), place.names)
    return Response(status_code=204)


def named(request: Request) -> Place:
    """Return the graph that a request names; raises MalformedRequest where it names none."""
    place = place_of(request)
    if place is None:
        raise MalformedRequest(f"No graph is named: {HOW}.", "graph")
    return place


def place_of(request: Request) -> Place | None:
    """Return the graph that a request names, or None; its name is percent-decoded once.

    Raises MalformedRequest where it names more than one, or by something that is no absolute IRI.
    """
    parameters = read_parameters(request.scope["query_string"], "the query string")
    if request.scope["path"] not in PATHS:
        return direct(request, parameters)
    match parameters:
        case []:
            return None
        case [("default", "")]:
            return Place(None)
        case [("graph", iri)]:
            return Place(checked(iri))
    name = next((name for name, _ in parameters if name not in ("default", "graph")), "graph")[:80]
    raise MalformedRequest(f"The query string must name one graph: {HOW}, and nothing else.", name)


def direct(request: Request, parameters: Sequence[tuple[str, str]]) -> Place:
    """Return the graph whose IRI is the URL of the request; raises MalformedRequest where it names another too."""
    if parameters:
        raise MalformedRequest("The path names the graph; leave the query string out.", parameters[0][0][:80])
    return Place(checked(address(request, request.scope["path"])))


def new_name(request: Request) -> str:
    """Return an IRI that is no graph's yet, and where it is read and written."""
    return checked(address(request, f"{PATHS[1]}{uuid4()}"))


def checked(iri: str) -> str:
    """Return an IRI; raises MalformedRequest where it is none, or not absolute."""
    if not is_iri(iri):
        raise MalformedRequest(f"{iri[:200]!r} is no absolute IRI: {HOW}.", "graph")
    return iri

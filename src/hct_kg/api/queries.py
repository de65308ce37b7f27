"""`/v1/queries`: every curated query as a typed route of its own, generated from its file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response

from hct_kg.api.answers import cached, each_parameter_once, keep, no_parameters
from hct_kg.api.collections import ROUTES
from hct_kg.api.models import Answer, PageMeta
from hct_kg.api.negotiation import negotiate
from hct_kg.api.problems import PROBLEM_RESPONSES
from hct_kg.api.query_models import (
    Cell,
    ConceptDescription,
    ParameterDescription,
    QueryAnswer,
    QueryDescription,
    QueryListing,
)
from hct_kg.api.query_openapi import SPARQL_QUERY, describe_answer, describe_operation
from hct_kg.api.query_pages import CURSOR, LIMIT, Asked, Page, WholeAnswers
from hct_kg.api.service import JSON, Service, service_of
from hct_kg.catalogue import CuratedQuery
from hct_kg.errors import InvalidParameter
from hct_kg.parameters import RESERVED, Parameter
from hct_kg.schemes import QUERY, Concept, Schemes, read_schemes
from hct_kg.store import EmbeddedStore, Row, Term, read_file
from hct_kg.store.formats import ROW_FORMATS
from hct_kg.store.pool import QueryRequest
from hct_kg.terms import GRAPH, ID, XSD, shorten

RESULTS = {form.media_type: form for form in ROW_FORMATS}
NUMBERS = frozenset(XSD + name for name in ("integer", "decimal", "double", "float", "nonNegativeInteger"))


def router(catalogue: Mapping[str, CuratedQuery], ontology: Path) -> APIRouter:
    """Return the list of curated queries, and the route of each; raises DataError or RdfSyntaxError."""
    routes = APIRouter(tags=["queries"], responses=PROBLEM_RESPONSES)
    schemes, wholes = fixed_schemes(ontology), WholeAnswers()
    add_list(routes)
    for query in catalogue.values():
        add_query(routes, query, schemes, wholes)
    return routes


def fixed_schemes(ontology: Path) -> Schemes:
    """Return the concept schemes that the ontology fixes: no request changes them."""
    store = EmbeddedStore(read_file(ontology / "schemes.ttl", GRAPH + "schemes"))
    return read_schemes(store.select(QUERY))


def add_list(routes: APIRouter) -> None:
    """Add the route that lists all curated queries."""

    async def listing(request: Request) -> Response:
        no_parameters(request)
        service = service_of(request)

        async def answer() -> Answer:
            schemes = read_schemes(await service.select(QUERY))
            queries = sorted(service.catalogue.values(), key=lambda query: (query.number, query.name))
            data = [describe(query, schemes) for query in queries]
            return QueryListing(data=data, meta=service.meta(request, len(data)))

        return await cached(service, request, answer)

    routes.add_api_route(
        "/v1/queries",
        listing,
        response_model=QueryListing,
        operation_id="list-queries",
        summary="The questions that the service answers, with their parameters",
    )


def add_query(routes: APIRouter, query: CuratedQuery, schemes: Schemes, wholes: WholeAnswers) -> None:
    """Add the route of one curated query."""

    async def run(request: Request) -> Response:
        each_parameter_once(request)
        return await answer_query(service_of(request), request, query, wholes)

    routes.add_api_route(
        path_of(query),
        run,
        response_model=QueryAnswer,
        operation_id=f"query-{query.name}",
        summary=query.question,
        description=f"{query.summary}\n\nFor: {query.audience}. Columns: {', '.join(query.columns)}.",
        responses={200: describe_answer()},
        openapi_extra=describe_operation(query, schemes),
    )


async def answer_query(service: Service, request: Request, query: CuratedQuery, wholes: WholeAnswers) -> Response:
    """Return a query's rows in the media type that is wanted, or its text; raises InvalidParameter."""
    media_type = negotiate(request.headers.get("accept"), (JSON, *RESULTS, SPARQL_QUERY))
    given = {name: value for name, value in request.query_params.items() if name not in RESERVED}
    text = query.bind(given, RESERVED)
    asked = Asked.of(request.query_params)
    if media_type == SPARQL_QUERY:
        if not asked.whole:
            raise InvalidParameter(f"{LIMIT} and {CURSOR} are for rows, and {SPARQL_QUERY} has none", LIMIT)
        return Response(text, media_type=SPARQL_QUERY, headers={"Vary": "Accept"})
    await check_members(service, query, given)
    if media_type != JSON and asked.whole:
        answer = await service.edition.curated.query(QueryRequest(text, row_format=RESULTS[media_type]))
        return Response(answer.body, media_type=answer.format.content_type, headers={"Vary": "Accept"})
    page = await wholes.page(service, query.name, text, asked)
    if media_type != JSON:
        form = RESULTS[media_type]
        return send(service, request, page, page.write(form), form.content_type)
    return send(service, request, page, as_json(service, request, query, page), JSON)


def as_json(service: Service, request: Request, query: CuratedQuery, page: Page) -> bytes:
    """Return rows as plain JSON."""
    rows = [plain(row, query.columns) for row in page.rows]
    meta = service.meta(request, len(rows), page.complete)
    answer = {
        "data": rows,
        "columns": list(query.columns),
        "question": query.question,
        "meta": PageMeta(**meta.model_dump(), total=page.total, next=page.next).model_dump(),
    }
    return json.dumps(answer, ensure_ascii=False).encode()


def send(service: Service, request: Request, page: Page, body: bytes, content_type: str) -> Response:
    """Return the response, with a link to the next page if there is one, and keep it for who asks the same again."""
    link = None
    if page.next is not None:
        kept = [(name, value) for name, value in request.query_params.multi_items() if name != CURSOR]
        link = f'<{request.url.path}?{urlencode([*kept, (CURSOR, page.next)])}>; rel="next"'
    return keep(service, request, body, content_type, link)


async def check_members(service: Service, query: CuratedQuery, values: Mapping[str, str]) -> None:
    """Raise InvalidParameter for an identifier of something that is not what the query declares."""
    for parameter, value, ask in query.membership_checks(values):
        if not await service.select(ask):
            raise parameter.stranger(value, await what_there_is(service, parameter))


async def what_there_is(service: Service, parameter: Parameter) -> str:
    """Return the concepts that a parameter takes, or where things of its class are found."""
    if parameter.scheme_iri:
        concepts = read_schemes(await service.select(QUERY)).get(parameter.scheme_iri, ())
        return f"there is {', '.join(shorten(concept.iri) for concept in concepts) or 'none'}"
    kind = parameter.class_iri or ""
    return (
        f"{ROUTES[kind]} lists all there are" if kind in ROUTES else f"/v1/search?class={shorten(kind)}&q=… finds one"
    )


def describe(query: CuratedQuery, schemes: Schemes) -> QueryDescription:
    """Return a query as it is listed."""
    return QueryDescription(
        name=query.name,
        iri=f"{ID}query/{query.name}",
        number=query.number,
        question=query.question,
        audience=query.audience,
        summary=query.summary,
        parameters=[describe_parameter(parameter, schemes) for parameter in query.parameters.values()],
        columns=list(query.columns),
        href=path_of(query),
    )


def describe_parameter(parameter: Parameter, schemes: Schemes) -> ParameterDescription:
    """Return a parameter as it is listed."""
    scheme = parameter.scheme_iri
    return ParameterDescription(
        name=parameter.name,
        type=parameter.type,
        class_iri=shorten(parameter.class_iri) if parameter.class_iri else None,
        scheme=shorten(scheme) if scheme else None,
        values=[describe_concept(concept) for concept in schemes.get(scheme, ())] if scheme else None,
        description=parameter.description,
        required=parameter.required,
        default=parameter.default,
        example=parameter.example,
    )


def describe_concept(concept: Concept) -> ConceptDescription:
    """Return a concept as it is listed."""
    return ConceptDescription(id=shorten(concept.iri), iri=concept.iri, label=concept.label)


def path_of(query: CuratedQuery) -> str:
    """Return the path of a query's route."""
    return f"/v1/queries/{query.name}"


def plain(row: Row, columns: tuple[str, ...]) -> dict[str, Cell]:
    """Return a row with every column; an unbound one is null."""
    return {name: plain_term(row[name]) if name in row else None for name in columns}


def plain_term(term: Term) -> Cell:
    """Return a term as JSON has it: numbers and truth values as such, identifiers in short form."""
    if term.kind == "uri":
        return shorten(term.value)
    if term.datatype in NUMBERS:
        number = float(term.value)
        return int(number) if number.is_integer() else number
    if term.datatype == XSD + "boolean":
        return term.value in ("true", "1")
    return term.value

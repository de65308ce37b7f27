"""`/v1/queries`: every curated query as a typed route of its own, generated from its file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, Any, TypeAlias

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, create_model

from hct_kg.api.answers import cached, each_parameter_once, no_parameters, remembered
from hct_kg.api.models import Answer, Meta
from hct_kg.api.negotiation import negotiate
from hct_kg.api.problems import PROBLEM_RESPONSES
from hct_kg.api.service import JSON, Service, service_of
from hct_kg.catalogue import CuratedQuery, Parameter
from hct_kg.store import Row, Term
from hct_kg.store.formats import ROW_FORMATS
from hct_kg.store.pool import QueryRequest
from hct_kg.terms import XSD, shorten

SPARQL_QUERY = "application/sparql-query"
RESULTS = {form.media_type: form for form in ROW_FORMATS}
NUMBERS = frozenset(XSD + name for name in ("integer", "decimal", "double", "float", "nonNegativeInteger"))
Cell: TypeAlias = str | int | float | bool | None


class ParameterDescription(Answer):
    """A parameter of a curated query."""

    name: str
    type: str
    description: str
    required: bool
    default: str | None
    example: str | None


class QueryDescription(Answer):
    """A curated query: the question that it answers, and how to ask it."""

    name: str
    number: int = Field(description="Its number in the README's list of questions.")
    question: str
    audience: str
    summary: str
    parameters: list[ParameterDescription]
    columns: list[str]
    href: str


class QueryListing(Answer):
    """All curated queries, by number."""

    data: list[QueryDescription]
    meta: Meta


class QueryAnswer(Answer):
    """The rows of a curated query: identifiers in short form, numbers and truth values as such."""

    data: list[dict[str, Cell]]
    columns: list[str]
    question: str
    meta: Meta


def router(catalogue: Mapping[str, CuratedQuery]) -> APIRouter:
    """Return the list of curated queries, and the route of each."""
    routes = APIRouter(tags=["queries"], responses=PROBLEM_RESPONSES)
    add_list(routes)
    for query in catalogue.values():
        add_query(routes, query)
    return routes


def add_list(routes: APIRouter) -> None:
    """Add the route that lists all curated queries."""

    async def listing(request: Request) -> Response:
        no_parameters(request)
        service = service_of(request)

        async def answer() -> Answer:
            data = [describe(query) for query in sorted(service.catalogue.values(), key=lambda q: (q.number, q.name))]
            return QueryListing(data=data, meta=service.meta(request, len(data)))

        return await cached(service, request, answer)

    routes.add_api_route(
        "/v1/queries",
        listing,
        response_model=QueryListing,
        operation_id="list-queries",
        summary="The questions that the service answers, with their parameters",
    )


def add_query(routes: APIRouter, query: CuratedQuery) -> None:
    """Add the route of one curated query."""
    question_model = parameters_model(query)

    async def run(request: Request, given: Annotated[BaseModel, Query()]) -> Response:
        each_parameter_once(request)
        values = {name: value for name, value in given.model_dump().items() if value is not None}
        return await answer_query(service_of(request), request, query, values)

    run.__annotations__["given"] = Annotated[question_model, Query()]
    routes.add_api_route(
        f"/v1/queries/{query.name}",
        run,
        response_model=QueryAnswer,
        operation_id=f"query-{query.name}",
        summary=query.question,
        description=f"{query.summary}\n\nFor: {query.audience}. Columns: {', '.join(query.columns)}.",
        responses={200: {"content": {media: {} for media in (*RESULTS, SPARQL_QUERY)}}},
    )


def parameters_model(query: CuratedQuery) -> type[BaseModel]:
    """Return the model of a query's parameters; one that is not declared is refused."""
    fields: dict[str, Any] = {name: parameter_field(parameter) for name, parameter in query.parameters.items()}
    config = ConfigDict(extra="forbid", frozen=True)
    return create_model(f"Parameters of {query.name}", __config__=config, **fields)


def parameter_field(parameter: Parameter) -> tuple[Any, Any]:
    """Return a parameter as a field of a model: values stay text, and the catalogue reads them as terms."""
    examples = [parameter.example] if parameter.example else None
    default = ... if parameter.required else parameter.default
    described = Field(
        default,
        description=parameter.description,
        max_length=2000,
        json_schema_extra={"format": parameter.type},
        examples=examples,
    )
    return (str if parameter.required else str | None), described


async def answer_query(service: Service, request: Request, query: CuratedQuery, values: dict[str, str]) -> Response:
    """Return a query's rows in the media type that is wanted, or its text."""
    media_type = negotiate(request.headers.get("accept"), (JSON, *RESULTS, SPARQL_QUERY))
    text = query.bind(values)
    if media_type == SPARQL_QUERY:
        return Response(text, media_type=SPARQL_QUERY, headers={"Vary": "Accept"})
    await check_members(service, query, values)
    if media_type != JSON:
        answer = await service.pools.curated.query(QueryRequest(text, row_format=RESULTS[media_type]))
        return Response(answer.body, media_type=answer.format.content_type, headers={"Vary": "Accept"})
    return await answer_rows(service, request, query, text)


async def answer_rows(service: Service, request: Request, query: CuratedQuery, text: str) -> Response:
    """Return a query's rows as plain JSON."""
    rows = [plain(row, query.columns) for row in await service.select(text)]
    answer = {
        "data": rows,
        "columns": list(query.columns),
        "question": query.question,
        "meta": service.meta(request, len(rows)).model_dump(),
    }
    return remembered(service, request, json.dumps(answer, ensure_ascii=False).encode())


async def check_members(service: Service, query: CuratedQuery, values: Mapping[str, str]) -> None:
    """Raise InvalidParameter for an identifier of something that is not what the query declares."""
    for parameter, value, ask in query.membership_checks(values):
        if not await service.select(ask):
            raise parameter.stranger(value)


def describe(query: CuratedQuery) -> QueryDescription:
    """Return a query as it is listed."""
    return QueryDescription(
        name=query.name,
        number=query.number,
        question=query.question,
        audience=query.audience,
        summary=query.summary,
        parameters=[describe_parameter(parameter) for parameter in query.parameters.values()],
        columns=list(query.columns),
        href=f"/v1/queries/{query.name}",
    )


def describe_parameter(parameter: Parameter) -> ParameterDescription:
    """Return a parameter as it is listed."""
    return ParameterDescription(
        name=parameter.name,
        type=parameter.type,
        description=parameter.description,
        required=parameter.required,
        default=parameter.default,
        example=parameter.example,
    )


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

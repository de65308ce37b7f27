"""`/v1/trace`: the chains of causal links from, to or between factors, each link with its evidence."""

from __future__ import annotations

import asyncio
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from hct_kg import tracing
from hct_kg.api import trace_formats, trace_rdf
from hct_kg.api.answers import each_parameter_once, keep, remembered
from hct_kg.api.causal import FactorRef, Identifier, known_factor, known_model, refer
from hct_kg.api.chains import ChainAnswer, describe_chain
from hct_kg.api.descriptions import having
from hct_kg.api.models import Answer, Meta
from hct_kg.api.negotiation import negotiate
from hct_kg.api.pinning import permalink
from hct_kg.api.problems import PROBLEM_RESPONSES
from hct_kg.api.publishing import CONTEXT, Document, Publisher, address, construct, place_of
from hct_kg.api.representations import BY_MEDIA_TYPE, JSON_LD, TURTLE, content_type
from hct_kg.api.service import JSON, Service, service_of
from hct_kg.errors import InvalidParameter
from hct_kg.links import Link, Network
from hct_kg.terms import ID

Modality = Literal["recommended", "anticipated", "intended", "perceived", "observed"]
MAX_DEPTH = 12
MAX_CHAINS = 1000
MAX_PASSAGES = 100
FORMATS = (JSON, JSON_LD.media_type, TURTLE.media_type, *trace_formats.FORMATS)


class TraceQuestion(BaseModel):
    """What to trace; give `from`, `to` or both."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    start: Identifier | None = Field(
        None,
        alias="from",
        max_length=500,
        description="The factor that chains begin at.",
        examples=["factor/grant-funding"],
    )
    to: Identifier | None = Field(
        None, max_length=500, description="The factor that chains end at.", examples=["factor/ultimate-impact"]
    )
    direction: Literal["downstream", "upstream"] | None = Field(
        None, description="With one factor: downstream of `from` is the default, upstream of `to`."
    )
    model: Identifier | None = Field(
        None,
        max_length=500,
        description="Only links of this causal model.",
        examples=["model/hct-theory-of-change"],
    )
    depth: int = Field(8, ge=1, le=MAX_DEPTH, description="Most links in a chain.")
    limit: int = Field(100, ge=1, le=MAX_CHAINS, description="Most chains in the answer.")
    modality: Modality | None = Field(None, description="Only links of this modality.")
    explicitness: Literal["stated", "implied"] | None = Field(None, description="Only stated, or only implied, links.")
    min_passages: int = Field(1, ge=1, le=MAX_PASSAGES, description="Only links that so many passages support.")


class TraceData(Answer):
    """The chains: fewest implied links first, then shortest."""

    start: FactorRef | None = Field(serialization_alias="from")
    to: FactorRef | None
    direction: Literal["downstream", "upstream"]
    caution: str
    chains: list[ChainAnswer]


class TraceMeta(Meta):
    """Meta of a trace: `bound` names the bound that was hit where `complete` is false."""

    bound: Literal["chains", "depth", "expansions"] | None


class TraceAnswer(Answer):
    """The answer of `/v1/trace`."""

    data: TraceData
    meta: TraceMeta


def router(publisher: Publisher) -> APIRouter:
    """Return the route of `/v1/trace`."""
    routes = APIRouter(tags=["tracing"], responses=PROBLEM_RESPONSES)

    async def trace(request: Request, question: Annotated[TraceQuestion, Query()]) -> Response:
        each_parameter_once(request)
        service = service_of(request)
        media_type = negotiate(request.headers.get("accept"), FORMATS)
        # In a thread: a search at its bound takes long enough for other requests to notice.
        result = await asyncio.to_thread(find, service, question)
        if media_type in BY_MEDIA_TYPE:
            body = await write_rdf(service, request, publisher, result, media_type)
            return keep(service, request, body, BY_MEDIA_TYPE[media_type].content_type)
        data = describe(service.network, question, result)
        if media_type != JSON:
            body = trace_formats.FORMATS[media_type](data.chains, result.complete).encode()
            return keep(service, request, body, content_type(media_type))
        meta = service.meta(request, len(result.chains), result.complete)
        answer = TraceAnswer(data=data, meta=TraceMeta(**meta.model_dump(), bound=result.bound))
        return remembered(service, request, answer.model_dump_json(by_alias=True).encode())

    routes.add_api_route(
        "/v1/trace",
        trace,
        response_model=TraceAnswer,
        responses={200: {"content": {form: {"schema": {"type": "string"}} for form in FORMATS[1:]}}},
        operation_id="trace",
        summary="Chains of causal links from, to or between factors, with the evidence of each link",
    )
    return routes


def find(service: Service, question: TraceQuestion) -> tracing.Trace:
    """Return the chains that a question asks for.

    Raises InvalidParameter where neither end is given or the direction contradicts them, and
    UnknownResource for a factor or model that is not there.
    """
    network = service.network
    for name, iri in (("from", question.start), ("to", question.to)):
        if iri is not None:
            known_factor(network, name, iri)
    if question.model is not None:
        known_model(network, question.model)
    start, goal, direction = ends(question)
    bounds = tracing.Bounds(depth=question.depth, chains=question.limit)
    chosen = service.projection.where(lambda link: wanted(link, question)) if narrows(question) else service.projection
    return tracing.trace(chosen, start, goal, direction, bounds)


def ends(question: TraceQuestion) -> tuple[str, str | None, tracing.Direction]:
    """Return where the search begins, its goal, and its direction."""
    if question.start is not None and question.to is not None:
        if question.start == question.to:
            raise InvalidParameter("from and to are the same factor; a chain never returns to where it began", "to")
        return question.start, question.to, "downstream"
    if question.start is not None:
        return question.start, None, question.direction or "downstream"
    if question.to is not None:
        if question.direction == "downstream":
            raise InvalidParameter("downstream of a factor is asked with from=…, not with to=…", "direction")
        return question.to, None, "upstream"
    raise InvalidParameter("give from=… or to=…, or both", "from")


def narrows(question: TraceQuestion) -> bool:
    """Tell whether a question leaves any link out."""
    return bool(question.model or question.modality or question.explicitness) or question.min_passages > 1


def wanted(link: Link, question: TraceQuestion) -> bool:
    """Tell whether a link passes the question's filters."""
    return (
        (question.model is None or question.model in link.models)
        and (question.modality is None or link.modality == f"{ID}modality/{question.modality}")
        and (question.explicitness is None or link.explicitness == f"{ID}explicitness/{question.explicitness}")
        and len(link.evidence) >= question.min_passages
    )


def describe(network: Network, question: TraceQuestion, result: tracing.Trace) -> TraceData:
    """Return the chains as they are sent."""
    start, _, direction = ends(question)
    upstream = direction == "upstream"
    return TraceData(
        start=None if upstream else refer(network, start),
        to=refer(network, start) if upstream else refer(network, question.to) if question.to else None,
        direction=direction,
        caution=tracing.CAUTION,
        chains=[describe_chain(network, chain) for chain in result.chains],
    )


async def write_rdf(
    service: Service, request: Request, publisher: Publisher, result: tracing.Trace, media_type: str
) -> bytes:
    """Return the chains as RDF, with what the dataset says of their links and passages.

    What is about the answer as a whole is named by its permalink, or where that would be too long by its URL.
    """
    query = request.scope["query_string"].decode("latin-1")
    path = permalink(service.version, "/v1/trace", query, media_type)
    answer = address(request, path) if path else str(request.url)
    names = trace_rdf.named_in(result.chains)
    held = await construct(service, having(names)) if names else []
    said = trace_rdf.describe_answer(answer, result.chains, service.network.labels, result.complete)
    document = Document("/v1/trace", answer, [*dict.fromkeys([*said, *held])])
    # In a thread: writing thousands of triples takes longer than another request should wait.
    return await asyncio.to_thread(
        publisher.write, document, BY_MEDIA_TYPE[media_type], place_of(request), address(request, CONTEXT)
    )

"""`/v1/trace`: the chains of causal links from, to or between factors, each link with its evidence."""

from __future__ import annotations

import asyncio
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from hct_kg import tracing
from hct_kg.api.answers import cached, each_parameter_once
from hct_kg.api.models import Answer, Meta
from hct_kg.api.problems import PROBLEM_RESPONSES
from hct_kg.api.service import service_of
from hct_kg.errors import InvalidParameter, UnknownResource
from hct_kg.links import Citation, Link, Network
from hct_kg.terms import ID, expand, shorten

Modality = Literal["recommended", "anticipated", "intended", "perceived", "observed"]
Sign = Literal["positive", "negative", "unsigned"]
SIGNS: dict[int, Sign] = {1: "positive", -1: "negative", 0: "unsigned"}
MAX_DEPTH = 12
MAX_CHAINS = 1000


def identifier(text: str) -> str:
    """Return the IRI of an identifier; raises ValueError for text that is none."""
    iri = expand(text)
    if iri is None:
        raise ValueError("is no identifier such as factor/innovation, nor an IRI")
    return iri


Identifier = Annotated[str, AfterValidator(identifier)]


class TraceQuestion(BaseModel):
    """What to trace; give `from`, `to` or both."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    start: Identifier | None = Field(None, alias="from", max_length=500, description="The factor that chains begin at.")
    to: Identifier | None = Field(None, max_length=500, description="The factor that chains end at.")
    direction: Literal["downstream", "upstream"] | None = Field(
        None, description="With one factor: downstream of `from` is the default, upstream of `to`."
    )
    model: Identifier | None = Field(None, max_length=500, description="Only links of this causal model.")
    depth: int = Field(8, ge=1, le=MAX_DEPTH, description="Most links in a chain.")
    limit: int = Field(100, ge=1, le=MAX_CHAINS, description="Most chains in the answer.")
    modality: Modality | None = Field(None, description="Only links of this modality.")
    explicitness: Literal["stated", "implied"] | None = Field(None, description="Only stated, or only implied, links.")


class FactorRef(Answer):
    """A factor by identifier, IRI and label."""

    id: str
    iri: str
    label: str


class PassageRef(Answer):
    """Where a link is written; offsets in Unicode code points, end exclusive."""

    id: str
    document: str
    document_title: str
    section: str
    section_title: str
    start: int
    end: int
    sha256: str


class LinkClaim(Answer):
    """One claim of a link, with its marks and passages."""

    id: str
    explicitness: Literal["stated", "implied"]
    modality: str
    scope: str = Field(description="Of whom the claim speaks, in words.")
    voices: list[str]
    models: list[str]
    curator_note: str | None = Field(description="Why an implied link was read so.")
    passages: list[PassageRef]


class ChainStep(Answer):
    """From one factor to the next, with every claim that says so."""

    cause: FactorRef
    effect: FactorRef
    polarity: Sign
    implied: bool
    claims: list[LinkClaim]


class ChainAnswer(Answer):
    """A chain: its steps in causal order, its sign, its weakest marks, and what to be careful about."""

    steps: list[ChainStep]
    sign: Sign = Field(description="Product of the steps' polarities.")
    implied_links: int
    weakest_modality: str
    warnings: list[str]


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


def router() -> APIRouter:
    """Return the route of `/v1/trace`."""
    routes = APIRouter(tags=["tracing"], responses=PROBLEM_RESPONSES)

    async def trace(request: Request, question: Annotated[TraceQuestion, Query()]) -> Response:
        each_parameter_once(request)
        service = service_of(request)

        async def answer() -> Answer:
            # In a thread: a search at its bound takes long enough for other requests to notice.
            result = await asyncio.to_thread(find, service.network, question)
            data = describe(service.network, question, result)
            meta = service.meta(request, len(result.chains), result.complete)
            return TraceAnswer(data=data, meta=TraceMeta(**meta.model_dump(), bound=result.bound))

        return await cached(service, request, answer)

    routes.add_api_route(
        "/v1/trace",
        trace,
        response_model=TraceAnswer,
        operation_id="trace",
        summary="Chains of causal links from, to or between factors, with the evidence of each link",
    )
    return routes


def find(network: Network, question: TraceQuestion) -> tracing.Trace:
    """Return the chains that a question asks for.

    Raises InvalidParameter where neither end is given or the direction contradicts them, and
    UnknownResource for a factor that is not there.
    """
    for name, iri in (("from", question.start), ("to", question.to)):
        if iri is not None and iri not in network.labels:
            raise UnknownResource(f"{name}={shorten(iri)} is no factor; /v1/mechanisms and /v1/outcomes list factors")
    start, goal, direction = ends(question)
    chosen = [link for link in network.links if wanted(link, question)]
    bounds = tracing.Bounds(depth=question.depth, chains=question.limit)
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


def wanted(link: Link, question: TraceQuestion) -> bool:
    """Tell whether a link passes the question's filters."""
    return (
        (question.model is None or question.model in link.models)
        and (question.modality is None or link.modality == f"{ID}modality/{question.modality}")
        and (question.explicitness is None or link.explicitness == f"{ID}explicitness/{question.explicitness}")
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


def describe_chain(network: Network, chain: tracing.Chain) -> ChainAnswer:
    """Return one chain as it is sent."""
    return ChainAnswer(
        steps=[describe_step(network, step) for step in chain.steps],
        sign=SIGNS[chain.sign],
        implied_links=chain.implied,
        weakest_modality=shorten(chain.modality),
        warnings=list(chain.warnings),
    )


def describe_step(network: Network, step: tracing.Step) -> ChainStep:
    """Return one step as it is sent."""
    return ChainStep(
        cause=refer(network, step.cause),
        effect=refer(network, step.effect),
        polarity=SIGNS[step.sign],
        implied=step.implied,
        claims=[describe_link(link) for link in step.links],
    )


def describe_link(link: Link) -> LinkClaim:
    """Return one claim as it is sent."""
    return LinkClaim(
        id=shorten(link.iri),
        explicitness="implied" if link.implied else "stated",
        modality=shorten(link.modality),
        scope=link.scope.label,
        voices=list(link.voices),
        models=sorted(shorten(model) for model in link.models),
        curator_note=link.note or None,
        passages=[describe_passage(citation) for citation in link.evidence],
    )


def describe_passage(citation: Citation) -> PassageRef:
    """Return one passage as it is sent."""
    return PassageRef(
        id=shorten(citation.passage),
        document=shorten(citation.document),
        document_title=citation.document_title,
        section=shorten(citation.section),
        section_title=citation.section_title,
        start=citation.start,
        end=citation.end,
        sha256=citation.sha256,
    )


def refer(network: Network, iri: str) -> FactorRef:
    """Return a factor as it is sent."""
    return FactorRef(id=shorten(iri), iri=iri, label=network.labels.get(iri, shorten(iri)))

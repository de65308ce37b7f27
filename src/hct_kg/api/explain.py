"""`/v1/explain`: why the graph says that one factor leads to another, what speaks against it, and how to check it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from hct_kg import explaining, reproducing, tracing
from hct_kg.api.answers import cached, each_parameter_once
from hct_kg.api.causal import (
    FactorRef,
    Identifier,
    PassageRef,
    WholeLink,
    describe_passage,
    describe_whole_link,
    known_factor,
    refer,
)
from hct_kg.api.chains import ChainAnswer, describe_chain
from hct_kg.api.models import Answer, Meta
from hct_kg.api.problems import PROBLEM_RESPONSES
from hct_kg.api.service import service_of
from hct_kg.errors import InvalidParameter, UnknownResource
from hct_kg.links import Network
from hct_kg.terms import shorten

MAX_DEPTH = 6
MAX_CHAINS = 1000


class ExplainQuestion(BaseModel):
    """What to explain: give `from` and `to`, or `link`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    start: Identifier | None = Field(
        None, alias="from", max_length=500, description="The cause.", examples=["factor/grant-funding"]
    )
    to: Identifier | None = Field(None, max_length=500, description="The effect.", examples=["factor/ultimate-impact"])
    link: Identifier | None = Field(
        None,
        max_length=500,
        description="A link, for its cause and effect.",
        examples=["link/toc-practice-learning-and-evidence-to-legacy-and-sustainability"],
    )
    depth: int = Field(4, ge=1, le=MAX_DEPTH, description="Most links in a chain.")
    limit: int = Field(100, ge=1, le=MAX_CHAINS, description="Most chains in the answer.")


class GroundAnswer(Answer):
    """What the claims of one pair of neighbours rest on."""

    cause: FactorRef
    effect: FactorRef
    modalities: list[str]
    reported: bool = Field(description="Whether somebody says that it happened; else it is only meant or hoped for.")


class FindingRef(Answer):
    """A finding that puts a link in words."""

    id: str
    label: str
    modality: str
    link: str


class OppositionAnswer(Answer):
    """Two links between the same factors, of opposite sign."""

    positive: WholeLink
    negative: WholeLink


class NarrowingAnswer(Answer):
    """A link that names some of the members of whom another speaks."""

    narrow: WholeLink
    wide: WholeLink


class CounterEvidence(Answer):
    """What qualifies or contradicts a pair on the chains."""

    opposed: list[OppositionAnswer]
    narrower: list[NarrowingAnswer]
    conditional: list[WholeLink] = Field(description="Links that the source gives a condition for.")


class Explanation(Answer):
    """The parts of an explanation, and the SPARQL that gives each again."""

    start: FactorRef = Field(serialization_alias="from")
    to: FactorRef
    link: WholeLink | None
    caution: str
    chains: list[ChainAnswer]
    passages: list[PassageRef] = Field(description="The passages behind the links of all chains, each once.")
    grounds: list[GroundAnswer]
    findings: list[FindingRef]
    counter_evidence: CounterEvidence
    alternatives: list[WholeLink] = Field(
        description="Links to the same effect from factors on none of the chains: the rival explanations."
    )
    sparql: dict[str, str] = Field(
        description="A query for each part, to run on /sparql: its rows are what the part holds. That for chains has "
        "all of the depth asked for: where `limit` was hit, more than are shown."
    )


class ExplainMeta(Meta):
    """Meta of an explanation: `bound` names the bound that was hit where `complete` is false."""

    bound: Literal["chains", "depth", "expansions"] | None


class ExplainAnswer(Answer):
    """The answer of `/v1/explain`."""

    data: Explanation
    meta: ExplainMeta


@dataclass(frozen=True, slots=True)
class Subject:
    """What is explained: a cause and an effect, and the link that named them."""

    cause: str
    effect: str
    link: WholeLink | None


def router() -> APIRouter:
    """Return the route of `/v1/explain`."""
    routes = APIRouter(tags=["tracing"], responses=PROBLEM_RESPONSES)

    async def explain(request: Request, question: Annotated[ExplainQuestion, Query()]) -> Response:
        each_parameter_once(request)
        service = service_of(request)

        async def answer() -> Answer:
            subject = read_subject(service.network, question)
            bounds = tracing.Bounds(depth=question.depth, chains=question.limit)
            # In a thread: a search at its bound takes long enough for other requests to notice.
            found = await asyncio.to_thread(
                explaining.explain, service.projection, subject.cause, subject.effect, bounds
            )
            data = describe(service.network, subject, found, question.depth)
            meta = service.meta(request, len(data.chains), found.trace.complete)
            return ExplainAnswer(data=data, meta=ExplainMeta(**meta.model_dump(), bound=found.trace.bound))

        return await cached(service, request, answer)

    routes.add_api_route(
        "/v1/explain",
        explain,
        response_model=ExplainAnswer,
        operation_id="explain",
        summary="Why one factor is said to lead to another: chains, passages, counter-evidence, alternatives, SPARQL",
    )
    return routes


def read_subject(network: Network, question: ExplainQuestion) -> Subject:
    """Return what a question is about.

    Raises InvalidParameter where it names neither two factors nor a link, or both, and UnknownResource for
    what is not there.
    """
    if question.link is not None:
        if question.start is not None or question.to is not None:
            raise InvalidParameter("give from=… and to=…, or link=…, not both", "link")
        link = next((link for link in network.links if link.iri == question.link), None)
        if link is None:
            raise UnknownResource(f"link={shorten(question.link)} is no link; /v1/trace shows the links of a factor")
        return Subject(link.cause, link.effect, describe_whole_link(network, link))
    if question.start is None or question.to is None:
        raise InvalidParameter("give from=… and to=…, or link=…", "to" if question.start else "from")
    if question.start == question.to:
        raise InvalidParameter("from and to are the same factor; /v1/loops finds the loops through it", "to")
    return Subject(known_factor(network, "from", question.start), known_factor(network, "to", question.to), None)


def describe(network: Network, subject: Subject, found: explaining.Explanation, depth: int) -> Explanation:
    """Return an explanation as it is sent."""
    return Explanation(
        start=refer(network, subject.cause),
        to=refer(network, subject.effect),
        link=subject.link,
        caution=tracing.CAUTION,
        chains=[describe_chain(network, chain) for chain in found.trace.chains],
        passages=[describe_passage(citation) for citation in found.passages],
        grounds=[describe_ground(network, ground) for ground in found.grounds],
        findings=[
            FindingRef(
                id=shorten(finding.iri), label=finding.label, modality=shorten(finding.modality), link=shorten(link.iri)
            )
            for link in found.links
            for finding in network.findings.get(link.iri, ())
        ],
        counter_evidence=describe_counter_evidence(network, found),
        alternatives=[describe_whole_link(network, link) for link in found.alternatives],
        sparql=dict(reproducing.queries(found, depth)),
    )


def describe_ground(network: Network, ground: explaining.Ground) -> GroundAnswer:
    """Return the ground of one pair as it is sent."""
    return GroundAnswer(
        cause=refer(network, ground.cause),
        effect=refer(network, ground.effect),
        modalities=[shorten(modality) for modality in ground.modalities],
        reported=ground.reported,
    )


def describe_counter_evidence(network: Network, found: explaining.Explanation) -> CounterEvidence:
    """Return what speaks against, as it is sent."""
    return CounterEvidence(
        opposed=[
            OppositionAnswer(
                positive=describe_whole_link(network, pair.positive),
                negative=describe_whole_link(network, pair.negative),
            )
            for pair in found.opposed
        ],
        narrower=[
            NarrowingAnswer(
                narrow=describe_whole_link(network, pair.narrow),
                wide=describe_whole_link(network, pair.wide),
            )
            for pair in found.narrower
        ],
        conditional=[describe_whole_link(network, link) for link in found.conditional],
    )

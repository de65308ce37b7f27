"""`/v1/loops`: the feedback loops of each causal model, which kind they are, and whether the text states them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Annotated, Literal, TypeAlias

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from hct_kg import loops
from hct_kg.api.answers import cached, each_parameter_once
from hct_kg.api.causal import (
    SIGNS,
    FactorRef,
    Identifier,
    LinkClaim,
    ModelRef,
    Sign,
    WholeLink,
    describe_link,
    describe_whole_link,
    known_factor,
    models_asked,
    refer,
    refer_model,
    within,
)
from hct_kg.api.models import Answer, Meta
from hct_kg.api.problems import PROBLEM_RESPONSES
from hct_kg.api.service import Service, service_of
from hct_kg.links import Network, StatedLoop
from hct_kg.terms import shorten

MAX_LENGTH = 12
MAX_LOOPS = 1000
CAUTION = (
    "Each link is claimed in the source; a loop that is not marked as stated is joined here and claimed by nobody."
)

Found: TypeAlias = tuple[str, loops.Loop]
"""A causal model and a loop of it."""


class LoopsQuestion(BaseModel):
    """Which loops to find."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    model: Identifier | None = Field(
        None,
        max_length=500,
        description="Only loops of this causal model; without it those of each. No loop crosses from one into another.",
        examples=["model/hct-system-map"],
    )
    through: Identifier | None = Field(
        None, max_length=500, description="Only loops through this factor.", examples=["factor/future-funding"]
    )
    length: int = Field(8, ge=1, le=MAX_LENGTH, description="Most links in a loop.")
    limit: int = Field(100, ge=1, le=MAX_LOOPS, description="Most loops in the answer.")


class LoopArc(Answer):
    """From one factor of a loop to the next, with every claim that says so."""

    cause: FactorRef
    effect: FactorRef
    polarity: Sign | Literal["disputed"] = Field(description="`disputed`: claims give more than one sign.")
    claims: list[LinkClaim]


class LoopAnswer(Answer):
    """A loop, beginning with its first factor by identifier."""

    model: ModelRef
    kind: loops.Kind = Field(
        description="reinforcing: the product of the signs is positive; balancing: negative; unknown: a sign is not "
        "said, or claims disagree about it."
    )
    stated: list[str] = Field(description="The feedback loops of the text that this is; empty: computed from links.")
    arcs: list[LoopArc]


class StatedLoopAnswer(Answer):
    """A loop that the text states, with the links that it names."""

    id: str
    label: str
    model: ModelRef
    closes: bool = Field(description="Whether the links that the text names come round to where they began.")
    links: list[WholeLink]


class LoopsData(Answer):
    """The loops that links close, shortest first, and those that the text states."""

    caution: str
    loops: list[LoopAnswer]
    stated: list[StatedLoopAnswer]


class LoopsMeta(Meta):
    """Meta of loops: `bound` names the bound that was hit where `complete` is false."""

    bound: loops.Bound | None


class LoopsAnswer(Answer):
    """The answer of `/v1/loops`."""

    data: LoopsData
    meta: LoopsMeta


def router() -> APIRouter:
    """Return the route of `/v1/loops`."""
    routes = APIRouter(tags=["analyses"], responses=PROBLEM_RESPONSES)

    async def find(request: Request, question: Annotated[LoopsQuestion, Query()]) -> Response:
        each_parameter_once(request)
        service = service_of(request)

        async def answer() -> Answer:
            models = models_asked(service.network, question.model)
            if question.through is not None:
                known_factor(service.network, "through", question.through)
            found, bound = await asyncio.to_thread(search, service, models, question)
            data = describe(service.network, models, question.through, found)
            meta = service.meta(request, len(found), bound is None)
            return LoopsAnswer(data=data, meta=LoopsMeta(**meta.model_dump(), bound=bound))

        return await cached(service, request, answer)

    routes.add_api_route(
        "/v1/loops",
        find,
        response_model=LoopsAnswer,
        operation_id="loops",
        summary="Feedback loops of each causal model: reinforcing, balancing or unknown, stated or computed",
    )
    return routes


def search(
    service: Service, models: Iterable[str], question: LoopsQuestion
) -> tuple[Sequence[Found], loops.Bound | None]:
    """Return the loops of each model within the bounds of the question, and the bound that one of them hit."""
    bounds = loops.Bounds(length=question.length, loops=question.limit)
    found: list[Found] = []
    hit: loops.Bound | None = None
    for model in models:
        result = loops.find_loops(within(service.projection, model), question.through, bounds)
        found += [(model, loop) for loop in result.loops]
        bounds = replace(bounds, loops=bounds.loops - len(result.loops))
        hit = hit or result.bound
    return found, hit


def describe(network: Network, models: Sequence[str], through: str | None, found: Iterable[Found]) -> LoopsData:
    """Return loops as they are sent; of the stated ones, those of the models that were asked for."""
    stated = [loop for loop in network.stated_loops if loop.model in models]
    described = [describe_stated(network, loop) for loop in stated]
    here = None if through is None else refer(network, through)
    return LoopsData(
        caution=CAUTION,
        loops=[describe_loop(network, model, loop, stated) for model, loop in found],
        stated=[
            loop for loop in described if here is None or any(here in (link.cause, link.effect) for link in loop.links)
        ],
    )


def describe_loop(network: Network, model: str, loop: loops.Loop, stated: Iterable[StatedLoop]) -> LoopAnswer:
    """Return one loop as it is sent."""
    return LoopAnswer(
        model=refer_model(network, model),
        kind=loop.kind,
        stated=[shorten(said.iri) for said in stated if said.model == model and loops.is_said_by(loop, said)],
        arcs=[describe_arc(network, arc) for arc in loop.arcs],
    )


def describe_arc(network: Network, arc: loops.Arc) -> LoopArc:
    """Return one arc as it is sent."""
    disputed = len({link.sign for link in arc.links}) > 1
    return LoopArc(
        cause=refer(network, arc.cause),
        effect=refer(network, arc.effect),
        polarity="disputed" if disputed else SIGNS[arc.sign],
        claims=[describe_link(link) for link in arc.links],
    )


def describe_stated(network: Network, loop: StatedLoop) -> StatedLoopAnswer:
    """Return one stated loop as it is sent."""
    links = [link for link in network.links if link.iri in loop.links]
    return StatedLoopAnswer(
        id=shorten(loop.iri),
        label=loop.label,
        model=refer_model(network, loop.model),
        closes=loops.closes(links),
        links=[describe_whole_link(network, link) for link in links],
    )

"""`/v1/leverage`: where the claims of a causal model meet: degrees, betweenness and reach of each factor."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from types import MappingProxyType
from typing import Annotated, Literal, TypeAlias

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from hct_kg import leverage
from hct_kg.api.answers import cached, each_parameter_once
from hct_kg.api.causal import FactorRef, Identifier, ModelRef, models_asked, refer, refer_model, within
from hct_kg.api.models import Answer, Meta
from hct_kg.api.problems import PROBLEM_RESPONSES
from hct_kg.api.service import Service, service_of
from hct_kg.links import Network

MAX_DEPTH = 6
CAUTION = "A place in a network of claims is no measure of effect: it says where many claims meet."

Sort = Literal["betweenness", "in", "out", "upstream", "downstream", "raises", "lowers", "either"]
Measured: TypeAlias = tuple[str, leverage.Leverage]
"""A causal model and the measures of a factor in it."""

KEYS: Mapping[str, Callable[[leverage.Leverage], float | None]] = MappingProxyType(
    {
        "betweenness": lambda item: item.betweenness,
        "in": lambda item: item.causes,
        "out": lambda item: item.effects,
        "upstream": lambda item: item.upstream,
        "downstream": lambda item: item.downstream,
        "raises": lambda item: item.signed.raises if item.signed else None,
        "lowers": lambda item: item.signed.lowers if item.signed else None,
        "either": lambda item: item.signed.either if item.signed else None,
    }
)


class LeverageQuestion(BaseModel):
    """Of which model, in which order."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    model: Identifier | None = Field(
        None,
        max_length=500,
        description="Only factors of this causal model; without it those of each, measured within it.",
        examples=["model/hct-theory-of-change"],
    )
    sort: Sort = Field("betweenness", description="The measure to order by, greatest first; then by identifier.")
    depth: int = Field(4, ge=1, le=MAX_DEPTH, description="Most links in a chain that counts for signed reach.")


class SignedReachAnswer(Answer):
    """Of the factors reached by chains up to the depth asked for, how many with which sign."""

    raises: int = Field(description="By a chain of positive sign, and by none of negative sign.")
    lowers: int = Field(description="By a chain of negative sign, and by none of positive sign.")
    either: int = Field(description="By chains of both signs.")
    unsigned: int = Field(description="Only by chains whose sign is not said.")


class LeverageAnswer(Answer):
    """The measures of a factor within one causal model."""

    factor: FactorRef
    model: ModelRef
    in_degree: int = Field(description="Factors that lead to it directly.")
    out_degree: int = Field(description="Factors that it leads to directly.")
    betweenness: float = Field(
        description="Sum over ordered pairs of other factors of the share of shortest ways through it (Freeman 1977), "
        "not normalised; an estimate where upstream and downstream are null."
    )
    upstream: int | None = Field(description="Factors that lead to it by any number of links; null: not counted.")
    downstream: int | None = Field(description="Factors that it leads to by any number of links; null: not counted.")
    signed: SignedReachAnswer | None = Field(description="Null where there are too many chains to follow.")


class LeverageData(Answer):
    """The measures of every factor."""

    caution: str
    factors: list[LeverageAnswer]


class LeverageListing(Answer):
    """The answer of `/v1/leverage`."""

    data: LeverageData
    meta: Meta


def router() -> APIRouter:
    """Return the route of `/v1/leverage`."""
    routes = APIRouter(tags=["analyses"], responses=PROBLEM_RESPONSES)

    async def measure(request: Request, question: Annotated[LeverageQuestion, Query()]) -> Response:
        each_parameter_once(request)
        service = service_of(request)

        async def answer() -> Answer:
            models = models_asked(service.network, question.model)
            found, complete = await asyncio.to_thread(measure_all, service, models, question)
            factors = [describe(service.network, model, item) for model, item in found]
            meta = service.meta(request, len(factors), complete)
            return LeverageListing(data=LeverageData(caution=CAUTION, factors=factors), meta=meta)

        return await cached(service, request, answer)

    routes.add_api_route(
        "/v1/leverage",
        measure,
        response_model=LeverageListing,
        operation_id="leverage",
        summary="Degree, betweenness, reach and signed reach of each factor of each causal model",
    )
    return routes


def measure_all(service: Service, models: Iterable[str], question: LeverageQuestion) -> tuple[Sequence[Measured], bool]:
    """Return the measures of the factors of each model in the order asked for, and whether none is left out."""
    found: list[Measured] = []
    complete = True
    for model in models:
        result = leverage.measure(within(service.projection, model), leverage.Bounds(depth=question.depth))
        found += [(model, item) for item in result.factors]
        complete = complete and result.complete
    key = KEYS[question.sort]
    return sorted(found, key=lambda pair: (-(key(pair[1]) or 0), pair[1].factor, pair[0])), complete


def describe(network: Network, model: str, item: leverage.Leverage) -> LeverageAnswer:
    """Return the measures of one factor as they are sent."""
    return LeverageAnswer(
        factor=refer(network, item.factor),
        model=refer_model(network, model),
        in_degree=item.causes,
        out_degree=item.effects,
        betweenness=round(item.betweenness, 6),
        upstream=item.upstream,
        downstream=item.downstream,
        signed=SignedReachAnswer(**asdict(item.signed)) if item.signed else None,
    )

"""`/v1/contested`: records that do not agree, and claims of opposite sign about the same two factors, side by side."""

from __future__ import annotations

import asyncio
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from hct_kg import disputes
from hct_kg.api.answers import cached, each_parameter_once
from hct_kg.api.assembly import fetch
from hct_kg.api.causal import FactorRef, LinkClaim, describe_link, refer
from hct_kg.api.collections import BY_NAME, reader
from hct_kg.api.filters import BY_LABEL
from hct_kg.api.models import Answer, At, Citation, Claim, Meta, Ref, Resource
from hct_kg.api.pages import roll_of
from hct_kg.api.problems import PROBLEM_RESPONSES
from hct_kg.api.service import Service, service_of
from hct_kg.links import Network


class ContestedQuestion(BaseModel):
    """Which of the two to show."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["discrepancies", "opposite-signs"] | None = Field(
        None,
        description="Only discrepancies, or only claims of opposite sign; without it both.",
        examples=["discrepancies"],
    )


class ContestedRecord(Claim):
    """A record that a discrepancy joins; a grant has an amount, a membership a description."""

    amount: Annotated[str | None, At("hct:amount")]


class ContestedDiscrepancy(Resource):
    """Records that do not agree, all of which stay, and how that is explained."""

    description: Annotated[str | None, At("dcterms:description")]
    kind: Annotated[Ref | None, At("hct:discrepancyKind")]
    resolution: Annotated[Ref | None, At("hct:resolution")]
    between: Annotated[list[ContestedRecord], At("hct:between")]
    preferred: Annotated[list[Ref], At("hct:preferredClaim")]
    supported_by: Annotated[list[Citation], At("hct:supportedBy")]


class DisputeAnswer(Answer):
    """Two factors, with the claims that one raises the other and those that it lowers it."""

    cause: FactorRef
    effect: FactorRef
    positive: list[LinkClaim]
    negative: list[LinkClaim]


class ContestedData(Answer):
    """What is contested: null for the kind that was not asked for."""

    discrepancies: list[ContestedDiscrepancy] | None
    opposite_signs: list[DisputeAnswer] | None


class ContestedAnswer(Answer):
    """The answer of `/v1/contested`."""

    data: ContestedData
    meta: Meta


def router() -> APIRouter:
    """Return the route of `/v1/contested`."""
    routes = APIRouter(tags=["analyses"], responses=PROBLEM_RESPONSES)

    async def find(request: Request, question: Annotated[ContestedQuestion, Query()]) -> Response:
        each_parameter_once(request)
        service = service_of(request)

        async def answer() -> Answer:
            data = ContestedData(
                discrepancies=None if question.kind == "opposite-signs" else await discrepancies(service),
                opposite_signs=None
                if question.kind == "discrepancies"
                else await asyncio.to_thread(opposite_signs, service.network),
            )
            count = len(data.discrepancies or ()) + len(data.opposite_signs or ())
            return ContestedAnswer(data=data, meta=service.meta(request, count))

        return await cached(service, request, answer)

    routes.add_api_route(
        "/v1/contested",
        find,
        response_model=ContestedAnswer,
        operation_id="contested",
        summary="Records that disagree, and claims of opposite sign about two factors, with marks and passages",
    )
    return routes


async def discrepancies(service: Service) -> list[ContestedDiscrepancy]:
    """Return every discrepancy with the records that it joins, by label."""
    roll = await roll_of(service, BY_NAME["discrepancies"], BY_LABEL)
    iris, _ = roll.page(len(roll.places))
    return list((await fetch(reader(service), ContestedDiscrepancy, iris)).values())


def opposite_signs(network: Network) -> list[DisputeAnswer]:
    """Return every dispute about a sign as it is sent."""
    return [
        DisputeAnswer(
            cause=refer(network, found.negative.cause),
            effect=refer(network, found.negative.effect),
            positive=[describe_link(link) for link in found.positive.links],
            negative=[describe_link(link) for link in found.negative.links],
        )
        for found in disputes.disputes(network.links)
    ]

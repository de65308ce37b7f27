"""`/v1/gaps`: what the dataset has no evidence for, by kind, with the query that finds each kind."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from hct_kg import gaps
from hct_kg.api.answers import cached, each_parameter_once
from hct_kg.api.models import Answer, Meta
from hct_kg.api.problems import PROBLEM_RESPONSES
from hct_kg.api.service import service_of
from hct_kg.terms import shorten

CAUTION = "A gap is silence of the documents, or of what was read from them: no proof that something is not so."

Kind = Literal[
    "links-without-findings",
    "outcomes-without-findings",
    "findings-on-one-source",
    "outcomes-only-intended",
    "sections-without-claims",
]


class GapsQuestion(BaseModel):
    """Which gaps to find."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Kind | None = Field(
        None, description="Only gaps of this kind; without it those of all.", examples=["outcomes-only-intended"]
    )


class PlaceRef(Answer):
    """Where a thing belongs: a causal model, a level of outcomes, a document."""

    id: str
    label: str


class GapAnswer(Answer):
    """One thing that lacks something."""

    id: str = Field(examples=["factor/ultimate-impact"])
    iri: str
    label: str
    place: PlaceRef | None = Field(description="The causal model of a link, level of an outcome, document of the rest.")
    number: int | None = Field(description="How many there are of what the kind counts; null where it counts nothing.")


class GapKindAnswer(Answer):
    """The gaps of one kind."""

    kind: Kind
    meaning: str
    counted: str | None = Field(description="What `number` counts.")
    sparql: str = Field(description="The query that finds them, to run on /sparql.")
    gaps: list[GapAnswer]


class GapsData(Answer):
    """The gaps by kind."""

    caution: str
    kinds: list[GapKindAnswer]


class GapsAnswer(Answer):
    """The answer of `/v1/gaps`; its count is that of all gaps."""

    data: GapsData
    meta: Meta


def router() -> APIRouter:
    """Return the route of `/v1/gaps`."""
    routes = APIRouter(tags=["analyses"], responses=PROBLEM_RESPONSES)

    async def find(request: Request, question: Annotated[GapsQuestion, Query()]) -> Response:
        each_parameter_once(request)
        service = service_of(request)

        async def answer() -> Answer:
            names: Iterable[str] = gaps.KINDS if question.kind is None else (question.kind,)
            rows = {name: await service.select(gaps.KINDS[name].query) for name in names}
            kinds = [describe(name, gaps.read_gaps(name, found)) for name, found in rows.items()]
            meta = service.meta(request, sum(len(kind.gaps) for kind in kinds))
            return GapsAnswer(data=GapsData(caution=CAUTION, kinds=kinds), meta=meta)

        return await cached(service, request, answer)

    routes.add_api_route(
        "/v1/gaps",
        find,
        response_model=GapsAnswer,
        operation_id="gaps",
        summary="Links and outcomes without findings, findings on one source, outcomes only intended, silent sections",
    )
    return routes


def describe(name: str, found: Iterable[gaps.Gap]) -> GapKindAnswer:
    """Return the gaps of one kind as they are sent."""
    kind = gaps.KINDS[name]
    return GapKindAnswer.model_validate(
        {
            "kind": name,
            "meaning": kind.meaning,
            "counted": kind.counted,
            "sparql": kind.query,
            "gaps": [describe_gap(gap) for gap in found],
        }
    )


def describe_gap(gap: gaps.Gap) -> GapAnswer:
    """Return one gap as it is sent."""
    return GapAnswer(
        id=shorten(gap.thing),
        iri=gap.thing,
        label=gap.label,
        place=PlaceRef(id=shorten(gap.place), label=gap.place_label) if gap.place else None,
        number=gap.number,
    )

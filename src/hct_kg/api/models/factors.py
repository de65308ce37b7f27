"""Factors, the causal models that join them, and the loops that a source states."""

from __future__ import annotations

from typing import Annotated

from hct_kg.api.models.base import At, Named, Notation, Ref, Types
from hct_kg.api.models.claims import Claim, Claims, Models
from hct_kg.api.models.evidence import Discrepancies, Passages, Record


class Factor(Named):
    """Something that can be cause or effect, at a level, in one or more causal models."""

    types: Types
    notation: Notation
    level: Annotated[Ref | None, At("hct:level", "The level that it is placed at.")]
    models: Models
    strand: Annotated[Ref | None, At("hct:strand", "The strand of support that it stands for.")]
    part_of: Annotated[list[Ref], At("skos:broader", "The factors that it is a part of.")]
    parts: Annotated[list[Ref], At("^skos:broader", "Its parts.")]


class FactorItem(Factor):
    """A factor with the links that lead to it and from it, other claims, and passages."""

    led_to_by: Annotated[list[Claim], At("^hct:effect", "The links that arrive at it.")]
    leads_to: Annotated[list[Claim], At("^hct:cause", "The links that start from it.")]
    claims: Claims
    supported_by: Passages


class CausalModel(Named):
    """Factors and links that somebody put forward as one picture."""

    types: Types
    programme: Annotated[Ref | None, At("hct:programme", "The programme that it is about.")]
    voices: Annotated[list[Ref], At("hct:voice", "Who put it forward.")]
    curator_note: Annotated[str | None, At("hct:curatorNote", "How the curator took it from the source.")]


class CausalModelItem(CausalModel):
    """A causal model with its stated loops, claims and passages; `/v1/links?model=…` lists its links."""

    loops: Annotated[list[Ref], At("^hct:model", "The feedback loops that its source states.", of="hct:FeedbackLoop")]
    claims: Claims
    supported_by: Passages


class FeedbackLoop(Record):
    """A loop of links that a source states as a loop."""

    models: Models
    links: Annotated[list[Ref], At("hct:loopLink", "The links that it runs through.")]


class FeedbackLoopItem(FeedbackLoop):
    """A stated loop with its links."""

    steps: Annotated[list[Claim], At("hct:loopLink", "The links that it runs through, with their marks.")]
    discrepancies: Discrepancies

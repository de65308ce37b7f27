"""Programmes, their phases and support, and the money that they award."""

from __future__ import annotations

from typing import Annotated

from hct_kg.api.models.base import AlternativeNames, At, Description, Named, Notation, Ref
from hct_kg.api.models.claims import Claims
from hct_kg.api.models.evidence import Discrepancies, DuringPeriod, Passages, Record

OfProgramme = Annotated[Ref | None, At("hct:programme", "The programme that it belongs to.")]


class Programme(Named):
    """A programme and those behind it."""

    period: DuringPeriod
    funders: Annotated[list[Ref], At("hct:funder", "Who pays for it.")]
    delivered_by: Annotated[list[Ref], At("hct:deliveredBy", "Who delivers it.")]
    evaluated_by: Annotated[list[Ref], At("hct:evaluatedBy", "Who evaluates it.")]


class ProgrammeItem(Programme):
    """A programme with its parts, its claims and the passages that introduce it."""

    phases: Annotated[list[Ref], At("^hct:programme", "Its phases.", of="hct:Phase")]
    sites: Annotated[list[Ref], At("^hct:programme", "The sites that take part in it.", of="hct:Site")]
    strands: Annotated[list[Ref], At("^hct:programme", "The strands of its support.", of="hct:SupportStrand")]
    bodies: Annotated[list[Ref], At("^hct:programme", "Those that steer and advise it.", of="hct:GovernanceBody")]
    models: Annotated[list[Ref], At("^hct:programme", "The causal models of it.", of="hct:CausalModel")]
    claims: Claims
    supported_by: Passages


class Phase(Named):
    """A stage of a programme."""

    programme: OfProgramme


class PhaseItem(Phase):
    """A phase with its sites, grants, claims and passages."""

    sites: Annotated[list[Ref], At("^hct:phase", "The sites that took part in it.", of="hct:Site")]
    grants: Annotated[list[Ref], At("^hct:phase", "What was awarded in it.", of="hct:Grant")]
    claims: Claims
    supported_by: Passages


class Grant(Record):
    """Money awarded: amount in the currency's main unit (ISO 4217)."""

    programme: OfProgramme
    phase: Annotated[Ref | None, At("hct:phase", "The phase that it was awarded in.")]
    funder: Annotated[Ref | None, At("hct:funder", "Who awarded it.")]
    recipient: Annotated[Ref | None, At("hct:recipient", "The site that it was awarded to.")]
    amount: Annotated[float | None, At("hct:amount", "The sum.")]
    currency: Annotated[str | None, At("hct:currency", "Its currency, by ISO 4217.")]
    period: DuringPeriod


class GrantItem(Grant):
    """A grant with the claims about it."""

    claims: Claims
    discrepancies: Discrepancies


class SupportActivity(Record):
    """What a strand of support consisted of."""

    alternative_names: AlternativeNames
    description: Description
    strand: Annotated[Ref | None, At("hct:strand", "The strand of support that it is part of.")]
    providers: Annotated[list[Ref], At("hct:provider", "Who gave it.")]


class SupportActivityItem(SupportActivity):
    """An activity of support with the claims about it."""

    claims: Claims
    discrepancies: Discrepancies


class SupportStrand(Named):
    """A strand of support that a programme gives."""

    notation: Notation
    programme: OfProgramme
    providers: Annotated[list[Ref], At("hct:provider", "Who gives it.")]
    inputs: Annotated[list[Ref], At("^hct:strand", "The factors that stand for it.", of="hct:Factor")]


class SupportStrandItem(SupportStrand):
    """A strand with what it consisted of, its claims and passages."""

    activities: Annotated[list[SupportActivity], At("^hct:strand", "What it consisted of.", of="hct:SupportActivity")]
    claims: Claims
    supported_by: Passages

"""How a programme was evaluated: objectives, questions, evidence, spectra; and where records do not agree."""

from __future__ import annotations

from typing import Annotated

from hct_kg.api.models.base import At, Description, Named, Notation, Ref, Resource
from hct_kg.api.models.claims import Claim, Claims
from hct_kg.api.models.evidence import Passages


class EvidenceActivity(Named):
    """How evidence was gathered: one method in one round, in a site or in all."""

    method: Annotated[Ref | None, At("hct:method", "The way in which evidence was gathered.")]
    round: Annotated[Ref | None, At("hct:round", "The round of fieldwork.")]
    sites: Annotated[list[Ref], At("hct:site", "The sites that it was done in.")]
    period: Annotated[Ref | None, At("hct:period", "When it was.")]


class EvidenceActivityItem(EvidenceActivity):
    """An evidence activity with what came of it, claims and passages."""

    findings: Annotated[list[Ref], At("^hct:evidencedBy", "The findings that the source says come from it.")]
    limitations: Annotated[list[Ref], At("^hct:bearsOn", "The limitations that bear on it.")]
    claims: Claims
    supported_by: Passages


class EvaluationObjective(Named):
    """What an evaluation was to do."""

    notation: Notation


class EvaluationObjectiveItem(EvaluationObjective):
    """An objective with its questions, claims and passages."""

    questions: Annotated[list[Ref], At("^skos:broader", "The questions under it.")]
    claims: Claims
    supported_by: Passages


class EvaluationQuestion(Named):
    """A question that an evaluation or a case study set out to answer."""

    notation: Notation
    objectives: Annotated[list[Ref], At("skos:broader", "The objectives that it is under.")]
    sites: Annotated[list[Ref], At("hct:site", "The sites whose question it is.")]
    answered_in: Annotated[list[Ref], At("hct:answeredIn", "The sections that answer it.")]


class EvaluationQuestionItem(EvaluationQuestion):
    """A question with claims and passages."""

    claims: Claims
    supported_by: Passages


class Spectrum(Named):
    """A line between two poles on which sites are placed."""

    notation: Notation
    poles: Annotated[list[str], At("hct:pole", "Its two ends.")]


class SpectrumItem(Spectrum):
    """A spectrum with claims and passages."""

    claims: Claims
    supported_by: Passages


class Discrepancy(Resource):
    """Records that do not agree, all of which stay, and how that is explained."""

    description: Description
    kind: Annotated[Ref | None, At("hct:discrepancyKind", "In what way they differ.")]
    resolution: Annotated[Ref | None, At("hct:resolution", "Whether the documents explain it.")]
    between: Annotated[list[Ref], At("hct:between|hct:preferredClaim", "The records that do not agree.")]
    preferred: Annotated[list[Ref], At("hct:preferredClaim", "The record to go by, where there is a reason.")]
    supported_by: Passages


class DiscrepancyItem(Discrepancy):
    """A discrepancy with its records in full."""

    records: Annotated[
        list[Claim], At("hct:between|hct:preferredClaim", "The records that do not agree, with their marks.")
    ]

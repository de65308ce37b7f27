"""Claims: links, findings, statements, stated values, recommendations, hypotheses and limitations."""

from __future__ import annotations

from typing import Annotated

from hct_kg.api.models.base import At, Description, Ref, Types
from hct_kg.api.models.evidence import Discrepancies, Record

About = Annotated[list[Ref], At("hct:about", "What it is about.")]
Themes = Annotated[list[Ref], At("hct:theme", "The parts of the subject that it belongs to.")]
Condition = Annotated[str | None, At("hct:condition", "On what condition it is said to hold.")]
During = Annotated[list[Ref], At("hct:during", "When in the course of the programme it is said to hold.")]
Cause = Annotated[Ref | None, At("hct:cause", "The factor that a link starts from.")]
Effect = Annotated[Ref | None, At("hct:effect", "The factor that a link arrives at.")]
Polarity = Annotated[Ref | None, At("hct:polarity", "Whether the cause makes more of the effect, or less.")]
Models = Annotated[list[Ref], At("hct:model", "The causal models that it is part of.")]
Measure = Annotated[Ref | None, At("hct:measure", "What kind of quantity or date is stated.")]
Value = Annotated[str | None, At("hct:value", "The number, amount, date or word that is stated.")]
MinValue = Annotated[str | None, At("hct:minValue", "The lower end, where a range is stated.")]
MaxValue = Annotated[str | None, At("hct:maxValue", "The upper end, where a range is stated.")]
Precision = Annotated[Ref | None, At("hct:precision", "How exactly it is stated.")]
Unit = Annotated[Ref | None, At("hct:unit", "The unit of the number.")]


class Claim(Record):
    """A claim of any kind, as part of another answer; fields that its kind has not are null or empty."""

    types: Types
    description: Description
    cause: Cause
    effect: Effect
    polarity: Polarity
    models: Models
    about: About
    themes: Themes
    condition: Condition
    measure: Measure
    value: Value
    min_value: MinValue
    max_value: MaxValue
    precision: Precision
    unit: Unit


Claims = Annotated[list[Claim], At("^hct:about", "What is claimed about it.")]


class Link(Record):
    """That one factor bears on another, in one causal model or more."""

    description: Description
    cause: Cause
    effect: Effect
    polarity: Polarity
    models: Models
    themes: Themes
    condition: Condition
    during: During


class LinkItem(Link):
    """A link with the findings that put it in words."""

    findings: Annotated[list[Claim], At("^hct:finds", "The findings that put it in words.")]
    loops: Annotated[list[Ref], At("^hct:loopLink", "The stated feedback loops that run through it.")]
    discrepancies: Discrepancies


class Finding(Record):
    """What an evaluation or a case study found, in one sentence that can be read alone."""

    description: Description
    about: About
    themes: Themes
    finds: Annotated[list[Ref], At("hct:finds", "The causal links that it puts in words.")]
    condition: Condition
    during: During
    period: Annotated[Ref | None, At("hct:period", "The time that it is about.")]
    evidenced_by: Annotated[list[Ref], At("hct:evidencedBy", "What it comes from, only where the source says so.")]


class FindingItem(Finding):
    """A finding with its links, and what rests on it."""

    links: Annotated[list[Claim], At("hct:finds", "The causal links that it puts in words, with their marks.")]
    recommendations: Annotated[list[Ref], At("^hct:basedOn", "The recommendations that rest on it.")]
    limitations: Annotated[list[Ref], At("^hct:bearsOn", "The limitations that bear on it.")]
    discrepancies: Discrepancies


class Statement(Record):
    """What a document says of something, and no claim of another kind."""

    description: Description
    about: About


class StatementItem(Statement):
    """A statement with where it disagrees with others."""

    discrepancies: Discrepancies


class StatedValue(Record):
    """One number, amount, date or table cell, as a document states it."""

    description: Description
    about: About
    measure: Measure
    value: Value
    min_value: MinValue
    max_value: MaxValue
    precision: Precision
    unit: Unit
    period: Annotated[Ref | None, At("hct:period", "The time that it is about.")]
    phase: Annotated[Ref | None, At("hct:phase", "The phase that it belongs to.")]
    table: Annotated[Ref | None, At("hct:table", "The table that it is a cell of.")]
    row_label: Annotated[str | None, At("hct:rowLabel", "The heading of its row.")]
    column_label: Annotated[str | None, At("hct:columnLabel", "The heading of its column.")]
    sum_of: Annotated[list[Ref], At("hct:sumOf", "The values that the source presents as its parts.")]


class StatedValueItem(StatedValue):
    """A stated value with the totals that it is a part of."""

    part_of: Annotated[list[Ref], At("^hct:sumOf", "The totals that the source presents it as a part of.")]
    discrepancies: Discrepancies


class Recommendation(Record):
    """What somebody ought to do."""

    description: Description
    audiences: Annotated[list[Ref], At("hct:audience", "Whom it is addressed to.")]
    about: About
    themes: Themes
    condition: Condition
    based_on: Annotated[list[Ref], At("hct:basedOn", "The findings that it rests on.")]


class RecommendationItem(Recommendation):
    """A recommendation with the findings that it rests on."""

    findings: Annotated[list[Claim], At("hct:basedOn", "The findings that it rests on, with their marks.")]
    discrepancies: Discrepancies


class Hypothesis(Record):
    """What somebody set out to test."""

    description: Description
    about: About
    themes: Themes


class HypothesisItem(Hypothesis):
    """A hypothesis with where it disagrees with other records."""

    discrepancies: Discrepancies


class Limitation(Record):
    """What evidence, or a way of getting it, cannot show."""

    description: Description
    about: About
    bears_on: Annotated[list[Ref], At("hct:bearsOn", "The findings, themes, sections and activities that it bears on.")]


class LimitationItem(Limitation):
    """A limitation with where it disagrees with other records."""

    discrepancies: Discrepancies

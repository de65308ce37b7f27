"""What `/v1/compare` answers: rows of aspects, with a cell for each site; and what is read for it of each record."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from hct_kg.api.causal import PassageRef
from hct_kg.api.models import Answer, At, Meta, Period, Record, Ref

NOTHING = "nothing found in these documents"


class ComparedRecord(Record):
    """A record of any aspect as it stands in the graph; what its kind has not is null or empty."""

    description: Annotated[str | None, At("dcterms:description")]
    condition: Annotated[str | None, At("hct:condition")]
    named: Annotated[list[Ref], At("hct:scope/hct:member")]
    sectors: Annotated[list[Ref], At("(org:member/hct:sector)|hct:memberKind")]
    member_count: Annotated[int | None, At("hct:memberCount")]
    role: Annotated[Ref | None, At("org:role")]
    moments: Annotated[list[Ref], At("hct:memberAt")]
    changes: Annotated[list[Ref], At("hct:membershipChange")]
    period: Annotated[Period | None, At("org:memberDuring|hct:period")]
    amount: Annotated[str | None, At("hct:amount|hct:value")]
    at_least: Annotated[str | None, At("hct:minValue")]
    at_most: Annotated[str | None, At("hct:maxValue")]
    currency: Annotated[str | None, At("hct:currency")]
    unit: Annotated[Ref | None, At("hct:unit")]
    links: Annotated[list[Ref], At("hct:finds")]


class ComparedThing(Ref):
    """A record that names a site, with its marks and passages; what its kind has not is null or empty."""

    description: str | None = Field(description="What it says, in our words.")
    links: list[str] = Field(description="The links that a finding puts in words, as cause → effect.")
    kind: list[str] = Field(description="Sectors of a member, named or not.")
    count: int | None = Field(description="How many unnamed members of the kind.")
    role: str | None
    moments: list[str] = Field(description="Moments at which a source says that the member belonged.")
    changes: list[str] = Field(description="What became of the membership.")
    start: str | None = Field(description="Its first year, month or day, as exact as the source is.")
    end: str | None
    amount: str | None = Field(description="A number as its source states it.", examples=["449558"])
    at_least: str | None
    at_most: str | None
    unit: str | None = Field(examples=["GBP"])
    condition: str | None = Field(description="On what condition it is said to hold.")
    explicitness: str | None = Field(examples=["explicitness/stated"])
    modality: str | None = Field(examples=["modality/observed"])
    scope: str | None = Field(description="Of whom it is said, in words.", examples=["Coventry site only"])
    voices: list[str]
    curator_note: str | None
    passages: list[PassageRef]


class Cell(Answer):
    """What names one site; `note` says so where nothing does."""

    site: str = Field(examples=["site/coventry"])
    count: int = Field(ge=0, description="How many there are, shown or not.")
    things: list[ComparedThing]
    note: str | None = Field(examples=[NOTHING])


class ScopeCount(Answer):
    """How many claims of an aspect that belong to no site have one scope."""

    scope: Ref
    count: int = Field(ge=1)


class Unattributed(Answer):
    """Claims of an aspect that speak of sites and single out none: they are in no cell."""

    count: int = Field(ge=0)
    scopes: list[ScopeCount]


class AspectRow(Answer):
    """One aspect of the sites, about a thing where the aspect has several rows; cells are in the order of the sites."""

    aspect: str = Field(examples=["funding"])
    about: Ref | None = Field(description="The spectrum, phase or modality of this row.")
    meaning: str
    cells: list[Cell]
    overall: list[ComparedThing] = Field(description="What documents state of all sites together.")
    unattributed: Unattributed | None = Field(description="Null where records of this aspect always name their site.")


class ComparedSite(Ref):
    """A site, and in which phases of its programme documents place it."""

    phases: list[Ref]
    not_in: list[Ref] = Field(description="Phases of its programme in which no document places it.")
    note: str | None = Field(examples=["No document places Newham in Phase 2."])


class CompareData(Answer):
    """The sites in the order in which they were asked for, and the rows."""

    sites: list[ComparedSite]
    rows: list[AspectRow]


class CompareAnswer(Answer):
    """The answer of `/v1/compare`; its count is that of different things in all cells, as far as they are shown."""

    data: CompareData
    meta: Meta


def describe_record(record: ComparedRecord) -> ComparedThing:
    """Return a record as it is sent."""
    return ComparedThing(
        id=record.id,
        iri=record.iri,
        label=record.label,
        href=record.href,
        description=record.description,
        links=labels(record.links),
        kind=labels(record.sectors),
        count=record.member_count,
        role=record.role.label if record.role else None,
        moments=labels(record.moments),
        changes=labels(record.changes),
        start=record.period.start if record.period else None,
        end=record.period.end if record.period else None,
        amount=record.amount,
        at_least=record.at_least,
        at_most=record.at_most,
        unit=record.currency or (record.unit.label if record.unit else None),
        condition=record.condition,
        explicitness=record.explicitness.id if record.explicitness else None,
        modality=record.modality.id if record.modality else None,
        scope=record.scope.label if record.scope else None,
        voices=labels(record.voices),
        curator_note=record.curator_note,
        passages=[
            PassageRef(
                id=passage.id,
                document=passage.document.id,
                document_title=passage.document.label,
                section=passage.section.id,
                section_title=passage.section.label,
                start=passage.start,
                end=passage.end,
                sha256=passage.sha256,
            )
            for passage in record.supported_by
        ],
    )


def labels(refs: list[Ref]) -> list[str]:
    """Return what things are called."""
    return [ref.label for ref in refs]

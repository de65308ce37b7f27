"""What the curated routes answer: one class a kind of thing, each field with its path in the graph.

A field's path is a SPARQL 1.1 property path from the thing to the value; `assembly` reads it. The
fields of an `…Item` are those that only the answer for one thing shows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field


@dataclass(frozen=True, slots=True)
class At:
    """Where a field's values stand in the graph, as a property path from the thing."""

    path: str


class Answer(BaseModel):
    """Base of everything that is sent: frozen, and no field that is not declared."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Ref(Answer):
    """Another thing: short identifier, IRI, label, and its curated route where it has one."""

    id: str = Field(examples=["site/coventry"])
    iri: str = Field(examples=["https://w3id.org/hct-kg/id/site/coventry"])
    label: str = Field(examples=["Coventry"])
    href: str | None = Field(examples=["/v1/sites/coventry"])


class Resource(Answer):
    """What every thing has: short identifier, IRI, label in our own words."""

    id: str = Field(examples=["site/coventry"])
    iri: str = Field(examples=["https://w3id.org/hct-kg/id/site/coventry"])
    label: str = Field(examples=["Coventry"])

    @classmethod
    def name(cls, values: Mapping[str, Any]) -> str | None:
        """Return what to call a thing that has no label of its own, from its other fields."""
        return None


class Citation(Resource):
    """A passage that supports a claim: offsets in Unicode code points, end exclusive."""

    document: Annotated[Ref, At("oa:hasSource")]
    section: Annotated[Ref, At("hct:section")]
    start: Annotated[int, At("oa:hasSelector/oa:start")]
    end: Annotated[int, At("oa:hasSelector/oa:end")]
    sha256: Annotated[str, At("hct:sha256")]

    @classmethod
    def name(cls, values: Mapping[str, Any]) -> str | None:
        """Return document and section."""
        return f"{values['document'].label}, {values['section'].label}"


class Record(Resource):
    """What carries evidence: the marks that say how far it may be relied on, and the passages."""

    explicitness: Annotated[Ref | None, At("hct:explicitness")]
    modality: Annotated[Ref | None, At("hct:modality")]
    scope: Annotated[Ref | None, At("hct:scope")]
    voices: Annotated[list[Ref], At("hct:voice")]
    curator_note: Annotated[str | None, At("hct:curatorNote")]
    supported_by: Annotated[list[Citation], At("hct:supportedBy")]


class Claim(Record):
    """A link, statement, stated value or finding; fields that its kind has not are null or empty."""

    types: Annotated[list[Ref], At("rdf:type")]
    description: Annotated[str | None, At("dcterms:description")]
    cause: Annotated[Ref | None, At("hct:cause")]
    effect: Annotated[Ref | None, At("hct:effect")]
    polarity: Annotated[Ref | None, At("hct:polarity")]
    models: Annotated[list[Ref], At("hct:model")]
    about: Annotated[list[Ref], At("hct:about")]
    measure: Annotated[Ref | None, At("hct:measure")]
    value: Annotated[str | None, At("hct:value")]
    min_value: Annotated[str | None, At("hct:minValue")]
    max_value: Annotated[str | None, At("hct:maxValue")]
    precision: Annotated[Ref | None, At("hct:precision")]
    unit: Annotated[Ref | None, At("hct:unit")]

    @classmethod
    def name(cls, values: Mapping[str, Any]) -> str | None:
        """Return a link's cause and effect."""
        return f"{values['cause'].label} → {values['effect'].label}" if values["cause"] and values["effect"] else None


class Period(Resource):
    """A span of time; either end may be unknown. Years, months or days, as the source gives them."""

    start: Annotated[str | None, At("hct:start")]
    end: Annotated[str | None, At("hct:end")]


class Programme(Resource):
    """A programme and those behind it."""

    alternative_names: Annotated[list[str], At("skos:altLabel")]
    description: Annotated[str | None, At("dcterms:description")]
    period: Annotated[Period | None, At("hct:period")]
    funders: Annotated[list[Ref], At("hct:funder")]
    delivered_by: Annotated[list[Ref], At("hct:deliveredBy")]
    evaluated_by: Annotated[list[Ref], At("hct:evaluatedBy")]


class ProgrammeItem(Programme):
    """A programme with its parts, its claims and the passages that introduce it."""

    phases: Annotated[list[Ref], At("^hct:programme")]
    claims: Annotated[list[Claim], At("^hct:about")]
    supported_by: Annotated[list[Citation], At("hct:supportedBy")]


class Membership(Record):
    """That an organisation, or an unnamed one of a kind, belongs to a partnership or body."""

    organisation: Annotated[Ref | None, At("org:member")]
    member_kind: Annotated[Ref | None, At("hct:memberKind")]
    member_count: Annotated[int | None, At("hct:memberCount")]
    role: Annotated[Ref | None, At("org:role")]
    partnership: Annotated[Ref, At("org:organization")]
    member_at: Annotated[list[Ref], At("hct:memberAt")]
    changes: Annotated[list[Ref], At("hct:membershipChange")]
    during: Annotated[Period | None, At("org:memberDuring")]
    description: Annotated[str | None, At("dcterms:description")]

    @classmethod
    def name(cls, values: Mapping[str, Any]) -> str | None:
        """Return who belongs to what."""
        member = values["organisation"] or values["member_kind"]
        return f"{member.label} in {values['partnership'].label}" if member else None


class Grant(Record):
    """Money awarded: amount in the currency's main unit (ISO 4217)."""

    programme: Annotated[Ref, At("hct:programme")]
    phase: Annotated[Ref, At("hct:phase")]
    funder: Annotated[Ref, At("hct:funder")]
    recipient: Annotated[Ref, At("hct:recipient")]
    amount: Annotated[float, At("hct:amount")]
    currency: Annotated[str, At("hct:currency")]
    period: Annotated[Period | None, At("hct:period")]


class GrantItem(Grant):
    """A grant with the claims about it."""

    claims: Annotated[list[Claim], At("^hct:about")]


class Site(Resource):
    """A place-based partnership; its place is another thing."""

    alternative_names: Annotated[list[str], At("skos:altLabel")]
    description: Annotated[str | None, At("dcterms:description")]
    programme: Annotated[Ref, At("hct:programme")]
    place: Annotated[Ref, At("hct:place")]
    phases: Annotated[list[Ref], At("hct:phase")]


class SiteItem(Site):
    """A partnership with its members, grants, claims and passages."""

    memberships: Annotated[list[Membership], At("^org:organization")]
    grants: Annotated[list[Grant], At("^hct:recipient")]
    claims: Annotated[list[Claim], At("^hct:about")]
    supported_by: Annotated[list[Citation], At("hct:supportedBy")]


class Organisation(Resource):
    """An organisation of any sector."""

    alternative_names: Annotated[list[str], At("skos:altLabel")]
    description: Annotated[str | None, At("dcterms:description")]
    sectors: Annotated[list[Ref], At("hct:sector")]


class OrganisationItem(Organisation):
    """An organisation with its memberships, claims and passages."""

    memberships: Annotated[list[Membership], At("^org:member")]
    claims: Annotated[list[Claim], At("^hct:about")]
    supported_by: Annotated[list[Citation], At("hct:supportedBy")]


class SupportStrand(Resource):
    """A strand of support that a programme gives."""

    alternative_names: Annotated[list[str], At("skos:altLabel")]
    description: Annotated[str | None, At("dcterms:description")]
    programme: Annotated[Ref, At("hct:programme")]
    providers: Annotated[list[Ref], At("hct:provider")]
    inputs: Annotated[list[Ref], At("^hct:strand")]


class SupportActivity(Record):
    """What a strand of support consisted of."""

    description: Annotated[str | None, At("dcterms:description")]
    providers: Annotated[list[Ref], At("hct:provider")]


class SupportStrandItem(SupportStrand):
    """A strand with what it consisted of, its claims and passages."""

    activities: Annotated[list[SupportActivity], At("^hct:strand")]
    claims: Annotated[list[Claim], At("^hct:about")]
    supported_by: Annotated[list[Citation], At("hct:supportedBy")]


class Factor(Resource):
    """Something that can be cause or effect, at a level, in one or more causal models."""

    alternative_names: Annotated[list[str], At("skos:altLabel")]
    description: Annotated[str | None, At("dcterms:description")]
    notation: Annotated[str | None, At("skos:notation")]
    level: Annotated[Ref | None, At("hct:level")]
    models: Annotated[list[Ref], At("hct:model")]
    part_of: Annotated[list[Ref], At("skos:broader")]
    parts: Annotated[list[Ref], At("^skos:broader")]


class FactorItem(Factor):
    """A factor with the links that lead to it and from it, other claims, and passages."""

    led_to_by: Annotated[list[Claim], At("^hct:effect")]
    leads_to: Annotated[list[Claim], At("^hct:cause")]
    claims: Annotated[list[Claim], At("^hct:about")]
    supported_by: Annotated[list[Citation], At("hct:supportedBy")]


T = TypeVar("T")


class Meta(Answer):
    """Which data the answer is from, how many things it holds, whether those are all, and where it is again."""

    dataset_version: str = Field(description="SHA-256 of the dataset's canonical N-Quads.")
    count: int = Field(ge=0)
    complete: bool
    permalink: str | None = Field(description="Where this answer is given again; null where the call is too long.")


class Listing(Answer, Generic[T]):
    """A list of things with its meta."""

    data: list[T]
    meta: Meta


class Item(Answer, Generic[T]):
    """One thing with its meta."""

    data: T
    meta: Meta

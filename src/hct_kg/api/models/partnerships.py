"""Sites, their places and members, other organisations and bodies, and what was done."""

from __future__ import annotations

from typing import Annotated

from hct_kg.api.models.base import AlternativeNames, At, Description, Named, Ref, Types
from hct_kg.api.models.claims import Claims, Themes
from hct_kg.api.models.evidence import Discrepancies, DuringPeriod, Passages, Period, Record
from hct_kg.api.models.programme import Grant, OfProgramme


class Membership(Record):
    """That an organisation, or an unnamed one of a kind, belongs to a partnership or body."""

    organisation: Annotated[Ref | None, At("org:member", "The member, where the source names it.")]
    member_kind: Annotated[Ref | None, At("hct:memberKind", "The sector of members that the source leaves unnamed.")]
    member_count: Annotated[int | None, At("hct:memberCount", "How many unnamed members there were.")]
    role: Annotated[Ref | None, At("org:role", "What part the member has.")]
    partnership: Annotated[Ref | None, At("org:organization", "The site or governance body that it belongs to.")]
    member_at: Annotated[list[Ref], At("hct:memberAt", "Moments at which the source says that it belonged.")]
    changes: Annotated[list[Ref], At("hct:membershipChange", "What happened to the membership over time.")]
    during: Annotated[Period | None, At("org:memberDuring", "From when to when.")]
    description: Description


class MembershipItem(Membership):
    """A membership with the claims about it."""

    claims: Claims
    discrepancies: Discrepancies


Memberships = Annotated[list[Membership], At("^org:organization", "Who belongs, or belonged, to it.")]


class Site(Named):
    """A place-based partnership; its place is another thing."""

    programme: OfProgramme
    place: Annotated[Ref | None, At("hct:place", "The area that it works in.")]
    phases: Annotated[list[Ref], At("hct:phase", "The phases that it took part in.")]


class SiteItem(Site):
    """A partnership with its members, grants, what it did, claims and passages."""

    memberships: Memberships
    grants: Annotated[list[Grant], At("^hct:recipient", "What it was awarded.")]
    initiatives: Annotated[list[Ref], At("^hct:site", "What was done there.", of="hct:Initiative")]
    evidence_activities: Annotated[
        list[Ref], At("^hct:site", "How evidence was gathered there.", of="hct:EvidenceActivity")
    ]
    claims: Claims
    supported_by: Passages


class Place(Named):
    """A geographical area."""


class PlaceItem(Place):
    """A place with the sites that work there, claims and passages."""

    sites: Annotated[list[Ref], At("^hct:place", "The sites that work there.")]
    claims: Claims
    supported_by: Passages


class Organisation(Named):
    """An organisation of any sector."""

    sectors: Annotated[list[Ref], At("hct:sector", "The sectors that it works in.")]


class OrganisationItem(Organisation):
    """An organisation with its memberships, what it pays for and gives, claims and passages."""

    memberships: Annotated[list[Membership], At("^org:member", "What it belongs, or belonged, to.")]
    grants: Annotated[list[Ref], At("^hct:funder", "What it awarded.", of="hct:Grant")]
    support: Annotated[list[Ref], At("^hct:provider", "The strands and activities of support that it gives.")]
    initiatives: Annotated[list[Ref], At("^hct:organiser", "The initiatives that it ran.")]
    documents: Annotated[list[Ref], At("^hct:publisher|^hct:author", "The documents that it published or wrote.")]
    claims: Claims
    supported_by: Passages


class GovernanceBody(Named):
    """A group that steers or advises a programme."""

    programme: OfProgramme


class GovernanceBodyItem(GovernanceBody):
    """A body with its members, claims and passages."""

    memberships: Memberships
    claims: Claims
    supported_by: Passages


class Role(Named):
    """A role in a partnership, body or programme; never a person."""

    employer: Annotated[Ref | None, At("hct:employer", "The organisation that it belongs to.")]


class RoleItem(Role):
    """A role with the memberships that have it, claims and passages."""

    memberships: Annotated[list[Ref], At("^org:role", "The memberships that have it.")]
    claims: Claims
    supported_by: Passages


class Initiative(Record):
    """What sites really did; an event is one occasion of it."""

    types: Types
    alternative_names: AlternativeNames
    description: Description
    sites: Annotated[list[Ref], At("hct:site", "The sites that it was done in.")]
    part_of: Annotated[list[Ref], At("dcterms:isPartOf", "The initiatives that it is a part of.")]
    organisers: Annotated[list[Ref], At("hct:organiser", "Who ran it.")]
    themes: Themes
    period: DuringPeriod


class InitiativeItem(Initiative):
    """An initiative with its parts and the claims about it."""

    parts: Annotated[list[Ref], At("^dcterms:isPartOf", "Its parts.")]
    claims: Claims
    discrepancies: Discrepancies

"""Where a thing is written, and the marks that say how far it may be relied on."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from hct_kg.api.models.base import At, Ref, Resource


class Citation(Resource):
    """A passage of a document: offsets in Unicode code points, end exclusive."""

    document: Annotated[Ref, At("oa:hasSource", "The document that it is a passage of.")]
    section: Annotated[Ref, At("hct:section", "The innermost section that holds it.")]
    start: Annotated[int, At("oa:hasSelector/oa:start", "Offset of its first code point.")]
    end: Annotated[int, At("oa:hasSelector/oa:end", "Offset after its last code point.")]
    sha256: Annotated[str, At("hct:sha256", "SHA-256 (hex) of its text in UTF-8.")]
    text: str | None = Field(
        description="Its text, where this service holds the document and the digest fits; else null."
    )
    text_note: str | None = Field(
        description="Why there is no text although copies of documents are held: which is missing or has changed."
    )


class PassageItem(Citation):
    """A passage with what it supports."""

    supports: Annotated[list[Ref], At("^hct:supportedBy", "What it carries: claims, grants, terms and other records.")]


Passages = Annotated[list[Citation], At("hct:supportedBy", "The passages that carry it.")]
Discrepancies = Annotated[list[Ref], At("^hct:between|^hct:preferredClaim", "Where it does not agree with others.")]


class Record(Resource):
    """What carries evidence: the marks that say how far it may be relied on, and the passages."""

    explicitness: Annotated[Ref | None, At("hct:explicitness", "Stated, or implied: read there by the curator.")]
    modality: Annotated[
        Ref | None, At("hct:modality", "Intended, perceived, observed, recommended or anticipated by its source.")
    ]
    scope: Annotated[Ref | None, At("hct:scope", "Of whom it is said, in words.")]
    voices: Annotated[list[Ref], At("hct:voice", "Whose view it is: roles and kinds of organisation.")]
    curator_note: Annotated[str | None, At("hct:curatorNote", "Why the curator read it so.")]
    supported_by: Passages


class Period(Resource):
    """A span of time; either end may be unknown. Years, months or days, as the source gives them."""

    start: Annotated[str | None, At("hct:start", "Its first year, month or day.")]
    end: Annotated[str | None, At("hct:end", "Its last year, month or day.")]


DuringPeriod = Annotated[Period | None, At("hct:period", "When it was.")]

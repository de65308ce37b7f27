"""The source documents and their parts, what they cite, quote and define."""

from __future__ import annotations

from typing import Annotated

from hct_kg.api.models.base import AlternativeNames, At, Notation, Ref, Resource
from hct_kg.api.models.claims import Claims, Themes
from hct_kg.api.models.evidence import Citation, Passages

Issued = Annotated[str | None, At("dcterms:issued", "When it was issued: year, month or day.")]
OfDocument = Annotated[Ref | None, At("oa:hasSource", "The document that it is in.")]


class SourceDocument(Resource):
    """A document that claims are taken from."""

    issued: Issued
    language: Annotated[str | None, At("dcterms:language", "Its language, by BCP 47.")]
    authors: Annotated[list[Ref], At("hct:author", "The organisations that wrote it.")]
    publishers: Annotated[list[Ref], At("hct:publisher", "The organisations that published it.")]
    file_name: Annotated[str | None, At("hct:fileName", "The text file that offsets count in.")]
    sha256: Annotated[str | None, At("hct:sha256", "SHA-256 (hex) of that file.")]


class SourceDocumentItem(SourceDocument):
    """A document with its sections and tables, what it cites, and claims about it."""

    sections: Annotated[list[Ref], At("^oa:hasSource", "Its sections.", of="hct:Section")]
    tables: Annotated[list[Ref], At("^oa:hasSource", "Its tables.", of="hct:Table")]
    cites: Annotated[list[Ref], At("^hct:citedIn", "The works that it cites.")]
    claims: Claims


class Section(Resource):
    """A part of a document under one heading; offsets in Unicode code points, end exclusive."""

    document: OfDocument
    notation: Notation
    part_of: Annotated[Ref | None, At("dcterms:isPartOf", "The section that holds it.")]
    start: Annotated[int | None, At("oa:hasSelector/oa:start", "Offset of its first code point.")]
    end: Annotated[int | None, At("oa:hasSelector/oa:end", "Offset after its last code point.")]


class SectionItem(Section):
    """A section with its parts and passages."""

    sections: Annotated[list[Ref], At("^dcterms:isPartOf", "The sections in it.")]
    passages: Annotated[list[Citation], At("^hct:section", "The passages that stand in it and in no section of it.")]
    questions: Annotated[list[Ref], At("^hct:answeredIn", "The evaluation questions that it answers.")]
    limitations: Annotated[list[Ref], At("^hct:bearsOn", "The limitations that bear on it.")]
    claims: Claims


class Table(Resource):
    """A table or figure whose cells are held as stated values."""

    document: OfDocument


class TableItem(Table):
    """A table with its cells and passages."""

    cells: Annotated[list[Ref], At("^hct:table", "Its cells.")]
    claims: Claims
    supported_by: Passages


class Publication(Resource):
    """A work that a document cites; claims are not taken from it."""

    issued: Issued
    authors: Annotated[list[str], At("hct:authors", "Who wrote it, as it is cited.")]
    url: Annotated[str | None, At("schema:url", "Where it is, as it is cited.")]
    cited_in: Annotated[list[Ref], At("hct:citedIn", "The documents that cite it.")]


class PublicationItem(Publication):
    """A publication with claims and passages."""

    claims: Claims
    supported_by: Passages


class Quotation(Resource):
    """A place where a document quotes somebody; the words are at its passage and nowhere else."""

    speakers: Annotated[list[Ref], At("hct:speaker", "Who spoke: roles and kinds of organisation.")]
    sites: Annotated[list[Ref], At("hct:site", "The sites that it comes from.")]
    themes: Themes
    supported_by: Passages


class Term(Resource):
    """A word or phrase that a document defines."""

    alternative_names: AlternativeNames
    definition: Annotated[str | None, At("skos:definition", "What the document means by it, in our words.")]
    document: OfDocument
    broader: Annotated[list[Ref], At("skos:broader", "Terms that it is a kind of.")]
    explicitness: Annotated[Ref | None, At("hct:explicitness", "Whether the document defines it, or shows it in use.")]
    supported_by: Passages


class TermItem(Term):
    """A term with those below it and claims about it."""

    narrower: Annotated[list[Ref], At("^skos:broader", "Terms that are kinds of it.")]
    claims: Claims
    discrepancies: Annotated[list[Ref], At("^hct:between|^hct:preferredClaim", "Where it does not agree with others.")]

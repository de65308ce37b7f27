"""What `/v1/queries` answers: how each query is asked, and its rows."""

from __future__ import annotations

from typing import TypeAlias

from pydantic import ConfigDict, Field

from hct_kg.api.models import Answer, Meta, PageMeta

Cell: TypeAlias = str | int | float | bool | None


class ConceptDescription(Answer):
    """A value of an enumeration."""

    id: str = Field(examples=["modality/observed"])
    iri: str = Field(examples=["https://w3id.org/hct-kg/id/modality/observed"])
    label: str = Field(examples=["Observed"])


class ParameterDescription(Answer):
    """A parameter of a curated query; `class` or `scheme` says which identifiers one of type `iri` takes."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_by_name=True)

    name: str
    type: str
    class_iri: str | None = Field(alias="class", description="What the thing has to be.", examples=["hct:Site"])
    scheme: str | None = Field(description="The scheme that the concept has to be in.", examples=["scheme/modality"])
    values: list[ConceptDescription] | None = Field(description="The concepts of the scheme, in its order.")
    description: str
    required: bool
    default: str | None
    example: str | None


class QueryDescription(Answer):
    """A curated query: the question that it answers, and how to ask it."""

    name: str
    iri: str = Field(description="The query as data: an sh:SPARQLSelectExecutable.")
    number: int = Field(description="Its number in the README's list of questions.")
    question: str
    audience: str
    summary: str
    parameters: list[ParameterDescription]
    columns: list[str]
    href: str


class QueryListing(Answer):
    """All curated queries, by number."""

    data: list[QueryDescription]
    meta: Meta


class QueryAnswer(Answer):
    """The rows of a curated query: identifiers in short form, numbers and truth values as such."""

    data: list[dict[str, Cell]]
    columns: list[str]
    question: str
    meta: PageMeta

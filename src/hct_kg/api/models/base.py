"""What every answer is made of: things, references to them, lists and items, and the meta of an answer.

A field says in its `At` where its values stand in the graph, as a SPARQL 1.1 property path from the thing to the
value; `assembly` reads it. The fields of an `…Item` are those that only the answer for one thing shows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field, GetJsonSchemaHandler
from pydantic_core import CoreSchema


@dataclass(frozen=True, slots=True)
class At:
    """Where a field's values stand in the graph, what they say, and the class that they are to have, if any."""

    path: str
    says: str = ""
    of: str | None = None

    def __get_pydantic_json_schema__(self, core_schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """Describe the field in OpenAPI."""
        schema = handler(core_schema)
        return {**schema, "description": self.says} if self.says else schema


class Answer(BaseModel):
    """Base of everything that is sent: frozen, and no field that is not declared."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Ref(Answer):
    """Another thing: short identifier, IRI, label, and its curated route where it has one."""

    id: str = Field(description="Short identifier.", examples=["site/coventry"])
    iri: str = Field(description="IRI.", examples=["https://w3id.org/hct-kg/id/site/coventry"])
    label: str = Field(description="What it is called, in our words.", examples=["Coventry"])
    href: str | None = Field(
        description="Where it is described here; null where it is not.", examples=["/v1/sites/coventry"]
    )


class Resource(Answer):
    """What every thing has: short identifier, IRI, label in our own words, curated route."""

    id: str = Field(description="Short identifier.", examples=["site/coventry"])
    iri: str = Field(description="IRI.", examples=["https://w3id.org/hct-kg/id/site/coventry"])
    label: str = Field(description="What it is called, in our words.", examples=["Coventry"])
    href: str | None = Field(
        description="Where it is described here; null where it is not.", examples=["/v1/sites/coventry"]
    )


AlternativeNames = Annotated[list[str], At("skos:altLabel", "What else it is called.")]
Description = Annotated[str | None, At("dcterms:description", "What it is, in our words.")]
Notation = Annotated[str | None, At("skos:notation", "Its number or sign in its source or scheme.")]
Types = Annotated[list[Ref], At("rdf:type", "Its classes, those above them too.")]


class Named(Resource):
    """A thing with other names and a description."""

    alternative_names: AlternativeNames
    description: Description


T = TypeVar("T")


class Meta(Answer):
    """Which data the answer is from, how many things it holds, whether those are all, and where it is again."""

    dataset_version: str = Field(description="SHA-256 that names the dataset's content: made of those of its graphs.")
    count: int = Field(ge=0, description="How many things this answer holds.")
    complete: bool = Field(description="Whether this is all there is: no other page, no bound that was hit.")
    permalink: str | None = Field(description="Where this answer is given again; null where the call is too long.")


class PageMeta(Meta):
    """Meta of a page: how many things there are on all pages, and how to get the next page."""

    total: int = Field(ge=0, description="How many things all pages hold.")
    next: str | None = Field(description="The `cursor` of the next page; null on the last one.")


class FacetValue(Answer):
    """A value of a filter, and how many things it would find beside the other filters that are given."""

    value: Ref = Field(description="The value: give its `id` to the filter.")
    count: int = Field(ge=1, description="How many things have it.")


class Listing(Answer, Generic[T]):
    """A page of things with its meta."""

    data: list[T]
    facets: dict[str, list[FacetValue]] | None = Field(
        description="With `facets`: for each filter asked for its values, the most frequent first."
    )
    meta: PageMeta


class Item(Answer, Generic[T]):
    """One thing with its meta."""

    data: T
    meta: Meta

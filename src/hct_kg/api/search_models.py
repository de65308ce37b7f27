"""What `/v1/search` is asked, and what it answers."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from hct_kg.api.models import Answer, Meta, Ref
from hct_kg.searching.meanings import How

LONGEST = 200
MOST_HITS = 100


class SearchQuestion(BaseModel):
    """What to look for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    q: str = Field(
        min_length=1,
        max_length=LONGEST,
        description='Words, all of which are to match; "…" is a phrase, word* the beginning of a word, and so is the '
        "last word. An identifier (site/coventry) or IRI finds its thing. Nothing else has a special meaning.",
        examples=["Gloucestershire stewardship", '"grant funding"', "site/coventry"],
    )
    classes: list[str] = Field(
        default_factory=list,
        alias="class",
        max_length=20,
        description="Only things of this class, or one of these: short form or IRI.",
        examples=[["hct:Site", "hct:Organisation"]],
    )
    limit: int = Field(20, ge=1, le=MOST_HITS, description="Most hits in the answer.")
    cursor: str | None = Field(
        None, max_length=500, description="Where to go on: `next` in the meta of the page before, same question."
    )


class MatchAnswer(Answer):
    """That a word or phrase of the question stands in a field of the thing."""

    asked: str = Field(description="As it was asked.", examples=["covnetry"])
    found: str = Field(description="As it is written there; for `spelling`, what was taken instead.")
    field: str = Field(examples=["label"])
    how: How


class Reason(Answer):
    """Why a thing was found: `how` is the least sure of its matches, `missing` what of the question it lacks."""

    field: str | None = Field(description="The field of the snippet.", examples=["label"])
    how: How
    matches: list[MatchAnswer]
    missing: list[str] = Field(description="Not empty only where nothing has all words: then any of them will do.")


class Snippet(Answer):
    """A text of the thing, or the part of it that matches."""

    field: str = Field(examples=["description"])
    text: str
    highlights: list[tuple[int, int]] = Field(description="Offsets into `text`, in code points, end exclusive.")


class HitAnswer(Ref):
    """A thing that was found."""

    kind: Ref = Field(serialization_alias="class", description="The class that says most of it.")
    score: float = Field(description="Higher is better; to be compared within one answer only.")
    snippet: Snippet | None
    reason: Reason


class Facet(Answer):
    """How many of the things that match have a class; a thing counts under each class that it has."""

    kind: Ref = Field(serialization_alias="class")
    count: int


class SearchData(Answer):
    """The hits, the best first; the classes of all that match the words, the most frequent first."""

    hits: list[HitAnswer]
    facets: list[Facet]


class SearchMeta(Meta):
    """Meta of a search: `count` hits here, `total` in all, and the cursor of the `next` page if there is one."""

    total: int
    next: str | None


class SearchAnswer(Answer):
    """The answer of `/v1/search`."""

    data: SearchData
    meta: SearchMeta

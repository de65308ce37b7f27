"""What `/v1/evidence` and `/v1/evidence/findings` are asked, and what the matrix is made of."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from hct_kg.api.models import Answer, PageMeta, Ref

MOST_ROWS, USUAL_ROWS = 1000, 100
MOST_FINDINGS, USUAL_FINDINGS = 200, 50
MODALITY: Any = Field(
    default_factory=list,
    max_length=5,
    description="Only findings that their source holds in this way, or one of these.",
    examples=[["observed", "perceived"]],
)
CURSOR = Field(
    None, max_length=500, description="Where to go on: `next` in the meta of the page before, same question."
)


class MatrixQuestion(BaseModel):
    """Which matrix to show."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    rows: Literal["themes", "outcomes"] = Field(
        "themes",
        description="What is a row: a theme, or an outcome that a finding is about or has as effect of its links.",
        examples=["outcomes"],
    )
    modality: list[str] = MODALITY
    level: str | None = Field(
        None, max_length=300, description="Only outcomes at this level; themes have none.", examples=[]
    )
    limit: int = Field(USUAL_ROWS, ge=1, le=MOST_ROWS, description="Most rows on a page.")
    cursor: str | None = CURSOR


class CellQuestion(BaseModel):
    """Which findings of the matrix to show."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    row: str | None = Field(
        None,
        max_length=300,
        description="Only findings of this row: a theme or an outcome, by identifier or IRI.",
        examples=["theme/staff-turnover", "factor/psychological-safety"],
    )
    column: str | None = Field(
        None,
        max_length=300,
        description="Only findings of this column: its `id` in the matrix.",
        examples=["site/leeds", "some-unnamed"],
    )
    modality: list[str] = MODALITY
    limit: int = Field(USUAL_FINDINGS, ge=1, le=MOST_FINDINGS, description="Most findings on a page.")
    cursor: str | None = CURSOR


class EvidenceColumn(Answer):
    """Of whom findings are said: each finding is in one column."""

    id: str = Field(description="What `column` takes.", examples=["site/coventry", "some-unnamed"])
    label: str
    meaning: str
    site: Ref | None = Field(description="The site that alone is named; null where none or several are.")


class EvidenceCell(Answer):
    """How many findings of a row are in a column; nought says that none was found in these documents."""

    column: str = Field(examples=["site/coventry"])
    count: int = Field(ge=0)
    modalities: dict[str, int] = Field(
        description="How many of each modality that occurs.", examples=[{"modality/observed": 3}]
    )


class EvidenceRow(Answer):
    """A theme or outcome, or all findings where `about` is null: cells are in the order of the columns."""

    about: Ref | None
    level: Ref | None = Field(description="The level of an outcome.")
    count: int = Field(ge=0, description="How many findings, each counted once.")
    cells: list[EvidenceCell]


class EvidenceData(Answer):
    """The matrix: rows with most findings first; a finding may stand in several rows, never in several columns."""

    columns: list[EvidenceColumn]
    modalities: list[Ref] = Field(description="From what is reported to what is only advised.")
    levels: list[Ref] = Field(description="The levels that `level` takes; none for themes.")
    all: EvidenceRow
    rows: list[EvidenceRow]


class EvidenceAnswer(Answer):
    """The answer of `/v1/evidence`; its count is that of rows."""

    data: EvidenceData
    meta: PageMeta

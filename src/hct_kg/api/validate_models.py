"""What `/v1/validate` answers in JSON; the process that validates writes it, these say what it is."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from hct_kg.api.models import Answer, Meta


class ValidateQuestion(BaseModel):
    """What to validate the body with."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    beside: Literal["dataset"] | None = Field(
        None,
        alias="with",
        description="With `dataset`, the body is validated as if it were merged into the dataset, so that it may refer "
        "to things there; without it, alone with the ontology.",
    )


class TermAnswer(Answer):
    """An RDF term; a blank node has no value."""

    type: Literal["uri", "literal", "bnode"]
    value: str | None = Field(examples=["https://w3id.org/hct-kg/id/site/coventry"])
    datatype: str | None
    language: str | None


class ShapeResult(Answer):
    """One thing to mend: on what, by which path, which value, which shape asks for it, and how to mend it."""

    focus: TermAnswer | None
    path: TermAnswer | None
    value: TermAnswer | None
    shape: TermAnswer | None
    component: str = Field(description="The kind of constraint.", examples=["MinCountConstraintComponent"])
    severity: str = Field(examples=["Violation"])
    message: str | None


class ValidateData(Answer):
    """A SHACL validation report: it conforms where it has no result; `counts` has those of each severity."""

    conforms: bool
    counts: dict[str, int] = Field(examples=[{"Violation": 2}])
    results: list[ShapeResult]


class ValidateAnswer(Answer):
    """The answer of `/v1/validate`."""

    data: ValidateData
    meta: Meta

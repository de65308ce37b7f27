"""How factors, causal models, links and passages are sent, and how factors and models are asked for."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from hct_kg.api.models import Answer
from hct_kg.errors import UnknownResource
from hct_kg.links import Citation, Link, Network
from hct_kg.projection import Projection
from hct_kg.terms import expand, shorten

Sign = Literal["positive", "negative", "unsigned"]
SIGNS: dict[int, Sign] = {1: "positive", -1: "negative", 0: "unsigned"}


def identifier(text: str) -> str:
    """Return the IRI of an identifier; raises ValueError for text that is none."""
    iri = expand(text)
    if iri is None:
        raise ValueError("is no identifier such as factor/innovation, nor an IRI")
    return iri


Identifier = Annotated[str, AfterValidator(identifier)]


class FactorRef(Answer):
    """A factor by identifier, IRI and label."""

    id: str = Field(examples=["factor/grant-funding"])
    iri: str = Field(examples=["https://w3id.org/hct-kg/id/factor/grant-funding"])
    label: str = Field(examples=["Grant funding"])


class ModelRef(Answer):
    """A causal model by identifier, IRI and label."""

    id: str = Field(examples=["model/hct-theory-of-change"])
    iri: str = Field(examples=["https://w3id.org/hct-kg/id/model/hct-theory-of-change"])
    label: str = Field(examples=["Healthy Communities Together theory of change"])


class PassageRef(Answer):
    """Where a link is written; offsets in Unicode code points, end exclusive."""

    id: str
    document: str
    document_title: str
    section: str
    section_title: str
    start: int
    end: int
    sha256: str


class LinkClaim(Answer):
    """One claim of a link, with its marks and passages."""

    id: str
    explicitness: Literal["stated", "implied"]
    modality: str = Field(examples=["modality/perceived"])
    scope: str = Field(description="Of whom the claim speaks, in words.")
    voices: list[str]
    models: list[str]
    condition: str | None = Field(description="On what condition the source says it; null where it gives none.")
    curator_note: str | None = Field(description="Why an implied link was read so.")
    passages: list[PassageRef]


class WholeLink(LinkClaim):
    """A claim of a link together with the factors that it joins."""

    cause: FactorRef
    effect: FactorRef
    polarity: Sign


def describe_link(link: Link) -> LinkClaim:
    """Return one claim as it is sent, where its factors are told elsewhere."""
    return LinkClaim(
        id=shorten(link.iri),
        explicitness="implied" if link.implied else "stated",
        modality=shorten(link.modality),
        scope=link.scope.label,
        voices=list(link.voices),
        models=sorted(shorten(model) for model in link.models),
        condition=link.condition or None,
        curator_note=link.note or None,
        passages=[describe_passage(citation) for citation in link.evidence],
    )


def describe_whole_link(network: Network, link: Link) -> WholeLink:
    """Return one claim as it is sent, with its factors."""
    return WholeLink(
        **dict(describe_link(link)),
        cause=refer(network, link.cause),
        effect=refer(network, link.effect),
        polarity=SIGNS[link.sign],
    )


def describe_passage(citation: Citation) -> PassageRef:
    """Return one passage as it is sent."""
    return PassageRef(
        id=shorten(citation.passage),
        document=shorten(citation.document),
        document_title=citation.document_title,
        section=shorten(citation.section),
        section_title=citation.section_title,
        start=citation.start,
        end=citation.end,
        sha256=citation.sha256,
    )


def refer(network: Network, iri: str) -> FactorRef:
    """Return a factor as it is sent."""
    return FactorRef(id=shorten(iri), iri=iri, label=network.labels.get(iri, shorten(iri)))


def refer_model(network: Network, iri: str) -> ModelRef:
    """Return a causal model as it is sent."""
    return ModelRef(id=shorten(iri), iri=iri, label=network.models.get(iri, shorten(iri)))


def known_factor(network: Network, name: str, iri: str) -> str:
    """Return a factor that a parameter names; raises UnknownResource where there is none of that IRI."""
    if iri not in network.labels:
        raise UnknownResource(f"{name}={shorten(iri)} is no factor; /v1/mechanisms and /v1/outcomes list factors")
    return iri


def known_model(network: Network, iri: str) -> str:
    """Return a causal model that `model` names; raises UnknownResource, which lists those that there are."""
    if iri not in network.models:
        there = ", ".join(sorted(map(shorten, network.models))) or "none"
        raise UnknownResource(f"model={shorten(iri)} is no causal model; there is {there}")
    return iri


def models_asked(network: Network, model: str | None) -> list[str]:
    """Return the one causal model that is asked for, or all of them; raises UnknownResource."""
    return sorted(network.models) if model is None else [known_model(network, model)]


def within(projection: Projection, model: str) -> Projection:
    """Return the links of one causal model."""
    return projection.where(lambda link: model in link.models)

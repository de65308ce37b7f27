"""How chains of causal links are sent: their steps, their sign, their weakest marks, and what to be careful about."""

from __future__ import annotations

from pydantic import Field

from hct_kg.api.causal import SIGNS, FactorRef, LinkClaim, Sign, describe_link, refer
from hct_kg.api.models import Answer
from hct_kg.links import Network
from hct_kg.projection import Step
from hct_kg.terms import shorten
from hct_kg.tracing import Chain, Overlap


class ChainStep(Answer):
    """From one factor to the next, with every claim that says so."""

    cause: FactorRef
    effect: FactorRef
    polarity: Sign
    implied: bool
    claims: list[LinkClaim]


class ChainAnswer(Answer):
    """A chain: its steps in causal order, its sign, its weakest marks, and what to be careful about."""

    steps: list[ChainStep]
    sign: Sign = Field(description="Product of the steps' polarities.")
    implied_links: int
    weakest_modality: str
    scope_overlap: Overlap = Field(
        description="Whether each two steps in a row name a site, or another member, in common; unknown where one "
        "names none."
    )
    warnings: list[str]


def describe_chain(network: Network, chain: Chain) -> ChainAnswer:
    """Return one chain as it is sent."""
    return ChainAnswer(
        steps=[describe_step(network, step) for step in chain.steps],
        sign=SIGNS[chain.sign],
        implied_links=chain.implied,
        weakest_modality=shorten(chain.modality),
        scope_overlap=chain.scope_overlap,
        warnings=list(chain.warnings),
    )


def describe_step(network: Network, step: Step) -> ChainStep:
    """Return one step as it is sent."""
    return ChainStep(
        cause=refer(network, step.cause),
        effect=refer(network, step.effect),
        polarity=SIGNS[step.sign],
        implied=step.implied,
        claims=[describe_link(link) for link in step.links],
    )

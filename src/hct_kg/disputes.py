"""Claims of opposite sign about the same two factors, side by side."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from hct_kg.links import Link
from hct_kg.projection import Step, steps_of


@dataclass(frozen=True, slots=True)
class Dispute:
    """Two factors of which some claim that one raises the other, and some that it lowers it."""

    positive: Step
    negative: Step


def disputes(links: Iterable[Link]) -> tuple[Dispute, ...]:
    """Return the disputes in the order of their factors' IRIs; of whatever causal model the links are."""
    signed = {(step.cause, step.effect, step.sign): step for step in steps_of(link for link in links if link.sign)}
    return tuple(
        Dispute(signed[cause, effect, 1], step)
        for (cause, effect, sign), step in signed.items()
        if sign < 0 and (cause, effect, 1) in signed
    )

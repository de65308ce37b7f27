"""What a reader has selected in a drawing, a factor or a link: what leads to it and what it leads to, in sentences."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from hct_kg.web.causal_links import CausalLink, Json, Name, Passage, read_name, read_passage, tell
from hct_kg.web.causal_models import CausalModel, Factor
from hct_kg.web.sentences import Sentence, sentence

MOST_CLAIMS = 8
TOLD_APART = frozenset({"hct:Link"})
"""The kinds of claims that a panel tells in sentences of their own."""


@dataclass(frozen=True, slots=True)
class Selection:
    """A factor, or a link, with the sentences that lead to it and from it, the surest first."""

    name: Name
    factor: Factor | None
    link: Sentence | None
    led_to_by: tuple[Sentence, ...]
    leads_to: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class Claim:
    """What else is said of a selected thing: its words and how the source knows of it."""

    name: Name
    description: str
    modality: str


@dataclass(frozen=True, slots=True)
class Detail:
    """What the answer for one thing adds: its description, its passages, other claims and how many there are."""

    description: str
    passages: tuple[Passage, ...]
    claims: tuple[Claim, ...]
    more_claims: int


NO_DETAIL = Detail("", (), (), 0)


def select(model: CausalModel, identifier: str) -> Selection | None:
    """Return what an identifier selects in a model; None where it is not there."""
    factor = model.by_id.get(identifier)
    if factor is not None:
        name = Name(factor.id, factor.label)
        causes, effects = model.causes_of(factor.id), model.effects_of(factor.id)
        return Selection(name, factor, None, sentences(causes), sentences(effects))
    link = model.link(identifier)
    if link is None:
        return None
    return Selection(
        Name(link.id, f"{link.cause.label} → {link.effect.label}"),
        None,
        sentence(link),
        sentences(model.causes_of(link.cause.id)),
        sentences(model.effects_of(link.effect.id)),
    )


def sentences(links: Iterable[CausalLink]) -> tuple[Sentence, ...]:
    """Return links in words: those that are stated first, then those that most passages carry."""
    order = sorted(links, key=lambda link: (link.implied, -len(link.passages), link.cause.label, link.effect.label))
    return tuple(map(sentence, order))


def read_detail(item: Json) -> Detail:
    """Return what the item of a factor or of a link adds to what a drawing tells."""
    told = [*item.get("claims", ()), *item.get("findings", ())]
    others = [claim for claim in told if not TOLD_APART & {kind["id"] for kind in claim["types"]}]
    claims = tuple(
        Claim(read_name(claim), claim["description"] or "", tell(claim["modality"]).removeprefix("modality/"))
        for claim in others[:MOST_CLAIMS]
    )
    passages = tuple(read_passage(passage) for passage in item["supported_by"])
    return Detail(item["description"] or "", passages, claims, len(others) - len(claims))

"""Causal links in plain English: what is said to lead to what, on which ground, and how much of it is written."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from hct_kg.web.causal_links import CausalLink

GROUNDS: Mapping[str, str] = MappingProxyType(
    {
        "intended": "meant to",
        "anticipated": "expected to",
        "recommended": "recommended so as to",
        "perceived": "seen to",
        "observed": "observed to",
    }
)
"""What stands between is or are and the verb, by how the source knows of the link."""
UNSAID = "said to"
EFFECTS: Mapping[int, str] = MappingProxyType({1: "lead to more of", -1: "lead to less of", 0: "affect"})

# Where the head of a name ends: what follows only says which one is meant.
AFTER_HEAD = re.compile(
    r"(?<!-)\b(?:about|across|among|amongst|around|as|at|before|between|beyond|by|for|from|in|into|of|on|outside|over|"
    r"that|through|to|towards|when|where|which|who|with|within|without)\b(?!-)|[(:;]"
    r"|(?<=[a-rt-z]s)\s+(?:[a-z]+ed|[a-z]+ing|brought|held|put|taken)\b",
    re.IGNORECASE,
)
PARTS = re.compile(r",|\band\b|\bor\b")
PLURAL = re.compile(r"(?:[^sui]s|people|children|men|women)$", re.IGNORECASE)
SINGULAR_IN_S = frozenset({"news", "series", "species"})


@dataclass(frozen=True, slots=True)
class Sentence:
    """A link in words: between its two factors stands `verb`; `marks` say how far it may be relied on."""

    link: CausalLink
    verb: str

    @property
    def marks(self) -> tuple[str, ...]:
        """Return how the source knows of it, and whether it says so in words or a reader took it from there."""
        return self.link.modality, "implied" if self.link.implied else "stated"

    @property
    def passages(self) -> str:
        """Return how many passages carry it, in words."""
        return passages(len(self.link.passages))

    @property
    def text(self) -> str:
        """Return the sentence with its marks: "A is meant to lead to more of B – intended, stated, 2 passages"."""
        said = f"{self.link.cause.label} {self.verb} {self.link.effect.label}"
        return f"{said} – {', '.join((*self.marks, self.passages))}"


def sentence(link: CausalLink) -> Sentence:
    """Return a link in words."""
    return Sentence(link, f"{be(link.cause.label)} {GROUNDS.get(link.modality, UNSAID)} {EFFECTS[link.sign]}")


def tally(links: Sequence[CausalLink]) -> str:
    """Return how many links there are, on which grounds, and how many of them are implied."""
    grounds = Counter(link.modality for link in links).most_common()
    how = f"all {grounds[0][0]}" if len(grounds) == 1 else ", ".join(f"{count} {ground}" for ground, count in grounds)
    implied = sum(link.implied for link in links)
    told = f"; {implied} of them implied, not said in so many words" if implied else ""
    return f"{len(links)} {'link' if len(links) == 1 else 'links'}: {how}{told}" if links else "no links"


def passages(count: int) -> str:
    """Return a number of passages in words."""
    return f"{count} {'passage' if count == 1 else 'passages'}"


def be(name: str) -> str:
    """Return the verb that a factor's name takes: "are" where a noun of its head is a plural."""
    head = AFTER_HEAD.split(name, maxsplit=1)[0]
    nouns = [part.split()[-1] for part in PARTS.split(head) if part.strip()]
    return "are" if any(PLURAL.search(noun) and noun.lower() not in SINGULAR_IN_S for noun in nouns) else "is"

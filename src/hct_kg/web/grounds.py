"""Claims as pages list them: what is claimed, on what ground, of whom, in whose view; grouped by ground."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from hct_kg.web.causal_links import Json, tell
from hct_kg.web.facts import quantity

GROUNDS: Mapping[str, str] = MappingProxyType(
    {
        "observed": "reported as having happened, or as being so",
        "perceived": "how somebody saw it",
        "anticipated": "expected, hoped for or feared",
        "intended": "a plan, not a result",
        "recommended": "what somebody ought to do",
        "": "Nobody says on what ground",
    }
)
"""The headings of the groups, what was found before what was meant."""


@dataclass(frozen=True, slots=True)
class Marks:
    """How far a claim may be relied on: on what ground it is said, in so many words or not, of whom, by whom."""

    ground: str = ""
    explicitness: str = ""
    scope: str = ""
    voices: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim by its name, with its marks."""

    id: str
    label: str
    kind: str
    value: str
    condition: str
    marks: Marks


@dataclass(frozen=True, slots=True)
class Ground:
    """The claims of one ground; `more` is how many are not shown."""

    name: str
    heading: str
    claims: Sequence[Claim]
    more: int

    @property
    def total(self) -> int:
        """Return how many there are in all."""
        return len(self.claims) + self.more


def marks(item: Json) -> Marks:
    """Return the marks of a record; those that it has not are empty."""
    scope, voices = item.get("scope"), item.get("voices") or ()
    return Marks(
        ground=tell(item.get("modality")).removeprefix("modality/"),
        explicitness=tell(item.get("explicitness")).removeprefix("explicitness/"),
        scope=scope["label"] if scope else "",
        voices=tuple(voice["label"] for voice in voices),
        note=item.get("curator_note") or "",
    )


def claim(item: Json) -> Claim:
    """Return a claim of another answer."""
    kinds = [kind["label"] for kind in item.get("types", ())]
    # Every class is there, the most general first.
    return Claim(
        item["id"], item["label"], kinds[-1] if kinds else "", quantity(item), item.get("condition") or "", marks(item)
    )


def by_ground(items: Iterable[Json], most: int) -> Sequence[Ground]:
    """Return claims by ground, those of the texts' own words first, at most so many of each."""
    found: dict[str, list[Claim]] = {name: [] for name in GROUNDS}
    for item in items:
        read = claim(item)
        found.setdefault(read.marks.ground, []).append(read)
    return [
        Ground(name, GROUNDS.get(name, "as the documents have it"), ordered(claims)[:most], max(0, len(claims) - most))
        for name, claims in found.items()
        if claims
    ]


def ordered(claims: Iterable[Claim]) -> list[Claim]:
    """Return claims with those first that are said in so many words, then by kind and name."""
    return sorted(
        claims, key=lambda item: (item.marks.explicitness == "implied", item.kind, item.label.casefold(), item.id)
    )

"""One causal link as pages show it, read from any answer of the service that tells links."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, TypeAlias

Json: TypeAlias = Mapping[str, Any]

SIGNS: Mapping[str, int] = MappingProxyType(
    {"positive": 1, "negative": -1, "unsigned": 0, "polarity/positive": 1, "polarity/negative": -1}
)
"""Both forms in which the service tells signs; where none is said, or claims disagree, there is none."""
OF_UNKNOWN_GROUND = "unsaid"


@dataclass(frozen=True, slots=True)
class Name:
    """A thing by its identifier, such as factor/grant-funding, and what it is called."""

    id: str
    label: str


@dataclass(frozen=True, slots=True)
class Passage:
    """Where something is written; without words where the service holds no copy of the document."""

    id: str
    document: Name
    section: Name
    text: str = ""


@dataclass(frozen=True, slots=True)
class CausalLink:
    """That one factor is said to bear on another: with which sign, on what ground, by whom, of whom and where."""

    id: str
    cause: Name
    effect: Name
    sign: int
    modality: str
    implied: bool
    passages: tuple[Passage, ...] = ()
    scope: str = ""
    voices: tuple[str, ...] = ()
    condition: str = ""
    description: str = ""
    note: str = ""


def read_link(item: Json, ends: Json | None = None) -> CausalLink:
    """Return a link of `/v1/links` or of another collection's item; a claim of a path has its ends beside it."""
    joined = item if ends is None else ends
    told = (item["modality"], item["explicitness"], item["scope"])
    modality, explicitness, scope = (tell(value) for value in told)
    return CausalLink(
        id=item["id"],
        cause=read_name(joined["cause"]),
        effect=read_name(joined["effect"]),
        sign=SIGNS.get(tell(joined["polarity"]), 0),
        modality=modality.removeprefix("modality/") or OF_UNKNOWN_GROUND,
        implied=explicitness.removeprefix("explicitness/") == "implied",
        passages=tuple(read_passage(passage) for passage in item.get("supported_by", item.get("passages", ()))),
        scope=item["scope"]["label"] if isinstance(item["scope"], Mapping) else scope,
        voices=tuple(voice["label"] if isinstance(voice, Mapping) else voice for voice in item["voices"]),
        condition=item.get("condition") or "",
        description=item.get("description") or "",
        note=item.get("curator_note") or "",
    )


def read_name(item: Json) -> Name:
    """Return a thing by its name."""
    return Name(item["id"], item["label"])


def read_passage(item: Json) -> Passage:
    """Return a passage, from an answer that tells it in full or in short."""
    if isinstance(item["document"], str):
        document = Name(item["document"], item["document_title"])
        return Passage(item["id"], document, Name(item["section"], item["section_title"]))
    return Passage(item["id"], read_name(item["document"]), read_name(item["section"]), item["text"] or "")


def tell(value: Json | str | None) -> str:
    """Return the identifier of what an answer names, whether in full or in short; "" where it names nothing."""
    if value is None:
        return ""
    return value if isinstance(value, str) else str(value["id"])

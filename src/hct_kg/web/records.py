"""Records as pages show them: what is said, with its marks, of whom, by whom, and where it is written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from hct_kg.web.amounts import spell

Answer = Mapping[str, Any]
"""A record as the curated endpoints send it."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage by its identifier; its text where the service holds the document."""

    id: str
    text: str | None


@dataclass(frozen=True, slots=True)
class Source:
    """A section of a document with the passages there, in their order."""

    document: str
    section: str
    passages: Sequence[Passage]


@dataclass(frozen=True, slots=True)
class Record:
    """A record: `facts` are what its kind has beside, in words; `modality` is the end of the identifier."""

    id: str
    label: str
    description: str
    value: str
    facts: Sequence[str]
    modality: str
    implied: bool
    scope: str
    voices: Sequence[str]
    condition: str
    note: str
    sources: Sequence[Source]
    preferred: bool = False


def of_collection(record: Answer, preferred: bool = False) -> Record:
    """Return a record of a collection, as `/v1/findings` or `/v1/contested` have it."""
    value = record.get("amount") or record.get("value")
    unit, precision = label(record.get("unit")), label(record.get("precision"))
    words = spell(value, record.get("min_value"), record.get("max_value"), unit, precision)
    measure = label(record.get("measure"))
    return Record(
        id=record["id"],
        label=record["label"],
        description=record.get("description") or "",
        value=words,
        facts=(measure,) if measure and words else (),
        modality=last_part((record["modality"] or {}).get("id")),
        implied=last_part((record["explicitness"] or {}).get("id")) == "implied",
        scope=label(record["scope"]) or "",
        voices=tuple(voice["label"] for voice in record["voices"]),
        condition=record.get("condition") or "",
        note=record["curator_note"] or "",
        sources=by_section(
            (item["document"]["label"], item["section"]["label"], Passage(item["id"], item["text"]))
            for item in record["supported_by"]
        ),
        preferred=preferred,
    )


def of_comparison(thing: Answer) -> Record:
    """Return a thing of a cell of `/v1/compare`."""
    period = spell(None, thing["start"], thing["end"], None)
    members = f"{thing['count']} members, unnamed" if thing["count"] else ""
    facts = (thing["role"] or "", *thing["kind"], members, *thing["moments"], *thing["changes"], period)
    return Record(
        id=thing["id"],
        label=thing["label"],
        description=thing["description"] or "",
        value=spell(thing["amount"], thing["at_least"], thing["at_most"], thing["unit"]),
        facts=tuple(filter(None, facts)),
        modality=last_part(thing["modality"]),
        implied=last_part(thing["explicitness"]) == "implied",
        scope=thing["scope"] or "",
        voices=tuple(thing["voices"]),
        condition=thing["condition"] or "",
        note=thing["curator_note"] or "",
        sources=by_section(
            (item["document_title"], item["section_title"], Passage(item["id"], None)) for item in thing["passages"]
        ),
    )


def by_section(passages: Iterable[tuple[str, str, Passage]]) -> Sequence[Source]:
    """Return passages by document and section, as they come."""
    return tuple(
        Source(document, section, tuple(passage for _, _, passage in found))
        for (document, section), found in groupby(passages, key=lambda item: item[:2])
    )


def label(reference: Answer | None) -> str | None:
    """Return what a thing is called, if there is one."""
    return reference["label"] if reference else None


def last_part(identifier: str | None) -> str:
    """Return the end of an identifier, empty where there is none."""
    return (identifier or "").rpartition("/")[2]

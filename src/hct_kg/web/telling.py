"""What the page of a thing tells beside its triples: read from the answers of the service, for people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from hct_kg.web.causal_links import Json, Name, read_link, read_name
from hct_kg.web.excerpts import Around, Excerpt, Source, excerpts
from hct_kg.web.facts import Fact, facts
from hct_kg.web.grounds import Ground, Marks, by_ground, marks
from hct_kg.web.kinds import kind_of, sentence_of
from hct_kg.web.sentences import Sentence, sentence

MOST_CLAIMS = 25
MOST_LINKS = 40
MOST_PASSAGES = 40
CLAIMS: Mapping[str, str] = MappingProxyType(
    {
        "findings": "Findings behind it",
        "links": "The links that it puts in words",
        "records": "The records that do not agree",
        "claims": "What is claimed about it",
    }
)
"""The headings over lists of claims, by field."""


@dataclass(frozen=True, slots=True)
class Linked:
    """The links that arrive at a factor, or that start from it; `more` is how many are not shown."""

    sentences: Sequence[Sentence]
    more: int


@dataclass(frozen=True, slots=True)
class Part:
    """A section of a document, and how many passages in it carry claims."""

    id: str
    label: str
    passages: int


@dataclass(frozen=True, slots=True)
class Told:
    """All that is told of a thing; what its kind has not is empty."""

    id: str
    kind: str
    what: str
    description: str
    facts: Sequence[Fact]
    marks: Marks | None
    link: Sentence | None
    before: Linked | None
    after: Linked | None
    drawn: Sequence[Name]
    """The causal models that have links of a factor: drawings to see it in."""
    claims: Sequence[tuple[str, Sequence[Ground]]]
    passages: Sequence[Excerpt]
    more_passages: int
    parts: Sequence[Part]
    counts: Sequence[tuple[str, int]]
    path: str
    permalink: str


@dataclass(frozen=True, slots=True)
class Beside:
    """What is asked beside the thing itself: the documents, the words around passages, the counts of a document."""

    sources: Mapping[str, Source]
    around: Around
    parts: Sequence[Part] = ()
    counts: Sequence[tuple[str, int]] = ()


def tell(answer: Json, path: str, beside: Beside) -> Told:
    """Return what is told of a thing, from the answer for one item of a collection at `path`."""
    item = answer["data"]
    passages = passages_of(item)
    # The sections of a document have a table of their own, and where a passage stands is told with it.
    hidden = {"document": {"sections"}, "passage": {"start", "end"}}.get(kind_of(item["id"]), set())
    return Told(
        id=item["id"],
        kind=kind_of(item["id"]),
        what=sentence_of(item),
        description=item.get("description") or "",
        facts=facts({field: value for field, value in item.items() if field not in hidden}),
        marks=marks(item) if "explicitness" in item else None,
        link=sentence(read_link(item)) if item.get("cause") and item.get("effect") else None,
        before=linked(item.get("led_to_by")),
        after=linked(item.get("leads_to")),
        drawn=models_of((*(item.get("led_to_by") or ()), *(item.get("leads_to") or ()))),
        claims=[(heading, by_ground(item[field], MOST_CLAIMS)) for field, heading in CLAIMS.items() if item.get(field)],
        passages=excerpts(passages[:MOST_PASSAGES], beside.sources, beside.around),
        more_passages=max(0, len(passages) - MOST_PASSAGES),
        parts=beside.parts,
        counts=beside.counts,
        path=path,
        permalink=answer["meta"]["permalink"] or "",
    )


def passages_of(item: Json) -> Sequence[Json]:
    """Return the passages that carry a thing; a passage is its own, a section has those that are in it."""
    if kind_of(item["id"]) == "passage":
        return [item]
    found: Sequence[Json] = item.get("supported_by") or item.get("passages") or ()
    return [passage for passage in found if "sha256" in passage]


def models_of(links: Iterable[Json]) -> Sequence[Name]:
    """Return the causal models of some links, each once, by name."""
    return sorted({read_name(model) for link in links for model in link.get("models", ())}, key=lambda name: name.label)


def linked(links: Iterable[Json] | None) -> Linked | None:
    """Return links as sentences: those that were found before those that were meant; None for what has no links."""
    if links is None:
        return None
    order = ["observed", "perceived", "anticipated", "intended", "recommended"]
    read = [sentence(read_link(link)) for link in links if link.get("cause") and link.get("effect")]

    def place(item: Sentence) -> tuple[int, str]:
        ground = item.link.modality
        return order.index(ground) if ground in order else len(order), item.link.id

    found = sorted(read, key=place)
    return Linked(found[:MOST_LINKS], max(0, len(found) - MOST_LINKS))

"""Content negotiation: which of the media types that we offer a client wants most; pure functions.

RFC 9110, 12.5.1. Among equals the order of our offer decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from hct_kg.errors import NotAcceptable

MOST_RANGES = 64
LONGEST_REMEMBERED = 1000
"""Characters of an Accept header; a client could fill the memory of this process with longer ones."""


@dataclass(frozen=True, slots=True)
class MediaRange:
    """One member of an Accept header: `text/turtle;q=0.5`, `text/*` or `*/*`."""

    type: str
    subtype: str
    quality: float
    parameters: frozenset[str] = frozenset()

    def covers(self, media_type: str) -> bool:
        """Tell whether a media type (with its parameters, if any) is within this range."""
        essence, *parameters = split_parameters(media_type)
        kind, _, subtype = essence.partition("/")
        return self.type in ("*", kind) and self.subtype in ("*", subtype) and self.parameters <= frozenset(parameters)

    @property
    def precision(self) -> tuple[bool, bool, int]:
        """Sort key: the most precise range that covers a media type decides about it."""
        return self.type != "*", self.subtype != "*", len(self.parameters)


def negotiate(accept: str | None, offered: Sequence[str]) -> str:
    """Return the media type of `offered` (best first) that is wanted most; raises NotAcceptable."""
    chosen = best(accept, tuple(offered))
    if chosen is None:
        raise NotAcceptable(f"None of the media types in Accept is offered; there is {', '.join(offered)}.", offered)
    return chosen


def best(accept: str | None, offered: tuple[str, ...]) -> str | None:
    """Return the media type that is wanted most, or None where none is acceptable."""
    if accept is None or not accept.strip():
        return offered[0]
    return remembered(accept, offered) if len(accept) <= LONGEST_REMEMBERED else find(accept, offered)


def find(accept: str, offered: tuple[str, ...]) -> str | None:
    """Read a header, and return the media type that it wants most."""
    ranges = parse(accept)
    qualities = {media_type: quality(media_type, ranges) for media_type in offered}
    chosen = max(offered, key=qualities.__getitem__)
    return chosen if qualities[chosen] > 0 else None


remembered = lru_cache(maxsize=512)(find)


def quality(media_type: str, ranges: Sequence[MediaRange]) -> float:
    """Return how much a media type is wanted, from 0 to 1."""
    covering = [item for item in ranges if item.covers(media_type)]
    return max(covering, key=lambda item: item.precision).quality if covering else 0.0


def parse(accept: str) -> tuple[MediaRange, ...]:
    """Read an Accept header; members that are no media range are passed over."""
    members = (parse_range(member) for member in accept.split(",", MOST_RANGES)[:MOST_RANGES])
    return tuple(member for member in members if member is not None)


def parse_range(text: str) -> MediaRange | None:
    """Read one member, or return None where it is no media range.

    `charset` is passed over: everything is sent in UTF-8.
    """
    essence, *parameters = split_parameters(text)
    kind, slash, subtype = essence.partition("/")
    if not (kind and slash and subtype) or (kind == "*" and subtype != "*"):
        return None
    weight = 1.0
    kept = set()
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name == "q":
            weight = parse_quality(value)
            break  # what follows q belongs to no media type
        if name != "charset":
            kept.add(parameter)
    return MediaRange(kind, subtype, weight, frozenset(kept))


def parse_quality(text: str) -> float:
    """Read a q-value; one that is malformed or out of range counts as 0, as if not wanted."""
    try:
        weight = float(text)
    except ValueError:
        return 0.0
    return weight if 0 <= weight <= 1 else 0.0


def split_parameters(text: str) -> list[str]:
    """Split `type/subtype; name=value` at its semicolons, folded to lower case, without spaces and quotes."""
    return [part.strip().replace(" ", "").replace('"', "").lower() for part in text.split(";")]

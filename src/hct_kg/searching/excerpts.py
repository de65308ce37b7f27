"""Why a thing was found: which term stands in which of its texts, and an excerpt that shows it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter

from hct_kg.searching.meanings import How, Meaning, Reading
from hct_kg.searching.words import Word, compounds, words

WIDTH = 240
BEFORE = 60
CUT = "…"
SURENESS: Sequence[How] = ("identifier", "exact", "phrase", "prefix", "spelling")


@dataclass(frozen=True, slots=True)
class Text:
    """A text of a thing, and its field."""

    field: str
    content: str


@dataclass(frozen=True, slots=True)
class Match:
    """That a term stands in a field: how, and the words as they are written there."""

    asked: str
    field: str
    how: How
    found: str


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A text of a thing or part of it; `highlights` are offsets in code points into `content`, end exclusive."""

    field: str
    content: str
    highlights: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a term stands in a text."""

    meaning: int
    how: How
    start: int
    end: int


def explain(texts: Sequence[Text], meanings: Sequence[Meaning]) -> tuple[list[Match], Excerpt]:
    """Return how each term matches, and an excerpt of the text that most of them stand in; the first of equals.

    A term that stands in that text is shown there, any other one where it stands most surely.
    """
    places = [list(find(text.content, meanings)) for text in texts]
    most = max(range(len(texts)), key=lambda number: len({place.meaning for place in places[number]}))
    order = [most, *(number for number in range(len(texts)) if number != most)]
    matches = []
    for number, meaning in enumerate(meanings):
        own = [(place, at) for at in order for place in places[at] if place.meaning == number]
        if own:
            place, at = min(own, key=lambda item: (item[1] != most, SURENESS.index(item[0].how)))
            content = texts[at].content[place.start : place.end]
            matches.append(Match(meaning.term.asked, texts[at].field, place.how, content))
    return matches, excerpt(texts[most], places[most])


def find(content: str, meanings: Sequence[Meaning]) -> Iterator[Place]:
    """Yield every place of every term in a text; at one place only the surest reading of a term."""
    row = words(content)
    joined = list(compounds(content, row))
    for number, meaning in enumerate(meanings):
        seen: set[int] = set()
        for reading in meaning.readings:
            for window in windows(row, joined, reading):
                if window[0].start not in seen:
                    seen.add(window[0].start)
                    yield Place(number, reading.how, window[0].start, window[-1].end)


def windows(row: Sequence[Word], joined: Sequence[Word], reading: Reading) -> Iterator[Sequence[Word]]:
    """Yield the words in a row, or joined by hyphens, that are those of a reading."""
    *first, last = reading.words
    size = len(first)
    for source in (row, joined) if size == 0 else (row,):
        for number, word in enumerate(source):
            if (word.text == last or (reading.begins and word.text.startswith(last))) and number >= size:
                window = source[number - size : number + 1]
                if [word.text for word in window[:-1]] == first:
                    yield window


def excerpt(text: Text, places: Sequence[Place]) -> Excerpt:
    """Return a text, or where it is long the part around its first place, with what to highlight."""
    spans = merged(places)
    start, end = cut(text.content, spans[0][0] if spans else 0)
    ahead = CUT if start else ""
    content = ahead + text.content[start:end] + (CUT if end < len(text.content) else "")
    shift = len(ahead) - start
    held = tuple((left + shift, right + shift) for left, right in spans if start <= left and right <= end)
    return Excerpt(text.field, content, held)


def cut(content: str, first: int) -> tuple[int, int]:
    """Return from where to where a text is shown, so that `first` is in it; it is cut between words."""
    if len(content) <= WIDTH:
        return 0, len(content)
    begin = max(0, min(first - BEFORE, len(content) - WIDTH))
    start = begin if begin == 0 else min(first, content.find(" ", begin, first) + 1 or first)
    end = min(len(content), start + WIDTH)
    if end < len(content):
        end = max(content.rfind(" ", first, end), first) if " " in content[first:end] else end
    return start, end


def merged(places: Sequence[Place]) -> list[tuple[int, int]]:
    """Return the spans of places in order, those that overlap as one."""
    spans: list[tuple[int, int]] = []
    for place in sorted(places, key=attrgetter("start", "end")):
        if spans and place.start < spans[-1][1]:
            spans[-1] = (spans[-1][0], max(spans[-1][1], place.end))
        else:
            spans.append((place.start, place.end))
    return spans

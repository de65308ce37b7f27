"""What a term is taken for, given the words that there are: itself, what begins so, or what is spelt nearly so."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from hct_kg.searching.spelling import Speller
from hct_kg.searching.terms import Term

How: TypeAlias = Literal["identifier", "exact", "phrase", "prefix", "spelling"]


@dataclass(frozen=True, slots=True)
class Reading:
    """Words in a row that a term is taken for; with `begins` the last may go on."""

    words: tuple[str, ...]
    how: How
    begins: bool = False

    @property
    def expression(self) -> str:
        """Return it in the query language of FTS5; words are letters and digits, so that quoting them is enough."""
        return f'"{" ".join(self.words)}"{" *" if self.begins else ""}'


@dataclass(frozen=True, slots=True)
class Meaning:
    """A term with all its readings, the surest first; without one it is nowhere."""

    term: Term
    readings: tuple[Reading, ...]

    @property
    def expression(self) -> str:
        """Return it in the query language of FTS5."""
        return f"({' OR '.join(reading.expression for reading in self.readings)})"


class Vocabulary:
    """All words that are indexed, with how often each occurs."""

    def __init__(self, counts: Mapping[str, int]) -> None:
        self._counts = counts
        self._sorted = sorted(counts)
        self._speller = Speller(counts)

    def meaning(self, term: Term) -> Meaning:
        """Return what a term is taken for."""
        return Meaning(term, tuple(self.phrase(term) if len(term.words) > 1 else self.word(term)))

    def word(self, term: Term) -> list[Reading]:
        """Return the readings of a single word: other spellings only where nothing is, or begins with, the word."""
        (word,) = term.words
        found = [Reading(term.words, "exact")] if word in self._counts else []
        if (term.begins or not (found or term.quoted)) and self.begins(word):
            found.append(Reading(term.words, "prefix", begins=True))
        if not found and not term.quoted:
            found = [Reading((near,), "spelling") for near in self._speller.nearest(word)]
        return found

    def phrase(self, term: Term) -> list[Reading]:
        """Return the readings of several words in a row: the phrase, what hyphens join, other spellings."""
        *first, last = term.words
        found = []
        if all(word in self._counts for word in term.words):
            found.append(Reading(term.words, "phrase"))
        if term.begins and all(word in self._counts for word in first) and self.begins(last):
            found.append(Reading(term.words, "prefix", begins=True))
        if term.joined in self._counts:
            found.append(Reading((str(term.joined),), "exact"))
        if not found and not term.quoted:
            mended = [
                word if word in self._counts else next(iter(self._speller.nearest(word)), "") for word in term.words
            ]
            found = [Reading(tuple(mended), "spelling")] if all(mended) else []
        return found

    def begins(self, start: str) -> bool:
        """Tell whether a longer word begins so."""
        place = bisect_left(self._sorted, start)
        place += place < len(self._sorted) and self._sorted[place] == start
        return place < len(self._sorted) and self._sorted[place].startswith(start)

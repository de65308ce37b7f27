"""Text as words: folded for comparison, with the place of each in the text as written.

Folded are case, diacritics and apostrophes (`King’s` is `kings`); spelling is left as it is. A hyphen parts words,
and what it joins is a word as well: `co-production` is `co`, `production` and `coproduction`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

# Letters and digits of any script; an apostrophe or a combining mark inside a word does not end it.
WORD = re.compile(r"[^\W_]+(?:[\u0300-\u036f]+[^\W_]*|['’ʼ][^\W_]+)*")
HYPHENS = frozenset("-\u2010\u2011\u00ad")


@dataclass(frozen=True, slots=True)
class Word:
    """A word as it is compared, and where it stands: offsets in code points, end exclusive."""

    text: str
    start: int
    end: int


def words(text: str) -> list[Word]:
    """Return the words of a text, in order."""
    found = [Word(fold(match[0]), match.start(), match.end()) for match in WORD.finditer(text)]
    return [word for word in found if word.text]


def fold(text: str) -> str:
    """Return a word without case, diacritics and apostrophes: letters and digits only."""
    if text.isascii() and text.isalnum():
        return text.lower()
    if not text.isascii():
        text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join(filter(str.isalnum, text.lower()))


def compounds(text: str, parts: Sequence[Word]) -> Iterator[Word]:
    """Yield what hyphens join in a text, as one word each, given its words."""
    start = 0
    for number in range(1, len(parts) + 1):
        if number < len(parts) and hyphen_between(text, parts[number - 1], parts[number]):
            continue
        if number - start > 1:
            joined = parts[start:number]
            yield Word("".join(word.text for word in joined), joined[0].start, joined[-1].end)
        start = number


def hyphen_between(text: str, left: Word, right: Word) -> bool:
    """Tell whether one hyphen and nothing else stands between two words."""
    return right.start - left.end == 1 and text[left.end] in HYPHENS

"""What is asked for, read into terms: words, phrases and beginnings of words.

All that is typed is text: there are no operators. `"…"` is a phrase, `word*` the beginning of a word, and so is the
last word. What stands together without a space (`co-production`, `3.2`) is a phrase.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from hct_kg.searching.words import compounds, words

PART = re.compile(r'"([^"]*)"(\*?)|(\S+)')
QUOTATION_MARKS = str.maketrans("“”„«»", '"""""')


@dataclass(frozen=True, slots=True)
class Term:
    """One thing asked for: folded words that stand together, as typed in `asked`.

    `begins`: its last word may go on; for sure if starred, else because it may be unfinished (`last`).
    """

    asked: str
    words: tuple[str, ...]
    joined: str | None = None
    quoted: bool = False
    starred: bool = False
    last: bool = False

    @property
    def begins(self) -> bool:
        """Tell whether its last word may be the beginning of one; a single letter or digit is whole."""
        return self.starred or (self.last and len(self.words[-1]) > 1)


def read_terms(text: str) -> list[Term]:
    """Return the terms of a question, each once; none where it holds no letter and no digit."""
    parts = [part for part in PART.finditer(text.translate(QUOTATION_MARKS)) if words(part[0])]
    terms = (read_term(part, last=part is parts[-1]) for part in parts)
    return list({(term.words, term.starred): term for term in terms}.values())


def read_term(part: re.Match[str], last: bool) -> Term:
    """Read one part of a question."""
    phrase, star, plain = part.groups()
    content = phrase if plain is None else plain
    found = words(content)
    return Term(
        asked=content.rstrip("*"),
        words=tuple(word.text for word in found),
        joined=next((word.text for word in compounds(content, found)), None),
        quoted=plain is None,
        starred=bool(star) or (plain is not None and plain.endswith("*")),
        last=last and plain is not None,
    )

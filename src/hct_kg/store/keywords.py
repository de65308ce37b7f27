"""Whether a query or update uses a keyword, as the engine's own parser sees it.

A tokenizer of ours would have to agree with the engine about every `<`, quote, comment and name, or
`FILTER(?a<?b)SERVICE?s#>` would pass it as the IRI `<?b)SERVICE?s#>`. So the engine is asked: spell the
word differently everywhere, in names, strings and IRIs too. They stay well-formed; a keyword does not.
"""

from __future__ import annotations

import re
from itertools import product
from string import ascii_lowercase

import pyoxigraph

from hct_kg.errors import EvaluationError
from hct_kg.terms import BASE

# No token starts with "%", so a text with this end is never evaluated: its parser always stops. The
# engine reports the furthest character that it looked at, which is up to the length of its longest
# keyword (ENCODE_FOR_URI) ahead of the mistake: the blank lines keep that apart from the end.
FULL_STOP = "\n" * 64 + "%"
PLACE = re.compile(r"error at (\d+):(\d+): ")


def uses_keyword(text: str, keyword: str, update: bool = False) -> bool:
    """Tell whether `keyword` (in any case) is used as a keyword in what is well-formed of a query or update.

    A text with a mistake in front of the keyword gives False: it is no query, and nothing runs it.
    """
    if keyword.lower() not in text.lower():
        return False
    return failure_place(text, update) != failure_place(misspell(text, keyword), update)


def misspell(text: str, keyword: str) -> str:
    """Change every occurrence to a word of the same length that is not there yet; raises EvaluationError."""
    word = unused_word(text.lower(), keyword.lower())

    def change(match: re.Match[str]) -> str:
        letters = zip(match[0], word, strict=True)
        return "".join(new.upper() if old.isupper() else new for old, new in letters)

    return re.sub(keyword, change, text, flags=re.IGNORECASE | re.ASCII)


def unused_word(folded: str, keyword: str) -> str:
    """Return a word that differs from a keyword in as few of its last letters as need be."""
    for count in range(1, len(keyword)):
        stem = keyword[:-count]
        taken = set(re.findall(f"(?={stem}([a-z]{{{count}}}))", folded))
        for letters in product(reversed(ascii_lowercase), repeat=count):
            if (tail := "".join(letters)) not in taken:
                return stem + tail
    raise EvaluationError(f"The text holds every word that looks like {keyword.upper()}: leave some out.")


def failure_place(text: str, update: bool = False) -> tuple[int, int]:
    """Return line and column up to which the engine could read a query or update that must then stop."""
    store = pyoxigraph.Store()
    try:
        if update:
            store.update(text + FULL_STOP, base_iri=BASE)
        else:
            store.query(text + FULL_STOP, base_iri=BASE)
    except SyntaxError as error:
        message = str(error)
    else:
        raise AssertionError("a text with a stray per cent sign was accepted")
    place = PLACE.match(message)
    assert place, f"the engine names no place in {message!r}"
    return int(place[1]), int(place[2])


def well_formed(update: str) -> bool:
    """Tell whether the engine reads an update up to its end, be it that more would have to follow."""
    return failure_place(update, update=True)[0] == (update + FULL_STOP).count("\n") + 1

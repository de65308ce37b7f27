"""Whether a query or update uses a keyword, as the engine's own parser sees it.

A tokenizer of ours would have to agree with the engine about every `<`, quote, comment and name, or
`FILTER(?a<?b)SERVICE?s#>` would pass it as the IRI `<?b)SERVICE?s#>`. So the engine is asked: spell the
word differently everywhere, in names, strings and IRIs too. They stay well-formed; a keyword does not.
"""

from __future__ import annotations

import re
from string import ascii_lowercase

import pyoxigraph

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


def misspell(query: str, keyword: str) -> str:
    """Change the last letter of every occurrence, to a word of the same length that is not there yet."""
    folded, stem = query.lower(), keyword[:-1].lower()
    letter = next(letter for letter in reversed(ascii_lowercase) if stem + letter not in folded)

    def change(match: re.Match[str]) -> str:
        return match[1] + (letter.upper() if match[2].isupper() else letter)

    return re.sub(f"({keyword[:-1]})({keyword[-1]})", change, query, flags=re.IGNORECASE | re.ASCII)


def failure_place(text: str, update: bool = False) -> tuple[int, int]:
    """Return line and column up to which the engine could read a query or update that must then stop."""
    store = pyoxigraph.Store()
    try:
        if update:
            store.update(text + FULL_STOP)
        else:
            store.query(text + FULL_STOP)
    except SyntaxError as error:
        message = str(error)
    else:
        raise AssertionError("a text with a stray per cent sign was accepted")
    place = PLACE.match(message)
    assert place, f"the engine names no place in {message!r}"
    return int(place[1]), int(place[2])

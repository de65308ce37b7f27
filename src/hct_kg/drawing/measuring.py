"""How wide a text is in the widest of the usual sans-serif fonts, and where to break it into lines."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import lru_cache

FONT_SIZE = 13.0
LINE_HEIGHT = 15.5
LONG_WORD = 1.25
"""How much wider than asked for a text becomes, at most, before a word is broken."""
CAPITAL, SMALL, SQUARE, SYMBOL = 0.85, 0.75, 1.0, 1.25

# Advance widths of DejaVu Sans in em, rounded up to 0.05: it is as wide as Verdana and wider than what most
# systems show for system-ui, so that a line that fits here fits there.
GROUPS = {
    0.3: "'IJijl",
    0.35: " ,./:;\\|",
    0.4: "()-[]ft",
    0.45: "!r",
    0.5: '"*_`‘’“”',
    0.55: "?csz–",
    0.6: "FLkvxy",
    0.65: "$£0123456789EPSTYabdeghnopqu{}",
    0.7: "ABCKRVXZ",
    0.75: "NU",
    0.8: "&DGHOQ",
    0.85: "#+<=>^w~",
    0.9: "M",
    1.0: "%@Wm—…",
}
WIDTHS = {character: width for width, characters in GROUPS.items() for character in characters}


def character_width(character: str) -> float:
    """Return the width of a character in em, rather too wide than too narrow."""
    known = WIDTHS.get(unicodedata.normalize("NFD", character)[0])
    if known is not None:
        return known
    if unicodedata.east_asian_width(character) in "WF":
        return SQUARE
    category = unicodedata.category(character)
    return {"Mn": 0.0, "Me": 0.0, "Cf": 0.0, "Lu": CAPITAL, "Ll": SMALL, "Lo": SMALL}.get(category, SYMBOL)


def text_width(text: str, size: float = FONT_SIZE) -> float:
    """Return the width of a line of text in pixels."""
    return size * sum(character_width(character) for character in text)


@lru_cache(maxsize=8192)
def wrap(text: str, width: float, size: float = FONT_SIZE) -> tuple[str, ...]:
    """Return the words of a text on as few lines of a width as they need, as even in length as can be.

    A long word makes all lines somewhat wider; one that is longer still is broken between characters: nothing of a
    label is ever left out.
    """
    width = max([width, *(min(text_width(word, size), width * LONG_WORD) for word in text.split())])
    words = [part for word in text.split() for part in pieces(word, width, size)]
    lines = filled(words, width, size)
    # The narrowest width that needs no further line makes the lines even.
    low, high = 0.0, width
    while high - low > 1:
        middle = (low + high) / 2
        tried = filled(words, middle, size)
        if len(tried) == len(lines) and all(text_width(line, size) <= middle for line in tried):
            high = middle
        else:
            low = middle
    return tuple(filled(words, high, size)) or ("",)


def filled(words: list[str], width: float, size: float) -> list[str]:
    """Return lines filled with as many words as they hold."""
    lines: list[str] = []
    for word in words:
        if lines and text_width(f"{lines[-1]} {word}", size) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def pieces(word: str, width: float, size: float) -> Iterator[str]:
    """Yield a word whole, or in pieces that each fit a line; a mark stays with the letter that carries it."""
    piece = ""
    for character in word:
        if piece and not unicodedata.combining(character) and text_width(piece + character, size) > width:
            yield piece
            piece = ""
        piece += character
    yield piece

"""Which known words are nearest to one that is not known: by the fewest letters to change.

Distance: insertions, deletions, substitutions and swaps of neighbours (optimal string alignment).
Source: https://en.wikipedia.org/wiki/Damerau-Levenshtein_distance
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

SHORTEST = 4
LONG = 8
MOST = 3


class Speller:
    """Known words with how often each occurs, sorted so that few of them need a closer look."""

    def __init__(self, counts: Mapping[str, int]) -> None:
        self._counts = counts
        self._by_length: dict[int, list[tuple[int, str]]] = defaultdict(list)
        for word in counts:
            if not word.isdecimal():
                self._by_length[len(word)].append((letters(word), word))

    def nearest(self, word: str) -> list[str]:
        """Return the known words at the least distance, at most MOST, the most frequent first.

        From SHORTEST letters one change is allowed, from LONG letters two. No number is another number.
        """
        allowed = 0 if len(word) < SHORTEST or word.isdecimal() else 1 if len(word) < LONG else 2
        found: dict[int, list[str]] = defaultdict(list)
        for candidate in self._candidates(word, allowed):
            found[distance(word, candidate)].append(candidate)
        for changes in range(1, allowed + 1):
            if changes in found:
                return sorted(found[changes], key=lambda known: (-self._counts[known], known))[:MOST]
        return []

    def _candidates(self, word: str, allowed: int) -> list[str]:
        """Return the words of about this length and these letters: a change adds one letter and takes one at most."""
        own = letters(word)
        return [
            known
            for length in range(len(word) - allowed, len(word) + allowed + 1)
            if allowed
            for mask, known in self._by_length.get(length, ())
            if (own & ~mask).bit_count() <= allowed and (mask & ~own).bit_count() <= allowed
        ]


def letters(word: str) -> int:
    """Return which letters a word has, as bits; letters beyond ASCII share theirs."""
    mask = 0
    for letter in word:
        mask |= 1 << (ord(letter) & 63)
    return mask


def distance(one: str, other: str) -> int:
    """Return how many letters are to be changed to get from one word to the other."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, left in enumerate(one, 1):
        earlier, before, row = before, row, [i]
        for j, right in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (left != right))
            if i > 1 and j > 1 and left == other[j - 2] and one[i - 2] == right:
                cost = min(cost, earlier[j - 2] + 1)
            row.append(cost)
    return row[-1]

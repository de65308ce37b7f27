"""Texts with parts of them highlighted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator


def parts(text: str, highlights: Iterable[tuple[int, int]]) -> Iterator[tuple[str, bool]]:
    """Yield a text part by part, each with whether it is highlighted.

    `highlights` are offsets in code points, end exclusive, in order and apart.
    """
    done = 0
    for start, end in highlights:
        if done < start:
            yield text[done:start], False
        yield text[start:end], True
        done = end
    if done < len(text):
        yield text[done:], False

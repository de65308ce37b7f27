"""The evidence matrix as it is drawn: of each cell its number, its marks in their order, and how dark it is."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

STEPS = (1, 3, 6, 12)
"""From which number on a cell is one step darker."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: how many findings; by modality, in the order of the key; the step of its shade, nought for none."""

    column: str
    count: int
    marks: Sequence[tuple[str, int]]
    step: int


def draw(column: str, count: int, modalities: Mapping[str, int], order: Iterable[str]) -> Cell:
    """Return a cell; `order` names the modalities, and what is not counted of them is left out."""
    marks = tuple((name.rpartition("/")[2], modalities[name]) for name in order if name in modalities)
    return Cell(column, count, marks, bisect_right(STEPS, count))

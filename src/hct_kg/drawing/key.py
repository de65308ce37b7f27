"""The key to a diagram: only the kinds of line that it shows, each with its words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from hct_kg.drawing.diagrams import Count, Point, Route
from hct_kg.drawing.graphs import Edge, Graph
from hct_kg.drawing.layered import COUNTS_FROM
from hct_kg.drawing.lines import arrow
from hct_kg.drawing.markup import element, number, text
from hct_kg.drawing.measuring import LINE_HEIGHT, wrap
from hct_kg.drawing.numbers import numbered

WIDTH, SAMPLE, GAP, BETWEEN, BASELINE = 300.0, 60.0, 12.0, 8.0, 4.7
SIGNS = {1: "leads to more of it", -1: "leads to less of it", 0: "affects it: more or less is not said"}
MODALITIES = {
    "intended": "meant to happen",
    "anticipated": "expected to happen",
    "recommended": "recommended",
    "perceived": "as people saw it",
    "observed": "as it was observed",
    "several": "lines of more than one kind",
}
EVERY = "every line:"
IMPLIED = "dots: implied, not said in so many words"
COUNT = "how many passages say so"


@dataclass(frozen=True, slots=True)
class Entry:
    """A kind of line as the key shows it, and what it means."""

    edge: Edge
    words: str


def entries(graph: Graph, counts_from: int = COUNTS_FROM) -> Iterator[Entry]:
    """Yield an entry for each kind of line that a graph shows: signs, modalities, implied ones, numbers."""
    edges = graph.edges
    sign = max((edge.sign for edge in edges), default=0)
    shown = [modality for modality in MODALITIES if any(edge.modality == modality for edge in edges)]
    usual = next(iter(shown), "")
    for each, words in SIGNS.items():
        if any(edge.sign == each for edge in edges):
            yield Entry(Edge("", "", "", each, usual), words)
    for modality in shown:
        words = f"{EVERY} {MODALITIES[modality]}" if len(shown) == 1 else MODALITIES[modality]
        yield Entry(Edge("", "", "", sign, modality), words)
    if any(edge.implied for edge in edges):
        yield Entry(Edge("", "", "", sign, usual, implied=True), IMPLIED)
    if most := max((edge.evidence for edge in edges if edge.evidence >= counts_from), default=0):
        words = COUNT + {0: "", 1: "", 2: " (no number: one)"}.get(
            counts_from, f" (no number: fewer than {counts_from})"
        )
        yield Entry(Edge("", "", "", sign, usual, evidence=most), words)


def key(graph: Graph, counts_from: int = COUNTS_FROM, at: Point = (0.0, 0.0)) -> str:
    """Return the key to a graph's lines as an SVG element, narrow enough for the narrowest screen; "" without lines.

    `at` is where it stands in an element around it.
    """
    shown = list(entries(graph, counts_from))
    if not shown:
        return ""
    height = key_height(graph, counts_from)
    return element(
        "svg",
        rows(shown),
        xmlns="http://www.w3.org/2000/svg",
        class_="diagram key",
        role="img",
        aria_label=f"Key to the lines: {'; '.join(entry.words for entry in shown)}.",
        viewBox=f"0 0 {number(WIDTH)} {number(height)}",
        x=number(at[0]) if any(at) else "",
        y=number(at[1]) if any(at) else "",
        width=number(WIDTH),
        height=number(height),
    )


def key_height(graph: Graph, counts_from: int = COUNTS_FROM) -> float:
    """Return how high a graph's key is."""
    lines = [len(lines_of(entry)) for entry in entries(graph, counts_from)]
    return BETWEEN + sum(count * LINE_HEIGHT + BETWEEN for count in lines) if lines else 0.0


def rows(shown: Sequence[Entry]) -> Iterator[str]:
    """Yield the samples and their words, one below the other."""
    down = BETWEEN
    for entry in shown:
        yield sample(entry, down + LINE_HEIGHT / 2)
        for line in lines_of(entry):
            y = down + LINE_HEIGHT / 2 + BASELINE
            yield element("text", [text(line)], class_="key-text", x=number(SAMPLE + GAP), y=number(y))
            down += LINE_HEIGHT
        down += BETWEEN


def lines_of(entry: Entry) -> tuple[str, ...]:
    """Return an entry's words in lines."""
    return wrap(entry.words, WIDTH - SAMPLE - GAP)


def sample(entry: Entry, y: float) -> str:
    """Return a line of the kind of an entry, with its number where it has one."""
    drawn = arrow(Route(entry.edge, ((1.0, y), (SAMPLE, y))), entry.words)
    return drawn + (numbered(Count(entry.edge, SAMPLE / 2, y)) if entry.edge.evidence else "")

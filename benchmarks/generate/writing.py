"""Programmes written one by one, to a folder of Turtle or to one file of N-Quads, until there are enough triples."""

from __future__ import annotations

import gzip
import io
import random
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from benchmarks.generate.notation import Notation, NQuads, Turtle
from benchmarks.generate.programme import Programme, Source
from benchmarks.generate.template import Template, segments_of

Place = Callable[[str], AbstractContextManager[TextIO]]
"""Opens the file that a programme is written to, by its slug."""

SPREAD = 0.25
"""By how much of itself a programme is larger or smaller than the mean."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be written: how many triples, of which seed, in how many programmes, and where the documents go."""

    triples: int
    seed: int = 1
    programmes: int | None = None
    documents: Path | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """How much was written."""

    triples: int
    programmes: int


def write(template: Template, order: Order, output: Path) -> Written:
    """Write programmes to a folder (Turtle) or to a file that ends in .nq or .nq.gz; memory holds one at a time."""
    source = Source.of(template, order.seed)
    real = sum(kind.triples * len(kind.skeletons) for kind in template.values())
    segments = sorted(segments_of(template))
    programmes = order.programmes or max(1, round(order.triples / real))
    chance, done = random.Random(f"{order.seed} sizes"), 0  # noqa: S311 - not a secret
    with opened(output) as (notation, place):
        for number in range(programmes):
            left = programmes - number
            # The last one makes up for what the others took too little or too much
            share = 1 if left == 1 else 1 + SPREAD * (2 * chance.random() - 1)
            programme = Programme(source, number, share * (order.triples - done) / left, order.seed)
            with place(programme.slug) as file:
                done += put(programme, notation, file, segments)
            if order.documents:
                keep(programme, order.documents)
    return Written(done, programmes)


def put(programme: Programme, notation: Notation, file: TextIO, segments: list[str]) -> int:
    """Write one programme, and return how many triples it has."""
    file.write(notation.head(segments))
    count = 0
    for thing in programme.things(notation):
        count += sum(len(values) for _, values in thing[1])
        file.write(notation.statements(thing, programme.slug))
    return count


def keep(programme: Programme, folder: Path) -> None:
    """Write the documents of a programme."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in programme.documents:
        (folder / name).write_bytes(text.encode())


@contextmanager
def opened(output: Path) -> Iterator[tuple[Notation, Place]]:
    """Open what is written to: how, and what opens the file for a programme."""
    if output.name.endswith((".nq", ".nq.gz")):
        with one_file(output) as file:
            yield NQuads(), lambda _: nullcontext(file)
    else:
        output.mkdir(parents=True)
        yield Turtle(), lambda slug: (output / f"{slug}.ttl").open("w", encoding="utf-8", newline="\n")


@contextmanager
def one_file(path: Path) -> Iterator[TextIO]:
    """Open a file to write to; one that ends in .gz holds no time and no name, so that its bytes are the same too."""
    with path.open("wb") as raw:
        if path.suffix != ".gz":
            with io.TextIOWrapper(raw, encoding="utf-8", newline="\n") as file:
                yield file
            return
        with (
            gzip.GzipFile("", "wb", compresslevel=1, fileobj=raw, mtime=0) as packed,
            io.TextIOWrapper(io.BufferedWriter(packed, 1 << 20), encoding="utf-8", newline="\n") as file,
        ):
            yield file

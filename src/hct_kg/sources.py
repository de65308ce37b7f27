"""Turtle files of a folder, as named graphs: one file or sub-folder is one graph."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from hct_kg.errors import DataError
from hct_kg.store import Quad, read_file, read_snapshot
from hct_kg.terms import GRAPH

SHAPES_FILE = "shapes.ttl"
"""The name of the shapes' file in the ontology's folder."""


@dataclass(frozen=True, slots=True)
class Source:
    """A Turtle file and the IRI of the graph that its triples belong to."""

    path: Path
    graph: str


def discover(folder: Path) -> tuple[Source, ...]:
    """Return the sources of a folder: `STEM.ttl` and `STEM/*.ttl` are graph STEM; sorted by path.

    Raises DataError for a folder that is missing or holds no Turtle.
    """
    if not folder.is_dir():
        raise DataError("is no folder", folder)
    paths = sorted([*folder.glob("*.ttl"), *folder.glob("*/*.ttl")])
    if not paths:
        raise DataError("holds no Turtle file (*.ttl)", folder)
    return tuple(Source(path, GRAPH + graph_name(path, folder)) for path in paths)


def graph_name(path: Path, folder: Path) -> str:
    """Return the last part of the graph's IRI: the file's stem, or its sub-folder's name."""
    return path.stem if path.parent == folder else path.parent.name


def ontology_sources(folder: Path) -> tuple[Source, ...]:
    """Return the files of the ontology folder that are served beside the data."""
    graphs = {"hct": "ontology", "schemes": "schemes", "alignments": "alignments"}
    return tuple(Source(folder / f"{stem}.ttl", GRAPH + graph) for stem, graph in graphs.items())


def read_data(data: Path) -> tuple[list[Quad], list[str]]:
    """Return the quads of a data folder or of a snapshot, and the graphs that a snapshot has without quads.

    Raises RdfSyntaxError (file, line, column) and DataError.
    """
    return read_snapshot(data) if data.is_file() else (read_all(discover(data)), [])


def read_all(sources: Iterable[Source]) -> list[Quad]:
    """Parse all sources; raises RdfSyntaxError (file, line, column) at the first that is malformed."""
    return [quad for source in sources for quad in read_file(source.path, source.graph)]

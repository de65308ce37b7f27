"""Drawings for pages: laid out once for the same graph and off the event loop, then marked for each request."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from markupsafe import Markup

from hct_kg.api.service import service_of
from hct_kg.api.site.asking import Asker
from hct_kg.drawing.diagrams import Diagram
from hct_kg.drawing.files import svg_file
from hct_kg.drawing.graphs import Graph
from hct_kg.drawing.key import key
from hct_kg.drawing.layered import lay_out
from hct_kg.drawing.map_layout import lay_out_map
from hct_kg.drawing.marks import Marks
from hct_kg.drawing.svg import svg
from hct_kg.errors import QueueFull
from hct_kg.web.drawings import leading
from hct_kg.web.pages import Place
from hct_kg.web.png import render

Layout = Literal["columns", "map"]
KEPT = 48
MOST_WAITING = 8
CAUTION = "Lines show a claimed direction, not its size."
WIDEST_WHOLE = 1560.0
"""The widest drawing that a wide screen shows whole, a little smaller than it is."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A drawing as a page holds it: the drawing, its key, and whether a wide screen shows it whole."""

    svg: Markup
    key: Markup
    fits: bool


async def shown(graph: Graph, layout: Layout, title: str, marks: Marks | None, path: str, **kept: str) -> Shown:
    """Return a drawing whose boxes and lines select themselves on the page of a path, with its parameters `kept`."""
    diagram = await asyncio.to_thread(linked, graph, layout, path, tuple(kept.items()))
    # The drawing escapes what it writes.
    return Shown(Markup(svg(diagram, title, marks=marks)), Markup(key_to(graph)), diagram.width <= WIDEST_WHOLE)  # noqa: S704


async def file(ask: Asker, graph: Graph, layout: Layout, title: str, marks: Marks | None) -> bytes:
    """Return a drawing as a file of its own, whose boxes and lines lead to the things of the data."""
    service = service_of(ask.request)
    description = f"{CAUTION} Drawn from version {service.version} of {service.settings.base_iri}dataset."
    diagram = await asyncio.to_thread(on_its_own, graph, layout, service.settings.base_iri)
    return svg_file(diagram, title, description, marks).encode()


class Easel:
    """One rendering after the other: each takes a processor and much memory for a second or more."""

    def __init__(self) -> None:
        self._free = asyncio.Semaphore()
        self._waiting = 0

    async def render(self, svg: bytes, seconds: float) -> bytes:
        """Return an SVG file as PNG; raises QueueFull, QueryTimeout and WorkerLost."""
        if self._waiting >= MOST_WAITING:
            raise QueueFull(f"{self._waiting} drawings wait to be made; take the SVG, or try again shortly.")
        self._waiting += 1
        try:
            async with self._free:
                return await render(svg, seconds)
        finally:
            self._waiting -= 1


EASEL = Easel()


async def as_png(ask: Asker, svg: bytes) -> bytes:
    """Return a drawing that is a file as PNG."""
    return await EASEL.render(svg, service_of(ask.request).settings.query_seconds)


# What these remember hangs on nothing but what they are given: no version of the dataset can see another's.
@lru_cache(maxsize=KEPT)
def laid_out(graph: Graph, layout: Layout) -> Diagram:
    """Return a graph laid out in the columns that its factors name, or as a map."""
    return lay_out(graph) if layout == "columns" else lay_out_map(graph)


@lru_cache(maxsize=KEPT)
def linked(graph: Graph, layout: Layout, path: str, kept: tuple[tuple[str, str], ...]) -> Diagram:
    """Return a graph laid out, with the links that select what they are on."""
    place = Place("", path)
    return leading(laid_out(graph, layout), lambda identifier: place.link(path, **dict(kept), select=identifier))


@lru_cache(maxsize=KEPT)
def on_its_own(graph: Graph, layout: Layout, base: str) -> Diagram:
    """Return a graph laid out, with links to the things of the data below a base."""
    return leading(laid_out(graph, layout), lambda identifier: f"{base}id/{identifier}")


@lru_cache(maxsize=KEPT)
def key_to(graph: Graph) -> str:
    """Return the key to a graph's lines."""
    return key(graph)

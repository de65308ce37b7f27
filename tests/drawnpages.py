"""What tests read off pages with a drawing: its lines, its boxes, and the rows of the table beside it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from xml.etree.ElementTree import Element

from webpages import hrefs


def lines(page: Element) -> list[Element]:
    """Return the lines that are drawn."""
    return [element for element in page.iter() if "data-edge" in element.attrib]


def boxes(page: Element) -> dict[str, Element]:
    """Return the boxes that are drawn, by the factor."""
    return {element.get("data-node", ""): element for element in page.iter() if "data-node" in element.attrib}


def rows(page: Element) -> list[Element]:
    """Return the rows of the table of links."""
    return [row for row in page.iter("tr") if "data-line" in row.attrib]


def drawn(page: Element) -> list[str]:
    """Return the identifiers of the lines."""
    return sorted(line.get("data-edge", "") for line in lines(page))


def listed(page: Element) -> list[str]:
    """Return the identifiers of the links of the table."""
    return sorted(row.get("data-line", "") for row in rows(page))


def told(panel: Element) -> list[str]:
    """Return the links that are told in sentences, in their order."""
    return [href.partition("doc/")[2] for href in hrefs(panel) if "doc/link/" in href]


def ids(things: Iterable[dict[str, Any]]) -> list[str]:
    """Return identifiers in order."""
    return sorted(thing["id"] for thing in things)


def reached(links: list[dict[str, Any]], start: str, here: str, there: str, steps: int | None = None) -> set[str]:
    """Return the factors that one comes to link by link, by so many of them."""
    met, front, taken = {start}, {start}, 0
    while front and taken != steps:
        front = {link[there]["id"] for link in links if link[here]["id"] in front} - met
        met |= front
        taken += 1
    return met - {start}

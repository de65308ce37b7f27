"""What the page of a thing is called in a browser's tabs and history, where its label alone may be that of others."""

from __future__ import annotations

from hct_kg.web.statements import Statements

MANY = frozenset({"link", "section"})
"""Kinds of which several may have one name: links between the same two factors, sections of several documents."""


def title_of(said: Statements, iri: str, base: str) -> str:
    """Return the label of a thing with its kind; where one name is that of many, with the end of its identifier."""
    label = said.label(iri).words
    kind, _, slug = iri.removeprefix(base).removeprefix("id/").partition("/")
    if label.startswith(f"{kind}/"):
        return label
    words = kind.replace("-", " ")
    return f"{label} – {words} {slug}" if kind in MANY else f"{label} – {words}"

"""How terms are written: in full, as N-Quads have them, or with prefixes, as Turtle has them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Protocol

from hct_kg.terms import GRAPH, ID, NAMESPACES, XSD, prefix_of_type

Thing = tuple[str, Iterable[tuple[str, list[str]]]]
"""A subject and what is said of it, written already: each property with its values."""

LOCAL = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
BARE = frozenset({"integer", "decimal"})


class Notation(Protocol):
    """A way to write terms and statements."""

    suffix: str

    def thing(self, segment: str, slug: str) -> str:
        """Return the name of a thing under /id/."""

    def iri(self, iri: str) -> str:
        """Return an IRI."""

    def plain(self, text: str, datatype: str) -> str:
        """Return a number, date or code; `datatype` is the last part of its IRI."""

    def head(self, segments: Iterable[str]) -> str:
        """Return what a file begins with."""

    def statements(self, thing: Thing, graph: str) -> str:
        """Return all that is said of a thing, in a graph."""


class NQuads:
    """One statement a line, everything in full."""

    suffix = "nq"

    def thing(self, segment: str, slug: str) -> str:
        return f"<{ID}{segment}/{slug}>"

    def iri(self, iri: str) -> str:
        return f"<{iri}>"

    def plain(self, text: str, datatype: str) -> str:
        return f'"{text}"' if datatype == "string" else f'"{text}"^^<{XSD}{datatype}>'

    def head(self, segments: Iterable[str]) -> str:
        return ""

    def statements(self, thing: Thing, graph: str) -> str:
        subject, said = thing
        end = f" <{GRAPH}{graph}> .\n"
        return "".join([f"{subject} {name} {value}{end}" for name, values in said for value in values])


class Turtle:
    """A paragraph a thing, with prefixes; each file is one graph."""

    suffix = "ttl"

    def __init__(self) -> None:
        self._written: dict[str, str] = {}

    def thing(self, segment: str, slug: str) -> str:
        return f"{prefix_of_type(segment)}:{slug}"

    def iri(self, iri: str) -> str:
        if iri not in self._written:
            self._written[iri] = self._write(iri)
        return self._written[iri]

    def _write(self, iri: str) -> str:
        if iri.startswith(ID):
            segment, _, slug = iri.removeprefix(ID).partition("/")
            return self.thing(segment, slug)
        for prefix, namespace in NAMESPACES.items():
            if iri.startswith(namespace) and LOCAL.fullmatch(iri, len(namespace)):
                return f"{prefix}:{iri[len(namespace) :]}"
        return f"<{iri}>"

    def plain(self, text: str, datatype: str) -> str:
        if datatype in BARE:
            return text
        return f'"{text}"' if datatype == "string" else f'"{text}"^^xsd:{datatype}'

    def head(self, segments: Iterable[str]) -> str:
        types = {prefix_of_type(segment): f"{ID}{segment}/" for segment in segments}
        return "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in sorted({**NAMESPACES, **types}.items())) + "\n"

    def statements(self, thing: Thing, graph: str) -> str:
        subject, said = thing
        types, *others = [(name, " , ".join(values)) for name, values in said]
        return f"{subject} a {types[1]}" + "".join([f" ;\n    {name} {text}" for name, text in others]) + " .\n\n"

"""What things are called: by their label or title, else by what they join; read once per version of the dataset."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping

from hct_kg.store import Row
from hct_kg.terms import NAMESPACES

Select = Callable[[str], Awaitable[list[Row]]]

PREFIXES = "".join(f"PREFIX {prefix}: <{namespace}>\n" for prefix, namespace in NAMESPACES.items())
ORDER = "?s ?part ?value"
"""In which order the rows of a name are read, where there are too many for one result."""
MOST = 100_000
"""Names that are kept; beyond that they are forgotten and read anew."""
PARTS: Mapping[str, str] = {
    "label": "skos:prefLabel|rdfs:label",
    "title": "dcterms:title",
    "cause": "hct:cause/skos:prefLabel",
    "effect": "hct:effect/skos:prefLabel",
    "member": "org:member/skos:prefLabel",
    "kind": "hct:memberKind/skos:prefLabel",
    "group": "org:organization/skos:prefLabel",
    "document": "oa:hasSource/dcterms:title",
    "section": "hct:section/dcterms:title",
}
"""What a name is made of, and its path from the thing."""


class Names:
    """The names of things, each read when it is first wanted."""

    def __init__(self, select: Select) -> None:
        self._select = select
        self._known: dict[str, str | None] = {}

    async def of(self, iris: Iterable[str]) -> Mapping[str, str | None]:
        """Return the names of things by IRI; None for one that has none."""
        wanted = set(iris)
        names = {iri: self._known[iri] for iri in wanted & self._known.keys()}
        if unknown := wanted - names.keys():
            found = await read_names(self._select, things(unknown))
            names.update({iri: found.get(iri) for iri in unknown})
            self._keep(names)
        return names

    def _keep(self, names: Mapping[str, str | None]) -> None:
        if len(self._known) + len(names) > MOST:
            self._known.clear()
        self._known.update(names)


async def read_names(select: Select, subjects: str) -> dict[str, str]:
    """Return the names of the things that a graph pattern binds to ?s, by IRI."""
    parts: dict[str, dict[str, str]] = defaultdict(dict)
    for row in await select(names_query(subjects)):
        found, part, value = parts[row["s"].value], row["part"].value, row["value"].value
        # Of several labels always the same one, whatever the order of the rows
        found[part] = min(value, found.get(part, value))
    return {iri: name for iri, found in parts.items() if (name := compose(found)) is not None}


def names_query(subjects: str) -> str:
    """Return the query for what the names of things are made of."""
    branches = " UNION ".join(f'{{ ?s {path} ?value BIND("{part}" AS ?part) }}' for part, path in PARTS.items())
    return f"{PREFIXES}SELECT ?s ?part ?value WHERE {{ {{ SELECT DISTINCT ?s WHERE {{ {subjects} }} }} {branches} }}"


def compose(parts: Mapping[str, str]) -> str | None:
    """Return a name made of its parts, or None where there are too few."""
    if own := parts.get("label") or parts.get("title"):
        return own
    if "cause" in parts and "effect" in parts:
        return f"{parts['cause']} → {parts['effect']}"
    member = parts.get("member") or parts.get("kind")
    if member and "group" in parts:
        return f"{member} in {parts['group']}"
    if "document" in parts and "section" in parts:
        return f"{parts['document']}, {parts['section']}"
    return None


def things(iris: Iterable[str]) -> str:
    """Return the pattern that binds ?s to some IRIs."""
    return "VALUES ?s { " + " ".join(f"<{iri}>" for iri in sorted(iris)) + " }"

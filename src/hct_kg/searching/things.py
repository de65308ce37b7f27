"""The things that can be found: their classes and texts, read from the dataset's rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from hct_kg.searching.excerpts import Text
from hct_kg.store import Row
from hct_kg.terms import HCT, NAMESPACES, shorten

FIELDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "label": ("skos:prefLabel", "rdfs:label"),
        "alternative_label": ("skos:altLabel",),
        "notation": ("skos:notation",),
        "title": ("dcterms:title",),
        "description": ("dcterms:description", "skos:definition"),
    }
)
"""What is searched, from the weightiest on, and the properties that hold it."""

PREFIXES = "".join(f"PREFIX {prefix}: <{namespace}>\n" for prefix, namespace in NAMESPACES.items())
PROPERTIES = " ".join(f'({name} "{field}")' for field, names in FIELDS.items() for name in names)
QUERIES: Mapping[str, str] = MappingProxyType(
    {
        "texts": f"""{PREFIXES}
SELECT DISTINCT ?thing ?field ?text WHERE {{
  VALUES (?property ?field) {{ {PROPERTIES} }} ?thing ?property ?text FILTER(isIRI(?thing) && isLiteral(?text))
}} ORDER BY ?thing ?field ?text""",
        "classes": f"""{PREFIXES}
SELECT DISTINCT ?thing ?class WHERE {{
  ?thing a ?class FILTER(isIRI(?thing) && isIRI(?class))
}} ORDER BY ?thing ?class""",
        "broader": f"""{PREFIXES}
SELECT DISTINCT ?class ?above WHERE {{
  ?class rdfs:subClassOf/rdfs:subClassOf* ?above FILTER(isIRI(?class) && isIRI(?above) && ?class != ?above)
}} ORDER BY ?class ?above""",
    }
)
"""The queries whose rows `read_things` takes, by name; each has an order, so that it can be read page by page."""


@dataclass(frozen=True, slots=True)
class Thing:
    """A thing: what to call it, the class that says most of it, all its classes of ours, and its texts."""

    iri: str
    label: str
    kind: str
    classes: frozenset[str]
    texts: tuple[Text, ...]


def read_things(rows: Mapping[str, Sequence[Row]]) -> list[Thing]:
    """Read the rows of QUERIES; things with a class or a text, in the order of their IRIs."""
    above = grouped((row["class"].value, row["above"].value) for row in rows["broader"])
    classes = grouped((row["thing"].value, row["class"].value) for row in rows["classes"])
    texts: dict[str, list[Text]] = defaultdict(list)
    for row in rows["texts"]:
        texts[row["thing"].value].append(Text(row["field"].value, row["text"].value))
    return [read_thing(iri, classes.get(iri, []), texts.get(iri, []), above) for iri in sorted({*classes, *texts})]


def read_thing(iri: str, classes: Iterable[str], texts: list[Text], above: Mapping[str, list[str]]) -> Thing:
    """Read one thing; its texts stand in the order of their fields."""
    order = list(FIELDS)
    texts = sorted(texts, key=lambda text: (order.index(text.field), text.content))
    label = next((text.content for text in texts if text.field in ("label", "title")), shorten(iri))
    ours = [name for name in classes if name.startswith(HCT)]
    kind = narrowest(ours or list(classes), above)
    return Thing(iri, label, kind, frozenset(ours or [kind]), tuple(texts))


def narrowest(classes: Sequence[str], above: Mapping[str, list[str]]) -> str:
    """Return the class that is above none of the others, the first of several; rdfs:Resource where there is none."""
    broader = {higher for name in classes for higher in above.get(name, ())}
    return min((name for name in classes if name not in broader), default=f"{NAMESPACES['rdfs']}Resource")


def grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Return the values of each key, in order."""
    groups: dict[str, list[str]] = defaultdict(list)
    for key, value in pairs:
        groups[key].append(value)
    return groups

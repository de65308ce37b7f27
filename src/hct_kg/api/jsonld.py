"""JSON-LD in the words of a context: each value under the term that means just that, or under its whole IRI.

https://www.w3.org/TR/json-ld11/. Only what `ontology/context.jsonld` uses is known here: prefixes, terms,
`@type` and `@container: @language`. A value that no term fits keeps its full form, so nothing is lost.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from hct_kg.errors import DataError
from hct_kg.files import read_text
from hct_kg.store import Literal, NamedNode, Triple
from hct_kg.terms import TYPE, XSD
from hct_kg.turtle import sort_key

Node: TypeAlias = dict[str, Any]
ANY = ""
"""How a term reads its values when its definition does not say: each says for itself what it is."""


@dataclass(frozen=True, slots=True)
class Context:
    """A context: its text, and (IRI, how values are read) to the term for it."""

    text: str
    terms: Mapping[tuple[str, str], str]

    def find(self, iri: str, reading: str) -> str | None:
        """Return the term for an IRI whose values are read in this way."""
        return self.terms.get((iri, reading))


def read_context(path: Path) -> Context | None:
    """Read a context file, or return None where there is none; raises DataError for one that is not JSON-LD."""
    if not path.exists():
        return None
    text = read_text(path)
    try:
        definitions = json.loads(text)["@context"]
        return Context(text, read_terms(definitions))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DataError(f"is no JSON-LD context of prefixes and terms: {error!r}", path) from None


def read_terms(definitions: Mapping[str, Any]) -> dict[tuple[str, str], str]:
    """Return (IRI, how values are read) to term: `@id`, `@language`, the IRI of a datatype, or ANY."""

    def expand(text: str) -> str:
        prefix, colon, local = text.partition(":")
        return definitions[prefix] + local if colon and isinstance(definitions.get(prefix), str) else text

    terms = {}
    for name, definition in definitions.items():
        if isinstance(definition, str):
            terms[expand(definition), ANY] = name
        elif isinstance(definition, dict):
            reading = definition.get("@container") or expand(definition.get("@type", ANY))
            terms[expand(definition["@id"]), reading] = name
    return terms


def write(triples: Iterable[Triple], context: Context | None, url: str) -> bytes:
    """Return triples as JSON-LD that names its context by URL; without a context, in full IRIs."""
    known = context or Context("", {})
    identify, classify = known.find("@id", ANY) or "@id", known.find("@type", ANY) or "@type"
    nodes: dict[str, Node] = {}
    for triple in sorted(triples, key=sort_key):
        subject = name_of(triple.subject)
        node = nodes.setdefault(subject, {identify: subject, classify: []})
        if triple.predicate.value == TYPE and not isinstance(triple.object, Literal):
            iri = name_of(triple.object)
            node[classify].append(known.find(iri, ANY) or iri)
        else:
            place(node, triple, known)
    graph = [{key: value for key, value in node.items() if value != []} for node in nodes.values()]
    document = {**({"@context": url} if context else {}), "@graph": graph}
    return json.dumps(document, ensure_ascii=False, indent=1).encode()


def place(node: Node, triple: Triple, context: Context) -> None:
    """Put the object of a triple under the term that fits it best."""
    iri, term = triple.predicate.value, triple.object
    reading, bare, full = spell(term)
    plain = isinstance(term, Literal) and reading == XSD + "string"
    if name := context.find(iri, reading):
        if reading == "@language":
            append(node.setdefault(name, defaultdict(list)), full["@language"], bare)
        else:
            append(node, name, bare)
    else:
        append(node, context.find(iri, ANY) or iri, bare if plain else full)


def spell(term: Any) -> tuple[str, str, Node]:
    """Return how a value is to be read, its bare text for a term that reads it so, and its full form."""
    if not isinstance(term, Literal):
        name = name_of(term)
        return "@id", name, {"@id": name}
    if term.language:
        return "@language", term.value, {"@value": term.value, "@language": term.language}
    return term.datatype.value, term.value, {"@value": term.value, "@type": term.datatype.value}


def name_of(term: Any) -> str:
    """Return the identifier of an IRI or a blank node."""
    return term.value if isinstance(term, NamedNode) else str(term)


def append(node: Node, key: str, value: Any) -> None:
    """Add a value: one is written as such, several as a list."""
    if key not in node or node[key] == []:
        node[key] = value
    elif isinstance(node[key], list):
        node[key].append(value)
    else:
        node[key] = [node[key], value]

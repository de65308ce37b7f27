"""The page of a vocabulary: everything that it describes, with an anchor for each IRI that has a fragment."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from hct_kg.store import Triple
from hct_kg.terms import DCTERMS, NAMESPACES, RDFS, SKOS, TYPE, shorten
from hct_kg.web.pages import Place, render
from hct_kg.web.statements import Statements, Text
from hct_kg.web.things import Group, groups

ONTOLOGY = NAMESPACES["owl"] + "Ontology"
HEADINGS = {
    "owl:Class": "Classes",
    "owl:ObjectProperty": "Properties that lead to things",
    "owl:DatatypeProperty": "Properties that lead to values",
    "owl:AnnotationProperty": "Properties for notes",
    "owl:AllDisjointClasses": "Classes that share no member",
    "sh:NodeShape": "Shapes of things",
    "sh:PropertyShape": "Shapes of properties",
    "sh:PrefixDeclaration": "Prefixes",
    "skos:Concept": "Concepts",
    "skos:ConceptScheme": "Schemes",
}
"""The heading over the terms of a class, where its own short form would not do."""
SHOWN_APART = (
    *(SKOS + name for name in ("definition", "prefLabel")),
    *(RDFS + name for name in ("label", "isDefinedBy")),
    TYPE,
)
SHOWN_ABOVE = (DCTERMS + "title", DCTERMS + "description", TYPE)


@dataclass(frozen=True, slots=True)
class Entry:
    """One term: the anchor that its IRI leads to, its name, what it means, and all else that is said."""

    anchor: str
    iri: str
    label: Text
    definition: Text
    groups: Sequence[Group]


def vocabulary_page(triples: Sequence[Triple], place: Place, names: Sequence[Triple] = ()) -> str:
    """Return the page of a vocabulary, its terms by class; `names` are labels of what it speaks of beside."""
    said, subjects = Statements([*triples, *names]), Statements(triples).subjects()
    headers = [name for name in subjects if ONTOLOGY in said.types(name)]
    sections: dict[str, list[Entry]] = defaultdict(list)
    for name in subjects:
        if name not in headers:
            kind = next(iter(said.types(name)), "")
            sections[heading(kind)].append(entry(said, name, place))
    alone = headers[0] if len(headers) == 1 else None
    title = said.label(alone) if alone else Text("Terms, schemes and alignments" if headers else "Vocabulary", "en")
    return render(
        "vocabulary.html",
        place,
        title=title,
        description=text(said, alone, DCTERMS + "description") if alone else Text(""),
        headers=[(name, groups(said, said.of(name), place, SHOWN_ABOVE)) for name in headers],
        sections=sorted(sections.items()),
    )


def heading(kind: str) -> str:
    """Return the heading over the terms of a class."""
    return HEADINGS.get(shorten(kind), shorten(kind)) or "Others"


def entry(said: Statements, name: str, place: Place) -> Entry:
    """Return a term as it is shown."""
    definition = text(said, name, SKOS + "definition")
    return Entry(
        anchor(name, place), name, said.label(name), definition, groups(said, said.of(name), place, SHOWN_APART)
    )


def anchor(iri: str, place: Place) -> str:
    """Return the fragment of an IRI of ours, so that it leads here; its path without one; of others, the short form.

    Another vocabulary's term may end as one of ours does.
    """
    if not iri.startswith(place.base):
        return shorten(iri).replace(":", "-")
    _, hash_sign, fragment = iri.partition("#")
    return fragment if hash_sign else iri.removeprefix(place.base)


def text(said: Statements, name: str, predicate: str) -> Text:
    """Return one literal as words, empty where there is none."""
    found = said.first(name, predicate)
    return said.spell(found) if found is not None else Text("")

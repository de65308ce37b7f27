"""The page of one thing: what is said of it, with its passages, and where it is named."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from hct_kg.store import Literal, Triple
from hct_kg.terms import HCT, NAMESPACES, OA, TYPE, shorten
from hct_kg.turtle import natural
from hct_kg.web.facts import AT_ONCE
from hct_kg.web.pages import Place, render
from hct_kg.web.statements import Node, Statements, Text, key
from hct_kg.web.telling import Told
from hct_kg.web.titles import title_of

MOST_SHOWN = 250
"""Values of one property on a page; how many more there are is said, and the other formats have all."""

DUMP = NAMESPACES["void"] + "dataDump"
"""The file of a graph: named with the host that is asked, while a page links to it on whatever host it is read from."""
MEANINGS: Mapping[str, str] = MappingProxyType(
    {
        "observed": "Reported as having happened or as being so.",
        "perceived": "How somebody saw it.",
        "anticipated": "Expected, hoped for or feared; it had not happened yet.",
        "intended": "A plan: how something was meant to be or to work.",
        "recommended": "What somebody ought to do.",
        "stated": "The passage says it.",
        "implied": "Not said in so many words: the curator read it there.",
    }
)
"""What the marks of a claim mean."""


@dataclass(frozen=True, slots=True)
class Value:
    """One value as it is shown: its words, where it leads, and what more there is to know."""

    text: Text
    href: str | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """A property with its values; `more` is how many are not shown."""

    label: Text
    href: str | None
    values: Sequence[Value]
    more: int


def thing_page(iri: str, told: Told | None = None) -> Callable[[Sequence[Triple], Place], str]:
    """Return how the page of a thing is written: what is told of it for people, then all that is recorded."""

    def page(triples: Sequence[Triple], place: Place) -> str:
        said = Statements(triples)
        return render(
            "thing.html",
            place,
            iri=iri,
            title=said.label(iri),
            page_title=title_of(said, iri, place.base),
            dump=place.link("graphs", graph=iri) if said.first(iri, DUMP) is not None else "",
            summary=" ".join(filter(None, (told.what, told.description))) if told else "",
            told=told,
            meanings=MEANINGS,
            at_once=AT_ONCE,
            types=[Value(said.label(name), place.href(name)) for name in said.types(iri)],
            outgoing=groups(said, said.of(iri), place, hidden=(TYPE, DUMP)),
            incoming=groups(said, said.to(iri), place),
        )

    return page


def groups(
    said: Statements, statements: Mapping[str, Iterable[Node]], place: Place, hidden: Iterable[str] = ()
) -> list[Group]:
    """Return properties with their values, both in natural order of their words."""
    found = []
    for predicate in statements.keys() - set(hidden):
        values = sorted((show(said, node, place) for node in statements[predicate]), key=order)
        shown = values[:MOST_SHOWN]
        found.append(Group(said.label(predicate), place.href(predicate), shown, len(values) - len(shown)))
    return sorted(found, key=lambda group: natural(group.label.words.casefold()))


def order(value: Value) -> tuple[tuple[tuple[int, str], ...], str]:
    """Order values by their words, numbers in them by size."""
    return natural(value.text.words.casefold()), value.href or ""


def show(said: Statements, node: Node, place: Place) -> Value:
    """Return a value as it is shown."""
    if isinstance(node, Literal):
        return Value(Text(node.value, node.language or ""), web_address(node), datatype(node))
    note = passage_note(said, key(node)) if HCT + "Passage" in said.types(key(node)) else ""
    text = said.label(key(said.first(key(node), OA + "hasSource"))) if note else said.spell(node)
    return Value(text, place.href(key(node)), note)


def passage_note(said: Statements, passage: str) -> str:
    """Return where a passage is: section, offsets in code points, digest of its text."""
    parts = []
    section, selector = said.first(passage, HCT + "section"), said.first(passage, OA + "hasSelector")
    if section is not None:
        parts.append(f"section “{said.label(key(section)).words}”")
    if selector is not None and said.first(key(selector), OA + "start") is not None:
        parts.append(said.label(key(selector)).words)
    digest = said.first(passage, HCT + "sha256")
    if digest is not None:
        parts.append(f"SHA-256 {digest.value}")
    return ", ".join(parts)


def web_address(node: Literal) -> str | None:
    """Return the address that a literal is, if it is an xsd:anyURI of the web."""
    is_address = node.datatype.value.endswith("#anyURI") and node.value.startswith(("https://", "http://"))
    return node.value if is_address else None


def datatype(node: Literal) -> str:
    """Return the datatype of a literal in short form; texts need none."""
    name = shorten(node.datatype.value)
    return "" if name in ("xsd:string", "rdf:langString") else name

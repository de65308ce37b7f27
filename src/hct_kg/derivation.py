"""Rules to derived graphs: what follows from the asserted triples, kept apart from them.

A rule is a CONSTRUCT in `ontology/rules/`. It sees the asserted graphs only, so that no rule
depends on the order in which rules run. A rule with `for_each` runs once per instance of that
class, each time into a graph of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from hct_kg.errors import CatalogueError, EvaluationError, QuerySyntaxError
from hct_kg.frontmatter import DeclaredQuery, bind, placeholder, read_folder
from hct_kg.store import EmbeddedStore, NamedNode, Quad, in_graph
from hct_kg.terms import BASE, DERIVED, HCT, PROV, TYPE, expand

MODEL = "model"


def derive(store: EmbeddedStore, rules: Path) -> None:
    """Run every rule of the folder over the store and add what they give, in graphs under DERIVED.

    Raises CatalogueError, with the file, for a rule that is not a CONSTRUCT.
    """
    store.add(list(derived(store, rules, store.graphs())))


def derived(store: EmbeddedStore, rules: Path, asserted: list[str]) -> Iterator[Quad]:
    """Yield what every rule of the folder gives over a store of some graphs, which is not to be changed meanwhile.

    Raises CatalogueError, with the file, for a rule that is not a CONSTRUCT.
    """
    for rule in read_folder(rules):
        yield from run(store, rule, asserted)


def run(store: EmbeddedStore, rule: DeclaredQuery, asserted: list[str]) -> Iterator[Quad]:
    """Yield the quads of one rule, and the description of each graph that it fills."""
    for graph, text in instances(store, rule):
        try:
            triples = store.construct(text)
        except (QuerySyntaxError, EvaluationError) as error:
            raise CatalogueError(str(error), rule.path, getattr(error, "line", None)) from None
        yield from (in_graph(triple, NamedNode(graph)) for triple in triples)
        yield from describe(graph, rule.name, asserted)


def instances(store: EmbeddedStore, rule: DeclaredQuery) -> Iterator[tuple[str, str]]:
    """Yield (graph IRI, query text) for each run of a rule."""
    graph = f"{DERIVED}/{rule.name}"
    if "for_each" not in rule.declaration:
        yield graph, rule.text
        return
    for_each = expand(rule.declaration["for_each"])
    if for_each is None or placeholder(MODEL) not in rule.text:
        raise CatalogueError(f"for_each needs a class and the text `{placeholder(MODEL)}`", rule.path)
    subclasses = f"<{for_each}> ^<http://www.w3.org/2000/01/rdf-schema#subClassOf>* ?class"
    for row in store.select(f"SELECT DISTINCT ?i {{ {subclasses} . ?i a ?class }} ORDER BY ?i"):
        iri = row["i"].value
        yield f"{graph}/{iri.rsplit('/', 1)[-1]}", bind(rule.text, MODEL, str(NamedNode(iri)))


def describe(graph: str, rule: str, asserted: list[str]) -> Iterator[Quad]:
    """Yield the triples that mark a graph as derived: by which rule, from which graphs."""
    subject, about = NamedNode(graph), NamedNode(DERIVED)
    yield Quad(subject, NamedNode(TYPE), NamedNode(HCT + "DerivedGraph"), about)
    yield Quad(subject, NamedNode(PROV + "wasGeneratedBy"), NamedNode(f"{BASE}id/rule/{rule}"), about)
    for source in asserted:
        yield Quad(subject, NamedNode(PROV + "wasDerivedFrom"), NamedNode(source), about)

"""Shapes rewritten for an engine that is quicker shape by shape than node by node; what they find stays the same.

`S sh:targetClass C ; sh:property P` and `P sh:targetClass C` give the same results. The first is checked one
focus node at a time, in one piece; the second once for all focus nodes, and beside other shapes on other cores.
Where no subject is a blank node, nobody need ask each instance of a class whether it is an IRI. And a message is
copied for each node that is looked at, in shape or not: it is better put into the few results afterwards.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise

from hct_kg.store import BlankNode, Literal, NamedNode, Triple
from hct_kg.terms import RDF, RDFS, SH, TYPE

Node = NamedNode | BlankNode
Properties = dict[str, list[object]]

TARGETS = {SH + name for name in ("targetClass", "targetNode", "targetObjectsOf", "targetSubjectsOf")}
# A shape with one of these is left as it is: it means more than its targets and its property shapes.
LEFT_ALONE = {SH + name for name in ("deactivated", "path", "target", "targetWhere")}
PROPERTY, PATH, CLOSED, IGNORED = (SH + name for name in ("property", "path", "closed", "ignoredProperties"))
MESSAGE, SPARQL = SH + "message", SH + "sparql"
NODE_KIND, IRI = NamedNode(SH + "nodeKind"), NamedNode(SH + "IRI")
# All that a shape may say that asks of the instances of classes that they be IRIs, and nothing else.
ASKS_FOR_NAMES = {
    TYPE,
    RDFS + "label",
    NODE_KIND.value,
    *(SH + name for name in ("message", "severity", "targetClass")),
}
FIRST, REST, NIL = (RDF + name for name in ("first", "rest", "nil"))


def give_targets_to_properties(shapes: Iterable[Triple]) -> list[Triple]:
    """Return shapes of which each property shape, as far as may be, has the targets of the shape that it is part of.

    Moved are the property shapes of a node shape that has a target and that no other shape refers to: there
    alone, what a part finds is a result of the report. Where it is closed, it goes on to know their paths.
    Source: https://www.w3.org/TR/shacl/#validation-definition and #ClosedConstraintComponent
    """
    triples = list(dict.fromkeys(shapes))
    described = by_subject(triples)
    used = {triple.object for triple in triples}
    moved = {node for node, held in described.items() if node not in used and may_be_taken_apart(held)}
    kept = [
        triple for triple in triples if not (triple.subject in moved and triple.predicate.value in (PROPERTY, IGNORED))
    ]
    added = [triple for node in described if node in moved for triple in taken_apart(node, described)]
    return list(dict.fromkeys([*kept, *added]))


def leave_out_names(shapes: Iterable[Triple]) -> list[Triple]:
    """Return shapes but for those that only ask instances of classes to be IRIs.

    They find nothing in data of which no subject is a blank node: an instance is a subject, and so an IRI.
    Source: https://www.w3.org/TR/shacl/#NodeKindConstraintComponent
    """
    triples = list(shapes)
    used = {triple.object for triple in triples}
    needless = {
        node
        for node, held in by_subject(triples).items()
        if node not in used and held.keys() <= ASKS_FOR_NAMES and held.get(NODE_KIND.value) == [IRI]
    }
    return [triple for triple in triples if triple.subject not in needless]


def leave_out_messages(shapes: Iterable[Triple]) -> list[Triple]:
    """Return shapes without the messages of those that have a name, by which whoever reads a result finds them.

    The message of a SPARQL constraint stays: results name the shape that it is part of.
    Source: https://www.w3.org/TR/shacl/#message
    """
    triples = list(shapes)
    constraints = {triple.object for triple in triples if triple.predicate.value == SPARQL}
    return [
        triple
        for triple in triples
        if triple.predicate.value != MESSAGE or isinstance(triple.subject, BlankNode) or triple.subject in constraints
    ]


def by_subject(triples: Iterable[Triple]) -> dict[object, Properties]:
    """Return what is said of each subject: predicate IRI → objects, in their order."""
    described: dict[object, Properties] = {}
    for triple in triples:
        described.setdefault(triple.subject, {}).setdefault(triple.predicate.value, []).append(triple.object)
    return described


def may_be_taken_apart(held: Properties) -> bool:
    """Tell whether a shape that nothing refers to may give away its property shapes."""
    classes = {getattr(node, "value", "") for node in held.get(TYPE, [])}
    return (
        bool(TARGETS & held.keys())
        and PROPERTY in held
        and not LEFT_ALONE & held.keys()
        # A shape that is a class as well has its own instances as targets.
        and not any(name.endswith("#Class") for name in classes)
        and len(held.get(IGNORED, [])) <= 1
    )


def taken_apart(node: object, described: dict[object, Properties]) -> Iterator[Triple]:
    """Yield what is said in place of sh:property and sh:ignoredProperties: targets, and the paths still allowed."""
    held = described[node]
    parts = [part for part in held[PROPERTY] if isinstance(part, Node)]
    for part in parts:
        for target in sorted(TARGETS & held.keys()):
            for what in held[target]:
                assert isinstance(what, NamedNode | BlankNode | Literal)
                yield Triple(part, NamedNode(target), what)
    if CLOSED in held or IGNORED in held:
        paths = [
            path for part in parts for path in described.get(part, {}).get(PATH, []) if isinstance(path, NamedNode)
        ]
        head = held.get(IGNORED, [NamedNode(NIL)])[0]
        assert isinstance(node, Node)
        assert isinstance(head, Node)
        cells: list[Node] = [*(BlankNode() for _ in paths), head]
        yield Triple(node, NamedNode(IGNORED), cells[0])
        for path, (cell, rest) in zip(paths, pairwise(cells), strict=True):
            yield Triple(cell, NamedNode(FIRST), path)
            yield Triple(cell, NamedNode(REST), rest)

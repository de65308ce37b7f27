"""From what the engine holds to what it is to hold, as steps that may each be taken twice.

Engines limit the length of an update (Virtuoso: some 1,600 triples), so there may be many. A graph with blank nodes
is written anew as soon as anything in it changes: a blank node has no name by which one could be removed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

import pyoxigraph
from pyoxigraph import DefaultGraph, NamedNode, RdfFormat

from hct_kg.errors import MalformedRequest
from hct_kg.store.digests import canonical

MOST_TRIPLES = 500
MOST_BYTES = 200_000
BLANK = "_:"


@dataclass(frozen=True, slots=True)
class Step:
    """Some triples of one graph are removed, or some are added, or the whole graph is emptied of all it holds."""

    graph: str
    removed: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    emptied: bool = False

    @property
    def size(self) -> int:
        """How many triples it is about; one that empties a graph is about any number."""
        return MOST_TRIPLES if self.emptied else len(self.removed) + len(self.added)


def differences(old: pyoxigraph.Store, new: pyoxigraph.Store) -> list[Step]:
    """Return the steps from one dataset to another.

    Raises MalformedRequest where the new one has triples outside of any named graph.
    """
    if any(True for _ in new.quads_for_pattern(None, None, None, DefaultGraph())):
        raise MalformedRequest("This engine keeps triples in named graphs only: name the graph to write to.")
    names = {node.value for store in (old, new) for node in store.named_graphs() if isinstance(node, NamedNode)}
    return [step for name in sorted(names) for step in graph_steps(old, new, name)]


def graph_steps(old: pyoxigraph.Store, new: pyoxigraph.Store, name: str) -> Iterator[Step]:
    """Yield the steps for one graph."""
    before, after = lines(old, name), lines(new, name)
    if before == after:
        return
    if any(BLANK in line for line in before | after):
        if canonical_lines(old, name) == canonical_lines(new, name):
            return
        yield Step(name, removed=tuple(sorted(before)), emptied=True)
        before = set()
    for part in parts([[line] for line in sorted(before - after)]):
        yield Step(name, removed=part)
    yield from additions(name, after - before)


def additions(name: str, added: Iterable[str]) -> Iterator[Step]:
    """Yield the steps that add triples to a graph."""
    found = sorted(added)
    ground = [[line] for line in found if BLANK not in line]
    for part in parts([*ground, *components(line for line in found if BLANK in line)]):
        yield Step(name, added=part)


def reverse(steps: Sequence[Step]) -> Iterator[list[Step]]:
    """Yield the steps that lead back to what was there, however many were taken, by what is to be taken together.

    A graph that was emptied is emptied once more and filled with what it held.
    """
    for name, found in by_graph(reversed(steps)):
        if any(step.emptied for step in found):
            held = (line for step in found if step.emptied for line in step.removed)
            yield [Step(name, emptied=True), *additions(name, held)]
        else:
            yield from ([Step(name, removed=step.added, added=step.removed)] for step in found)


def by_graph(steps: Iterable[Step]) -> Iterator[tuple[str, list[Step]]]:
    """Yield the steps of each graph together, in their order."""
    for name, found in groupby(steps, key=attrgetter("graph")):
        yield name, list(found)


def lines(store: pyoxigraph.Store, name: str) -> set[str]:
    """Return a graph as lines of N-Triples."""
    dumped = store.dump(format=RdfFormat.N_TRIPLES, from_graph=NamedNode(name)) or b""
    return set(dumped.decode().splitlines())


def canonical_lines(store: pyoxigraph.Store, name: str) -> set[str]:
    """Return a graph as lines in which blank nodes have names that depend on the graph alone."""
    quads = list(store.quads_for_pattern(None, None, None, NamedNode(name)))
    return {str(quad.triple) for quad in canonical(quads)}


def parts(groups: Iterable[list[str]]) -> Iterator[tuple[str, ...]]:
    """Pack groups of lines, none of them divided, into parts that an update can hold."""
    part: list[str] = []
    size = 0
    for group in groups:
        length = sum(map(len, group))
        if part and (len(part) + len(group) > MOST_TRIPLES or size + length > MOST_BYTES):
            yield tuple(part)
            part, size = [], 0
        part += group
        size += length
    if part:
        yield tuple(part)


def components(found: Iterable[str]) -> list[list[str]]:
    """Group lines by the blank nodes that they share: what shares one has to be written at once."""
    groups: dict[str, list[str]] = defaultdict(list)
    leader: dict[str, str] = {}

    def lead(node: str) -> str:
        while leader.setdefault(node, node) != node:
            node = leader[node]
        return node

    kept = sorted(found)
    for line in kept:
        first, *others = nodes(line)
        for other in others:
            leader[lead(other)] = lead(first)
    for line in kept:
        groups[lead(nodes(line)[0])].append(line)
    return [groups[key] for key in sorted(groups)]


def nodes(line: str) -> list[str]:
    """Return the blank nodes of a line of N-Triples; more than there are, where a literal looks like one."""
    return [word for word in line.replace("(", " ").split() if word.startswith(BLANK)] or [line]

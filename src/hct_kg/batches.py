"""What was read, batch by batch, each with what its references name: so that a part can be validated by itself.

A batch is some graphs, or the statements of some subjects of a graph that is larger. With it go the statements of the
things that it names or that name it, and of those that these name. What rests on more than that is for
`hct-kg validate`, which sees everything at once: that no two factors anywhere have the same label, for one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from hct_kg.building import Building
from hct_kg.shacl import Validating
from hct_kg.sources import SHAPES_FILE, ontology_sources, read_all
from hct_kg.store import EmbeddedStore, NamedNode, Quad
from hct_kg.store.inputs import Input
from hct_kg.terms import HCT, ID, shorten
from hct_kg.validation import Finding, blank, dangling, in_shape

STEPS_OUT = 2


@dataclass(frozen=True, slots=True)
class Batch:
    """Quads of some graphs (named as N-Quads does), and those around them."""

    quads: list[Quad]
    around: list[Quad]
    graphs: tuple[str, ...]

    @property
    def triples(self) -> int:
        """How many quads are the batch's own."""
        return len(self.quads)


def batches(building: Building, most: int) -> Iterator[Batch]:
    """Yield what files gave as batches of about `most` triples."""
    store = building.store
    pending: list[Quad] = []
    graphs: list[str] = []
    for graph, triples in building.written.items():
        if pending and len(pending) + triples > most:
            yield Batch(pending, around(store, pending), tuple(graphs))
            pending, graphs = [], []
        graphs.append(graph)
        for part in by_subject(building.quads_of(graph), most):
            if len(pending) + len(part) > most and triples > most and pending:
                yield Batch(pending, around(store, pending), tuple(graphs))
                pending = []
            pending += part
    if pending:
        yield Batch(pending, around(store, pending), tuple(graphs))


def by_subject(quads: Iterable[Quad], most: int) -> Iterator[list[Quad]]:
    """Yield quads, sorted by subject, in parts of about `most`; those of one subject together."""
    part: list[Quad] = []
    for quad in quads:
        if len(part) >= most and quad.subject != part[-1].subject:
            yield part
            part = []
        part.append(quad)
    if part:
        yield part


def around(store: EmbeddedStore, quads: list[Quad]) -> list[Quad]:
    """Return the statements of what a batch names or is named by, and of what these name."""
    own = {quad.subject for quad in quads}
    found: dict[Quad, None] = {}
    fresh = {node for node in objects(quads) if node not in own}
    fresh |= {
        quad.subject
        for node in own
        if isinstance(node, NamedNode)
        for quad in store.about(None, node)
        if quad.subject not in own and isinstance(quad.subject, NamedNode)
    }
    known = own | fresh
    for _ in range(STEPS_OUT):
        new = [quad for node in fresh for quad in store.about(node, None)]
        found.update(dict.fromkeys(new))
        fresh = {node for node in objects(new) if node not in known}
        known |= fresh
    return list(found)


def objects(quads: Iterable[Quad]) -> Iterator[NamedNode]:
    """Yield the things that quads name."""
    for quad in quads:
        if isinstance(quad.object, NamedNode) and quad.object.value.startswith((ID, HCT)):
            yield quad.object


class Checking:
    """Finds what is to be mended in batches, with the ontology beside each."""

    def __init__(self, ontology: Path, files: Iterable[Input]) -> None:
        """Read the ontology; `files` are where graphs come from. Raises RdfSyntaxError and DataError."""
        self._shapes = ontology / SHAPES_FILE
        self._vocabulary = read_all(ontology_sources(ontology))
        self._files = {f"<{file.graph}>": str(file.path) for file in files if file.graph}

    def __call__(self, batch: Batch) -> Iterator[Finding]:
        """Yield what is to be mended in a batch, with its file, or its graph where that came from no one file."""
        graphs = {
            quad.subject.value: str(quad.graph_name) for quad in batch.quads if isinstance(quad.subject, NamedNode)
        }
        nameless = list(blank(batch.quads))
        with Validating(self._shapes) as shapes:
            for quads in (self._vocabulary, batch.quads, batch.around):
                shapes.add(quads)
            results = [] if nameless else [result for result in shapes.results() if result.focus in graphs]
        references = dangling(batch.quads, [*self._vocabulary, *batch.around])
        places = {shorten(focus): self._files.get(graph, graph) for focus, graph in graphs.items()}
        for finding in (*nameless, *in_shape(results), *references):
            yield replace(finding, file=places.get(finding.focus, ", ".join(batch.graphs)))

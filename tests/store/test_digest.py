"""A dataset's digest names its content: not the order, not the names of blank nodes."""

from __future__ import annotations

import pyoxigraph
from hypothesis import given
from hypothesis import strategies as st

from hct_kg.store import EmbeddedStore, Literal, NamedNode, Quad
from hct_kg.store.embedded import BlankNode

G = NamedNode("urn:g")
P = NamedNode("urn:p")

nodes = st.sampled_from([NamedNode("urn:a"), NamedNode("urn:b"), BlankNode("x"), BlankNode("y"), BlankNode("z")])
objects = nodes | st.sampled_from([Literal("_:x"), Literal("line\n_:y"), Literal("é", language="fr")])
datasets = st.lists(st.builds(lambda s, o: Quad(s, P, o, G), nodes, objects), max_size=8)


def renamed(quads: list[Quad]) -> list[Quad]:
    def rename(node: object) -> object:
        return BlankNode("other" + node.value) if isinstance(node, BlankNode) else node

    return [Quad(rename(q.subject), q.predicate, rename(q.object), q.graph_name) for q in quads[::-1]]  # type: ignore[arg-type]


@given(datasets)
def test_order_and_names_of_blank_nodes_do_not_matter(quads: list[Quad]) -> None:
    assert EmbeddedStore(quads).digest() == EmbeddedStore(renamed(quads)).digest()


@given(datasets, datasets)
def test_two_datasets_have_one_digest_only_if_they_are_isomorphic(one: list[Quad], other: list[Quad]) -> None:
    canonical = []
    for quads in (one, other):
        dataset = pyoxigraph.Dataset(quads)
        dataset.canonicalize(pyoxigraph.CanonicalizationAlgorithm.RDFC_1_0)
        canonical.append({str(quad) for quad in dataset})
    same = EmbeddedStore(one).digest() == EmbeddedStore(other).digest()
    assert same == (canonical[0] == canonical[1])


def test_a_changed_literal_changes_the_digest() -> None:
    digests = {EmbeddedStore([Quad(G, P, Literal(text), G)]).digest() for text in ("a", "b", "_:a")}
    assert len(digests) == 3

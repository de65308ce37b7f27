"""An overview folds boxes into their groups and keeps what their arrows say."""

from __future__ import annotations

from graphs_at_random import graphs
from hypothesis import given

from hct_kg.drawing.graphs import Edge, Graph, Node
from hct_kg.drawing.overview import SEVERAL, folded

NODES = (
    Node("support", "Support", 0),
    Node("learning", "Learning", 1),
    Node("sharing", "Sharing", 1, group="learning"),
    Node("sharing-notes", "Sharing notes", 1, group="sharing"),
    Node("plans", "Plans", 2, group="learning"),
    Node("apart", "Apart", 2),
)


def test_a_box_is_folded_into_the_outermost_of_its_column() -> None:
    edges = (
        Edge("one", "support", "sharing", 1, "intended", evidence=2, implied=True),
        Edge("two", "support", "sharing-notes", 1, "observed", evidence=3),
        Edge("three", "support", "learning", -1, "intended", evidence=1),
        Edge("four", "sharing", "learning", 1, "intended"),
        Edge("five", "sharing-notes", "plans", 1, "intended", href="/five"),
    )
    found = folded(Graph(NODES, edges, ("a", "b", "c")))
    assert [node.id for node in found.nodes] == ["support", "learning", "plans"]
    assert found.edges == (
        Edge("merged:one", "support", "learning", 1, SEVERAL, implied=False, evidence=5),
        Edge("three", "support", "learning", -1, "intended", evidence=1),
        Edge("five", "learning", "plans", 1, "intended", href="/five"),
    )
    assert found.headings == ("a", "b", "c")


def test_boxes_without_arrows_are_shown_where_they_are_asked_for() -> None:
    assert [node.id for node in folded(Graph(NODES, ()), unlinked=True).nodes] == [
        "support",
        "learning",
        "plans",
        "apart",
    ]
    assert folded(Graph(NODES, ())).nodes == ()


def test_groups_that_lie_in_each_other_end() -> None:
    ring = Graph((Node("a", "a", group="b"), Node("b", "b", group="a")), ())
    assert {node.id for node in folded(ring, unlinked=True).nodes} <= {"a", "b"}


@given(graph=graphs())
def test_a_graph_without_groups_keeps_every_arrow_but_those_that_repeat_another(graph: Graph) -> None:
    found = folded(graph, unlinked=True)
    assert found.nodes == graph.nodes
    ends = {(edge.source, edge.target, edge.sign) for edge in graph.edges}
    assert {(edge.source, edge.target, edge.sign) for edge in found.edges} == ends
    assert len(found.edges) == len(ends)
    assert sum(edge.evidence for edge in found.edges) == sum(edge.evidence for edge in graph.edges)

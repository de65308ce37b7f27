"""Diagrams of any graph: boxes apart, arrows whole and beside the boxes, the same every time."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable

import pytest
from graphs_at_random import beyond_the_canvas, boxes_run_through, graphs, overlapping, unanchored
from hypothesis import given, settings

from hct_kg.drawing.diagrams import Diagram
from hct_kg.drawing.graphs import Edge, Graph, Node
from hct_kg.drawing.layered import lay_out
from hct_kg.drawing.map_layout import lay_out_map
from hct_kg.drawing.svg import svg

LAYOUTS = pytest.mark.parametrize("layout", [lay_out, lay_out_map])
Layout = Callable[[Graph], Diagram]

SAMPLE = """
from hct_kg.drawing.graphs import Edge, Graph, Node
nodes = tuple(Node(f"n{i}", f"Factor number {i}") for i in range(40))
edges = tuple(Edge(f"e{i}", f"n{i * 7 % 40}", f"n{(i * 13 + 5) % 40}", i % 3 - 1, "observed") for i in range(70))
graph = Graph(nodes, edges)
"""
PRINTED = """
import hashlib
from hct_kg.drawing.map_layout import lay_out_map
from hct_kg.drawing.svg import svg
print(hashlib.sha256(svg(lay_out_map(graph), "A map").encode()).hexdigest())
"""


@LAYOUTS
@given(graph=graphs())
def test_no_two_boxes_overlap(layout: Layout, graph: Graph) -> None:
    diagram = layout(graph)
    assert sorted((box.node.id, box.node.label) for box in diagram.boxes) == sorted(
        (n.id, n.label) for n in graph.nodes
    )
    assert overlapping(diagram.boxes) == []


@LAYOUTS
@given(graph=graphs())
def test_every_arrow_is_drawn_once_from_the_border_of_its_cause_to_that_of_its_effect(
    layout: Layout, graph: Graph
) -> None:
    diagram = layout(graph)
    assert Counter(route.edge for route in diagram.routes) == Counter(graph.edges)
    assert unanchored(diagram) == []


@LAYOUTS
@given(graph=graphs())
def test_no_arrow_runs_through_a_box_or_beyond_the_canvas(layout: Layout, graph: Graph) -> None:
    diagram = layout(graph)
    assert boxes_run_through(diagram) == []
    assert beyond_the_canvas(diagram) == []


@LAYOUTS
@settings(max_examples=30)
@given(graph=graphs())
def test_the_same_graph_gives_the_same_bytes(layout: Layout, graph: Graph) -> None:
    assert svg(layout(graph), "A map") == svg(layout(graph), "A map")


@pytest.mark.parametrize("seed", ["1", "2"])
def test_another_process_gives_the_same_bytes(seed: str) -> None:
    names: dict[str, Graph] = {}
    exec(SAMPLE, names)  # noqa: S102 - the same few lines here and there
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    elsewhere = subprocess.run(
        [sys.executable, "-c", SAMPLE + PRINTED], capture_output=True, text=True, check=True, env=environment
    )
    here = svg(lay_out_map(names["graph"]), "A map")
    assert elsewhere.stdout.strip() == hashlib.sha256(here.encode()).hexdigest()


@given(graph=graphs(columns=True))
def test_a_node_stands_in_the_column_that_it_names(graph: Graph) -> None:
    at = {box.node: box.x for box in lay_out(graph).boxes}
    named = [node for node in graph.nodes if node.column is not None]
    for one in named:
        for other in named:
            assert (one.column, at[one]) == (other.column, at[other]) or ((one.column or 0) < (other.column or 0)) == (
                at[one] < at[other]
            )


def test_a_cause_stands_left_of_its_effect_where_no_loop_forbids_it() -> None:
    names = "abcdef"
    arrows = ["ab", "bc", "ac", "de", "ef", "cf"]
    graph = Graph(tuple(Node(name, name) for name in names), tuple(Edge(a, a[0], a[1], 1, "") for a in arrows))
    at = {box.node.id: box.x for box in lay_out(graph).boxes}
    assert [arrow for arrow in arrows if at[arrow[0]] >= at[arrow[1]]] == []


def test_an_arrow_that_closes_a_loop_runs_back_to_the_left() -> None:
    graph = Graph((Node("a", "a"), Node("b", "b")), (Edge("ab", "a", "b", 1, ""), Edge("ba", "b", "a", -1, "")))
    headings = {route.edge.id: route.heading for route in lay_out(graph).routes}
    assert sorted(headings.values()) == [-1, 1]


def test_a_graph_without_nodes_is_an_empty_diagram() -> None:
    assert lay_out_map(Graph((), ())).boxes == lay_out(Graph((), (), ("Inputs",))).boxes == ()


@pytest.mark.parametrize(
    ("nodes", "edges", "problem"),
    [
        (("a", "a"), (), "an id of its own: a"),
        (("a",), (("a", "a", "b", 1),), "an id of its own|both ends"),
        (("a",), (("e", "a", "b", 1),), "both ends of: e"),
        (("a",), (("e", "a", "a", 2),), "sign of -1, 0 or 1 to: e"),
    ],
)
def test_a_graph_that_cannot_be_drawn_is_refused(
    nodes: tuple[str, ...], edges: tuple[tuple[str, str, str, int], ...], problem: str
) -> None:
    with pytest.raises(ValueError, match=problem):
        Graph(tuple(Node(name, name) for name in nodes), tuple(Edge(*edge, "observed") for edge in edges))

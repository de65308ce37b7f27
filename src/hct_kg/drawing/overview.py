"""An overview of a large diagram: boxes folded into the group that they are part of, their arrows merged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from hct_kg.drawing.graphs import Edge, Graph, Node

MERGED = "merged:"
SEVERAL = "several"
"""The modality of an arrow that stands for arrows of more than one."""


def folded(graph: Graph, unlinked: bool = False) -> Graph:
    """Return the graph with each node folded into the one that its `group` names, and on to the outermost.

    A node is folded only into one of the same column, so that no stage loses what it holds. Arrows between the
    same two boxes with the same sign become one: with their passages in sum, implied where all of them are; those
    within one box are left out. Boxes without arrows are left out too, unless `unlinked` asks for them.
    """
    nodes = {node.id: node for node in graph.nodes}
    outer = {name: outermost(node, nodes).id for name, node in nodes.items()}
    merged: dict[tuple[str, str, int], Edge] = {}
    for edge in graph.edges:
        source, target = outer[edge.source], outer[edge.target]
        if source != target or edge.source == edge.target:
            key = (source, target, edge.sign)
            moved = replace(edge, source=source, target=target)
            merged[key] = together(merged[key], moved) if key in merged else moved
    ends = {end for edge in merged.values() for end in (edge.source, edge.target)}
    shown = tuple(node for node in graph.nodes if outer[node.id] == node.id and (unlinked or node.id in ends))
    return Graph(shown, tuple(merged.values()), graph.headings)


def outermost(node: Node, nodes: Mapping[str, Node]) -> Node:
    """Return the node that a node is folded into in the end: itself, where it is in no group."""
    seen = {node.id}
    while node.group in nodes and node.group not in seen and nodes[node.group].column == node.column:
        node = nodes[node.group]
        seen.add(node.id)
    return node


def together(one: Edge, other: Edge) -> Edge:
    """Return one arrow for two with the same ends and sign; it leads to no single link's page."""
    return replace(
        one,
        id=one.id if one.id.startswith(MERGED) else f"{MERGED}{one.id}",
        modality=one.modality if one.modality == other.modality else SEVERAL,
        implied=one.implied and other.implied,
        evidence=one.evidence + other.evidence,
        href="",
    )

"""The published models, drawn: everything there, nothing over anything else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

import pytest
from graphs_at_random import faults

from hct_kg.dataset import Dataset
from hct_kg.drawing.columns import columns_of
from hct_kg.drawing.crossings import crossings
from hct_kg.drawing.graphs import Edge, Graph, Node
from hct_kg.drawing.layered import lay_out
from hct_kg.drawing.map_layout import lay_out_map
from hct_kg.drawing.overview import folded
from hct_kg.drawing.skeleton import skeleton_of
from hct_kg.links import PREFIXES, QUERIES, Network, read_network
from hct_kg.terms import HCT, ID

STAGES = (
    ("Inputs", f"{HCT}Input"),
    ("Activities of the programme", f"{HCT}PlannedActivity"),
    ("Mechanisms", f"{HCT}Mechanism"),
    ("Ways in which partnerships work", f"{HCT}Process"),
    ("Outcomes for partnerships", f"{ID}level/partnership"),
    ("Outcomes of the programme", f"{ID}level/programme"),
    ("Ultimate impact", f"{ID}level/ultimate-impact"),
)
PLACES = (
    PREFIXES
    + """
SELECT ?factor ?place ?group WHERE {
  ?factor a hct:Factor . { ?factor a ?place } UNION { ?factor hct:level ?place }
  OPTIONAL { ?factor skos:broader ?group }
} ORDER BY ?factor ?place ?group"""
)


@pytest.fixture(scope="module")
def network(real: Dataset) -> Network:
    return read_network({name: real.store.select(query) for name, query in QUERIES.items()})


@pytest.fixture(scope="module")
def theory(real: Dataset, network: Network) -> Graph:
    """The theory of change: a kind of factor a column, outcomes by level; a group is one of the same column."""
    places: dict[str, set[str]] = defaultdict(set)
    groups: dict[str, set[str]] = defaultdict(set)
    for row in real.store.select(PLACES):
        places[row["factor"].value].add(row["place"].value)
        if "group" in row:
            groups[row["factor"].value].add(row["group"].value)
    columns = {
        factor: min(number for number, (_, place) in enumerate(STAGES) if place in found)
        for factor, found in places.items()
        if any(place in found for _, place in STAGES)
    }
    within = {
        factor: next((group for group in sorted(found) if columns.get(group) == columns.get(factor)), "")
        for factor, found in groups.items()
    }
    return model(network, "hct-theory-of-change", columns, within)


def model(network: Network, name: str, columns: Mapping[str, int], groups: Mapping[str, str]) -> Graph:
    links = [link for link in network.links if f"{ID}model/{name}" in link.models]
    shown = {end for link in links for end in (link.cause, link.effect)}
    shown |= {group for factor in shown if (group := groups.get(factor, ""))}
    return Graph(
        tuple(
            Node(
                factor,
                network.labels[factor],
                columns.get(factor),
                f"/doc/{factor.removeprefix(ID)}",
                groups.get(factor, ""),
            )
            for factor in sorted(shown)
        ),
        tuple(
            Edge(
                link.iri,
                link.cause,
                link.effect,
                link.sign,
                link.modality.removeprefix(f"{ID}modality/"),
                link.implied,
                len(link.evidence),
            )
            for link in links
        ),
        tuple(heading for heading, _ in STAGES) if columns else (),
    )


def given_crossings(graph: Graph) -> int:
    skeleton = skeleton_of(graph, columns_of(graph))
    return crossings(skeleton, skeleton.columns)


def test_the_theory_of_change_is_drawn_whole(theory: Graph) -> None:
    diagram = lay_out(theory)
    assert (len(diagram.boxes), len(diagram.routes)) == (len(theory.nodes), len(theory.edges))
    assert len(theory.edges) > 100
    assert all(node.column is not None for node in theory.nodes)
    assert faults(diagram) == []
    assert diagram.crossings < given_crossings(theory) / 8


def test_its_overview_is_a_third_of_it(theory: Graph) -> None:
    overview = folded(theory)
    diagram = lay_out(overview)
    assert len(overview.nodes) * 2 < len(theory.nodes)
    assert {node.column for node in overview.nodes} == set(range(len(STAGES)))
    assert faults(diagram) == []
    assert diagram.crossings < given_crossings(overview) / 8


@pytest.mark.parametrize("name", ["hct-system-map", "hct-site-intents", "power-in-partnerships-rationale"])
def test_a_map_fits_a_page_and_crosses_little(network: Network, name: str) -> None:
    graph = model(network, name, {}, {})
    diagram = lay_out_map(graph)
    assert (len(diagram.boxes), len(diagram.routes)) == (len(graph.nodes), len(graph.edges))
    assert faults(diagram) == []
    assert diagram.width <= 1088
    assert diagram.crossings <= 8

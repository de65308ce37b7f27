"""Chains as CSV, Mermaid and GraphML hold the same steps as the JSON, whatever their labels are."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from hct_kg.api.chains import ChainAnswer, describe_chain
from hct_kg.api.trace_formats import GRAPHML_NAMESPACE, write_csv, write_graphml, write_mermaid
from hct_kg.links import Network
from hct_kg.tracing import trace
from networks import link

LABELS = {"a": 'Time, "room"\nand #1', "b": "Trust <b>", "c": "Change"}
LINKS = [
    link("a", "b", passages=("p1", "p2")),
    link("b", "c", -1, implied=True),
    link("a", "c", 0),
]
NS = {"g": GRAPHML_NAMESPACE}


def chains(labels: dict[str, str] = LABELS) -> list[ChainAnswer]:
    network = Network(tuple(LINKS), labels)
    return [describe_chain(network, chain) for chain in trace(LINKS, "a", "c").chains]


def read(text: str) -> ElementTree.Element:
    return ElementTree.fromstring(text)  # noqa: S314 - our own words


def test_a_table_has_a_row_a_claim_and_says_whether_it_is_complete() -> None:
    rows = list(csv.DictReader(io.StringIO(write_csv(chains(), complete=False))))
    assert [(row["chain"], row["step"], row["cause"], row["polarity"], row["effect"]) for row in rows] == [
        ("1", "1", "a", "unsigned", "c"),
        ("2", "1", "a", "positive", "b"),
        ("2", "2", "b", "negative", "c"),
    ]
    assert rows[0]["cause_label"] == LABELS["a"]
    assert rows[1]["passages"] == "passage/p1 passage/p2"
    assert {row["complete"] for row in rows} == {"false"}


def test_a_drawing_has_an_arrow_a_step_dotted_where_it_is_implied() -> None:
    assert write_mermaid(chains(), complete=True).splitlines() == [
        "flowchart LR",
        "  %% complete: true",
        '  n0["Time, #34;room#34; and #35;1"]',
        '  n1["Change"]',
        '  n2["Trust #60;b#62;"]',
        '  n0 -- "?" --> n1',
        '  n0 -- "+" --> n2',
        '  n2 -. "–" .-> n1',
    ]


def test_a_graph_has_a_node_a_factor_and_an_edge_a_step() -> None:
    root = read(write_graphml(chains(), complete=True))
    labels = [node.findtext("g:data[@key='node-label']", "", NS) for node in root.iterfind(".//g:node", NS)]
    assert labels == [LABELS["a"], LABELS["c"], LABELS["b"]]
    edges = [
        (edge.get("source"), edge.findtext("g:data[@key='edge-polarity']", "", NS), edge.get("target"))
        for edge in root.iterfind(".//g:edge", NS)
    ]
    assert edges == [("n0", "unsigned", "n1"), ("n0", "positive", "n2"), ("n2", "negative", "n1")]
    assert root.findtext("g:graph/g:data[@key='graph-complete']", "", NS) == "true"
    declared = {key.get("id") for key in root.iterfind("g:key", NS)}
    assert {item.get("key") for item in root.iterfind(".//g:data", NS)} <= declared


def test_two_chains_with_one_step_in_common_draw_it_once() -> None:
    twice = [*chains(), *chains()]
    assert write_mermaid(twice, complete=True) == write_mermaid(chains(), complete=True)
    assert write_graphml(twice, complete=True) == write_graphml(chains(), complete=True)


def test_no_chain_is_an_empty_table_drawing_and_graph() -> None:
    assert list(csv.DictReader(io.StringIO(write_csv([], complete=True)))) == []
    assert write_mermaid([], complete=True) == "flowchart LR\n  %% complete: true\n"
    assert read(write_graphml([], complete=True)).find(".//g:node", NS) is None


@given(st.text())
def test_any_label_makes_well_formed_files(label: str) -> None:
    found = chains({**LABELS, "c": label})
    read(write_graphml(found, complete=True))
    assert len(write_mermaid(found, complete=True).splitlines()) == 8
    rows = list(csv.DictReader(io.StringIO(write_csv(found, complete=True), newline="")))
    assert rows[0]["effect_label"] == label


def test_a_step_of_several_claims_has_a_row_each_and_one_edge() -> None:
    links = [LINKS[0], replace(LINKS[0], iri="other", models=frozenset({"map"}))]
    network = Network(tuple(links), LABELS)
    found = [describe_chain(network, chain) for chain in trace(links, "a", "b").chains]
    assert len(write_csv(found, complete=True).splitlines()) > 2
    root = read(write_graphml(found, complete=True))
    assert [edge.findtext("g:data[@key='edge-models']", "", NS) for edge in root.iterfind(".//g:edge", NS)] == [
        "toc map"
    ]

"""The SVG is well-formed, whole, plain for a strict policy, and tells everything in words too."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from graphs_at_random import HOSTILE, MODALITIES, graphs
from hypothesis import given, settings

from hct_kg.drawing.files import svg_file
from hct_kg.drawing.graphs import Edge, Graph, Node
from hct_kg.drawing.key import IMPLIED, key
from hct_kg.drawing.layered import lay_out
from hct_kg.drawing.lines import head
from hct_kg.drawing.map_layout import lay_out_map
from hct_kg.drawing.marks import Marks, marks_around
from hct_kg.drawing.markup import FORBIDDEN, number
from hct_kg.drawing.style import DARK, LIGHT, RULES, file_style, page_style
from hct_kg.drawing.svg import svg

NS = "{http://www.w3.org/2000/svg}"
CHAIN = Graph(
    tuple(Node(name, f"Factor {name}", None, f"/doc/factor/{name}") for name in "abcd"),
    (
        Edge("ab", "a", "b", 1, "intended", evidence=3, href="/doc/link/ab"),
        Edge("bc", "b", "c", -1, "observed", implied=True, evidence=1),
        Edge("cd", "c", "d", 0, "perceived"),
    ),
    ("Inputs", "Outcomes"),
)


def parsed(text: str | bytes) -> ElementTree.Element:
    return ElementTree.fromstring(text)  # noqa: S314 - what the package itself has written


def of_class(root: ElementTree.Element, name: str) -> list[ElementTree.Element]:
    return [element for element in root.iter() if name in element.get("class", "").split()]


def said(element: ElementTree.Element) -> str:
    return "".join(element.itertext())


@given(graph=graphs())
def test_every_label_stands_in_well_formed_xml_with_its_link(graph: Graph) -> None:
    root = parsed(svg(lay_out(graph), 'A "map" & <more>'))
    shown = {box.get("data-node"): box for box in of_class(root, "box")}
    assert root.get("aria-label") == 'A "map" & <more>'
    assert set(shown) == {node.id for node in graph.nodes}
    for node in graph.nodes:
        drawn = said(next(iter(shown[node.id].iter(f"{NS}text"))))
        assert "".join(drawn.split()) == FORBIDDEN.sub("\ufffd", "".join(node.label.split()))
        assert shown[node.id].get("href") == node.href
    assert {edge.get("data-edge") for edge in of_class(root, "edge")} == {edge.id for edge in graph.edges}


@settings(max_examples=40)
@given(graph=graphs())
def test_there_is_nothing_that_a_strict_policy_forbids(graph: Graph) -> None:
    for element in parsed(svg(lay_out_map(graph), "A map")).iter():
        assert element.tag.removeprefix(NS) in {"svg", "g", "a", "rect", "path", "text", "tspan", "title", "desc"}
        assert not [name for name in element.attrib if name == "style" or name.startswith("on") or name == "id"]


@settings(max_examples=40)
@given(graph=graphs())
def test_a_file_on_its_own_is_well_formed_and_holds_its_style(graph: Graph) -> None:
    text = svg_file(lay_out(graph), "A <title>", "What is seen")
    root = parsed(text.encode())
    assert text.startswith('<?xml version="1.0" encoding="UTF-8"?>\n<svg ')
    assert [said(style) for style in root.iter(f"{NS}style")] == [file_style()]
    assert "var(" not in text


@pytest.mark.parametrize("label", HOSTILE)
def test_a_hostile_label_closes_no_element(label: str) -> None:
    graph = Graph(
        (Node(label or "none", label, None, label),), (Edge("e" + label, label or "none", label or "none", 1, label),)
    )
    root = parsed(svg_file(lay_out(graph), label, label))
    assert len(of_class(root, "box")) == 1
    assert len([edge for edge in of_class(root, "edge") if edge.get("data-edge")]) == 1


def test_boxes_come_in_reading_order_after_the_heading_of_their_column() -> None:
    nodes = (Node("late", "Late", 1), Node("early", "Early", 0), Node("last", "Last", 1))
    graph = Graph(nodes, (Edge("e", "early", "last", 1, ""), Edge("f", "early", "late", 1, "")), ("First", "Then"))
    root = parsed(svg(lay_out(graph), "Stages"))
    order = [said(each).strip() for each in root.iter(f"{NS}text")]
    assert order[:3] == ["First", "Early", "Then"]
    assert set(order[3:]) == {"Late", "Last"}


def test_an_arrow_says_in_words_and_classes_what_it_means() -> None:
    root = parsed(svg(lay_out(CHAIN), "A chain"))
    arrows = {edge.get("data-edge"): edge for edge in of_class(root, "edge")}
    assert {name: (edge.get("class"), said(edge)) for name, edge in arrows.items()} == {
        "ab": ("edge increases intended", "Factor a – increases – Factor b (intended; 3 passages)"),
        "bc": ("edge decreases observed implied", "Factor b – decreases – Factor c (observed, implied; 1 passage)"),
        "cd": ("edge unsigned perceived", "Factor c – influences – Factor d (perceived)"),
    }
    assert (arrows["ab"].get("href"), arrows["ab"].get("tabindex")) == ("/doc/link/ab", "-1")
    assert [said(count) for count in of_class(root, "count")] == ["3"]


def test_signs_differ_in_the_shape_of_the_arrowhead() -> None:
    diagram = lay_out(CHAIN)
    shapes = {route.edge.id: re.sub(r"[-\d. ]+", "", head(route)) for route in diagram.routes}
    assert shapes == {"ab": "MLVZ", "bc": "MV", "cd": "MLVZ"}
    assert ".diagram .unsigned .head { fill: var(--paper); }" in RULES
    bar = next(route for route in diagram.routes if route.edge.sign == -1)
    assert head(bar).startswith(f"M{number(bar.points[-1][0] - 4)} ")
    tips = {route.edge.id: head(route).split("L")[0] for route in diagram.routes if route.edge.sign != -1}
    ends = {route.edge.id: route.points[-1] for route in diagram.routes}
    assert all(tip == f"M{number(ends[name][0])} {number(ends[name][1])}" for name, tip in tips.items())


def test_modalities_and_what_is_implied_differ_in_their_dashes() -> None:
    def look(selector: str) -> tuple[str, ...]:
        return tuple(re.findall(rf"^\.diagram {re.escape(selector)} \.line {{ (.*) }}$", RULES, re.MULTILINE))

    stated = {look(f".{modality}") for modality in MODALITIES}
    implied = {look(f".implied.{modality}") or look(".implied") for modality in MODALITIES}
    assert len(stated) == len(implied) == len(stated | implied) / 2 == len(MODALITIES)


def test_what_leads_to_a_factor_and_follows_from_it_is_marked_and_the_rest_fades() -> None:
    extra = Graph((*CHAIN.nodes, Node("x", "Apart")), CHAIN.edges)
    assert marks_around(extra, "b") == Marks(
        frozenset("b"), frozenset({"a", "ab"}), frozenset({"bc", "c", "cd", "d"}), frozenset("x")
    )
    assert marks_around(extra, "b", steps=1).downstream == {"bc", "c"}
    root = parsed(svg(lay_out(extra), "A chain", marks=marks_around(extra, "b")))
    classes = {box.get("data-node"): box.get("class") for box in of_class(root, "box")}
    assert classes == {
        "a": "box upstream",
        "b": "box selected",
        "c": "box downstream",
        "d": "box downstream",
        "x": "box faded",
    }
    titles = {box.get("data-node"): said(next(iter(box.iter(f"{NS}title")))) for box in of_class(root, "box")}
    assert titles["a"] == "Factor a. Leads to: 1. Led to by: 0. Leads to the selected one."
    assert [box.get("data-node") for box in of_class(root, "box") if box.get("aria-current")] == ["b"]
    assert len(of_class(root, "side")) == 3


def test_a_factor_in_a_loop_is_both_upstream_and_downstream() -> None:
    loop = Graph((Node("a", "a"), Node("b", "b")), (Edge("ab", "a", "b", 1, ""), Edge("ba", "b", "a", 1, "")))
    marks = marks_around(loop, "a")
    assert marks.upstream == marks.downstream == {"b", "ab", "ba"}
    assert marks.selected == {"a"}


def test_the_key_names_only_what_is_shown() -> None:
    words = key(CHAIN)
    assert all(each in words for each in ("more of it", "less of it", "meant to happen", "as people saw it", IMPLIED))
    assert "recommended" not in words
    assert "every line: meant to happen" in key(Graph(CHAIN.nodes, CHAIN.edges[:1]))
    assert key(Graph(CHAIN.nodes, ())) == ""
    assert float(parsed(words).get("width", "")) <= 320


def test_both_palettes_name_every_colour_that_the_rules_use() -> None:
    used = set(re.findall(r"var\(--([a-z-]+)\)", RULES))
    assert used == set(LIGHT) == set(DARK)
    assert page_style().count("{") == page_style().count("}")


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_text_and_lines_stand_out_from_their_ground(palette: dict[str, str]) -> None:
    pairs = [("ink", "paper"), ("ink", "ground"), ("ink", "before"), ("ink", "after"), ("on-chosen", "chosen")]
    pairs += [("faint", "paper"), ("quiet", "paper")]
    assert [pair for pair in pairs if contrast(palette[pair[0]], palette[pair[1]]) < 4.5] == []
    lines = [("more", "paper"), ("less", "paper"), ("plain", "ground"), ("border", "paper"), ("border", "ground")]
    assert [pair for pair in lines if contrast(palette[pair[0]], palette[pair[1]]) < 3] == []


def contrast(one: str, other: str) -> float:
    """The contrast of two colours: https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio."""

    def luminance(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)

"""Chains as a table, a drawing or a graph file: CSV, Mermaid and GraphML; pure functions.

Each says whether the chains are all there are: a column of the table, a comment of the drawing, an attribute of
the graph.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from hct_kg.api.chains import ChainAnswer, ChainStep

CSV, MERMAID, GRAPHML = "text/csv", "text/vnd.mermaid", "application/graphml+xml"
COLUMNS = (
    "chain",
    "step",
    "cause",
    "cause_label",
    "polarity",
    "effect",
    "effect_label",
    "link",
    "explicitness",
    "modality",
    "scope",
    "models",
    "passages",
    "chain_sign",
    "complete",
)
ARROWS = MappingProxyType({"positive": "+", "negative": "–", "unsigned": "?"})
GRAPHML_NAMESPACE = "http://graphml.graphdrawing.org/xmlns"
NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""https://www.w3.org/TR/xml/#charsets"""


def write_csv(chains: Sequence[ChainAnswer], complete: bool) -> str:
    """Return a row for each claim of each step of each chain (RFC 4180); several values of a cell by spaces."""
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow(COLUMNS)
    for number, chain in enumerate(chains, 1):
        for place, step in enumerate(chain.steps, 1):
            for claim in step.claims:
                table.writerow(
                    (
                        number,
                        place,
                        step.cause.id,
                        step.cause.label,
                        step.polarity,
                        step.effect.id,
                        step.effect.label,
                        claim.id,
                        claim.explicitness,
                        claim.modality,
                        claim.scope,
                        " ".join(claim.models),
                        " ".join(passage.id for passage in claim.passages),
                        chain.sign,
                        str(complete).lower(),
                    )
                )
    return text.getvalue()


def write_mermaid(chains: Sequence[ChainAnswer], complete: bool) -> str:
    """Return a flowchart: an arrow a step, dotted where it is implied only, with + or – where its sign is said."""
    steps = steps_of(chains)
    names = numbered(steps)
    labels = {factor.id: factor.label for step in steps for factor in (step.cause, step.effect)}
    lines = [f'  {name}["{escaped(labels[factor])}"]' for factor, name in names.items()]
    lines += [
        f"  {names[step.cause.id]} {'-.' if step.implied else '--'} "
        f'"{ARROWS[step.polarity]}" {".->" if step.implied else "-->"} {names[step.effect.id]}'
        for step in steps
    ]
    return "\n".join(["flowchart LR", f"  %% complete: {str(complete).lower()}", *lines, ""])


def write_graphml(chains: Sequence[ChainAnswer], complete: bool) -> str:
    """Return a directed graph: a node a factor, an edge a step (http://graphml.graphdrawing.org/specification.html)."""
    steps = steps_of(chains)
    names = numbered(steps)
    root = Element("graphml", xmlns=GRAPHML_NAMESPACE)
    keys = [("graph", "complete", "boolean"), ("node", "id", "string"), ("node", "label", "string")]
    keys += [("edge", name, "string") for name in ("polarity", "links", "modalities", "models", "passages")]
    keys += [("edge", "implied", "boolean")]
    for what, name, kind in keys:
        SubElement(root, "key", {"id": f"{what}-{name}", "for": what, "attr.name": name, "attr.type": kind})
    graph = SubElement(root, "graph", id="trace", edgedefault="directed")
    data(graph, "graph", {"complete": str(complete).lower()})
    factors = {factor.id: factor for step in steps for factor in (step.cause, step.effect)}
    for factor, name in names.items():
        data(SubElement(graph, "node", id=name), "node", {"id": factor, "label": factors[factor].label})
    for number, step in enumerate(steps):
        ends = {"source": names[step.cause.id], "target": names[step.effect.id]}
        data(SubElement(graph, "edge", ends, id=f"e{number}"), "edge", edge(step))
    indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode") + "\n"


Write = Callable[[Sequence[ChainAnswer], bool], str]
FORMATS: Mapping[str, Write] = MappingProxyType({CSV: write_csv, MERMAID: write_mermaid, GRAPHML: write_graphml})


def steps_of(chains: Sequence[ChainAnswer]) -> list[ChainStep]:
    """Return the steps of all chains, each once, in the order in which they come."""
    found = {(step.cause.id, step.effect.id, step.polarity): step for chain in chains for step in chain.steps}
    return list(found.values())


def numbered(steps: Sequence[ChainStep]) -> dict[str, str]:
    """Return a short name for each factor of some steps."""
    factors = dict.fromkeys(factor.id for step in steps for factor in (step.cause, step.effect))
    return {factor: f"n{number}" for number, factor in enumerate(factors)}


def edge(step: ChainStep) -> Mapping[str, str]:
    """Return the data of a step, several values by spaces."""
    return {
        "polarity": step.polarity,
        "links": joined(claim.id for claim in step.claims),
        "modalities": joined(claim.modality for claim in step.claims),
        "models": joined(model for claim in step.claims for model in claim.models),
        "passages": joined(passage.id for claim in step.claims for passage in claim.passages),
        "implied": str(step.implied).lower(),
    }


def joined(values: Iterable[str]) -> str:
    """Return values by spaces, each once."""
    return " ".join(dict.fromkeys(values))


def data(element: Element, what: str, values: Mapping[str, str]) -> None:
    """Add values to a graph, node or edge."""
    for name, value in values.items():
        SubElement(element, "data", key=f"{what}-{name}").text = NOT_IN_XML.sub("\ufffd", value)


def escaped(label: str) -> str:
    """Return a label as it stands between quotation marks in Mermaid, where # begins an entity."""
    return "".join(escapes(" ".join(label.split())))


def escapes(text: str) -> Iterator[str]:
    """Yield each character, or its entity where Mermaid or HTML would read it as something else."""
    for character in text:
        yield f"#{ord(character)};" if character in '#"<>&`' else character

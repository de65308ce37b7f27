"""JSON-LD in the words of our context is the same graph to another reader, whatever is in it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import rdflib

from hct_kg.api.jsonld import read_context, write
from hct_kg.dataset import Dataset
from hct_kg.errors import DataError
from hct_kg.store import NamedNode, parse_turtle, serialize_ntriples
from hct_kg.terms import GRAPH

# rdflib 7.6 uses a class of its own that it has deprecated.
pytestmark = pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")

CONTEXT = "https://kg.example/context.jsonld"
ODD = """
@prefix hct: <https://w3id.org/hct-kg/ns#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix ex: <https://example.org/> .
ex:pear a hct:Factor, ex:Fruit, [ a ex:Anonymous ] ;
    skos:prefLabel "pear"@en, "Birne"@de, "poire"@fr, "the pear"@en, "no language", 7 ;
    hct:amount 7, "7.50"^^xsd:decimal, "7"^^xsd:string, ex:many ;
    hct:about ex:plum, "a text where a thing belongs", [ ex:says "\\"quoted\\"\\n" ] ;
    hct:value "2025-07"^^xsd:gYearMonth, true, "x" ;
    ex:unknown "a", "b"@en, 1.5e0, ex:plum ;
    <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> "a text for a type" .
"""


def read_by_rdflib(text: bytes, context: Any) -> rdflib.Graph:
    """Parse with the context put in where its URL stands: nothing is fetched."""
    document = json.loads(text)
    return rdflib.Graph().parse(data=json.dumps({**document, **context}), format="json-ld")


def lines(graph: rdflib.Graph) -> set[str]:
    """Triples in one spelling, blank nodes all called the same."""
    text = graph.serialize(format="nt")
    return {" ".join("_:" if word.startswith("_:") else word for word in line.split(" ")) for line in text.splitlines()}


@pytest.mark.parametrize(
    "name", ["river-report", "meadow-page", "ontology", "schemes", "alignments", "derived/inverses"]
)
def test_a_graph_reads_the_same_after_it_was_written(root: Path, story: Dataset, name: str) -> None:
    path = root / "ontology" / "context.jsonld"
    triples = [quad.triple for quad in story.store.quads(NamedNode(GRAPH + name))]
    wanted = rdflib.Graph().parse(data=serialize_ntriples(triples), format="nt")

    found = read_by_rdflib(write(triples, read_context(path), CONTEXT), json.loads(path.read_text(encoding="utf-8")))

    assert len(wanted) > 50
    assert lines(found) == lines(wanted)


def test_values_that_no_term_fits_keep_their_full_form(root: Path) -> None:
    path = root / "ontology" / "context.jsonld"
    wanted = rdflib.Graph().parse(data=serialize_ntriples(parse_turtle(ODD)), format="nt")
    text = write(parse_turtle(ODD), read_context(path), CONTEXT)
    assert lines(read_by_rdflib(text, json.loads(path.read_text(encoding="utf-8")))) == lines(wanted)


def test_terms_of_the_context_are_used(root: Path) -> None:
    text = write(parse_turtle(ODD), read_context(root / "ontology" / "context.jsonld"), CONTEXT)
    document = json.loads(text)
    (pear,) = (node for node in document["@graph"] if node["id"] == "https://example.org/pear")
    assert document["@context"] == CONTEXT
    assert "Factor" in pear["type"]
    assert pear["prefLabel"] == {"en": ["pear", "the pear"], "de": "Birne", "fr": "poire"}
    assert pear["amount"] == "7.50"
    assert pear["about"][0] == "https://example.org/plum"


def test_without_a_context_everything_is_written_in_full() -> None:
    wanted = rdflib.Graph().parse(data=serialize_ntriples(parse_turtle(ODD)), format="nt")
    text = write(parse_turtle(ODD), None, CONTEXT)
    assert "@context" not in json.loads(text)
    assert lines(read_by_rdflib(text, {})) == lines(wanted)


@pytest.mark.parametrize(
    "text", ["{", "[]", '{"@context": "https://elsewhere.example/"}', '{"@context": {"x": {"@type": "@id"}}}']
)
def test_a_context_that_cannot_be_read_is_told_with_its_file(tmp_path: Path, text: str) -> None:
    path = tmp_path / "context.jsonld"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=r"context\.jsonld: is no JSON-LD context"):
        read_context(path)


def test_a_folder_without_a_context_has_none(tmp_path: Path) -> None:
    assert read_context(tmp_path / "context.jsonld") is None

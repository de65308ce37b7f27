"""The ontology is complete: every term is labelled, defined and exemplified, and none is used that is not there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import rdflib
from rdflib.compare import isomorphic

from hct_kg.dataset import Dataset
from hct_kg.sources import ontology_sources, read_all
from hct_kg.store import EmbeddedStore, NamedNode, read_file
from hct_kg.terms import BASE, DERIVED, GRAPH, HCT, NAMESPACES

PREFIXES = "".join(f"PREFIX {prefix}: <{namespace}>\n" for prefix, namespace in NAMESPACES.items())
ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def ontology() -> EmbeddedStore:
    return EmbeddedStore(read_all(ontology_sources(ROOT / "ontology")))


def test_the_header_says_what_this_is_in_which_version_and_under_which_licence(ontology: EmbeddedStore) -> None:
    rows = ontology.select(f"{PREFIXES} SELECT ?p {{ <{BASE}ns> a owl:Ontology ; ?p ?o }}")
    wanted = {"dcterms:title", "dcterms:description", "dcterms:license", "dcterms:created", "dcterms:modified"}
    wanted |= {"owl:versionIRI", "owl:versionInfo", "vann:preferredNamespacePrefix", "vann:preferredNamespaceUri"}
    expanded = {NAMESPACES[name.split(":")[0]] + name.split(":")[1] for name in wanted}
    assert expanded <= {row["p"].value for row in rows}


def test_every_term_of_ours_has_a_label_a_definition_and_an_example(ontology: EmbeddedStore) -> None:
    terms = f'{PREFIXES} SELECT DISTINCT ?t {{ ?t a ?kind FILTER(STRSTARTS(STR(?t), "{HCT}")) %s }} ORDER BY ?t'
    assert len(ontology.select(terms % "")) > 80
    for property_name in ("rdfs:label", "skos:definition", "skos:example", "rdfs:isDefinedBy"):
        missing = ontology.select(terms % f"FILTER NOT EXISTS {{ ?t {property_name} ?v }}")
        assert [row["t"].value for row in missing] == []


def test_every_concept_of_a_scheme_has_a_label_and_a_definition(ontology: EmbeddedStore) -> None:
    concepts = f"{PREFIXES} SELECT ?c {{ ?c skos:inScheme ?s %s }}"
    assert len(ontology.select(concepts % "")) > 100
    for name in ("skos:prefLabel", "skos:definition"):
        assert ontology.select(concepts % f"FILTER NOT EXISTS {{ ?c {name} ?v }}") == []


@pytest.mark.parametrize("data", ["real", "story"])
def test_no_term_is_used_that_the_ontology_does_not_declare(data: str, request: pytest.FixtureRequest) -> None:
    store: EmbeddedStore = request.getfixturevalue(data).store
    declared = {
        row["t"].value for row in store.select(f"SELECT DISTINCT ?t {{ GRAPH <{GRAPH}ontology> {{ ?t a ?k }} }}")
    }
    used = {
        row["t"].value
        for pattern in ("?s ?t ?o", "?s a ?t")
        for row in store.select(f"SELECT DISTINCT ?t {{ {pattern} }}")
        if row["t"].value.startswith(HCT)
    }
    assert len(used) > 40
    assert used <= declared


def test_asserted_and_derived_never_mix(real: Dataset) -> None:
    """A derived graph says nothing that is asserted too, and describes where it came from."""
    graphs = f'FILTER(STRSTARTS(STR(?d), "{DERIVED}/") && !STRSTARTS(STR(?a), "{DERIVED}"))'
    both = f"SELECT ?s {{ GRAPH ?d {{ ?s ?p ?o }} GRAPH ?a {{ ?s ?p ?o }} {graphs} }}"
    assert real.store.select(both) == []
    derived = {graph for graph in real.graphs if graph.startswith(f"{DERIVED}/")}
    described = {row["g"].value for row in real.store.select(f"{PREFIXES} SELECT ?g {{ ?g a hct:DerivedGraph }}")}
    assert derived
    assert derived == described & derived
    assert f"{DERIVED}/signed-edges/hct-theory-of-change" in derived


def test_the_signed_edges_of_a_model_are_its_links(real: Dataset) -> None:
    graph = f"{DERIVED}/signed-edges/hct-theory-of-change"
    plan = f"FILTER(?m = <{BASE}id/model/hct-theory-of-change>)"
    edges = real.store.select(f"{PREFIXES} SELECT ?c ?e {{ GRAPH <{graph}> {{ ?c hct:influences ?e }} }}")
    links = real.store.select(
        f"{PREFIXES} SELECT DISTINCT ?c ?e {{ ?l hct:model ?m ; hct:cause ?c ; hct:effect ?e {plan} }}"
    )
    assert {(row["c"], row["e"]) for row in edges} == {(row["c"], row["e"]) for row in links}


def test_a_partner_is_whoever_has_a_membership_in_a_site(real: Dataset) -> None:
    partners = real.store.select(f"{PREFIXES} SELECT DISTINCT ?o {{ ?o a hct:Partner }}")
    labels = real.store.select(f"{PREFIXES} SELECT ?l {{ ?o a hct:Partner ; skos:prefLabel ?l }}")
    assert len(partners) >= 8
    assert "Grapevine" in {row["l"].value for row in labels}
    assert "Cordis Bright" not in {row["l"].value for row in labels}


def test_nothing_in_the_data_asserts_what_is_derived(real: Dataset) -> None:
    asserted = f'GRAPH ?g {{ ?s ?p ?o }} FILTER(!STRSTARTS(STR(?g), "{DERIVED}") && ?g != <{GRAPH}ontology>)'
    for pattern in ("?p IN (hct:influences, hct:increases, hct:decreases)", "?o = hct:Partner"):
        assert real.store.select(f"{PREFIXES} SELECT ?s {{ {asserted} FILTER({pattern}) }}") == []


@pytest.mark.parametrize(
    "path", ["data/shared.ttl", "data/evaluation-report/funding.ttl", "data/evaluation-report/glossary.ttl"]
)
# rdflib 7.6 uses a class of its own that it has deprecated.
@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")
def test_the_data_round_trips_through_json_ld_with_our_context(path: str) -> None:
    context = json.loads((ROOT / "ontology" / "context.jsonld").read_text(encoding="utf-8"))["@context"]
    graph = rdflib.Graph().parse(ROOT / path)
    text = graph.serialize(format="json-ld", context=context, auto_compact=False)
    assert '"@context"' in text
    assert isomorphic(rdflib.Graph().parse(data=text, format="json-ld"), graph)


def test_the_context_has_every_property_and_class_of_ours(ontology: EmbeddedStore) -> None:
    context = json.loads((ROOT / "ontology" / "context.jsonld").read_text(encoding="utf-8"))["@context"]
    known = {value["@id"] if isinstance(value, dict) else value for value in context.values() if value}
    rows = ontology.select(
        f"{PREFIXES} SELECT ?t {{ ?t a ?k FILTER(STRSTARTS(STR(?t), '{HCT}')) "
        "VALUES ?k { owl:Class owl:ObjectProperty owl:DatatypeProperty } }"
    )
    assert {"hct:" + row["t"].value.removeprefix(HCT) for row in rows} <= {
        str(name).replace(HCT, "hct:") for name in known
    }


def test_the_alignments_are_apart_from_the_ontology() -> None:
    quads = read_file(ROOT / "ontology" / "hct.ttl", GRAPH + "ontology")
    assert not [quad for quad in quads if quad.predicate == NamedNode(NAMESPACES["owl"] + "imports")]
    assert read_file(ROOT / "ontology" / "alignments.ttl", GRAPH + "alignments")

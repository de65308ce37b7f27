"""The description of the dataset tells the truth: each count is counted again here, in plain Python."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest
import rdflib
from rdflib.namespace import DCAT, DCTERMS, OWL, PROV, RDF, VOID

from hct_kg.dataset import Dataset
from hct_kg.settings import Settings
from hct_kg.store import NamedNode
from hct_kg.terms import BASE, GRAPH, HCT, ID, OA, TYPE
from serving import Server, running

ROOT = Path(__file__).parents[2]
PUBLIC = "https://kg.example/hct"
DATASET = rdflib.URIRef(BASE + "dataset")
BY = rdflib.URIRef("https://creativecommons.org/licenses/by/4.0/")


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    """The service over the story, seen from outside under another address."""
    with ExitStack() as stack:
        yield running(Settings(data=ROOT / "tests" / "story", public_url=PUBLIC), stack).client


@pytest.fixture(scope="module")
def said(client: httpx.Client) -> rdflib.Graph:
    """The description, as another reader of RDF has it."""
    return rdflib.Graph().parse(data=client.get("/dataset.nt").content, format="nt")


def number(said: rdflib.Graph, of: rdflib.term.Node, counted: rdflib.URIRef) -> int:
    """Return the one value of a count."""
    (value,) = said.objects(of, counted)
    assert isinstance(value, rdflib.Literal)
    return int(value)


def partitions(said: rdflib.Graph, kind: rdflib.URIRef, by: rdflib.URIRef, counted: rdflib.URIRef) -> dict[str, int]:
    """Return class or property to its count."""
    found = [(str(said.value(node, by)), number(said, node, counted)) for node in said.objects(DATASET, kind)]
    assert len(dict(found)) == len(found)
    return dict(found)


def test_the_counts_are_those_of_the_triples_without_duplicates(said: rdflib.Graph, story: Dataset) -> None:
    quads = list(story.store.quads())
    triples = {quad.triple for quad in quads}
    assert len(triples) < len(quads), "the story has a triple in two graphs"
    classes = {triple.object for triple in triples if triple.predicate.value == TYPE}
    assert {counted: number(said, DATASET, VOID[counted]) for counted in (
        "triples", "distinctSubjects", "distinctObjects", "properties", "classes", "entities"
    )} == {
        "triples": len(triples),
        "distinctSubjects": len({triple.subject for triple in triples}),
        "distinctObjects": len({triple.object for triple in triples}),
        "properties": len({triple.predicate for triple in triples}),
        "classes": len({node for node in classes if isinstance(node, NamedNode)}),
        "entities": len({t.subject for t in triples if str(t.subject).startswith(f"<{ID}")}),
    }  # fmt: skip


def test_each_class_and_each_property_is_counted(said: rdflib.Graph, story: Dataset) -> None:
    triples = {quad.triple for quad in story.store.quads()}
    instances = defaultdict(set)
    for triple in triples:
        if triple.predicate.value == TYPE and isinstance(triple.object, NamedNode):
            instances[triple.object.value].add(triple.subject)
    classes = partitions(said, VOID.classPartition, VOID["class"], VOID.entities)
    properties = partitions(said, VOID.propertyPartition, VOID.property, VOID.triples)
    assert classes == {name: len(found) for name, found in instances.items()}
    assert properties == Counter(triple.predicate.value for triple in triples)
    assert classes[HCT + "Site"] == 4


def test_each_graph_is_a_part_with_its_size_and_where_it_came_from(said: rdflib.Graph, story: Dataset) -> None:
    sizes = Counter(quad.graph_name.value for quad in story.store.quads() if isinstance(quad.graph_name, NamedNode))
    graphs = {str(graph): number(said, graph, VOID.triples) for graph in said.objects(DATASET, VOID.subset)}
    assert graphs == sizes
    river, partner = rdflib.URIRef(GRAPH + "river-report"), rdflib.URIRef(GRAPH + "derived/partner")
    assert set(said.objects(river, PROV.wasDerivedFrom)) == {rdflib.URIRef(ID + "document/river-report")}
    assert set(said.objects(partner, PROV.wasGeneratedBy)) == {rdflib.URIRef(ID + "rule/partner")}
    assert river in set(said.objects(partner, PROV.wasDerivedFrom))
    assert set(said.objects(river, VOID.dataDump)) == {
        rdflib.URIRef(f"{PUBLIC}/graphs?graph=https%3A%2F%2Fw3id.org%2Fhct-kg%2Fgraph%2Friver-report")
    }


def test_it_says_what_the_dataset_is_and_under_which_licence(said: rdflib.Graph, story: Dataset) -> None:
    assert {DCAT.Dataset, VOID.Dataset} <= set(said.objects(DATASET, RDF.type))
    assert [str(version) for version in said.objects(DATASET, rdflib.URIRef(f"{DCAT}version"))] == [story.version]
    assert set(said.objects(DATASET, DCTERMS.license)) == {BY}
    assert set(said.objects(DATASET, DCTERMS.source)) == {
        rdflib.URIRef(ID + "document/river-report"),
        rdflib.URIRef(ID + "document/meadow-page"),
    }
    assert [str(space) for space in said.objects(DATASET, VOID.uriSpace)] == [ID]
    vocabularies = {str(name) for name in said.objects(DATASET, VOID.vocabulary)}
    assert {HCT, OA, str(OWL), str(PROV), str(DCTERMS)} <= vocabularies
    assert all(name.endswith(("#", "/")) for name in vocabularies)
    examples = {str(name) for name in said.objects(DATASET, VOID.exampleResource)}
    assert ID + "site/alder" in examples
    assert all(name.startswith(ID) for name in examples)
    assert said.value(rdflib.URIRef(f"{PUBLIC}/dataset"), rdflib.namespace.FOAF.primaryTopic) == DATASET


def test_it_says_where_the_dataset_can_be_had(said: rdflib.Graph, story: Dataset) -> None:
    iana = "https://www.iana.org/assignments/media-types/"
    types = {
        "trig": "application/trig",
        "nq": "application/n-quads",
        "ttl": "text/turtle",
        "jsonld": "application/ld+json",
    }
    gzip = rdflib.URIRef(iana + "application/gzip")
    wanted = {
        (f"{PUBLIC}/dumps/{story.version}/hct-kg.{suffix}{end}", iana + media_type, packed)
        for suffix, media_type in types.items()
        for end, packed in (("", None), (".gz", gzip))
    }
    distributions = [
        node for node in said.objects(DATASET, DCAT.distribution) if (node, DCAT.downloadURL, None) in said
    ]
    found = {
        (
            str(said.value(node, DCAT.downloadURL)),
            str(said.value(node, DCAT.mediaType)),
            said.value(node, DCAT.compressFormat),
        )
        for node in distributions
    }
    assert found == wanted
    assert {str(dump) for dump in said.objects(DATASET, VOID.dataDump)} == {url for url, _, _ in wanted}
    assert [str(url) for url in said.objects(DATASET, VOID.sparqlEndpoint)] == [f"{PUBLIC}/sparql"]


def test_it_has_the_shape_of_a_dcat_catalogue_record(said: rdflib.Graph) -> None:
    """What DCAT-AP asks of a dataset, a distribution and a data service, with the number of values allowed."""
    one = (1, 1)
    described = {DCTERMS.title: one, DCTERMS.license: one}
    asked = {
        DCAT.Dataset: {**described, DCTERMS.description: one, DCAT.distribution: (9, 9)},
        DCAT.Distribution: {**described, DCAT.accessURL: one, DCAT.downloadURL: (0, 1)},
        DCAT.DataService: {
            DCTERMS.title: one,
            DCAT.endpointURL: one,
            DCAT.endpointDescription: one,
            DCAT.servesDataset: one,
        },
    }
    for kind, properties in asked.items():
        nodes = set(said.subjects(RDF.type, kind))
        assert nodes, kind
        broken = [
            (node, name)
            for node in nodes
            for name, (least, most) in properties.items()
            if not least <= len(set(said.objects(node, name))) <= most
        ]
        assert broken == []
    services = set(said.objects(None, DCAT.accessService))
    assert services == set(said.subjects(RDF.type, DCAT.DataService))


def test_the_well_known_place_has_the_same_description(client: httpx.Client) -> None:
    there, here = client.get("/.well-known/void"), client.get("/dataset.ttl")
    assert there.content == here.content
    assert f'<{PUBLIC}/dataset.jsonld>; rel="alternate"' in there.headers["link"]


def test_the_page_of_the_dataset_shows_the_counts(client: httpx.Client, story: Dataset) -> None:
    page = client.get("/dataset.html").text
    triples = {quad.triple for quad in story.store.quads()}
    assert f"<dt>Triples</dt><dd>{len(triples):,}</dd>" in page
    assert story.version in page
    for graph in story.graphs:
        assert f"doc/graph/{graph.removeprefix(GRAPH)}" in page


def test_a_dataset_of_which_little_is_known_claims_nothing(start_server: Callable[[], Server]) -> None:
    """The orchard has no ontology that states a licence, and no documents: then none is told."""
    client = start_server().client
    said = rdflib.Graph().parse(data=client.get("/dataset.nt").content, format="nt")
    assert not set(said.objects(DATASET, DCTERMS.license))
    assert not set(said.objects(DATASET, DCTERMS.source))
    assert number(said, DATASET, VOID.entities) == 1, "the one curated query"
    assert number(said, DATASET, VOID.triples) > 1000
    assert client.get("/dataset.html").status_code == 200
    assert client.get("/context.jsonld").status_code == 404

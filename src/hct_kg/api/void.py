"""The dataset in VoID and DCAT 3: queries that measure it as it is, and say where it can be had.

https://www.w3.org/TR/void/, https://www.w3.org/TR/vocab-dcat-3/. The store holds some triples in two graphs;
every count here is of triples without duplicates.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from hct_kg.api.descriptions import PREFIXES
from hct_kg.frontmatter import bind
from hct_kg.store import Literal, NamedNode, Row
from hct_kg.terms import HCT

MEDIA_TYPES = "https://www.iana.org/assignments/media-types/"
MORE_PREFIXES = """
PREFIX foaf: <http://xmlns.com/foaf/0.1/>
PREFIX formats: <http://www.w3.org/ns/formats/>
"""
DESCRIPTION = (
    "What public documents say of a funded partnership programme: sites, partners, support and grants, how change "
    "was meant to happen, what was found and advised; each claim with its marks and the passage that carries it."
)
DUMPS = {"trig": "application/trig", "nq": "application/n-quads", "ttl": "text/turtle", "jsonld": "application/ld+json"}
"""The dumps that there are: suffix and media type; each is there compressed as well."""
TERMS = NamedNode(HCT.removesuffix("#"))
"""Whose licence, as the ontology states it, is that of the data."""

SIZE = """
CONSTRUCT { ?dataset void:triples ?triples ; void:distinctSubjects ?subjects ; void:distinctObjects ?objects ;
  void:properties ?properties ; void:classes ?classes ; void:entities ?entities } WHERE {
  VALUES ?dataset { UNDEF }
  { SELECT (COUNT(*) AS ?triples) (COUNT(DISTINCT ?s) AS ?subjects) (COUNT(DISTINCT ?o) AS ?objects)
      (COUNT(DISTINCT ?p) AS ?properties) WHERE { SELECT DISTINCT ?s ?p ?o WHERE { ?s ?p ?o } } }
  { SELECT (COUNT(DISTINCT ?class) AS ?classes) WHERE { ?s a ?class FILTER(isIRI(?class)) } }
  { SELECT (COUNT(*) AS ?entities) WHERE {
    { SELECT DISTINCT ?s WHERE { ?s ?p ?o } } VALUES ?space { UNDEF } FILTER(STRSTARTS(STR(?s), ?space))
  } }
}"""
CLASSES = """
CONSTRUCT { ?dataset void:classPartition [ void:class ?class ; void:entities ?entities ] } WHERE {
  VALUES ?dataset { UNDEF }
  { SELECT ?class (COUNT(DISTINCT ?s) AS ?entities) WHERE { ?s a ?class FILTER(isIRI(?class)) } GROUP BY ?class }
}"""
PROPERTIES = """
CONSTRUCT { ?dataset void:propertyPartition [ void:property ?property ; void:triples ?triples ] } WHERE {
  VALUES ?dataset { UNDEF }
  { SELECT ?property (COUNT(*) AS ?triples) WHERE {
    { SELECT DISTINCT ?s ?property ?o WHERE { ?s ?property ?o } }
  } GROUP BY ?property }
}"""
VOCABULARIES = """
CONSTRUCT { ?dataset void:vocabulary ?vocabulary } WHERE {
  VALUES ?dataset { UNDEF }
  { SELECT DISTINCT ?term WHERE { { ?s ?term ?o } UNION { ?s a ?term } FILTER(isIRI(?term)) } }
  BIND(IRI(REPLACE(STR(?term), "[^/#]+$", "")) AS ?vocabulary)
}"""
EXAMPLES = """
CONSTRUCT { ?dataset void:exampleResource ?example } WHERE {
  VALUES ?dataset { UNDEF }
  { SELECT ?class (MIN(?thing) AS ?example) WHERE {
    VALUES ?class { hct:Programme hct:Site hct:Grant hct:Factor hct:Link hct:Finding hct:Passage } ?thing a ?class
  } GROUP BY ?class }
}"""
SOURCES = """
CONSTRUCT { ?dataset dcterms:license ?licence ; dcterms:source ?document . ?document dcterms:title ?title } WHERE {
  VALUES ?dataset { UNDEF }
  VALUES ?terms { UNDEF }
  { ?terms dcterms:license ?licence }
  UNION { ?document a hct:SourceDocument OPTIONAL { ?document dcterms:title ?title } }
}"""
SUBSETS = """
CONSTRUCT { ?dataset void:subset ?graph . ?graph a void:Dataset ; void:triples ?triples ; prov:wasDerivedFrom ?from ;
  prov:wasGeneratedBy ?rule } WHERE {
  VALUES ?dataset { UNDEF }
  { SELECT ?graph (COUNT(*) AS ?triples) WHERE { GRAPH ?graph { ?s ?p ?o } } GROUP BY ?graph }
  OPTIONAL {
    { ?graph prov:wasDerivedFrom ?from } UNION { ?graph prov:wasGeneratedBy ?rule }
    UNION { SELECT DISTINCT ?graph ?from WHERE { GRAPH ?graph { ?passage a hct:Passage ; oa:hasSource ?from } } }
  }
}"""
FEATURES = """
CONSTRUCT { ?dataset void:feature ?feature } WHERE {
  VALUES ?dataset { UNDEF }
  VALUES ?feature { formats:Turtle formats:N-Triples formats:RDF_XML formats:JSON-LD formats:TriG formats:N-Quads }
}"""
GRAPH_DUMPS = """
CONSTRUCT { ?graph void:dataDump ?dump } WHERE {
  VALUES ?here { UNDEF }
  VALUES ?graph { %s }
  BIND(IRI(CONCAT(STR(?here), "/graphs?graph=", ENCODE_FOR_URI(STR(?graph)))) AS ?dump)
}"""
PLACES = """
CONSTRUCT {
  ?document a void:DatasetDescription ; dcterms:title "Description of the dataset"@en ; foaf:primaryTopic ?dataset .
  ?dataset a void:Dataset, dcat:Dataset ; dcterms:title ?title ; dcterms:description ?description ;
    dcterms:identifier ?identifier ; dcat:version ?version ; dcat:landingPage ?document ; void:uriSpace ?space ;
    void:sparqlEndpoint ?endpoint ; void:dataDump ?dump ;
    dcat:distribution ?at_endpoint, ?distribution .
  ?sparql a dcat:DataService ; dcterms:title "SPARQL endpoint"@en ; dcat:endpointURL ?endpoint ;
    dcat:endpointDescription ?endpoint ; dcat:servesDataset ?dataset ;
    dcterms:conformsTo <https://www.w3.org/TR/sparql11-protocol/> .
  ?at_endpoint a dcat:Distribution ; dcterms:title "SPARQL endpoint"@en ; dcat:accessURL ?endpoint ;
    dcat:accessService ?sparql ; dcterms:license ?licence .
  ?distribution a dcat:Distribution ; dcterms:title ?file ; dcat:accessURL ?document ; dcat:downloadURL ?dump ;
    dcat:mediaType ?media_type ; dcat:compressFormat ?compression ; dcterms:license ?licence .
} WHERE {
  VALUES ?dataset { UNDEF }
  VALUES ?here { UNDEF }
  VALUES ?title { UNDEF }
  VALUES ?description { UNDEF }
  VALUES ?version { UNDEF }
  VALUES ?space { UNDEF }
  VALUES ?terms { UNDEF }
  BIND(STR(?dataset) AS ?identifier)
  BIND(IRI(CONCAT(STR(?here), "/dataset")) AS ?document)
  BIND(IRI(CONCAT(STR(?here), "/sparql")) AS ?endpoint)
  BIND(IRI(CONCAT(STR(?dataset), "#sparql")) AS ?sparql)
  BIND(IRI(CONCAT(STR(?dataset), "#at-sparql")) AS ?at_endpoint)
  VALUES (?suffix ?media_type) { %s }
  VALUES (?gz ?compression) { ("" UNDEF) (".gz" %s) }
  BIND(CONCAT("hct-kg.", ?suffix, ?gz) AS ?file)
  BIND(IRI(CONCAT(STR(?here), "/dumps/", ?version, "/", ?file)) AS ?dump)
  BIND(IRI(CONCAT(STR(?dataset), "#", ?file)) AS ?distribution)
  OPTIONAL { ?terms dcterms:license ?licence }
}"""

PROGRAMMES = """
SELECT ?label (COUNT(DISTINCT ?site) AS ?sites) WHERE {
  ?programme a hct:Programme ; skos:prefLabel ?label .
  OPTIONAL { ?site hct:programme ?programme . ?site a hct:Site }
} GROUP BY ?programme ?label ORDER BY DESC(?sites) ?label ?programme"""
MOST_NAMED = 3
"""So many programmes the dataset's title names."""

MEASURES = (SIZE, CLASSES, PROPERTIES, VOCABULARIES, EXAMPLES, SOURCES, SUBSETS, FEATURES)


@dataclass(frozen=True, slots=True)
class Described:
    """The dataset as it is served: its IRI, what the IRIs of its things begin with, its version, its title."""

    dataset: str
    space: str
    version: str
    title: str


def programmes() -> str:
    """Return the query of the programmes that the title names: label, and number of sites, that with the most first."""
    return PREFIXES + PROGRAMMES


def title_of(rows: Iterable[Row]) -> str:
    """Return the dataset's title from the rows of `programmes`: those with sites are what it is about, if any has."""
    counts = [(row["label"].value, int(row["sites"].value)) for row in rows]
    names = [label for label, sites in counts if sites] or [label for label, _ in counts]
    if len(names) > MOST_NAMED:
        return f"Knowledge graph of {len(names)} programmes"
    *others, last = names or ["hct-kg"]
    return f"{', '.join(others)} and {last}: knowledge graph" if others else f"{last} knowledge graph"


def measuring(described: Described) -> Iterator[str]:
    """Yield the queries whose answers depend on the dataset alone; they read all of it."""
    for query in MEASURES:
        yield prepare(query, dataset=NamedNode(described.dataset), space=Literal(described.space), terms=TERMS)


def placing(described: Described, service: str, graphs: Iterable[NamedNode]) -> Iterator[str]:
    """Yield the queries whose answers depend on where the service is seen; it has these graphs."""
    terms = {"dataset": NamedNode(described.dataset), "here": NamedNode(service)}
    yield prepare(GRAPH_DUMPS % " ".join(str(graph) for graph in graphs), **terms)
    yield prepare(
        PLACES % (" ".join(f'("{suffix}" {media(name)})' for suffix, name in DUMPS.items()), media("application/gzip")),
        **terms,
        title=Literal(described.title, language="en"),
        description=Literal(DESCRIPTION, language="en"),
        version=Literal(described.version),
        space=Literal(described.space),
        terms=TERMS,
    )


def media(name: str) -> NamedNode:
    """Return the IRI by which DCAT names a media type."""
    return NamedNode(MEDIA_TYPES + name)


def prepare(query: str, **terms: NamedNode | Literal) -> str:
    """Return a query with its terms bound."""
    for name, term in terms.items():
        query = bind(query, name, str(term))
    return PREFIXES + MORE_PREFIXES + query

"""What is said of one thing, as a query: all that names it, and what the things so named are called."""

from __future__ import annotations

from collections.abc import Iterable

from hct_kg.store import NamedNode
from hct_kg.terms import GRAPH, NAMESPACES

VOCABULARIES = {**NAMESPACES, "dcat": "http://www.w3.org/ns/dcat#"}
PREFIXES = "".join(f"PREFIX {prefix}: <{namespace}>\n" for prefix, namespace in VOCABULARIES.items())
LABELS = "skos:prefLabel, rdfs:label, dcterms:title, skos:notation"


def knowing(iri: str) -> str:
    """Return the SELECT that has a row if a thing is known: as subject or object, or as a graph."""
    thing = NamedNode(iri)
    patterns = (f"{{ {thing} ?p ?x }}", f"{{ ?x ?p {thing} }}", f"{{ GRAPH {thing} {{ ?x ?p ?y }} }}")
    return f"SELECT (1 AS ?known) WHERE {{ {' UNION '.join(patterns)} }} LIMIT 1"


def describing(iri: str) -> str:
    """Return the CONSTRUCT of what is said of a thing.

    The branches: the thing as subject; as object; what it alone has (blank nodes, its selector) and the
    passages that support it, whole; the ends of each causal link that it names, for a link has no label;
    the labels of everything named so far, properties too.
    """
    thing = NamedNode(iri)
    return f"""{PREFIXES}
CONSTRUCT {{ ?s ?p ?o }} WHERE {{
  {{ BIND({thing} AS ?s) ?s ?p ?o }}
  UNION {{ BIND({thing} AS ?o) ?s ?p ?o }}
  UNION {{
    {{ SELECT DISTINCT ?s WHERE {{
      {{ {thing} ?x ?s FILTER(isBlank(?s)) }} UNION {{ {thing} oa:hasSelector|hct:supportedBy ?s }}
      UNION {{ {thing} hct:supportedBy/oa:hasSelector ?s }}
    }} }}
    ?s ?p ?o FILTER(?p != hct:supports)
  }}
  UNION {{
    {{ SELECT DISTINCT ?s WHERE {{ {{ {thing} ?x ?s }} UNION {{ ?s ?x {thing} }} }} }}
    ?s ?p ?o FILTER(?p IN (hct:cause, hct:effect))
  }}
  UNION {{
    {{ SELECT DISTINCT ?s WHERE {{
      {{ {thing} ?x ?s }} UNION {{ ?s ?x {thing} }} UNION {{ {thing} ?s ?x }} UNION {{ ?x ?s {thing} }}
      UNION {{ {thing} hct:supportedBy/(oa:hasSource|hct:section) ?s }}
      UNION {{ {thing} ?x ?link . ?link hct:cause|hct:effect ?s }}
      UNION {{ ?link ?x {thing} . ?link hct:cause|hct:effect ?s }}
      UNION {{ {thing} oa:hasSelector|hct:supportedBy|(hct:supportedBy/oa:hasSelector) ?part . ?part ?s ?x }}
    }} }}
    ?s ?p ?o FILTER(?p IN ({LABELS}))
  }}
}}"""


def having(iris: Iterable[str]) -> str:
    """Return the CONSTRUCT of what some things have: their own triples, and the labels of what those name.

    What a thing alone has (blank nodes, its selector) comes with it.
    """
    things = " ".join(str(NamedNode(iri)) for iri in iris)
    return f"""{PREFIXES}
CONSTRUCT {{ ?s ?p ?o }} WHERE {{
  {{ VALUES ?s {{ {things} }} ?s ?p ?o }}
  UNION {{
    {{ SELECT DISTINCT ?s WHERE {{
      VALUES ?thing {{ {things} }}
      {{ ?thing ?x ?s FILTER(isBlank(?s)) }} UNION {{ ?thing oa:hasSelector ?s }}
    }} }}
    ?s ?p ?o
  }}
  UNION {{
    {{ SELECT DISTINCT ?s WHERE {{ VALUES ?thing {{ {things} }} ?thing ?x ?s FILTER(isIRI(?s)) }} }}
    ?s ?p ?o FILTER(?p IN ({LABELS}))
  }}
}}"""


def measuring(graph: str, dataset: str, dump: str) -> str:
    """Return the CONSTRUCT of a graph as a part of the dataset: its size, the documents it is from, its dump."""
    name = NamedNode(graph)
    return f"""{PREFIXES}
CONSTRUCT {{
  {NamedNode(dataset)} void:subset {name} .
  {name} a void:Dataset ; void:triples ?triples ; void:dataDump {NamedNode(dump)} ; prov:wasDerivedFrom ?document .
}} WHERE {{
  {{ SELECT (COUNT(*) AS ?triples) WHERE {{ GRAPH {name} {{ ?s ?p ?o }} }} HAVING(COUNT(*) > 0) }}
  OPTIONAL {{ SELECT DISTINCT ?document WHERE {{
    GRAPH {name} {{ ?passage a hct:Passage ; oa:hasSource ?document }}
  }} }}
}}"""


def whole(*names: str) -> str:
    """Return the CONSTRUCT of all that is in some of our graphs, by the last part of their IRIs."""
    graphs = " ".join(f"<{GRAPH}{name}>" for name in names)
    return f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ VALUES ?g {{ {graphs} }} GRAPH ?g {{ ?s ?p ?o }} }}"


def labels(*names: str) -> str:
    """Return the CONSTRUCT of what the things of some of our graphs are called."""
    graphs = " ".join(f"<{GRAPH}{name}>" for name in names)
    return f"""{PREFIXES}
CONSTRUCT {{ ?s ?p ?o }} WHERE {{
  VALUES ?g {{ {graphs} }} VALUES ?p {{ skos:prefLabel rdfs:label dcterms:title }} GRAPH ?g {{ ?s ?p ?o }}
}}"""

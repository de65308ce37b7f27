"""The description of the SPARQL endpoints, as a query: so it comes in every format, with the graphs there are.

https://www.w3.org/TR/sparql11-service-description/
"""

from __future__ import annotations

from hct_kg.frontmatter import bind
from hct_kg.store import NamedNode

FORMATS = "http://www.w3.org/ns/formats/"
# Without an endpoint for updates `?update` is unbound, and so is what is made from it: those triples are left out.
# The two services differ in their default graph: that of a query is the union of all, that of an update has no name.
DESCRIPTION = f"""
PREFIX sd: <http://www.w3.org/ns/sparql-service-description#>
PREFIX formats: <{FORMATS}>
CONSTRUCT {{
  ?service a sd:Service ;
    sd:endpoint ?endpoint ;
    sd:supportedLanguage sd:SPARQL11Query ;
    sd:feature sd:UnionDefaultGraph , sd:EmptyGraphs ;
    sd:resultFormat ?format ;
    sd:defaultDataset ?dataset .
  ?dataset a sd:Dataset ;
    sd:defaultGraph ?default ;
    sd:namedGraph ?named .
  ?default a sd:Graph .
  ?named a sd:NamedGraph ;
    sd:name ?name .
  ?updating a sd:Service ;
    sd:endpoint ?update ;
    sd:supportedLanguage sd:SPARQL11Update ;
    sd:feature sd:EmptyGraphs ;
    sd:inputFormat ?input ;
    sd:defaultDataset ?store .
  ?store a sd:Dataset ;
    sd:defaultGraph ?unnamed ;
    sd:namedGraph ?named .
  ?unnamed a sd:Graph .
}} WHERE {{
  VALUES ?endpoint {{ UNDEF }}
  VALUES ?update {{ UNDEF }}
  BIND(IRI(CONCAT(STR(?endpoint), "#service")) AS ?service)
  BIND(IRI(CONCAT(STR(?endpoint), "#dataset")) AS ?dataset)
  BIND(IRI(CONCAT(STR(?endpoint), "#default-graph")) AS ?default)
  BIND(IRI(CONCAT(STR(?update), "#service")) AS ?updating)
  BIND(IRI(CONCAT(STR(?update), "#dataset")) AS ?store)
  BIND(IRI(CONCAT(STR(?update), "#default-graph")) AS ?unnamed)
  {{
    VALUES ?format {{
      formats:SPARQL_Results_JSON formats:SPARQL_Results_XML formats:SPARQL_Results_CSV formats:SPARQL_Results_TSV
      formats:Turtle formats:N-Triples formats:RDF_XML formats:JSON-LD formats:TriG formats:N-Quads
    }}
  }} UNION {{
    VALUES ?input {{
      formats:Turtle formats:N-Triples formats:RDF_XML formats:JSON-LD formats:TriG formats:N-Quads
    }}
  }} UNION {{
    SELECT DISTINCT ?name {{ GRAPH ?name {{}} }}
  }}
  BIND(IRI(CONCAT(STR(?endpoint), "#graph=", ENCODE_FOR_URI(STR(?name)))) AS ?named)
}}
"""


GRAPHS = """
PREFIX sd: <http://www.w3.org/ns/sparql-service-description#>
PREFIX void: <http://rdfs.org/ns/void#>
CONSTRUCT {
  ?store a sd:GraphCollection ; sd:namedGraph ?named .
  ?named a sd:NamedGraph ; sd:name ?name ; sd:graph ?graph .
  ?graph a sd:Graph ; void:triples ?triples .
} WHERE {
  VALUES ?store { UNDEF }
  { SELECT ?name (COUNT(?s) AS ?triples) { GRAPH ?name { OPTIONAL { ?s ?p ?o } } } GROUP BY ?name }
  BIND(IRI(CONCAT(STR(?store), "?graph=", ENCODE_FOR_URI(STR(?name)))) AS ?graph)
  BIND(IRI(CONCAT(STR(?graph), "#named")) AS ?named)
}
"""


def graphs_query(store: str) -> str:
    """Return the CONSTRUCT that lists the graphs of the graph store at this URL."""
    return bind(GRAPHS, "store", str(NamedNode(store)))


def describing_query(endpoint: str, update: str | None = None) -> str:
    """Return the CONSTRUCT that describes the endpoint at this URL, and that of updates where there is one."""
    described = bind(DESCRIPTION, "endpoint", str(NamedNode(endpoint)))
    return bind(described, "update", str(NamedNode(update))) if update else described

"""The curated queries as data: each an sh:SPARQLSelectExecutable with its parameters, in a graph of its own.

https://www.w3.org/TR/shacl-af/#SPARQLExecutable. The text in sh:select runs as it stands in any SPARQL tool; a
parameter is bound at its `VALUES ?NAME { UNDEF }`, so whoever runs it writes the value there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from hct_kg.catalogue import CuratedQuery, load
from hct_kg.parameters import Parameter
from hct_kg.store import Literal, NamedNode, Quad
from hct_kg.terms import DCTERMS, GRAPH, ID, RDF, RDFS, SH, SKOS, TYPE, XSD

QUERIES = GRAPH + "queries"
AUDIENCES: Mapping[str, str] = {
    "funder": f"{ID}audience/funders",
    "evaluator": f"{ID}audience/evaluators",
    "partnership lead": f"{ID}audience/partnerships",
}
"""The concept for each audience that a query's front matter can name."""

DATATYPES = {"string": XSD + "string", "integer": XSD + "integer", "date": XSD + "date"}
Statements = Iterable[tuple[str, NamedNode | Literal]]


def read_executables(folder: Path) -> list[Quad]:
    """Return the curated queries of a folder as quads; raises CatalogueError."""
    graph = NamedNode(QUERIES)
    return [Quad(*triple, graph) for triple in dict.fromkeys(describe(load(folder).values()))]


def describe(queries: Iterable[CuratedQuery]) -> Iterator[tuple[NamedNode, NamedNode, NamedNode | Literal]]:
    """Yield what is said of queries, of their parameters, and of whatever these share; some of it more than once."""
    yield from said(QUERIES, [(RDFS + "label", english("Curated queries"))])
    for query in queries:
        yield from said(f"{ID}query/{query.name}", describe_query(query))
        for parameter in query.parameters.values():
            yield from said(parameter_iri(query, parameter), describe_parameter(parameter))
            yield from said(path_iri(parameter), describe_path(parameter))
            if parameter.scheme_iri:
                yield from said(shape_iri(parameter.scheme_iri), describe_shape(parameter.scheme_iri))


def said(subject: str, statements: Statements) -> Iterator[tuple[NamedNode, NamedNode, NamedNode | Literal]]:
    """Yield statements as triples with one subject."""
    for predicate, node in statements:
        yield NamedNode(subject), NamedNode(predicate), node


def describe_query(query: CuratedQuery) -> Statements:
    """Yield what is said of a query."""
    yield TYPE, NamedNode(SH + "SPARQLExecutable")
    yield TYPE, NamedNode(SH + "SPARQLSelectExecutable")
    yield RDFS + "label", english(query.question)
    yield RDFS + "comment", english(query.summary)
    yield DCTERMS + "audience", NamedNode(AUDIENCES[query.audience])
    yield SH + "order", Literal(query.number)
    yield SH + "select", Literal(query.sparql)
    for parameter in query.parameters.values():
        yield SH + "parameter", NamedNode(parameter_iri(query, parameter))


def describe_parameter(parameter: Parameter) -> Statements:
    """Yield what is said of one parameter of one query."""
    yield TYPE, NamedNode(SH + "Parameter")
    yield SH + "path", NamedNode(path_iri(parameter))
    yield SH + "name", english(parameter.name)
    yield SH + "description", english(parameter.description)
    yield SH + "maxCount", Literal(1)
    if not parameter.required:
        yield SH + "optional", Literal(True)
    if parameter.default is not None:
        yield SH + "defaultValue", term(parameter, parameter.default)
    if parameter.type == "iri":
        yield SH + "nodeKind", NamedNode(SH + "IRI")
    else:
        yield SH + "datatype", NamedNode(DATATYPES[parameter.type])
    if parameter.class_iri:
        yield SH + "class", NamedNode(parameter.class_iri)
    if parameter.scheme_iri:
        yield SH + "class", NamedNode(SKOS + "Concept")
        yield SH + "property", NamedNode(shape_iri(parameter.scheme_iri))


def describe_path(parameter: Parameter) -> Statements:
    """Yield what is said of the property whose local name is the name of a parameter: SHACL wants one."""
    yield TYPE, NamedNode(RDF + "Property")
    yield RDFS + "label", english(parameter.name)


def describe_shape(scheme: str) -> Statements:
    """Yield the shape of values that are concepts of a scheme."""
    yield TYPE, NamedNode(SH + "PropertyShape")
    yield RDFS + "label", english(f"Is a concept of {scheme.removeprefix(ID)}")
    yield SH + "path", NamedNode(SKOS + "inScheme")
    yield SH + "hasValue", NamedNode(scheme)


def parameter_iri(query: CuratedQuery, parameter: Parameter) -> str:
    """Return the name of one parameter of one query."""
    return f"{ID}query-parameter/{query.name}.{parameter.name}"


def path_iri(parameter: Parameter) -> str:
    """Return the name of a parameter's property; queries that use one name share it."""
    return f"{ID}parameter/{parameter.name}"


def shape_iri(scheme: str) -> str:
    """Return the name of the shape of a scheme's concepts."""
    return f"{ID}concept-shape/{scheme.rsplit('/', 1)[-1]}"


def term(parameter: Parameter, value: str) -> NamedNode | Literal:
    """Return a value of a parameter as a node."""
    text = parameter.term(value)
    if parameter.type == "iri":
        return NamedNode(text[1:-1])
    return Literal(value, datatype=NamedNode(DATATYPES[parameter.type]))


def english(text: str) -> Literal:
    """Return a text of ours."""
    return Literal(text, language="en")

"""The embedded engine: Oxigraph in this process, in memory."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import EllipsisType
from typing import IO

import pyoxigraph
from pyoxigraph import (
    BlankNode,
    DefaultGraph,
    Literal,
    NamedNode,
    Quad,
    QueryBoolean,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
    Triple,
)

from hct_kg.errors import DataError, EvaluationError, MalformedRequest, QuerySyntaxError, RdfSyntaxError
from hct_kg.store.digests import canonical, dataset_digest
from hct_kg.store.keywords import uses_keyword
from hct_kg.store.results import Row, parse_rows
from hct_kg.terms import BASE

__all__ = [
    "BlankNode",
    "DefaultGraph",
    "EmbeddedStore",
    "Literal",
    "NamedNode",
    "Quad",
    "Triple",
    "in_graph",
    "is_name",
    "parse_turtle",
    "read_file",
    "serialize_ntriples",
    "serialize_turtle",
]

SYNTAX_PLACE = re.compile(r"error at (\d+):(\d+): (.*)", re.DOTALL)


class EmbeddedStore:
    """A set of named graphs, queried with their union as the default graph."""

    def __init__(self, quads: Iterable[Quad] = ()) -> None:
        self._store = pyoxigraph.Store()
        self._store.extend(quads)
        self._merged: pyoxigraph.Store | None = None

    @classmethod
    def over(cls, store: pyoxigraph.Store) -> EmbeddedStore:
        """Return a view of an engine's store."""
        made = cls.__new__(cls)
        made._store, made._merged = store, None
        return made

    @classmethod
    def of_triples(cls, parts: Iterable[bytes]) -> EmbeddedStore:
        """Return a store of the triples of N-Quads, given in parts, whatever their graphs."""
        store = pyoxigraph.Store()
        for part in parts:
            quads = pyoxigraph.parse(part, RdfFormat.N_QUADS)
            store.extend(Quad(quad.subject, quad.predicate, quad.object) for quad in quads)
        return cls.over(store)

    def __len__(self) -> int:
        return len(self._store)

    def add(self, quads: Iterable[Quad]) -> None:
        """Add quads, all or none."""
        self._store.extend(quads)

    def merge(self) -> None:
        """Have queries over the union of all graphs see a triple once that stands in several; call after loading.

        Oxigraph's union gives such a triple once a graph (seen in 0.5.13), where RDF's merge is a set. So the
        union is held beside the graphs, where there are such triples; queries that use GRAPH as well still see
        the engine's union.
        """
        triples = {quad.triple for quad in self._store}
        if len(triples) < len(self._store):
            self._merged = pyoxigraph.Store()
            self._merged.extend(Quad(triple.subject, triple.predicate, triple.object) for triple in triples)

    def quads(self, graph: NamedNode | None = None) -> Iterator[Quad]:
        """Return all quads, or those of one graph, in no order."""
        return self._store.quads_for_pattern(None, None, None, graph)

    def about(self, subject: NamedNode | None, node: NamedNode | None) -> Iterator[Quad]:
        """Return the quads with a subject, or with an object, or both, in no order."""
        return self._store.quads_for_pattern(subject, None, node, None)

    def graphs(self) -> list[str]:
        """Return the IRIs of the named graphs, sorted."""
        return sorted(node.value for node in self._store.named_graphs() if isinstance(node, NamedNode))

    def evaluate(
        self,
        query: str,
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
    ) -> QuerySolutions | QueryBoolean | QueryTriples:
        """Start a query over its dataset: of the SPARQL 1.1 Protocol, else its own, else the union of all graphs.

        Relative IRIs are relative to that of the dataset. Raises QuerySyntaxError (line and column from 1) and
        EvaluationError.
        """
        given = bool(default_graphs or named_graphs)
        # Oxigraph lets the union go before what the query says in FROM (seen in 0.5.13).
        union = not given and not uses_keyword(query, "FROM")
        merged = self._merged if union and not uses_keyword(query, "GRAPH") else None
        try:
            return (merged or self._store).query(
                query,
                base_iri=BASE,
                use_default_graph_as_union=union,
                default_graph=[NamedNode(iri) for iri in default_graphs] if given else None,
                named_graphs=[NamedNode(iri) for iri in named_graphs] if given else None,
            )
        except SyntaxError as error:
            raise syntax_error(error) from None
        except (OSError, RuntimeError, ValueError) as error:
            raise EvaluationError(str(error)) from None

    def has_graph(self, graph: str) -> bool:
        """Tell whether there is a named graph, be it empty; raises MalformedRequest where this can be no name."""
        return self._store.contains_named_graph(graph_name(graph))

    def add_graph(self, graph: str) -> None:
        """Make a named graph, empty, where it is not there."""
        self._store.add_graph(NamedNode(graph))

    def remove_graph(self, graph: str | None) -> None:
        """Remove a named graph, or empty the unnamed one."""
        if graph is None:
            self._store.clear_graph(DefaultGraph())
        else:
            self._store.remove_graph(NamedNode(graph))

    def update(self, text: str) -> None:
        """Run a SPARQL update, whole or not at all; raises QuerySyntaxError and EvaluationError.

        Its default graph is the unnamed one; relative IRIs are as in `evaluate`. LOAD and SERVICE would go out:
        the caller refuses them.
        """
        try:
            self._store.update(text, base_iri=BASE)
        except SyntaxError as error:
            raise syntax_error(error) from None
        except (OSError, RuntimeError, ValueError) as error:
            raise EvaluationError(str(error)) from None

    def select(self, query: str) -> list[Row]:
        """Return the rows of a SELECT."""
        return parse_rows(self.rows_as_json(query))

    def rows_as_json(self, query: str) -> bytes:
        """Return the rows of a SELECT as SPARQL results JSON."""
        result = self.evaluate(query)
        assert isinstance(result, QuerySolutions), "a SELECT query gives solutions"
        return result.serialize(format=pyoxigraph.QueryResultsFormat.JSON) or b""

    def prepared(self, query: str) -> bytes | None:
        """Return the answer to a query as JSON where it is kept ready; here none is."""
        return None

    def variables(self, query: str) -> tuple[str, ...]:
        """Return the variables of a SELECT in order; raises QuerySyntaxError for any other form."""
        result = self.evaluate(query)
        if not isinstance(result, QuerySolutions):
            raise QuerySyntaxError("is not a SELECT", 1, 1)
        return tuple(variable.value for variable in result.variables)

    def construct(self, query: str) -> Iterator[Triple]:
        """Yield the triples of a CONSTRUCT or DESCRIBE as they are found, in no order, some perhaps twice."""
        result = self.evaluate(query)
        assert isinstance(result, QueryTriples), "a CONSTRUCT or DESCRIBE query gives triples"
        return result

    def digest(self) -> str:
        """Return the name of the dataset's content, equal for equal datasets: see `digests`."""
        return dataset_digest(self._store)

    def canonical_quads(self, graph: str | EllipsisType | None = ...) -> list[Quad]:
        """Return all quads, or those of one graph (None: the unnamed one), in an order that only they decide."""
        place = None if graph is ... else DefaultGraph() if graph is None else NamedNode(graph)
        found = list(self._store.quads_for_pattern(None, None, None, place))
        named = [quad for quad in found if not nameless(quad)]
        return sorted([*named, *canonical(filter(nameless, found))], key=order)

    def union(self, quads: Iterable[Quad]) -> Iterable[Triple]:
        """Return the triples of all quads, each once."""
        return dict.fromkeys(quad.triple for quad in quads)

    def dump_triples(self, graph: str | None) -> list[bytes]:
        """Return one graph (None: the unnamed one) as lines of N-Triples, in no order."""
        name = DefaultGraph() if graph is None else NamedNode(graph)
        return (self._store.dump(format=RdfFormat.N_TRIPLES, from_graph=name) or b"").splitlines(keepends=True)

    def dump(self, output: IO[bytes], graph: NamedNode | None = None) -> None:
        """Write all graphs as N-Quads, or one graph as Turtle, in no order."""
        if graph is None:
            self._store.dump(output, RdfFormat.N_QUADS)
        else:
            self._store.dump(output, RdfFormat.TURTLE, from_graph=graph)


def graph_name(iri: str) -> NamedNode:
    """Return the name of a graph; raises MalformedRequest where the engine's grammar of IRIs (RFC 3987) forbids it."""
    try:
        return NamedNode(iri)
    except ValueError as error:
        raise MalformedRequest(f"{iri[:200]!r} is no IRI: {error}.", "graph") from None


def is_name(text: str) -> bool:
    """Tell whether a text can name a thing or a graph: an absolute IRI as the engine reads RFC 3987."""
    try:
        NamedNode(text)
    except ValueError:
        return False
    return True


def nameless(quad: Quad) -> bool:
    """Tell whether a blank node stands in a quad."""
    return "_:" in f"{quad.subject} {quad.object} {quad.graph_name}"


def order(quad: Quad) -> tuple[str, str, str, str]:
    """Sort key: graph by graph, then subject by subject, so that what belongs together stands together."""
    return str(quad.graph_name), str(quad.subject), str(quad.predicate), str(quad.object)


def syntax_error(error: SyntaxError) -> QuerySyntaxError:
    """Read line and column out of the engine's message, and shorten its list of expected tokens."""
    match = SYNTAX_PLACE.match(str(error))
    if match is None:
        return QuerySyntaxError(str(error))
    line, column, message = int(match[1]), int(match[2]), match[3]
    tokens = [token for token in message.removeprefix("expected one of ").split(", ") if not token.startswith("[")]
    if message.startswith("expected one of "):
        message = "expected one of " + ", ".join(tokens[:12]) + (", …" if len(tokens) > 12 else "")
    return QuerySyntaxError(f"line {line}, column {column}: {message}", line, column)


def read_file(path: Path, graph: str) -> list[Quad]:
    """Parse a Turtle file into the quads of one graph.

    Raises RdfSyntaxError with file, line and column, and DataError where the file cannot be read.
    """
    try:
        text = path.read_bytes()
    except OSError as error:
        raise DataError(f"cannot be read: {error.strerror}", path) from None
    name = NamedNode(graph)
    return [in_graph(triple, name) for triple in parse_turtle(text, path)]


def parse_turtle(text: str | bytes, path: Path | None = None) -> list[Triple]:
    """Parse Turtle; raises RdfSyntaxError with line and column (from 1), and the path if given."""
    try:
        return [quad.triple for quad in pyoxigraph.parse(text, RdfFormat.TURTLE)]
    except SyntaxError as error:
        raise RdfSyntaxError(error.msg, path, error.lineno, error.offset) from None


def in_graph(triple: Triple, graph: NamedNode) -> Quad:
    """Return a triple as a quad of a graph."""
    return Quad(triple.subject, triple.predicate, triple.object, graph)


def serialize_turtle(triples: Iterable[Triple], prefixes: Mapping[str, str]) -> str:
    """Return triples as Turtle in the order given."""
    return serialize(triples, prefixes, RdfFormat.TURTLE)


def serialize_ntriples(triples: Iterable[Triple]) -> str:
    """Return triples as N-Triples in the order given."""
    return serialize(triples, {}, RdfFormat.N_TRIPLES)


def serialize(triples: Iterable[Triple], prefixes: Mapping[str, str], rdf_format: RdfFormat) -> str:
    """Return triples as text of an RDF format."""
    body = pyoxigraph.serialize(triples, format=rdf_format, prefixes=dict(prefixes))
    assert body is not None, "without an output file the engine returns the bytes"
    return body.decode()

"""An engine's answer in the format that was asked of us; so every format is written as our own engine writes it.

Each answer is parsed to its end: one that was cut, or is none, is never passed on.
"""

from __future__ import annotations

import json
from typing import Any

import pyoxigraph
from pyoxigraph import QueryResultsFormat, QuerySolutions, RdfFormat

from hct_kg.errors import EngineFault
from hct_kg.store.evaluation import Collector, serialise, wanted
from hct_kg.store.formats import GRAPH_FORMATS, NTRIPLES, Format
from hct_kg.store.inspecting import Form
from hct_kg.store.values import Limits, QueryRequest
from hct_kg.terms import BASE, XSD

BOOLEAN = XSD + "boolean"
BOOLEANS = {"1": "true", "0": "false"}
OTHERWISE = (b"typed-literal", b"#boolean")
NT_BOOLEANS = ((f'"1"^^<{BOOLEAN}>'.encode(), f'"true"^^<{BOOLEAN}>'.encode()),
               (f'"0"^^<{BOOLEAN}>'.encode(), f'"false"^^<{BOOLEAN}>'.encode()))  # fmt: skip
UNREADABLE = (SyntaxError, OSError, RuntimeError, ValueError, KeyError, TypeError)


def translate(
    body: bytes, media_type: str, form: Form, request: QueryRequest, limits: Limits
) -> tuple[bytes, Format, int]:
    """Return an answer in the format that a request wants, that format, and its rows or triples.

    Raises EngineFault where the answer is none, NotAcceptable and ResultTooLarge.
    """
    try:
        if form == "graph":
            return graph(body, media_type, request, limits)
        read = pyoxigraph.parse_query_results(
            boolean(body) if form == "boolean" else parse_booleans(body), QueryResultsFormat.JSON
        )
        if isinstance(read, QuerySolutions) != (form == "rows"):
            raise ValueError("another kind of result")
        return serialise(read, request, limits, None)
    except UNREADABLE:
        raise EngineFault("The engine's answer is no SPARQL result, or was cut short.") from None


def graph(body: bytes, media_type: str, request: QueryRequest, limits: Limits) -> tuple[bytes, Format, int]:
    """Write a graph."""
    form = wanted(request.graph_format, GRAPH_FORMATS)
    collector = Collector(limits, form)
    assert isinstance(form.engine, RdfFormat), "graph formats are RDF formats"
    triples = (quad.triple for quad in pyoxigraph.parse(plain(body), rdf_format(media_type), base_iri=BASE))
    pyoxigraph.serialize(collector.counted(triples), collector, form.engine)  # type: ignore[arg-type]
    return collector.body, form, collector.rows


def rdf_format(media_type: str) -> RdfFormat:
    """Return the format that a graph came in."""
    return RdfFormat.N_TRIPLES if media_type == NTRIPLES.media_type else RdfFormat.TURTLE


def plain(body: bytes) -> bytes:
    """Return a graph with booleans as our own engine writes them: Virtuoso has 1 and 0."""
    if b"#boolean" in body:
        for theirs, ours in NT_BOOLEANS:
            body = body.replace(theirs, ours)
    return body


def parse_booleans(body: bytes) -> bytes:
    """Return rows with booleans as our own engine writes them, and all literals called so."""
    if not any(word in body for word in OTHERWISE):
        return body
    document = json.loads(body)
    for row in document["results"]["bindings"]:
        for term in row.values():
            if term["type"] == "typed-literal":
                term["type"] = "literal"
            if term.get("datatype") == BOOLEAN:
                term["value"] = BOOLEANS.get(term["value"], term["value"])
    return json.dumps(document, ensure_ascii=False).encode()


def boolean(body: bytes) -> bytes:
    """Return the result of an ASK as SPARQL has it: of Virtuoso it is one row, or none."""
    document: dict[str, Any] = json.loads(body)
    if "boolean" in document:
        return body
    if document["head"]["vars"] != ["__ASK_RETVAL"]:
        raise ValueError("neither")
    return b'{"head":{},"boolean":%s}' % (b"true" if document["results"]["bindings"] else b"false")

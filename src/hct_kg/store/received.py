"""RDF that strangers send; read only in a process of its own, since to read it can take all memory."""

from __future__ import annotations

import pyoxigraph
from pyoxigraph import DefaultGraph, Quad, RdfFormat, Triple

from hct_kg.errors import MalformedRdf, MalformedRequest
from hct_kg.store.formats import Format
from hct_kg.store.values import Payload
from hct_kg.terms import BASE

# What the engine calls a MemoryError where one token of Turtle, N-Quads or JSON-LD is longer (seen in 0.5.13).
TERM_TOO_LONG = "Reached the buffer maximal size"
LONGEST_TERM = 1 << 24
HOW_LONG = f"A term may have {LONGEST_TERM >> 20} MiB, written in N-Triples: keep longer content elsewhere, and link."
WANTS_CONTEXT = "LoadDocumentCallback"


def read_graph(payload: Payload, base: str = BASE) -> list[Triple]:
    """Return the triples of RDF that is one graph; raises also MalformedRequest where it names graphs of its own."""
    quads = read_received(payload, base)
    if any(quad.graph_name != DefaultGraph() for quad in quads):
        raise MalformedRequest("The body names graphs of its own; here it is the content of one graph.")
    return [quad.triple for quad in quads]


def read_received(payload: Payload, base: str = BASE) -> list[Quad]:
    """Return the quads of RDF in any format, with new blank nodes; `base` is what relative IRIs are relative to.

    Raises MalformedRdf with line and column, and MemoryError. Nothing that the RDF names is fetched.
    """
    form = payload.format
    assert isinstance(form.engine, RdfFormat), "a payload is in an RDF format"
    try:
        return list(pyoxigraph.parse(payload.body, form.engine, base_iri=base, rename_blank_nodes=True))
    except SyntaxError as error:
        if WANTS_CONTEXT in error.msg:
            raise MalformedRdf(
                "The body names a JSON-LD context elsewhere, which is not fetched: send it in it."
            ) from None
        raise MalformedRdf(f"The body is not well-formed {form.media_type}: {error.msg}", *place(error)) from None
    except ValueError as error:
        raise MalformedRdf(f"The body is not well-formed {form.media_type}: {error}") from None
    except MemoryError as error:
        if TERM_TOO_LONG not in str(error):
            raise
        raise MalformedRdf(f"The body has a term that is too long. {HOW_LONG}") from None


def place(error: SyntaxError) -> tuple[int | None, int | None]:
    """Return line and column, as far as known."""
    return error.lineno or None, error.offset or None


def write_triples(triples: list[Triple], form: Format, prefixes: dict[str, str]) -> bytes:
    """Return triples in a format."""
    assert isinstance(form.engine, RdfFormat), "graphs are written in RDF formats"
    body = pyoxigraph.serialize(triples, format=form.engine, prefixes=prefixes)
    assert body is not None, "without an output file the engine returns the bytes"
    return body

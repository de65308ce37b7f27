"""RDF that strangers send, read quad by quad; for a process of its own, since to read it can take all memory."""

from __future__ import annotations

import pyoxigraph
from pyoxigraph import Quad, RdfFormat, Triple

from hct_kg.errors import MalformedRdf
from hct_kg.store.formats import Format
from hct_kg.store.values import Payload
from hct_kg.terms import BASE

# What the engine calls a MemoryError where one token is longer than it reads (seen in 0.5.13): no want of memory.
TERM_TOO_LONG = "Reached the buffer maximal size"
WANTS_CONTEXT = "LoadDocumentCallback"


def read_received(payload: Payload) -> list[Quad]:
    """Return the quads of RDF in any format, with new blank nodes; relative IRIs are relative to the dataset's.

    Raises MalformedRdf with line and column, and MemoryError. Nothing that the RDF names is fetched.
    """
    form = payload.format
    assert isinstance(form.engine, RdfFormat), "a payload is in an RDF format"
    try:
        return list(pyoxigraph.parse(payload.body, form.engine, base_iri=BASE, rename_blank_nodes=True))
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
        raise MalformedRdf("The body has a term that is too long to be read.") from None


def place(error: SyntaxError) -> tuple[int | None, int | None]:
    """Return line and column, as far as known."""
    return error.lineno or None, error.offset or None


def write_triples(triples: list[Triple], form: Format, prefixes: dict[str, str]) -> bytes:
    """Return triples in a format."""
    assert isinstance(form.engine, RdfFormat), "graphs are written in RDF formats"
    body = pyoxigraph.serialize(triples, format=form.engine, prefixes=prefixes)
    assert body is not None, "without an output file the engine returns the bytes"
    return body

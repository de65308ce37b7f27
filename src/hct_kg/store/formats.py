"""The formats that the engine writes: rows (SELECT, ASK) and graphs (CONSTRUCT, DESCRIBE)."""

from __future__ import annotations

from dataclasses import dataclass

from pyoxigraph import QueryResultsFormat, RdfFormat

__all__ = ["FORMATS", "GRAPH_FORMATS", "JSON", "ROW_FORMATS", "TURTLE", "Format"]


@dataclass(frozen=True, slots=True)
class Format:
    """One format: its short name, its registered media type, and the engine's name for it.

    `charset` tells whether its media type has such a parameter and needs it (the default of `text/*`
    would be ASCII: RFC 2046, 4.1.2); everything is written in UTF-8.
    """

    name: str
    media_type: str
    engine: QueryResultsFormat | RdfFormat
    charset: bool = False

    @property
    def content_type(self) -> str:
        """Return the value for the header Content-Type."""
        return f"{self.media_type}; charset=utf-8" if self.charset else self.media_type


JSON = Format("json", "application/sparql-results+json", QueryResultsFormat.JSON)
XML = Format("xml", "application/sparql-results+xml", QueryResultsFormat.XML)
CSV = Format("csv", "text/csv", QueryResultsFormat.CSV, charset=True)
TSV = Format("tsv", "text/tab-separated-values", QueryResultsFormat.TSV, charset=True)

TURTLE = Format("turtle", "text/turtle", RdfFormat.TURTLE, charset=True)
NTRIPLES = Format("ntriples", "application/n-triples", RdfFormat.N_TRIPLES)
RDF_XML = Format("rdfxml", "application/rdf+xml", RdfFormat.RDF_XML)
JSON_LD = Format("jsonld", "application/ld+json", RdfFormat.JSON_LD)
TRIG = Format("trig", "application/trig", RdfFormat.TRIG)
NQUADS = Format("nquads", "application/n-quads", RdfFormat.N_QUADS)

ROW_FORMATS = (JSON, XML, CSV, TSV)
GRAPH_FORMATS = (TURTLE, NTRIPLES, RDF_XML, JSON_LD, TRIG, NQUADS)
FORMATS = {item.name: item for item in (*ROW_FORMATS, *GRAPH_FORMATS)}

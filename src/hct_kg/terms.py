"""Every IRI that code uses, once, and the short form in which people write them."""

from __future__ import annotations

import re

BASE = "https://w3id.org/hct-kg/"
ID = BASE + "id/"
GRAPH = BASE + "graph/"
DERIVED = GRAPH + "derived"
PROBLEM = BASE + "problem/"
HCT = BASE + "ns#"

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
XSD = "http://www.w3.org/2001/XMLSchema#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
DCTERMS = "http://purl.org/dc/terms/"
PROV = "http://www.w3.org/ns/prov#"
ORG = "http://www.w3.org/ns/org#"
OA = "http://www.w3.org/ns/oa#"
SH = "http://www.w3.org/ns/shacl#"

NAMESPACES = {
    "dcterms": DCTERMS,
    "hct": HCT,
    "oa": OA,
    "org": ORG,
    "owl": "http://www.w3.org/2002/07/owl#",
    "prov": PROV,
    "qb": "http://purl.org/linked-data/cube#",
    "rdf": RDF,
    "rdfs": RDFS,
    "schema": "https://schema.org/",
    "sh": SH,
    "skos": SKOS,
    "vann": "http://purl.org/vocab/vann/",
    "void": "http://rdfs.org/ns/void#",
    "xsd": XSD,
}
"""Prefix to namespace, for reading and writing; the types under ID have a prefix each as well."""

TYPE = RDF + "type"
SUPPORTED_BY = HCT + "supportedBy"

SHORT_ID = re.compile(r"[a-z][a-z-]*/[A-Za-z0-9][A-Za-z0-9._~-]*")
ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+")
UPPER = re.compile(r"-([a-z])")


def shorten(iri: str) -> str:
    """Return `site/coventry` for an IRI under ID, `hct:Site` for one in a known namespace, else the IRI."""
    if iri.startswith(ID):
        return iri[len(ID) :]
    for prefix, namespace in NAMESPACES.items():
        if iri.startswith(namespace):
            return f"{prefix}:{iri[len(namespace) :]}"
    return iri


def expand(text: str) -> str | None:
    """Return the IRI that `site/coventry`, `hct:Site` or a whole IRI stands for; None for anything else."""
    if SHORT_ID.fullmatch(text):
        return ID + text
    prefix, colon, local = text.partition(":")
    if colon and prefix in NAMESPACES and not local.startswith("//"):
        text = NAMESPACES[prefix] + local
    return text if ABSOLUTE.fullmatch(text) else None


def is_iri(text: str) -> bool:
    """Tell whether a text is an absolute IRI."""
    return ABSOLUTE.fullmatch(text) is not None


def is_derived(graph: str) -> bool:
    """Tell whether rules fill a graph, or describe in it what they fill."""
    return graph == DERIVED or graph.startswith(DERIVED + "/")


def prefix_of_type(kind: str) -> str:
    """Return the Turtle prefix of a type under ID: `support-activity` is `supportActivity`."""
    return UPPER.sub(lambda match: match[1].upper(), kind)

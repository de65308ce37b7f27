"""The formats in which a document of ours can be had: chosen by suffix or by Accept; pure functions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from hct_kg.api.negotiation import negotiate


@dataclass(frozen=True, slots=True)
class Representation:
    """One format: the suffix of its URL, its media type, its name for people."""

    suffix: str
    media_type: str
    name: str

    @property
    def content_type(self) -> str:
        """Return the value for the header Content-Type; everything is written in UTF-8."""
        return content_type(self.media_type)


def content_type(media_type: str) -> str:
    """Return the value for the header Content-Type of what is written in UTF-8."""
    return f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type


TURTLE = Representation("ttl", "text/turtle", "Turtle")
JSON_LD = Representation("jsonld", "application/ld+json", "JSON-LD")
NTRIPLES = Representation("nt", "application/n-triples", "N-Triples")
RDF_XML = Representation("rdf", "application/rdf+xml", "RDF/XML")
HTML = Representation("html", "text/html", "HTML")

ALL = (TURTLE, JSON_LD, NTRIPLES, RDF_XML, HTML)
"""Best first: who accepts anything is a program; a browser asks for HTML by name."""
IRI = "/:?#[]@!$&'()*+,;=%~"
"""What stands for itself in an IRI that is sent in a header; other characters are percent-encoded."""
BY_SUFFIX = {item.suffix: item for item in ALL}
BY_MEDIA_TYPE = {item.media_type: item for item in ALL}


def split(path: str) -> tuple[str, Representation | None]:
    """Return a path without its suffix, and the format that the suffix names; a path without one as it is."""
    stem, dot, suffix = path.rpartition(".")
    if dot and stem and not stem.endswith("/") and suffix in BY_SUFFIX:
        return stem, BY_SUFFIX[suffix]
    return path, None


def choose(accept: str | None, offered: Sequence[Representation] = ALL) -> Representation:
    """Return the format that is wanted most; raises NotAcceptable."""
    return BY_MEDIA_TYPE[negotiate(accept, [item.media_type for item in offered])]


def links(url: str, about: str, chosen: Representation, offered: Sequence[Representation] = ALL) -> str:
    """Return the header Link of a document at `url` (without suffix): its other formats, and what it is about.

    https://www.rfc-editor.org/rfc/rfc8288, https://www.rfc-editor.org/rfc/rfc6892
    """
    about = quote(about, safe=IRI)
    others: Iterable[str] = (
        f'<{url}.{item.suffix}>; rel="alternate"; type="{item.media_type}"' for item in offered if item != chosen
    )
    return ", ".join([*others, f'<{about}>; rel="describes"', f'<{about}>; rel="about"'])

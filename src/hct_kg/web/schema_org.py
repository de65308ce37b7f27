"""The dataset in schema.org's words, for search engines that read pages: https://schema.org/Dataset.

It stands in the page as a script element of type application/ld+json, the one form of a separate block that they all
read; a file beside the page is read by none of them. Such an element is data: it is never run, so that a
Content-Security-Policy without 'unsafe-inline' lets it be
(https://html.spec.whatwg.org/multipage/scripting.html#data-block).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

LICENCE = "https://creativecommons.org/licenses/by/4.0/"


@dataclass(frozen=True, slots=True)
class Download:
    """A file that holds the whole dataset."""

    address: str
    media_type: str


@dataclass(frozen=True, slots=True)
class Described:
    """What there is to say of the dataset; a span without an end is open."""

    iri: str
    name: str
    description: str
    version: str
    start: str = ""
    end: str = ""
    places: Sequence[str] = ()
    documents: Sequence[str] = ()


def dataset(described: Described, downloads: Iterable[Download]) -> Mapping[str, Any]:
    """Return the dataset as JSON-LD; what is not known is left out."""
    span = f"{described.start}/{described.end or '..'}" if described.start else ""
    said = {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "@id": described.iri,
        "name": described.name,
        "description": described.description,
        "url": described.iri,
        "identifier": described.iri,
        "version": described.version,
        "license": LICENCE,
        "isAccessibleForFree": True,
        "inLanguage": "en-GB",
        "temporalCoverage": span,
        "spatialCoverage": [{"@type": "Place", "name": place} for place in described.places],
        "isBasedOn": [{"@type": "CreativeWork", "name": title} for title in described.documents],
        "distribution": [
            {"@type": "DataDownload", "contentUrl": file.address, "encodingFormat": file.media_type}
            for file in downloads
        ],
    }
    return {name: value for name, value in said.items() if value}

"""How a document made of triples is sent: in the format that is wanted, with links to the others."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from fastapi import Request, Response

from hct_kg.api import jsonld
from hct_kg.api.descriptions import VOCABULARIES
from hct_kg.api.problems import PROBLEM_RESPONSES
from hct_kg.api.representations import ALL, HTML, JSON_LD, NTRIPLES, RDF_XML, TURTLE, Representation, choose, links
from hct_kg.api.service import Service, service_of
from hct_kg.store import Triple, parse_turtle
from hct_kg.store import formats as engine_formats
from hct_kg.store.embedded import serialize
from hct_kg.store.pool import QueryRequest
from hct_kg.turtle import SUBJECT_LINE, prefixes, sort_key
from hct_kg.web.pages import HEADERS, Place
from hct_kg.web.statements import key

CONTEXT = "/context.jsonld"
SAFE = "/:@!$&'()*+,;=~._-"
"""Characters of a path that stand for themselves: RFC 3986, 3.3, and the slash."""
ENGINE: Mapping[Representation, Any] = {
    TURTLE: engine_formats.TURTLE.engine,
    NTRIPLES: engine_formats.NTRIPLES.engine,
    RDF_XML: engine_formats.RDF_XML.engine,
}
"""The engine's name for each format that it writes for us; only `store` knows its type."""
RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {"description": "The document", "content": {item.media_type: {} for item in ALL}},
    **PROBLEM_RESPONSES,
}


@dataclass(frozen=True, slots=True)
class Document:
    """A document: its path without suffix, what it is about, its triples, and how its page is written."""

    path: str
    about: str
    triples: Sequence[Triple]
    page: Callable[[Sequence[Triple], Place], str] | None = None


@dataclass(frozen=True, slots=True)
class Publisher:
    """Sends documents; holds the JSON-LD context, if this service has one."""

    context: jsonld.Context | None

    async def send(self, request: Request, document: Document, wanted: Representation | None) -> Response:
        """Return a document in the format that its suffix names, else in that of Accept; raises NotAcceptable."""
        offered = ALL if document.page else tuple(item for item in ALL if item != HTML)
        chosen = wanted or choose(",".join(request.headers.getlist("accept")), offered)
        # Writing thousands of triples takes longer than another request should wait.
        place = place_of(request, document.path, offered)
        body = await asyncio.to_thread(self.write, document, chosen, place, address(request, CONTEXT))
        headers = {
            "Vary": "Accept",
            "Link": links(address(request, document.path), document.about, chosen, offered),
            **(HEADERS if chosen == HTML else {}),
        }
        return Response(body, media_type=chosen.content_type, headers=headers)

    def write(self, document: Document, chosen: Representation, place: Place, context_url: str) -> bytes:
        """Return a document as bytes."""
        if chosen == HTML:
            assert document.page is not None, "HTML is offered where there is a page"
            return document.page(document.triples, place).encode()
        if chosen == JSON_LD:
            return jsonld.write(document.triples, self.context, context_url)
        ordered = sorted(document.triples, key=lambda triple: (key(triple.subject) != document.about, sort_key(triple)))
        text = serialize(ordered, used_prefixes(ordered), ENGINE[chosen])
        return (tidy(text) if chosen == TURTLE else text).encode()


def tidy(turtle: str) -> str:
    """Return Turtle with its prefixes sorted and its subjects apart; the engine writes neither in a fixed way."""
    lines = turtle.splitlines(keepends=True)
    head = sorted(line for line in lines if line.startswith("@prefix "))
    body = "".join(lines[len(head) :]).replace("\n\t", "\n    ").lstrip("\n")
    return "".join(head) + "\n" + SUBJECT_LINE.sub("\n\n", body)


def used_prefixes(triples: Sequence[Triple]) -> dict[str, str]:
    """Return the prefixes of the namespaces that occur in triples."""
    iris = " ".join(str(node) for triple in triples for node in triple)
    more = {prefix: name for prefix, name in VOCABULARIES.items() if f"<{name}" in iris}
    return dict(sorted({**prefixes(triples), **more}.items()))


async def construct(service: Service, query: str) -> list[Triple]:
    """Return the triples of a CONSTRUCT, evaluated in the workers kept for curated routes."""
    answer = await service.edition.curated.query(QueryRequest(query, graph_format=engine_formats.NTRIPLES))
    return await asyncio.to_thread(parse_turtle, answer.body)


def public_url(request: Request) -> str:
    """Return where clients see this service, without a slash at the end."""
    return (service_of(request).settings.public_url or str(request.base_url)).rstrip("/")


def address(request: Request, path: str) -> str:
    """Return the whole URL of a path of this service, as clients see it."""
    return public_url(request) + quote(path, safe=SAFE)


def place_of(request: Request, stem: str = "", offered: Sequence[Representation] = ()) -> Place:
    """Return where a page stands, so that its links need no host."""
    formats = tuple((item.suffix, item.media_type, item.name) for item in offered if item != HTML)
    service = service_of(request)
    return Place(service.settings.base_iri, request.url.path, stem, formats, version=service.version)

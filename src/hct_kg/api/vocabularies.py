"""The terms, schemes, alignments and shapes as documents, and the JSON-LD context; every term leads to its place."""

from __future__ import annotations

import pathlib
from collections.abc import Awaitable, Callable, Sequence
from functools import partial

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import RedirectResponse

from hct_kg.api import jsonld
from hct_kg.api.descriptions import labels, whole
from hct_kg.api.kept_pages import keep_page, kept_page, wants_page
from hct_kg.api.problems import PROBLEM_RESPONSES
from hct_kg.api.publishing import CONTEXT, RESPONSES, Document, Publisher, address, construct
from hct_kg.api.representations import BY_SUFFIX
from hct_kg.api.service import Service, service_of
from hct_kg.errors import UnknownResource
from hct_kg.settings import Settings
from hct_kg.sources import SHAPES_FILE
from hct_kg.store import Triple, read_file
from hct_kg.terms import BASE, GRAPH, NAMESPACES
from hct_kg.web.vocabulary import vocabulary_page

NS = "/ns"
VERSION_IRI = NAMESPACES["owl"] + "versionIRI"
GRAPHS = {
    NS: ("The terms", ("ontology",)),
    "/schemes": ("The controlled vocabularies", ("schemes",)),
    "/alignments": ("How the terms relate to other vocabularies", ("alignments",)),
    "/ontology": (
        "Terms, controlled vocabularies and alignments in one document",
        ("ontology", "schemes", "alignments"),
    ),
}
SHAPES = "/shapes"
LABELS = labels("ontology", "schemes")
Read = Callable[[Service], Awaitable[Sequence[Triple]]]


def router(publisher: Publisher, settings: Settings) -> APIRouter:
    """Return the routes; raises DataError or RdfSyntaxError where the shapes cannot be read."""
    routes = APIRouter(tags=["vocabulary"])
    for path, (summary, names) in GRAPHS.items():
        add_document(routes, publisher, path, summary, from_store(names))
    add_document(routes, publisher, SHAPES, "The SHACL shapes", from_file(settings.ontology / SHAPES_FILE))
    add_version(routes)
    add_context(routes, publisher.context)
    return routes


def from_store(names: Sequence[str]) -> Read:
    """Return how to read some graphs of the dataset."""

    async def read(service: Service) -> Sequence[Triple]:
        return await construct(service, whole(*names))

    return read


def from_file(path: pathlib.Path) -> Read:
    """Return how to read a Turtle file; it is read once, now."""
    triples = [quad.triple for quad in read_file(path, GRAPH + path.stem)]

    async def read(_: Service) -> Sequence[Triple]:
        return triples

    return read


def add_document(routes: APIRouter, publisher: Publisher, path: str, summary: str, read: Read) -> None:
    """Add a document at a path, and at the path with a suffix for each format."""

    async def document(request: Request, suffix: str | None = None) -> Response:
        if suffix is not None and suffix not in BY_SUFFIX:
            raise UnknownResource(f"{path} ends in no suffix or in one of {', '.join(BY_SUFFIX)}.")
        wanted = BY_SUFFIX.get(suffix or "")
        if (kept := kept_page(request, wanted)) is not None:
            return kept
        service = service_of(request)
        # Its own triples are all that the other formats have; a page names what they speak of.
        names = await construct(service, LABELS) if wants_page(request, wanted) else ()
        page = partial(vocabulary_page, names=names)
        found = Document(path, BASE + path.lstrip("/"), await read(service), page)
        return keep_page(request, found, await publisher.send(request, found, wanted))

    async def plain(request: Request) -> Response:
        return await document(request)

    name = path.strip("/")
    routes.add_api_route(
        path, plain, response_class=Response, responses=RESPONSES, operation_id=f"get-{name}", summary=summary
    )
    routes.add_api_route(path + ".{suffix}", document, response_class=Response, include_in_schema=False)


def add_version(routes: APIRouter) -> None:
    """Add the route of the version of the terms that is served: it leads to the terms."""

    async def version(request: Request, version: str = Path(max_length=100, examples=["0.2.0"])) -> Response:
        triples = await construct(service_of(request), whole("ontology"))
        iri = f"{BASE}ns/{version}"
        if not any(triple.predicate.value == VERSION_IRI and str(triple.object) == f"<{iri}>" for triple in triples):
            raise UnknownResource(f"There is no version {version[:40]!r} of the terms here; {NS} has the one there is.")
        return RedirectResponse(address(request, NS), 303)

    routes.add_api_route(
        NS + "/{version}",
        version,
        status_code=303,
        response_class=RedirectResponse,
        responses=PROBLEM_RESPONSES,
        operation_id="see-ns-version",
        summary="A version of the terms",
    )


def add_context(routes: APIRouter, context: jsonld.Context | None) -> None:
    """Add the route of the JSON-LD context."""

    async def get_context() -> Response:
        if context is None:
            raise UnknownResource("The ontology folder of this service has no context.jsonld.")
        return Response(context.text, media_type="application/ld+json")

    routes.add_api_route(
        CONTEXT,
        get_context,
        response_class=Response,
        responses={200: {"content": {"application/ld+json": {}}}, **PROBLEM_RESPONSES},
        operation_id="get-context",
        summary="The JSON-LD context",
    )

"""`/problem/…`: what a kind of problem means; the IRI in the `type` of an error leads here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass

from fastapi import APIRouter, Path, Request, Response

from hct_kg.api.models import Answer
from hct_kg.api.negotiation import negotiate
from hct_kg.api.problems import (
    INTERNAL,
    KINDS,
    METHOD_NOT_ALLOWED,
    PROBLEM_RESPONSES,
    TYPE,
    URI_TOO_LONG,
    Kind,
)
from hct_kg.api.publishing import place_of
from hct_kg.errors import UnknownResource
from hct_kg.web.pages import HEADERS, render
from hct_kg.web.statements import Text

HTML, JSON = "text/html", "application/json"
OWN_WORDS = {
    INTERNAL: "The mistake is ours, not yours: it has been logged. Try again later, and tell us if it stays.",
    URI_TOO_LONG: "The address is longer than what is read of one; long queries go into the body of a POST.",
    METHOD_NOT_ALLOWED: "The path is there, but not for this method; `Allow` lists the methods that it has.",
}


@dataclass(frozen=True, slots=True)
class Meaning:
    """A kind of problem, and what it means."""

    type: str
    title: str
    status: int
    description: str


class ProblemKind(Answer):
    """A kind of problem, as it is told in JSON."""

    type: str
    title: str
    status: int
    description: str


def meanings() -> dict[str, Meaning]:
    """Return every kind of problem by the end of its type IRI."""
    return {kind.slug: Meaning(TYPE + kind.slug, kind.title, kind.status, words) for kind, words in described()}


def described() -> Iterator[tuple[Kind, str]]:
    """Yield each kind with what it means: the first sentence of its error class, or words of its own."""
    for error, kind in KINDS.items():
        if kind not in OWN_WORDS:
            yield kind, " ".join((error.__doc__ or kind.title).split())
    yield from OWN_WORDS.items()


def router() -> APIRouter:
    """Return the route."""
    known = meanings()
    routes = APIRouter(tags=["problems"])

    async def kind(request: Request, slug: str = Path(max_length=100, examples=["not-found"])) -> Response:
        if slug not in known:
            raise UnknownResource(f"There is no kind of problem {slug!r}; there are {', '.join(sorted(known))}.")
        meaning = known[slug]
        if negotiate(request.headers.get("accept"), (JSON, HTML)) == JSON:
            body = ProblemKind(**asdict(meaning)).model_dump_json()
            return Response(body, media_type=JSON, headers={"Vary": "Accept"})
        page = render("problem.html", place_of(request), title=Text(meaning.title, "en"), meaning=meaning)
        return Response(page, media_type="text/html; charset=utf-8", headers={"Vary": "Accept", **HEADERS})

    routes.add_api_route(
        "/problem/{slug}",
        kind,
        response_model=ProblemKind,
        responses={200: {"content": {HTML: {}}}, **PROBLEM_RESPONSES},
        operation_id="get-problem",
        summary="What a kind of problem means",
    )
    return routes

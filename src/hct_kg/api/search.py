"""`/v1/search`: things by the words that name and describe them, ranked, each with the reason for which it was found.

The index is made once per version of the dataset, when it is first asked.
"""

from __future__ import annotations

import asyncio
import csv
import io
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response

from hct_kg.api.collections import ROUTES
from hct_kg.api.cursors import read_cursor, write_cursor
from hct_kg.api.memory import Remembered, question_of
from hct_kg.api.models import Ref
from hct_kg.api.negotiation import negotiate
from hct_kg.api.problems import PROBLEM_RESPONSES
from hct_kg.api.search_models import (
    Facet,
    HitAnswer,
    MatchAnswer,
    Reason,
    SearchAnswer,
    SearchData,
    SearchMeta,
    SearchQuestion,
    Snippet,
)
from hct_kg.api.service import JSON, Service, service_of
from hct_kg.errors import InvalidParameter
from hct_kg.searching import QUERIES, Hit, Index, Results, build
from hct_kg.searching.excerpts import SURENESS
from hct_kg.searching.terms import read_terms
from hct_kg.store.formats import CSV
from hct_kg.terms import HCT, expand, shorten

PATH = "/v1/search"
COLUMNS = ("id", "iri", "label", "class", "score", "how", "field", "snippet", "missing", "href")
DESCRIPTION = """
Looks in labels, alternative labels, notations, titles of documents and sections, descriptions and definitions, in
this order of weight (bm25); who gives a whole name or an identifier gets its thing first. Letter case, diacritics,
hyphens and apostrophes make no difference; spelling does, as written in the UK. A word that stands nowhere is taken
for the ones spelt most like it. Where nothing has all words, what has any of them is found, and `reason` says what
is missing. `facets` counts what matches the words whatever `class` is chosen.
"""


def router() -> APIRouter:
    """Return the route of the search."""
    routes = APIRouter(tags=["search"], responses=PROBLEM_RESPONSES)

    async def search(request: Request, question: Annotated[SearchQuestion, Query()]) -> Response:
        once(request)
        media_type = negotiate(request.headers.get("accept"), (JSON, CSV.media_type))
        service = service_of(request)
        answer = await find(service, request, question)
        if media_type == JSON:
            return send(service, request, answer.model_dump_json(by_alias=True).encode(), JSON, answer.meta.next)
        return send(service, request, as_csv(answer), CSV.content_type, answer.meta.next)

    routes.add_api_route(
        PATH,
        search,
        response_model=SearchAnswer,
        operation_id="search",
        summary="Full text over what things are called and what is said of them",
        description=DESCRIPTION,
        responses={200: {"content": {CSV.media_type: {"schema": {"type": "string"}}}}},
    )
    return routes


def once(request: Request) -> None:
    """Raise InvalidParameter for a parameter that is given twice; there may be several classes."""
    for name in request.query_params:
        if name != "class" and len(request.query_params.getlist(name)) > 1:
            raise InvalidParameter(f"{name!r} is given twice", name)


async def find(service: Service, request: Request, question: SearchQuestion) -> SearchAnswer:
    """Return the answer to a question; raises InvalidParameter."""
    if not read_terms(question.q):
        raise InvalidParameter("q holds no letter and no digit to look for", "q")
    index = await index_of(service)
    classes = chosen(index, question.classes)
    asked = (question.q, *sorted(classes))
    offset = read_cursor(question.cursor, service.version, asked) if question.cursor is not None else 0
    # In a thread: a word that is everywhere takes long enough for other requests to notice.
    results = await asyncio.to_thread(index.search, question.q, classes, offset, question.limit)
    after = offset + len(results.hits)
    following = write_cursor(service.version, asked, after) if results.hits and after < results.total else None
    meta = service.meta(request, len(results.hits), complete=following is None)
    return SearchAnswer(
        data=describe(service, index, results),
        meta=SearchMeta(**meta.model_dump(), total=results.total, next=following),
    )


async def index_of(service: Service) -> Index:
    """Return the index of a version; whoever asks while it is made waits."""
    async with service.indexing:
        if service.index is None:
            rows = {name: await service.read(query) for name, query in QUERIES.items()}
            service.index = await asyncio.to_thread(build, rows)
        return service.index


def chosen(index: Index, given: list[str]) -> frozenset[str]:
    """Return the IRIs of classes; raises InvalidParameter for one that nothing has."""
    for name in given:
        if expand(name) not in index.classes:
            known = ", ".join(sorted(map(shorten, index.classes))) or "none"
            raise InvalidParameter(f"class={name[:80]!r} is no class of anything here; known: {known}", "class")
    return frozenset(str(expand(name)) for name in given)


def describe(service: Service, index: Index, results: Results) -> SearchData:
    """Return hits and facets as they are sent."""
    facets = sorted(results.facets.items(), key=lambda item: (-item[1], item[0]))
    return SearchData(
        hits=[describe_hit(service, index, hit) for hit in results.hits],
        facets=[Facet(kind=refer(service, index, iri), count=count) for iri, count in facets],
    )


def describe_hit(service: Service, index: Index, hit: Hit) -> HitAnswer:
    """Return one hit as it is sent."""
    shown = hit.excerpt
    return HitAnswer(
        **refer(service, index, hit.thing.iri, hit.thing.kind).model_dump(),
        kind=refer(service, index, hit.thing.kind),
        score=round(hit.score, 3),
        snippet=Snippet(field=shown.field, text=shown.content, highlights=list(shown.highlights)) if shown else None,
        reason=Reason(
            field=shown.field if shown else None,
            how="identifier" if hit.identified else max((match.how for match in hit.matches), key=SURENESS.index),
            matches=[
                MatchAnswer(asked=match.asked, found=match.found, field=match.field, how=match.how)
                for match in hit.matches
            ],
            missing=list(hit.missing),
        ),
    )


def refer(service: Service, index: Index, iri: str, kind: str = "") -> Ref:
    """Return a reference to a thing: to its curated route, else to the document that describes it."""
    return Ref(id=shorten(iri), iri=iri, label=index.label(iri) or shorten(iri), href=href(service, iri, kind))


def href(service: Service, iri: str, kind: str) -> str | None:
    """Return where a thing is described; None where that is not here."""
    base = service.settings.base_iri
    if iri.startswith(f"{base}id/"):
        local = iri.removeprefix(f"{base}id/")
        return f"{ROUTES[kind]}/{local.partition('/')[2]}" if kind in ROUTES else f"/doc/{local}"
    return f"/{iri.removeprefix(base)}" if iri.startswith(HCT) and HCT.startswith(base) else None


def as_csv(answer: SearchAnswer) -> bytes:
    """Return the hits as a table."""
    output = io.StringIO()
    table = csv.writer(output, lineterminator="\r\n")  # RFC 4180
    table.writerow(COLUMNS)
    for hit in answer.data.hits:
        text = hit.snippet.text if hit.snippet else ""
        missing = " ".join(hit.reason.missing)
        reason = (hit.reason.how, hit.reason.field or "", text, missing)
        table.writerow((hit.id, hit.iri, hit.label, hit.kind.id, hit.score, *reason, hit.href or ""))
    return output.getvalue().encode()


def send(service: Service, request: Request, body: bytes, content_type: str, following: str | None) -> Response:
    """Return the response, with a link to the next page if there is one, and keep it for who asks the same again."""
    headers = {"Vary": "Accept", "Content-Type": content_type}
    if following is not None:
        kept = [(name, value) for name, value in request.query_params.multi_items() if name != "cursor"]
        headers["Link"] = f'<{PATH}?{urlencode([*kept, ("cursor", following)])}>; rel="next"'
    service.answers.keep(question_of(request.scope), Remembered(body, content_type, link=headers.get("Link")))
    return Response(body, headers=headers)

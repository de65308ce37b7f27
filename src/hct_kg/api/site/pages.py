"""What a page is, and its routes: the page itself, and what it shows as data under the same path with a suffix."""

from __future__ import annotations

import asyncio
import csv
import io
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from fastapi import APIRouter, Request, Response

from hct_kg.api.answers import keep
from hct_kg.api.memory import Remembered, page_of
from hct_kg.api.problems import INVALID_PARAMETER, MEDIA_TYPE, ProblemResponse
from hct_kg.api.service import service_of
from hct_kg.api.site.asking import Asker, Call, Refused
from hct_kg.errors import InvalidParameter, UnknownResource
from hct_kg.web.pages import HEADERS, Place, render
from hct_kg.web.statements import Text

HTML = "text/html; charset=utf-8"
FORMATS: Mapping[str, tuple[str, str]] = {
    "csv": ("text/csv", "CSV"),
    "tsv": ("text/tab-separated-values", "TSV"),
    "json": ("application/json", "JSON"),
    "ttl": ("text/turtle", "Turtle"),
    "jsonld": ("application/ld+json", "JSON-LD"),
}
"""Suffix → media type and name, of what pages show as data."""
FORMULA = ("=", "+", "-", "@", "\t", "\r")
BOM = "\ufeff"
LONGEST_SHOWN = 300
"""Characters of a call that a page shows; a longer one nobody reads."""

Given = Mapping[str, list[str]]
"""The parameters of a page, each with its values as sent; what was sent empty is left out."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What is put into a template, where that is not all: another template or formats than the page's, a status."""

    values: Mapping[str, Any]
    template: str = ""
    formats: tuple[str, ...] | None = None
    status: int = 200
    kept: bool = True
    """Whether it is kept for whoever asks for it again."""


Show = Callable[[Asker, Given], Awaitable[dict[str, Any] | Shown]]


@dataclass(frozen=True, slots=True)
class Page:
    """A page: its path and name, its template, what is put into it, and the call whose answer it shows."""

    path: str
    name: str
    template: str
    show: Show
    parameters: tuple[str, ...] = ()
    source: Callable[[Given], Call | None] | None = None
    """That call; None where the page shows no answer yet, only a form."""
    formats: tuple[str, ...] = field(default=("csv", "json"))
    """Suffixes of the formats in which `source` can be had."""
    files: Mapping[str, tuple[str, Callable[[Asker, Given], Awaitable[bytes]]]] = field(default_factory=dict)
    """Suffix → media type and maker, of what there is beside, such as a drawing."""
    names_host: bool = False
    """Whether the page says at which address the service is asked: then it is kept for each host by itself."""
    ahead: Callable[[Asker], Awaitable[Sequence[Given]]] | None = None
    """Which views are made ahead in idle time, beside the one without parameters."""
    complete: Callable[[Asker, Given], Awaitable[Given]] | None = None
    """What adds the parameters that go without saying and hang on the data, such as the model to begin with."""
    passes_on: bool = False
    """Whether parameters that it does not know are for the call that it shows, which judges them."""


def add(routes: APIRouter, page: Page) -> None:
    """Add the routes of a page."""

    async def show(request: Request) -> Response:
        try:
            return await write(request, page)
        except Refused as refused:
            return refusal(request, page, refused.status, refused.problem["title"], refused.problem.get("detail", ""))
        except InvalidParameter as error:
            return refusal(request, page, INVALID_PARAMETER.status, INVALID_PARAMETER.title, str(error))

    async def data(request: Request, suffix: str) -> Response:
        return await send_data(request, page, suffix)

    hidden: dict[str, Any] = {"response_class": Response, "include_in_schema": False}
    routes.add_api_route(page.path, show, **hidden)
    if page.source or page.files:
        routes.add_api_route(f"{page.path}.{{suffix}}", data, **hidden)


async def send_data(request: Request, page: Page, suffix: str) -> Response:
    """Return what a page shows as data, or what there is beside, by suffix."""
    given = await asked(request, page)
    if suffix in page.files:
        media_type, make = page.files[suffix]
        return keep(service_of(request), request, await make(Asker(request), given), media_type)
    call = page.source(given) if page.source else None
    if suffix not in page.formats or page.source is None:
        there = ", ".join((*page.formats, *page.files))
        raise UnknownResource(f"{page.path} ends in no suffix or in one of {there}.")
    if call is None:
        raise InvalidParameter(f"{page.path}.{suffix} needs {page.parameters[0]}=…", page.parameters[0])
    try:
        answered = await Asker(request).get(call, FORMATS[suffix][0])
    except Refused as refused:
        return ProblemResponse(json.dumps(refused.problem).encode(), refused.status, {"Vary": "Accept"}, MEDIA_TYPE)
    body = await asyncio.to_thread(for_spreadsheets, answered.body) if suffix == "csv" else answered.body
    if not answered.lasting:
        return Response(body, headers={"Cache-Control": "no-store", "Content-Type": answered.content_type})
    return keep(service_of(request), request, body, answered.content_type)


def read(request: Request, page: Page) -> Given:
    """Return the parameters that have a value; raises InvalidParameter for one that the page does not know."""
    sent = request.query_params
    for name in sent:
        if name not in page.parameters and not page.passes_on:
            known = ", ".join(page.parameters) or "none"
            raise InvalidParameter(f"{name[:80]!r} is no parameter of {page.path}; known: {known}", name[:80])
    return {name: values for name in sent if (values := [value for value in sent.getlist(name) if value])}


async def asked(request: Request, page: Page) -> Given:
    """Return the parameters of a page, with those that go without saying; raises InvalidParameter and Refused."""
    given = read(request, page)
    return await page.complete(Asker(request), given) if page.complete else given


async def write(request: Request, page: Page) -> Response:
    """Return a page, and keep it for whoever asks for it again."""
    given = await asked(request, page)
    found = await page.show(Asker(request), given)
    shown = found if isinstance(found, Shown) else Shown(found)
    formats = page.formats if shown.formats is None else shown.formats
    call = page.source(given) if page.source and formats else None
    place = place_of(request, replace(page, formats=formats), call)
    body = render(shown.template or page.template, place, **{"title": Text(page.name, "en"), **shown.values})
    if shown.status == 200 and shown.kept:
        return keep_page(request, page, body.encode())
    return Response(body, shown.status, {**HEADERS, "Vary": "Accept"}, HTML)


def keep_page(request: Request, page: Page, body: bytes) -> Response:
    """Return a page, and keep it: whole, as it is the same for all hosts and browsers, unless it names the host."""
    service = service_of(request)
    if page.names_host:
        return keep(service, request, body, HTML, headers=HEADERS)
    service.answers.keep(page_of(request.scope), Remembered(body, HTML, headers=tuple(HEADERS.items())))
    return Response(body, headers={**HEADERS, "Vary": "Accept", "Content-Type": HTML})


def refusal(request: Request, page: Page, status: int, title: str, detail: str) -> Response:
    """Return the page that says why there is no other, and what to change."""
    body = render("refusal.html", place_of(request, page, None), title=Text(title, "en"), detail=detail, page=page)
    return Response(body, status, {**HEADERS, "Vary": "Accept"}, HTML)


def place_of(request: Request, page: Page, call: Call | None) -> Place:
    """Return where a page stands, with its other formats."""
    service = service_of(request)
    formats = [(suffix, *FORMATS[suffix]) for suffix in page.formats] if call else []
    formats += [(suffix, media_type, suffix.upper()) for suffix, (media_type, _) in page.files.items() if call]
    query = request.scope["query_string"].decode("latin-1")
    target = call.target if call and len(call.target) <= LONGEST_SHOWN else ""
    return Place(service.settings.base_iri, page.path, page.path, tuple(formats), query, target, service.version)


def for_spreadsheets(table: bytes) -> bytes:
    """Return CSV that a spreadsheet opens as UTF-8, and in which it finds no formula.

    https://owasp.org/www-community/attacks/CSV_Injection
    """
    rows = csv.reader(io.StringIO(table.decode(), newline=""))
    text = io.StringIO(newline="")
    csv.writer(text).writerows([f"'{cell}" if cell.startswith(FORMULA) else cell for cell in row] for row in rows)
    return f"{BOM}{text.getvalue()}".encode()

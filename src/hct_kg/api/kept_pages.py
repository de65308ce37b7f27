"""Pages, kept for whoever asks for them again: they take longer to write than to send.

The body of a page is the same for every host that it is asked of and whatever else a browser accepts, so it is kept
once. A document's page comes with a header Link that names the host: that is written for each answer. What names the
host in its body (`of_host`) is kept for each host by itself.
"""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import Request, Response

from hct_kg.api.memory import Question, Remembered
from hct_kg.api.negotiation import best
from hct_kg.api.publishing import Document, address, public_url
from hct_kg.api.representations import ALL, BY_MEDIA_TYPE, HTML, Representation, links
from hct_kg.api.service import service_of
from hct_kg.web.pages import HEADERS


@dataclass(frozen=True, slots=True)
class KeptPage(Remembered):
    """The page of a document: the document's path without suffix, and what it is about."""

    path: str = ""
    about: str = ""


def wants_page(request: Request, wanted: Representation | None) -> bool:
    """Tell whether a document is wanted as a page, by its suffix or else by Accept."""
    accept = ",".join(request.headers.getlist("accept"))
    return wanted == HTML if wanted else best(accept, tuple(BY_MEDIA_TYPE)) == HTML.media_type


def kept_page(request: Request, wanted: Representation | None, of_host: bool = False) -> Response | None:
    """Return the page that was sent to an earlier request of the same address, if one is wanted and kept."""
    if not wants_page(request, wanted):
        return None
    held = service_of(request).answers.get(question(request, of_host))
    if not isinstance(held, KeptPage):
        return None
    link = links(address(request, held.path), held.about, HTML, ALL)
    return Response(held.body, media_type=HTML.content_type, headers={"Vary": "Accept", "Link": link, **HEADERS})


def keep_page(request: Request, document: Document, sent: Response, of_host: bool = False) -> Response:
    """Keep what is sent of a document if it is a page; return it."""
    if sent.headers["content-type"] == HTML.content_type:
        kept = KeptPage(bytes(sent.body), HTML.content_type, path=document.path, about=document.about)
        service_of(request).answers.keep(question(request, of_host), kept)
    return sent


def question(request: Request, of_host: bool) -> Question:
    """Return what a page is kept under, which is no request that anybody can send: no query string has a space."""
    return request.scope["path"], b" ", b"", public_url(request).encode() if of_host else b""

"""Pages of documents, kept for whoever asks for them again: they take longer to write than to send.

Their header Link names the host that was asked, so that each host has pages of its own.
"""

from __future__ import annotations

from fastapi import Request, Response

from hct_kg.api.memory import Question, Remembered
from hct_kg.api.negotiation import best
from hct_kg.api.publishing import public_url
from hct_kg.api.representations import BY_MEDIA_TYPE, HTML, Representation
from hct_kg.api.service import service_of


def wants_page(request: Request, wanted: Representation | None) -> bool:
    """Tell whether a document is wanted as a page, by its suffix or else by Accept."""
    accept = ",".join(request.headers.getlist("accept"))
    return wanted == HTML if wanted else best(accept, tuple(BY_MEDIA_TYPE)) == HTML.media_type


def kept_page(request: Request, wanted: Representation | None) -> Response | None:
    """Return the page that was sent to an earlier request of the same address, if one is wanted and kept."""
    held = service_of(request).answers.get(question(request)) if wants_page(request, wanted) else None
    return Response(held.body, headers=dict(held.headers)) if held else None


def keep_page(request: Request, sent: Response) -> Response:
    """Keep what is sent if it is a page; return it."""
    if sent.headers["content-type"] == HTML.content_type:
        kept = Remembered(bytes(sent.body), HTML.content_type, headers=tuple(sent.headers.items()))
        service_of(request).answers.keep(question(request), kept)
    return sent


def question(request: Request) -> Question:
    """Return what a page is kept under, which is no request that anybody can send: no query string has a space."""
    return request.scope["path"], b" ", b"", public_url(request).encode()

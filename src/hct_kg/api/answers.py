"""How curated answers are sent: JSON bytes, made once per dataset version and question."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType

from fastapi import Request, Response
from pydantic import BaseModel

from hct_kg.api.memory import Remembered, question_of
from hct_kg.api.negotiation import negotiate
from hct_kg.api.service import JSON, Service
from hct_kg.errors import InvalidParameter

NO_HEADERS: Mapping[str, str] = MappingProxyType({})
Make = Callable[[], Awaitable[BaseModel]]


async def cached(service: Service, request: Request, make: Make) -> Response:
    """Return the answer to a request, made on its first call for this version of the dataset.

    Raises NotAcceptable where JSON is not wanted.
    """
    negotiate(request.headers.get("accept"), (JSON,))
    body = (await make()).model_dump_json(by_alias=True).encode()
    return remembered(service, request, body)


def remembered(service: Service, request: Request, body: bytes) -> Response:
    """Return a JSON response, and keep it for whoever asks the same again."""
    return keep(service, request, body, JSON)


def keep(
    service: Service,
    request: Request,
    body: bytes,
    content_type: str,
    link: str | None = None,
    headers: Mapping[str, str] = NO_HEADERS,
) -> Response:
    """Return a response, with a header Link if there is one, and keep it for whoever asks the same again."""
    service.answers.keep(
        question_of(request.scope), Remembered(body, content_type, link=link, headers=tuple(headers.items()))
    )
    given = {"Vary": "Accept", "Content-Type": content_type, **({"Link": link} if link else {}), **headers}
    return Response(body, headers=given)


def no_parameters(request: Request) -> None:
    """Raise InvalidParameter for any query parameter: the route takes none."""
    for name in request.query_params:
        raise InvalidParameter(f"{name[:80]!r} is no parameter of {request.url.path}; known: none", name[:80])


def each_parameter_once(request: Request) -> None:
    """Raise InvalidParameter for a query parameter that is given twice."""
    for name in request.query_params:
        if len(request.query_params.getlist(name)) > 1:
            raise InvalidParameter(f"{name!r} is given twice", name)

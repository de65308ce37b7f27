"""How curated answers are sent: JSON bytes, made once per dataset version and question."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from fastapi import Request, Response
from pydantic import BaseModel
from starlette.types import ASGIApp, Receive, Scope, Send

from hct_kg.api.negotiation import negotiate
from hct_kg.api.service import Question, Service
from hct_kg.errors import InvalidParameter

JSON = "application/json"
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
    service.remember(question(request.scope), body)
    return Response(body, media_type=JSON, headers={"Vary": "Accept"})


def question(scope: Scope) -> Question:
    """Return what an answer depends on: path, query and wanted media types, as sent."""
    accept = next((value for name, value in scope["headers"] if name == b"accept"), b"")
    return scope["path"], scope["query_string"], accept


class RememberedAnswers:
    """Middleware: gives an answer that was made before, without the cost of routing and parameters."""

    def __init__(self, app: ASGIApp, service: Service) -> None:
        self._app = app
        self._service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer from memory, or pass the request on."""
        body = None
        if scope["type"] == "http" and scope["method"] == "GET":
            body = self._service.answers.get(question(scope))
        if body is None:
            await self._app(scope, receive, send)
            return
        headers = [
            (b"content-type", JSON.encode()),
            (b"content-length", str(len(body)).encode()),
            (b"vary", b"Accept"),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})


def no_parameters(request: Request) -> None:
    """Raise InvalidParameter for any query parameter: the route takes none."""
    for name in request.query_params:
        raise InvalidParameter(f"{name[:80]!r} is no parameter of {request.url.path}; known: none", name[:80])


def each_parameter_once(request: Request) -> None:
    """Raise InvalidParameter for a query parameter that is given twice."""
    for name in request.query_params:
        if len(request.query_params.getlist(name)) > 1:
            raise InvalidParameter(f"{name!r} is given twice", name)

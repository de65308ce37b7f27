"""Every error as RFC 9457 problem details; the one place that picks a status.

https://www.rfc-editor.org/rfc/rfc9457. A type never changes its meaning; the detail says what to change.
What is wrong with the service itself is logged and not shown: no file path, no stack trace.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match
from starlette.types import Receive, Scope, Send

from hct_kg import errors
from hct_kg.api import problem_html
from hct_kg.api.observation import observed
from hct_kg.errors import HctError
from hct_kg.web.pages import HEADERS as PAGE_HEADERS

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
TYPE = "https://w3id.org/hct-kg/problem/"
CHALLENGE = 'Bearer realm="hct-kg"'
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
SHOWN = ("line", "column", "parameter", "offered", "accepted", "graph", "report")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of problem: its HTTP status, the end of its type IRI, its title."""

    status: int
    slug: str
    title: str


INTERNAL = Kind(500, "internal-error", "The service has failed")
NOT_FOUND = Kind(404, "not-found", "There is nothing here")
METHOD_NOT_ALLOWED = Kind(405, "method-not-allowed", "This method is not allowed here")
URI_TOO_LONG = Kind(414, "uri-too-long", "The address of the request is too long")
INVALID_PARAMETER = Kind(422, "invalid-parameter", "A parameter is missing, unknown or unusable")

KINDS: Mapping[type[HctError], Kind] = {
    errors.DataError: INTERNAL,
    errors.SettingsError: INTERNAL,
    errors.QuerySyntaxError: Kind(400, "query-syntax", "The query is not well-formed SPARQL 1.1"),
    errors.FederationDisabled: Kind(403, "federation-disabled", "The query may not reach another service"),
    errors.EvaluationError: Kind(400, "query-evaluation", "The query cannot be evaluated"),
    errors.QueryTimeout: Kind(504, "query-timeout", "The query took longer than its limit"),
    errors.QueryMemoryExceeded: Kind(507, "query-memory", "The query needed more memory than its limit"),
    errors.ResultTooLarge: Kind(507, "result-too-large", "The result is larger than its limit"),
    errors.QueueFull: Kind(503, "queue-full", "Too many queries are waiting"),
    errors.WorkerLost: Kind(503, "worker-lost", "The query was interrupted"),
    errors.EngineUnreachable: Kind(503, "engine-unreachable", "The engine that keeps the data does not answer"),
    errors.EngineFault: Kind(502, "engine-fault", "The engine that keeps the data gave no usable answer"),
    errors.ServiceStopping: Kind(503, "stopping", "The service is being stopped"),
    errors.UpdatesDisabled: Kind(403, "updates-disabled", "This service takes no changes"),
    errors.ProtectedGraph: Kind(403, "protected-graph", "This graph is not changed by request"),
    errors.ShapesViolated: Kind(422, "shapes-violated", "The outcome would not be in shape; nothing is changed"),
    errors.ChangeNotKept: Kind(507, "change-not-kept", "The change could not be kept; nothing is changed"),
    errors.TooLargeToChange: Kind(507, "too-large-to-change", "The dataset is too large to be changed by request"),
    errors.Unauthenticated: Kind(401, "unauthenticated", "A valid key is needed"),
    errors.NotAuthorised: Kind(403, "not-authorised", "The key has not the scope that this needs"),
    errors.TooManyRequests: Kind(429, "too-many-requests", "The client has sent too many requests"),
    errors.VersionGone: Kind(410, "version-gone", "This version of the dataset is no longer here"),
    errors.PreconditionFailed: Kind(412, "precondition-failed", "The thing is not in the state that was named"),
    errors.MalformedRequest: Kind(400, "malformed-request", "The request breaks the protocol"),
    errors.UnknownResource: NOT_FOUND,
    errors.InvalidParameter: INVALID_PARAMETER,
    errors.NotAcceptable: Kind(406, "not-acceptable", "None of the wanted media types is offered"),
    errors.UnsupportedMediaType: Kind(415, "unsupported-media-type", "The body has a media type not read here"),
    errors.BodyTooLarge: Kind(413, "body-too-large", "The request body is larger than its limit"),
}


def kind_of(error: type[HctError]) -> Kind:
    """Return the kind of an error: that of its class, or of the nearest class above it."""
    return next((KINDS[base] for base in error.__mro__ if base in KINDS), INTERNAL)


def install_problem_handlers(app: FastAPI) -> None:
    """Have every error of an application answered as a problem."""
    app.add_exception_handler(HctError, answer_error)
    app.add_exception_handler(HTTPException, answer_http_exception)
    app.add_exception_handler(RequestValidationError, answer_validation_error)
    app.add_exception_handler(Exception, answer_unforeseen)


class ProblemResponse(Response):
    """A problem as a response; whoever sends it, the log line and the metrics of the request name it."""

    slug = INTERNAL.slug

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Note the kind of problem, and send it; as a page to a browser that asks for one."""
        observed(scope).failed(self.slug)
        if problem_html.wanted(scope):
            await self.as_page(scope)(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)

    def as_page(self, scope: Scope) -> Response:
        """Return the problem as a page, with the same status and headers."""
        headers = {name: value for name, value in self.headers.items() if not name.startswith("content-")}
        body = problem_html.page(scope, bytes(self.body))
        return Response(body, self.status_code, {**headers, **PAGE_HEADERS}, "text/html; charset=utf-8")


def problem(
    kind: Kind, detail: str | None, members: Mapping[str, Any] = {}, headers: Mapping[str, str] = {}
) -> Response:
    """Return a problem as a response; members that are None are left out."""
    document = {"type": TYPE + kind.slug, "title": kind.title, "status": kind.status, "detail": detail, **members}
    body = json.dumps({name: value for name, value in document.items() if value is not None}, ensure_ascii=False)
    response = ProblemResponse(body.encode(), kind.status, {"Vary": "Accept", **headers}, MEDIA_TYPE)
    response.slug = kind.slug
    return response


async def answer_error(_: Request, error: Exception) -> Response:
    """Answer one of our own errors."""
    assert isinstance(error, HctError), "registered for HctError"
    kind = kind_of(type(error))
    if kind is INTERNAL:
        log.error("%s", error)
        return problem(kind, None)
    members = {name: getattr(error, name, None) for name in SHOWN}
    return problem(kind, str(error), members, headers_of(kind, error))


async def refuse(error: HctError, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer one of our own errors in a middleware, which the handlers of the application do not see."""
    response = await answer_error(Request(scope), error)
    await response(scope, receive, send)


def headers_of(kind: Kind, error: HctError) -> Mapping[str, str]:
    """Return the headers that RFC 9110 asks for with a status."""
    if kind.status in (HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.TOO_MANY_REQUESTS):
        return {"Retry-After": str(getattr(error, "retry_after", 1))}
    return {"WWW-Authenticate": CHALLENGE} if kind.status == HTTPStatus.UNAUTHORIZED else {}


async def answer_http_exception(request: Request, error: Exception) -> Response:
    """Answer what the router raises: no such path, or not this method; OPTIONS is answered by its Allow."""
    assert isinstance(error, HTTPException), "registered for HTTPException"
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        allow = {"Allow": ", ".join(allowed_methods(request))}
        if request.method == "OPTIONS":
            return Response(status_code=204, headers=allow)
        detail = f"{request.method[:40]} is not allowed on this path; allowed: {allow['Allow']}."
        return problem(METHOD_NOT_ALLOWED, detail, headers=allow)
    if error.status_code == HTTPStatus.NOT_FOUND:
        return problem(NOT_FOUND, "No resource of this service has this path.")
    status = HTTPStatus(error.status_code)
    kind = Kind(status, status.phrase.lower().replace(" ", "-"), status.phrase)
    return problem(kind, str(error.detail), headers=error.headers or {})


async def answer_validation_error(_: Request, error: Exception) -> Response:
    """Answer parameters that FastAPI refuses, all of them at once."""
    assert isinstance(error, RequestValidationError), "registered for RequestValidationError"
    found = [{"parameter": str(item["loc"][-1]), "detail": item["msg"]} for item in error.errors()]
    detail = "; ".join(f"{item['parameter']}: {item['detail']}" for item in found)
    return problem(INVALID_PARAMETER, detail, {"parameter": found[0]["parameter"], "errors": found})


async def answer_unforeseen(_: Request, __: Exception) -> Response:
    """Answer a mistake of ours; the server logs it. This runs outside all middleware, so CORS is set here."""
    return problem(INTERNAL, None, headers={"Access-Control-Allow-Origin": "*"})


def allowed_methods(request: Request) -> list[str]:
    """Return the methods that the path of a request has, over all routes that share it."""
    place = {
        "type": "http",
        "path": request.scope["path"],
        "root_path": request.scope.get("root_path", ""),
        "headers": [],
    }

    def allowed(method: str) -> bool:
        return any(route.matches({**place, "method": method})[0] is Match.FULL for route in request.app.routes)

    found = [method for method in METHODS if allowed(method)]
    return [*found, *(["HEAD"] if "GET" in found else []), "OPTIONS"]


def problem_responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the OpenAPI responses for the kinds of problem that have these statuses."""
    kinds = dict.fromkeys(kind for kind in (*KINDS.values(), METHOD_NOT_ALLOWED) if kind.status in statuses)
    responses: dict[int | str, dict[str, Any]] = {}
    for kind in kinds:
        response = responses.setdefault(
            kind.status,
            {"description": "", "content": {MEDIA_TYPE: {"schema": PROBLEM_SCHEMA, "examples": {}}}},
        )
        response["description"] = "; ".join(filter(None, (response["description"], kind.title)))
        response["content"][MEDIA_TYPE]["examples"][kind.slug] = {
            "summary": kind.title,
            "value": {"type": TYPE + kind.slug, "title": kind.title, "status": kind.status},
        }
    return responses


PROBLEM_SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "title": "Problem",
    "description": "RFC 9457 problem details.",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string", "format": "uri", "description": "Names the kind of problem; never changes."},
        "title": {"type": "string", "description": "The kind of problem in words."},
        "status": {"type": "integer", "description": "The HTTP status."},
        "detail": {"type": "string", "description": "What is wrong here, and what to change."},
        "line": {"type": "integer", "minimum": 1, "description": "Line of a syntax error."},
        "column": {"type": "integer", "minimum": 1, "description": "Column of a syntax error."},
        "parameter": {"type": "string", "description": "The parameter at fault."},
        "offered": {"type": "array", "items": {"type": "string"}, "description": "Media types that there are."},
        "accepted": {"type": "array", "items": {"type": "string"}, "description": "Media types that are read."},
        "graph": {"type": "string", "description": "The graph that is not changed."},
        "report": {"type": "string", "description": "The SHACL validation report, in Turtle."},
    },
}
PROBLEM_RESPONSES = problem_responses(401, 404, 405, 406, 422, 429, 500, 503, 504, 507)

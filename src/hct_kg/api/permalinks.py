"""`/v1/results/<token>`: an answer again, byte for byte, for as long as its version of the dataset is here."""

from __future__ import annotations

from fastapi import APIRouter, Path, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from hct_kg.api.pinning import LONGEST, PREFIX, Call, read_token
from hct_kg.api.problems import problem_responses
from hct_kg.api.service import service_of
from hct_kg.errors import VersionGone

TOKEN = Path(description="The call, pinned to a version; as a permalink has it", max_length=LONGEST)
OF_THIS_ROUTE = ("route", "endpoint", "path_params")


class Again(Response):
    """The answer of another call of the same application."""

    def __init__(self, request: Request, call: Call) -> None:
        super().__init__()
        self._app = request.app
        self._call = call

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the call in place of this request."""
        headers = [item for item in scope["headers"] if item[0] not in (b"accept", b"if-none-match")]
        again = {
            **{name: value for name, value in scope.items() if name not in OF_THIS_ROUTE},
            "path": self._call.path,
            "raw_path": self._call.path.encode(),
            "query_string": self._call.query.encode(),
            "headers": [*headers, (b"accept", self._call.accept.encode())],
        }
        await self._app.router(again, receive, send)


def router() -> APIRouter:
    """Return the route of permalinks."""
    routes = APIRouter(tags=["results"])

    async def result(request: Request, token: str = TOKEN) -> Response:
        call = read_token(token)
        version = service_of(request).version
        if call.version != version:
            raise VersionGone(
                f"This permalink is of version {call.version} of the dataset; the one here is {version}. "
                f"{call.path} answers from it."
            )
        return Again(request, call)

    routes.add_api_route(
        PREFIX + "{token}",
        result,
        operation_id="get-result",
        summary="An answer again, as it was",
        description="Permalinks are given in `meta` of answers, and as `Link: rel=bookmark` of SPARQL results.",
        response_class=Response,
        responses=problem_responses(404, 410, 422, 429, 500),
    )
    return routes

"""`/static/…`: what our pages load; the names are those of the package, so no path can lead out of it."""

from __future__ import annotations

from fastapi import APIRouter, Path, Response

from hct_kg.api.problems import PROBLEM_RESPONSES
from hct_kg.errors import UnknownResource
from hct_kg.web.pages import static_files

HEADERS = {"Cache-Control": "public, max-age=3600", "X-Content-Type-Options": "nosniff"}


def router() -> APIRouter:
    """Return the route; the files are read once, now."""
    files = static_files()
    routes = APIRouter(tags=["pages"])

    async def static(name: str = Path(max_length=100, examples=["style.css"])) -> Response:
        if name not in files:
            raise UnknownResource(f"Pages load no {name[:80]!r}; there is {', '.join(files)}.")
        body, media_type = files[name]
        return Response(body, media_type=media_type, headers=HEADERS)

    routes.add_api_route(
        "/static/{name}",
        static,
        response_class=Response,
        responses={200: {"content": {"text/css": {}}}, **PROBLEM_RESPONSES},
        operation_id="get-static",
        summary="What the pages load",
    )
    return routes

"""`/static/…`: what our pages load; the names are those of the package, so no path can lead out of it."""

from __future__ import annotations

import gzip
from functools import cache

from fastapi import APIRouter, Path, Query, Request, Response

from hct_kg.api.compression import NOT_COMPRESSED, SMALLEST, accepts_gzip
from hct_kg.api.problems import PROBLEM_RESPONSES
from hct_kg.errors import UnknownResource
from hct_kg.web.pages import StaticFile, static_files

FOR_GOOD = "public, max-age=31536000, immutable"
FOR_AN_HOUR = "public, max-age=3600"
GZIP_LEVEL = 9


def router() -> APIRouter:
    """Return the route; the files are read once, now."""
    files = static_files()
    routes = APIRouter(tags=["pages"])

    async def static(
        request: Request,
        name: str = Path(max_length=100, examples=["style.css"]),
        v: str = Query("", max_length=100, description="The file's digest, as pages name it: then it may be kept."),
    ) -> Response:
        if name not in files:
            raise UnknownResource(f"Pages load no {name[:80]!r}; there is {', '.join(files)}.")
        return send(request, files[name], v)

    routes.add_api_route(
        "/static/{name:path}",
        static,
        response_class=Response,
        responses={200: {"content": {"text/css": {}}}, **PROBLEM_RESPONSES},
        operation_id="get-static",
        summary="What the pages load",
    )
    return routes


def send(request: Request, file: StaticFile, digest: str) -> Response:
    """Return a file; one that is named by its digest never changes."""
    headers = {
        "Cache-Control": FOR_GOOD if digest == file.digest else FOR_AN_HOUR,
        "Vary": "Accept-Encoding",
        "X-Content-Type-Options": "nosniff",
    }
    small = len(file.body) < SMALLEST or file.media_type.encode().startswith(NOT_COMPRESSED)
    if small or not accepts_gzip(request.scope):
        return Response(file.body, media_type=file.media_type, headers=headers)
    return Response(compressed(file), media_type=file.media_type, headers={**headers, "Content-Encoding": "gzip"})


@cache
def compressed(file: StaticFile) -> bytes:
    """Return a file in gzip, made once: the largest takes longer than another request should wait each time."""
    return gzip.compress(file.body, GZIP_LEVEL, mtime=0)

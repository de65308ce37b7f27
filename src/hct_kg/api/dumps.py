"""`/dumps/<version>/…`: the whole dataset as files that never change, with their checksums.

A file is made when it is first asked for, from the dataset in a stable order, so that one version always gives
the same bytes; it is kept beside the others of its version until another version takes over.
"""

from __future__ import annotations

import asyncio
import hashlib
import zlib
from base64 import b64encode
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi import Path as Parameter
from starlette.responses import FileResponse, PlainTextResponse, Response

from hct_kg.api.compression import GZIP_WINDOW
from hct_kg.api.problems import problem_responses
from hct_kg.api.service import Service, service_of
from hct_kg.errors import UnknownResource, VersionGone
from hct_kg.store.formats import JSON_LD, NQUADS, TRIG, TURTLE, Format
from hct_kg.store.streams import LentStream
from hct_kg.store.values import GraphRequest

FORMATS = {"trig": TRIG, "nq": NQUADS, "ttl": TURTLE, "jsonld": JSON_LD}
NAME = "hct-kg"
GZ = ".gz"
FILES = tuple(f"{NAME}.{suffix}{end}" for suffix in FORMATS for end in ("", GZ))
SUMS = "SHA256SUMS"
VERSION = Parameter(description="The version of the dataset, as `meta` and /dataset have it", max_length=64)
FILE = Parameter(description="The name of the file", max_length=40, examples=[FILES[0]])
A_YEAR = "max-age=31536000, immutable"
CHUNK = 1 << 20


def router() -> APIRouter:
    """Return the routes of the files and of their checksums."""
    routes = APIRouter(tags=["dataset"], responses=problem_responses(404, 410, 422, 429, 500, 503, 504))

    async def sums(request: Request, version: str = VERSION) -> Response:
        service = check_version(request, version)
        lines = [f"{digest(await file_of(service, name))}  {name}\n" for name in FILES]
        return PlainTextResponse("".join(lines), headers={"Cache-Control": forever(service)})

    async def dump(request: Request, version: str = VERSION, name: str = FILE) -> Response:
        service = check_version(request, version)
        if name not in FILES:
            raise UnknownResource(f"There is no dump {name[:80]!r}; there are {', '.join(FILES)} and {SUMS}.")
        path = await file_of(service, name)
        packed = b64encode(bytes.fromhex(await asyncio.to_thread(digest, path))).decode()
        headers = {"Cache-Control": forever(service), "Repr-Digest": f"sha-256=:{packed}:"}
        return FileResponse(path, media_type=content_type(name), headers=headers)

    routes.add_api_route(
        f"/dumps/{{version}}/{SUMS}",
        sums,
        operation_id="dump-checksums",
        summary="SHA-256 of every dump, as sha256sum writes it",
        response_class=PlainTextResponse,
    )
    # The digest of the file itself goes with it: RFC 9530.
    routes.add_api_route(
        "/dumps/{version}/{name}",
        dump,
        operation_id="get-dump",
        summary="The whole dataset as a file",
        description=f"Files: {', '.join(FILES)}. Turtle has the union of all graphs, the others each graph apart.",
        response_class=FileResponse,
    )
    return routes


def check_version(request: Request, version: str) -> Service:
    """Return the service that holds a version; raises VersionGone where another one is served."""
    service = service_of(request)
    if version != service.version:
        raise VersionGone(f"The dataset is at another version; its dumps are under /dumps/{service.version}/.")
    return service


async def file_of(service: Service, name: str) -> Path:
    """Return a dump, made if it is not there yet; whoever asks meanwhile waits."""
    path = service.files / name
    async with service.making_files:
        if path.exists():
            return path
        whole = path.with_name(name.removesuffix(GZ))
        if not whole.exists():
            await write(service, FORMATS[whole.suffix[1:]], whole)
        if name.endswith(GZ):
            await asyncio.to_thread(compress, whole, path)
    return path


async def write(service: Service, form: Format, path: Path) -> None:
    """Have a worker write the dataset into a file; a file that is there is whole."""
    beside = path.with_name(f"{path.name}.new")
    answer = await service.edition.public.stream(GraphRequest(None, form, whole=True, stream=True))
    with beside.open("wb") as file:
        if isinstance(answer, LentStream):
            try:
                async for part in answer.answer.parts():
                    file.write(part)
            finally:
                answer.close()
        else:
            file.write(answer.body)
    beside.rename(path)


def compress(source: Path, target: Path) -> None:
    """Compress a file; the same content always gives the same bytes."""
    beside = target.with_name(f"{target.name}.new")
    engine = zlib.compressobj(9, zlib.DEFLATED, GZIP_WINDOW)
    with source.open("rb") as whole, beside.open("wb") as packed:
        while part := whole.read(CHUNK):
            packed.write(engine.compress(part))
        packed.write(engine.flush())
    beside.rename(target)


def forever(service: Service) -> str:
    """Return the Cache-Control of what never changes."""
    return f"{'private' if service.settings.private else 'public'}, {A_YEAR}"


def digest(path: Path) -> str:
    """Return the SHA-256 of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def content_type(name: str) -> str:
    """Return the media type of a dump; a compressed one is a file of its own, not an encoding of the other."""
    return "application/gzip" if name.endswith(GZ) else FORMATS[name.rpartition(".")[2]].content_type

"""RDF in request bodies: one graph, or several files of one as multipart/form-data."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator

from python_multipart.multipart import parse_options_header
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from hct_kg.api.bodies import media_type_of, read_body
from hct_kg.errors import MalformedRequest, UnsupportedMediaType
from hct_kg.store.formats import GRAPH_FORMATS, Format
from hct_kg.store.values import Payload

MULTIPART = "multipart/form-data"
MOST_FILES = 100
READ = {form.media_type: form for form in GRAPH_FORMATS}
ACCEPTED = (*READ, MULTIPART)


async def read_payloads(request: Request, most_bytes: int) -> tuple[Payload, ...]:
    """Read the RDF of a body; raises UnsupportedMediaType, MalformedRequest and BodyTooLarge."""
    media_type, charset = media_type_of(request)
    if media_type != MULTIPART:
        form = format_of(media_type, charset)
        return (Payload(await read_body(request, most_bytes), form),)
    check_charset(media_type, charset)
    body = await read_body(request, most_bytes)
    payloads = tuple([payload async for payload in read_parts(request, body)])
    # The parser passes over what has no end: a body that was cut off would be taken for a smaller graph, or none.
    if not payloads or not has_end(request, body):
        raise MalformedRequest(f"The body is not well-formed {MULTIPART}: it holds no file, or has been cut off.")
    return payloads


def has_end(request: Request, body: bytes) -> bool:
    """Tell whether a multipart body has its last boundary: RFC 2046, 5.1.1."""
    _, parameters = parse_options_header(request.headers["content-type"])
    last = b"--" + parameters[b"boundary"] + b"--"
    return body.startswith(last) or b"\r\n" + last in body


async def read_parts(request: Request, body: bytes) -> AsyncIterator[Payload]:
    """Yield the files of a multipart body, each in the media type that it names itself."""

    async def whole() -> AsyncGenerator[bytes, None]:
        yield body
        yield b""

    try:
        parts = await MultiPartParser(request.headers, whole(), max_files=MOST_FILES, max_fields=MOST_FILES).parse()
    except (MultiPartException, KeyError) as error:
        message = getattr(error, "message", "it names no boundary")
        raise MalformedRequest(f"The body is not well-formed {MULTIPART}: {message}.") from None
    for name, part in parts.multi_items():
        if not isinstance(part, UploadFile):
            raise MalformedRequest(
                f"The part {name[:80]!r} is no file: give it a filename and a Content-Type.", name[:80]
            )
        media_type, _, rest = (part.content_type or "").lower().partition(";")
        yield Payload(await part.read(), format_of(media_type.strip(), rest.strip().removeprefix("charset=")))


def format_of(media_type: str, charset: str) -> Format:
    """Return the format of a media type; raises UnsupportedMediaType."""
    if media_type not in READ:
        raise UnsupportedMediaType(f"RDF here is {', '.join(READ)}, and says so in Content-Type.", ACCEPTED)
    check_charset(media_type, charset)
    return READ[media_type]


def check_charset(media_type: str, charset: str) -> None:
    """Raise UnsupportedMediaType for any other than UTF-8; the parser of forms would decode by any name it is told."""
    if charset.strip('"') not in ("", "utf-8"):
        raise UnsupportedMediaType("A body here is in UTF-8.", (f"{media_type}; charset=utf-8",))

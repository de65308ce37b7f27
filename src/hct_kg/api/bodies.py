"""Request bodies: read whole, up to a limit, in UTF-8."""

from __future__ import annotations

from starlette.requests import Request

from hct_kg.errors import BodyTooLarge, MalformedRequest, UnsupportedMediaType

IDENTITY = "identity"


async def read_body(request: Request, most_bytes: int) -> bytes:
    """Read a body; raises BodyTooLarge as soon as it is, UnsupportedMediaType where it is compressed."""
    if request.headers.get("content-encoding", IDENTITY).strip().lower() != IDENTITY:
        raise UnsupportedMediaType("A body here is sent as it is, without Content-Encoding.", (IDENTITY,))
    too_large = BodyTooLarge(f"The body may have {most_bytes} bytes.")
    length = request.headers.get("content-length", "0")
    if length.isdecimal() and int(length) > most_bytes:
        raise too_large
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > most_bytes:
            raise too_large
    return bytes(body)


def media_type_of(request: Request) -> tuple[str, str]:
    """Return the media type of a body and its charset, in lower case; nothing for what is not said."""
    media_type, *parameters = (part.strip().lower() for part in request.headers.get("content-type", "").split(";"))
    charsets = [value.removeprefix("charset=").strip('"') for value in parameters if value.startswith("charset=")]
    return media_type, charsets[0] if charsets else ""


def decode(data: bytes, place: str) -> str:
    """Decode UTF-8; raises MalformedRequest."""
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise MalformedRequest(f"Byte {error.start + 1} of {place} is not UTF-8.") from None

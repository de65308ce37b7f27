"""What a request to /sparql asks for, by the SPARQL 1.1 Protocol; pure but for the reading of the body.

https://www.w3.org/TR/sparql11-protocol/#query-operation
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl

from starlette.requests import Request

from hct_kg.errors import BodyTooLarge, MalformedRequest, UnsupportedMediaType

FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"
PARAMETERS = ("query", "default-graph-uri", "named-graph-uri")
MOST_PARAMETERS = 1000
MOST_OF_NAME = 80


@dataclass(frozen=True, slots=True)
class SparqlCall:
    """A query and the graphs that it is about."""

    query: str
    default_graphs: tuple[str, ...]
    named_graphs: tuple[str, ...]


async def read_call(request: Request, most_bytes: int) -> SparqlCall | None:
    """Read a call; None where nothing is asked (GET without parameters).

    Raises MalformedRequest, UnsupportedMediaType and BodyTooLarge.
    """
    parameters = read_parameters(request.scope["query_string"], "the query string")
    if request.method != "POST":
        return call_of(parameters) if parameters else None
    media_type = body_type(request.headers.get("content-type", ""))
    body = await read_body(request, most_bytes)
    if media_type == FORM:
        return call_of(parameters + read_parameters(body, "the body"))
    return call_of([*parameters, ("query", decode(body, "the body"))])


def call_of(parameters: list[tuple[str, str]]) -> SparqlCall:
    """Return the call that parameters make; raises MalformedRequest."""
    for name, _ in parameters:
        if name not in PARAMETERS:
            shown = name[:MOST_OF_NAME]
            known = ", ".join(PARAMETERS)
            raise MalformedRequest(f"{shown!r} is no parameter of this endpoint; there are {known}.", shown)
    queries, default, named = (tuple(value for key, value in parameters if key == name) for name in PARAMETERS)
    if len(queries) != 1:
        raise MalformedRequest(f"There must be exactly one query; there are {len(queries)}.", "query")
    return SparqlCall(queries[0], default, named)


def read_parameters(text: bytes, place: str) -> list[tuple[str, str]]:
    """Decode form parameters, once, in their order; raises MalformedRequest."""
    try:
        return parse_qsl(decode(text, place), keep_blank_values=True, errors="strict", max_num_fields=MOST_PARAMETERS)
    except UnicodeDecodeError:
        raise MalformedRequest(f"Percent-encoded bytes in {place} are not UTF-8.") from None
    except ValueError:
        raise MalformedRequest(f"There are more than {MOST_PARAMETERS} parameters in {place}.") from None


def decode(data: bytes, place: str) -> str:
    """Decode UTF-8; raises MalformedRequest."""
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise MalformedRequest(f"Byte {error.start + 1} of {place} is not UTF-8.") from None


def body_type(header: str) -> str:
    """Return the media type of a body that is read here; raises UnsupportedMediaType."""
    media_type, *parameters = (part.strip().lower() for part in header.split(";"))
    charsets = [value.strip('"') for value in parameters if value.startswith("charset=")]
    if media_type not in (FORM, QUERY):
        raise UnsupportedMediaType(f"A body here is {FORM} or {QUERY}, and says so in Content-Type.", (FORM, QUERY))
    if any(charset != "charset=utf-8" for charset in charsets):
        raise UnsupportedMediaType("A body here is in UTF-8.", (f"{media_type}; charset=utf-8",))
    return media_type


async def read_body(request: Request, most_bytes: int) -> bytes:
    """Read a body; raises BodyTooLarge as soon as it is."""
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

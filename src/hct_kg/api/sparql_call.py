"""What a request to /sparql or /update asks for, by the SPARQL 1.1 Protocol; pure but for the reading of the body.

https://www.w3.org/TR/sparql11-protocol/#protocol
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl

from starlette.requests import Request

from hct_kg.api.bodies import decode, media_type_of, read_body
from hct_kg.errors import MalformedRequest, UnsupportedMediaType

FORM = "application/x-www-form-urlencoded"
MOST_PARAMETERS = 1000
MOST_OF_NAME = 80
STRAY_PERCENT = re.compile(rb"%(?![0-9A-Fa-f]{2})")


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation of the protocol: what its parameters are called, and its text's own media type."""

    text: str
    default_graphs: str
    named_graphs: str
    media_type: str

    @property
    def parameters(self) -> tuple[str, str, str]:
        """All parameters."""
        return self.text, self.default_graphs, self.named_graphs


QUERY = Operation("query", "default-graph-uri", "named-graph-uri", "application/sparql-query")
UPDATE = Operation("update", "using-graph-uri", "using-named-graph-uri", "application/sparql-update")


@dataclass(frozen=True, slots=True)
class SparqlCall:
    """A query or update, and the graphs that it is about."""

    text: str
    default_graphs: tuple[str, ...]
    named_graphs: tuple[str, ...]


async def read_call(request: Request, operation: Operation, most_bytes: int) -> SparqlCall | None:
    """Read a call; None where nothing is asked (GET without parameters).

    Raises MalformedRequest, UnsupportedMediaType and BodyTooLarge.
    """
    parameters = read_parameters(request.scope["query_string"], "the query string")
    if request.method != "POST":
        return call_of(operation, parameters) if parameters else None
    media_type = body_type(request, operation)
    body = await read_body(request, most_bytes)
    if media_type == FORM:
        return call_of(operation, parameters + read_parameters(body, "the body"))
    return call_of(operation, [*parameters, (operation.text, decode(body, "the body"))])


def call_of(operation: Operation, parameters: list[tuple[str, str]]) -> SparqlCall:
    """Return the call that parameters make; raises MalformedRequest."""
    for name, _ in parameters:
        if name not in operation.parameters:
            shown = name[:MOST_OF_NAME]
            known = ", ".join(operation.parameters)
            raise MalformedRequest(f"{shown!r} is no parameter of this endpoint; there are {known}.", shown)
    texts, default, named = (tuple(value for key, value in parameters if key == name) for name in operation.parameters)
    if len(texts) != 1:
        raise MalformedRequest(f"There must be exactly one {operation.text}; there are {len(texts)}.", operation.text)
    return SparqlCall(texts[0], default, named)


def read_parameters(text: bytes, place: str) -> list[tuple[str, str]]:
    """Decode form parameters, once, in their order; raises MalformedRequest."""
    if (stray := STRAY_PERCENT.search(text)) is not None:
        raise MalformedRequest(
            f"Byte {stray.start() + 1} of {place} is a % without two hexadecimal digits: a % itself is written %25."
        )
    try:
        return parse_qsl(decode(text, place), keep_blank_values=True, errors="strict", max_num_fields=MOST_PARAMETERS)
    except UnicodeDecodeError:
        raise MalformedRequest(f"Percent-encoded bytes in {place} are not UTF-8.") from None
    except ValueError:
        raise MalformedRequest(f"There are more than {MOST_PARAMETERS} parameters in {place}.") from None


def body_type(request: Request, operation: Operation) -> str:
    """Return the media type of a body that is read here; raises UnsupportedMediaType."""
    accepted = (FORM, operation.media_type)
    media_type, charset = media_type_of(request)
    if media_type not in accepted:
        raise UnsupportedMediaType(f"A body here is {' or '.join(accepted)}, and says so in Content-Type.", accepted)
    if charset not in ("", "utf-8"):
        raise UnsupportedMediaType("A body here is in UTF-8.", (f"{media_type}; charset=utf-8",))
    return media_type

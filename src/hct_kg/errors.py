"""Every error that hct-kg raises on purpose, as one tree; nothing here knows of HTTP.

HctError
├── DataError                 a file of ours or yours cannot be used
│   ├── RdfSyntaxError        … it is not well-formed RDF (file, line, column)
│   ├── CatalogueError        … a query or rule file breaks its own declaration (file, line)
│   └── DocumentError         … a source document is missing or has changed
├── SettingsError             a setting has no usable value
├── QueryError                a query cannot be answered
│   ├── QuerySyntaxError      … it is not SPARQL 1.1 (line, column)
│   ├── FederationDisabled    … it wants to reach another service
│   ├── EvaluationError       … the engine refused it while evaluating
│   ├── QueryTimeout          … it ran longer than its limit and was stopped
│   ├── QueryMemoryExceeded   … it needed more memory than its limit and was stopped
│   ├── ResultTooLarge        … its result has more rows or bytes than the limit
│   ├── QueueFull             … too many queries are waiting already
│   └── WorkerLost            … its worker process ended for an unknown reason
├── EngineError               the engine that keeps the dataset cannot be used
│   ├── EngineUnreachable     … it does not answer, or is too busy
│   └── EngineFault           … its answer is none: refused, cut short, or not SPARQL
├── ServiceStopping           the service has been told to stop
├── ChangeError               a change of the dataset is not made
│   ├── UpdatesDisabled       … this service takes no changes
│   ├── ProtectedGraph        … it is about a graph that nobody writes by request
│   ├── ShapesViolated        … its outcome would not be in shape
│   ├── ChangeNotKept         … the disk, or the engine, does not take it
│   └── TooLargeToChange      … the dataset is larger than what a change by request can check
└── RequestError              a request cannot be understood, or not be granted, as sent
    ├── MalformedRequest      … it breaks the protocol
    │   └── MalformedRdf      … its body is not well-formed RDF (line, column)
    ├── Unauthenticated       … it needs a key, or its key is unknown, expired or revoked
    ├── NotAuthorised         … its key has not the scope that this needs
    ├── TooManyRequests       … its client has sent more than it may
    ├── UnknownResource       … no such thing
    ├── VersionGone           … it is about a version of the dataset that is no longer here
    ├── PreconditionFailed    … the thing is not in the state that the request names
    ├── InvalidParameter      … a parameter is missing, unknown or has an unusable value
    ├── NotAcceptable         … none of the wanted media types is offered
    ├── UnsupportedMediaType  … the body is of a type that is not read here
    └── BodyTooLarge          … the body is larger than the limit
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path


class HctError(Exception):
    """Base of all errors below; `str(error)` is a sentence for the person who can mend it."""


class DataError(HctError):
    """A file cannot be used; `file`, `line` and `column` (from 1) say where, as far as known."""

    def __init__(
        self, message: str, file: Path | None = None, line: int | None = None, column: int | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.file = file
        self.line = line
        self.column = column

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)
        return f"{place}: {self.message}" if place else self.message


class RdfSyntaxError(DataError):
    """A file is not well-formed RDF in the format that its name promises."""


class CatalogueError(DataError):
    """A query or rule file breaks its own declaration: front matter, parameters or SPARQL."""


class DocumentError(DataError):
    """A source document is missing, or its digest is not the one that the data was made from."""


class SettingsError(HctError):
    """A setting has no usable value; the message names it, and says what is accepted."""


class QueryError(HctError):
    """A query cannot be answered."""


class QuerySyntaxError(QueryError):
    """The text is not a SPARQL 1.1 query; `line` and `column` count from 1."""

    def __init__(self, message: str, line: int | None = None, column: int | None = None) -> None:
        super().__init__(message)
        self.line = line
        self.column = column


class FederationDisabled(QueryError):
    """The query contains SERVICE, and no service is on the allow-list."""


class EvaluationError(QueryError):
    """The engine refused the query while evaluating it."""


class QueryTimeout(QueryError):
    """The query ran longer than its limit and its worker was killed."""


class QueryMemoryExceeded(QueryError):
    """The query needed more memory than its limit and its worker was ended."""


class ResultTooLarge(QueryError):
    """The result has more rows or bytes than the limit; nothing of it is sent."""


class QueueFull(QueryError):
    """Too many queries are waiting; `retry_after` is in seconds."""

    def __init__(self, message: str, retry_after: int = 1) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class WorkerLost(QueryError):
    """The worker process ended for a reason that is none of the limits."""


class EngineError(HctError):
    """The engine that keeps the dataset cannot be used; the message says what it did, and never its password."""


class EngineUnreachable(EngineError):
    """The engine does not answer, or says that it is too busy; `retry_after` is in seconds."""

    def __init__(self, message: str, retry_after: int = 1) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class EngineFault(EngineError):
    """The engine's answer is none: it refuses us, is cut short, or is not what was asked for."""


class ServiceStopping(HctError):
    """The service has been told to stop: it ends what it has begun, and wants nothing new."""


class ChangeError(HctError):
    """A change of the dataset is not made; the dataset is as it was."""


class UpdatesDisabled(ChangeError):
    """This service takes no changes; the message says how to turn them on."""


class ProtectedGraph(ChangeError):
    """The change is about a graph of the ontology, or one that rules fill; `graph` names it."""

    def __init__(self, message: str, graph: str) -> None:
        super().__init__(message)
        self.graph = graph


class ChangeNotKept(ChangeError):
    """The change could not be kept where the dataset is; the message says why, but not where."""


class TooLargeToChange(ChangeError):
    """The dataset is larger than what a change by request can validate; the message says how to change it."""


class ShapesViolated(ChangeError):
    """The outcome of the change breaks shapes; `report` is the SHACL report in Turtle."""

    def __init__(self, message: str, report: str) -> None:
        super().__init__(message)
        self.report = report


class RequestError(HctError):
    """A request cannot be understood, or not be granted, as it was sent."""


class MalformedRequest(RequestError):
    """The request breaks the protocol; `parameter` names the parameter that does, if it is one."""

    def __init__(self, message: str, parameter: str | None = None) -> None:
        super().__init__(message)
        self.parameter = parameter


class MalformedRdf(MalformedRequest):
    """The body is not well-formed RDF in the format that it is said to be in; `line` and `column` count from 1."""

    def __init__(self, message: str, line: int | None = None, column: int | None = None) -> None:
        super().__init__(message)
        self.line = line
        self.column = column


class Unauthenticated(RequestError):
    """The request needs a key; or the one it has is unknown, expired or revoked."""


class NotAuthorised(RequestError):
    """The request's key has not the scope that this needs."""


class TooManyRequests(RequestError):
    """The client has sent more requests than it may; `retry_after` is in seconds."""

    def __init__(self, message: str, retry_after: int = 1) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class UnknownResource(RequestError):
    """Nothing has this identifier."""


class VersionGone(RequestError):
    """The request is about a version of the dataset that is no longer here."""


class PreconditionFailed(RequestError):
    """The thing is not in the state that If-Match or If-None-Match names."""


class InvalidParameter(RequestError):
    """A parameter is missing, unknown or unusable; `parameter` names it."""

    def __init__(self, message: str, parameter: str) -> None:
        super().__init__(message)
        self.parameter = parameter


class NotAcceptable(RequestError):
    """None of the media types in `Accept` is offered; `offered` lists what is, best first."""

    def __init__(self, message: str, offered: Sequence[str]) -> None:
        super().__init__(message)
        self.offered = tuple(offered)


class UnsupportedMediaType(RequestError):
    """The body has a media type that is not read here; `accepted` lists those that are."""

    def __init__(self, message: str, accepted: Sequence[str]) -> None:
        super().__init__(message)
        self.accepted = tuple(accepted)


class BodyTooLarge(RequestError):
    """The request body is larger than the limit."""

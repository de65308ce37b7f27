"""What a query is, found out without evaluating it, before another engine is sent it: its form and its dataset.

Another engine may fetch what FROM names, has functions that reach files and the network, and reads escapes at other
places than ours. So: the graphs of FROM are taken out of the text, to be given beside it; and what engines are known
to read in other ways than SPARQL says is refused. Runs in a worker, for a text may be the end of whatever parses it.
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from typing import Literal

from pyoxigraph import QueryBoolean, QuerySolutions

from hct_kg.errors import EvaluationError, FederationDisabled
from hct_kg.store.embedded import EmbeddedStore, NamedNode
from hct_kg.store.formats import JSON
from hct_kg.store.keywords import failure_place, uses_keyword
from hct_kg.store.values import Inspect, QueryAnswer

Form = Literal["rows", "boolean", "graph"]
SPACE = r"(?:\s|\#[^\n\r]*(?:[\n\r]|$))*"
IRI = r"<(?:[^<>\"{}|^`\\\x00-\x20]|\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8})*>"
NAME = r"(?:[^\W_]|[.\w-])*:(?:[\w.:%-]|\\[_~.\-!$&'()*+,;=/?#@%])*"
PROLOGUE = re.compile(rf"{SPACE}(?:BASE{SPACE}|PREFIX{SPACE}{NAME}{SPACE})({IRI})", re.IGNORECASE)
FROM = re.compile(r"\bfrom\b(?!:)", re.IGNORECASE | re.ASCII)
GRAPH = re.compile(rf"{SPACE}(named\b)?{SPACE}({IRI}|{NAME})", re.IGNORECASE)
ABSOLUTE = re.compile(r"<[A-Za-z][A-Za-z0-9+.-]*:")
ESCAPED_ASCII = re.compile(r"\\(?:u00[0-7][0-9A-Fa-f]|U000000[0-7][0-9A-Fa-f])")
OWN_FUNCTIONS = re.compile(r"<(?:bif|sql|java):", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Inspected:
    """A query: what its result is; its text without FROM; the graphs that it says there, if it says any."""

    form: Form
    text: str
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()

    @classmethod
    def read(cls, body: bytes) -> Inspected:
        """Read what `inspect` has written."""
        fields = json.loads(body)
        return cls(fields["form"], fields["text"], tuple(fields["default_graphs"]), tuple(fields["named_graphs"]))


def inspect(request: Inspect) -> QueryAnswer:
    """Return what a query is, as JSON.

    Raises QuerySyntaxError (line and column), FederationDisabled, and EvaluationError for what engines do not agree on.
    """
    return QueryAnswer(json.dumps(asdict(inspected(request.text))).encode(), JSON, 0, 0.0)


def inspected(text: str) -> Inspected:
    """Return what a query is."""
    if uses_keyword(text, "SERVICE"):
        raise FederationDisabled("SERVICE is not allowed here: this service answers from its own data only.")
    form = form_of(text)
    refuse_disagreements(text)
    if not uses_keyword(text, "FROM"):
        return Inspected(form, text)
    return without_from(form, text)


def form_of(text: str) -> Form:
    """Return the kind of result of a query; over nothing, so that to begin with it is no work."""
    result = EmbeddedStore().evaluate(text)
    return "boolean" if isinstance(result, QueryBoolean) else "rows" if isinstance(result, QuerySolutions) else "graph"


def refuse_disagreements(text: str) -> None:
    """Raise EvaluationError for what some engine might take for something else."""
    if escaped := ESCAPED_ASCII.search(text):
        raise EvaluationError(f"{escaped[0]} stands for a character of ASCII: write that itself.")
    if own := OWN_FUNCTIONS.search(text):
        raise EvaluationError(f"{own[0]}…> would call a function of the engine's own, which is not open to queries.")
    for iri in prologue(text)[1]:
        if not ABSOLUTE.match(iri):
            raise EvaluationError(f"{iri} in PREFIX or BASE is relative: write it whole.")


def prologue(text: str) -> tuple[str, list[str]]:
    """Return the prologue of a query, and the IRIs in it."""
    end, iris = 0, []
    while found := PROLOGUE.match(text, end):
        end = found.end()
        iris.append(found[1])
    return text[:end], iris


def without_from(form: Form, text: str) -> Inspected:
    """Take the graphs of FROM out of a query; what is left stands where it stood."""
    opening, _ = prologue(text)
    whole = failure_place(text)
    default: list[str] = []
    named: list[str] = []
    rest = text
    for match in FROM.finditer(text):
        if failure_place(f"{text[: match.end() - 1]}x{text[match.end() :]}") == whole:
            continue  # within a comment, a string or a name
        found = GRAPH.match(text, match.end())
        if found is None:
            raise EvaluationError("The graphs of FROM cannot be read: write their IRIs whole.")
        (named if found[1] else default).append(resolve(opening, found[2]))
        blank = re.sub(r"[^\n\r]", " ", text[match.start() : found.end()])
        rest = rest[: match.start()] + blank + rest[found.end() :]
    if uses_keyword(rest, "FROM") or form_of(rest) != form:
        raise EvaluationError("The graphs of FROM cannot be read: write their IRIs whole.")
    return Inspected(form, rest, tuple(default), tuple(named))


def resolve(opening: str, name: str) -> str:
    """Return the IRI that a name of a query stands for, by its prologue."""
    rows = EmbeddedStore().select(f"{opening} SELECT ({name} AS ?iri) {{}}")
    return str(NamedNode(rows[0]["iri"].value).value)

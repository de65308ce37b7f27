"""The one formatter of our Turtle: sorted, one statement a line, only the prefixes that are used."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from hct_kg.errors import DataError
from hct_kg.files import read_text
from hct_kg.store import Quad, Triple, parse_turtle, serialize_turtle
from hct_kg.terms import ID, NAMESPACES, TYPE, prefix_of_type

KIND = re.compile(re.escape(ID) + r"([a-z-]+)/")
NUMBER = re.compile(r"(\d+)")
SUBJECT_LINE = re.compile(r"\n(?=[^\s@])")


def format_file(path: Path) -> str:
    """Return a Turtle file's text in its one form; comments above the first triple are kept.

    Raises RdfSyntaxError for malformed Turtle, and DataError for comments elsewhere or blank
    nodes: both would be lost or renamed, so nothing is changed.
    """
    text = read_text(path)
    head, body = split_head(text)
    comment = next((n for n, line in enumerate(body, len(head) + 1) if line.lstrip().startswith("#")), None)
    if comment is not None:
        raise DataError("comments belong at the top of the file", path, comment)
    triples = parse_turtle(text, path)
    if any(str(node).startswith("_:") for triple in triples for node in (triple.subject, triple.object)):
        raise DataError("holds a blank node: give it an IRI", path)
    return "".join(line + "\n" for line in head) + format_triples(triples)


def split_head(text: str) -> tuple[list[str], list[str]]:
    """Return the lines of the opening comment, and all lines after it."""
    lines = text.splitlines()
    end = next((n for n, line in enumerate(lines) if not line.startswith("#")), len(lines))
    return lines[:end], lines[end:]


def format_triples(triples: Iterable[Triple | Quad]) -> str:
    """Return triples as Turtle: subjects and predicates in natural order, `a` first."""
    ordered = sorted({Triple(*list(triple)[:3]) for triple in triples}, key=sort_key)
    text = serialize_turtle(ordered, prefixes(ordered)).replace("\n\t", "\n    ")
    head = sorted(line for line in text.splitlines() if line.startswith("@prefix "))
    body = text[sum(len(line) + 1 for line in head) :].lstrip("\n")
    used = [line for line in head if re.search(rf"(?<![\w:]){line.split()[1]}", body)]
    return "\n".join(used) + "\n\n" + SUBJECT_LINE.sub("\n\n", body)


def sort_key(triple: Triple) -> tuple[object, ...]:
    """Order by subject, then type before other predicates, then object; numbers in words by value."""
    predicate = triple.predicate.value
    return (natural(str(triple.subject)), predicate != TYPE, predicate, natural(str(triple.object)))


def natural(text: str) -> tuple[tuple[int, str], ...]:
    """Return a key by which `a-9` comes before `a-10`."""
    return tuple((int(part), "") if part.isdigit() and part.isascii() else (-1, part) for part in NUMBER.split(text))


def prefixes(triples: Sequence[Triple]) -> dict[str, str]:
    """Return prefix to namespace for the IRIs of the triples, sorted by prefix."""
    iris = " ".join(str(node) for triple in triples for node in triple)
    kinds = {prefix_of_type(kind): f"{ID}{kind}/" for kind in set(KIND.findall(iris))}
    known = {prefix: namespace for prefix, namespace in NAMESPACES.items() if f"<{namespace}" in iris}
    return dict(sorted({**known, **kinds}.items()))

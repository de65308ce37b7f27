"""The text of a query for people: without its declaration, where its mistake is, and the beginning of its answer."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hct_kg.frontmatter import MARK

LONGEST = 6000
"""Characters of a query that is asked in a URL: what browsers, proxies and servers all pass on."""
HEAD = re.compile(r'\{"head":(?P<head>\{.*?\}),"results":\{"bindings":\[', re.DOTALL)
STARTER = """\
PREFIX hct: <https://w3id.org/hct-kg/ns#>

# Which links between factors rest on the most passages?
SELECT ?cause ?effect (COUNT(DISTINCT ?passage) AS ?passages)
WHERE {
  ?link hct:cause ?cause ;
        hct:effect ?effect ;
        hct:supportedBy ?passage .
}
GROUP BY ?cause ?effect
ORDER BY DESC(?passages)
LIMIT 20
"""


@dataclass(frozen=True, slots=True)
class Fault:
    """A line of a query with a mistake in it; number and column count from 1."""

    number: int
    column: int
    lines: Sequence[str]
    """The line, and the one before it if there is one."""

    @property
    def shown(self) -> str:
        """Return the lines with their numbers, and below them a sign that points at the mistake."""
        width = len(str(self.number))
        first = self.number - len(self.lines) + 1
        numbered = [f"{number:>{width}} | {line}" for number, line in enumerate(self.lines, first)]
        return "\n".join([*numbered, f"{'':{width}} | {'':{self.column - 1}}^"])


@dataclass(frozen=True, slots=True)
class Beginning:
    """The beginning of a result: its columns and first rows as SPARQL has them; or, of an ASK, its answer."""

    columns: Sequence[str] = ()
    bindings: Sequence[Mapping[str, Any]] = ()
    more: bool = False
    boolean: bool | None = None


def undeclared(text: str) -> str:
    """Return a query without the lines that declare it."""
    return "".join(line for line in text.splitlines(keepends=True) if not line.startswith(MARK)).lstrip("\n")


def find_fault(text: str, line: int | None, column: int | None) -> Fault | None:
    """Return the line that an error names, if it names one that there is."""
    lines = text.replace("\t", " ").split("\n")
    if line is None or not 0 < line <= len(lines):
        return None
    return Fault(line, min(max(column or 1, 1), len(lines[line - 1]) + 1), lines[max(line - 2, 0) : line])


def read_beginning(body: bytes, most: int) -> Beginning:
    """Return the first rows of SPARQL results in JSON, of which the end may be missing; `most` rows at most."""
    text = body.decode(errors="ignore")
    match = HEAD.match(text)
    if match is None:
        return Beginning(boolean=json.loads(text)["boolean"])
    decoder, bindings, place = json.JSONDecoder(), list[Mapping[str, Any]](), match.end()
    while text.startswith("{", place) and len(bindings) < most:
        try:
            row, place = decoder.raw_decode(text, place)
        except json.JSONDecodeError:
            break
        bindings.append(row)
        place += text.startswith(",", place)
    return Beginning(json.loads(match["head"])["vars"], bindings, not text.startswith("]", place))

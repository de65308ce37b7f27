"""The rows of a curated query, whole or page by page: a page is a slice of the whole answer.

The whole answer is remembered for each version of the dataset, so that to read it through costs one evaluation.
A page never comes from another evaluation than the one before it, unless that has been forgotten meanwhile.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hct_kg.api.cursors import HOW, NAME, read_cursor, write_cursor
from hct_kg.api.service import Service
from hct_kg.errors import InvalidParameter
from hct_kg.store import Row
from hct_kg.store.conversion import convert_rows
from hct_kg.store.formats import JSON, Format
from hct_kg.store.pool import QueryRequest
from hct_kg.store.results import read_rows

LIMIT, CURSOR = "limit", NAME
MOST_ROWS = 10_000
MOST_BYTES = 32 << 20
"""Of all whole answers that are remembered; the oldest gives way."""


@dataclass(frozen=True, slots=True)
class Asked:
    """How much of the rows is wanted, and from where on; without a limit all that are left."""

    limit: int | None
    cursor: str | None

    @classmethod
    def of(cls, parameters: Mapping[str, str]) -> Asked:
        """Read the parameters of a request; raises InvalidParameter."""
        return cls(read_limit(parameters.get(LIMIT)), parameters.get(CURSOR))

    @property
    def whole(self) -> bool:
        """Return whether everything is wanted at once."""
        return self.limit is None and self.cursor is None


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows of an answer, as SPARQL results JSON has them, and where the next ones begin."""

    columns: Sequence[str]
    bindings: Sequence[Mapping[str, Any]]
    total: int
    next: str | None

    @property
    def complete(self) -> bool:
        """Return whether these are all rows that there are."""
        return len(self.bindings) == self.total

    @property
    def rows(self) -> list[Row]:
        """The rows as terms."""
        return read_rows(self.bindings)

    def write(self, form: Format) -> bytes:
        """Return the rows in a format of SPARQL results."""
        document = {"head": {"vars": list(self.columns)}, "results": {"bindings": list(self.bindings)}}
        return convert_rows(json.dumps(document, ensure_ascii=False).encode(), form)


class WholeAnswers:
    """Whole answers by version of the dataset and text of the query, up to a number of bytes."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._answers: dict[tuple[str, str], bytes] = {}
        self._most_bytes = most_bytes

    async def page(self, service: Service, name: str, text: str, asked: Asked) -> Page:
        """Return a page of the answer to a query; raises InvalidParameter for a cursor that is none of it."""
        question = (name, text)
        # Before any work: most cursors that do not fit are of a version that is gone.
        start = 0 if asked.cursor is None else read_cursor(asked.cursor, service.version, question)
        document = json.loads(await self._whole(service, text))
        bindings = document["results"]["bindings"]
        total = len(bindings)
        if start > total:
            raise InvalidParameter(f"cursor is none that this service gave: {HOW}", CURSOR)
        end = total if asked.limit is None else min(total, start + asked.limit)
        following = write_cursor(service.version, question, end) if end < total else None
        return Page(document["head"]["vars"], bindings[start:end], total, following)

    async def _whole(self, service: Service, text: str) -> bytes:
        key = (service.version, text)
        if key not in self._answers:
            body = (await service.edition.curated.query(QueryRequest(text, row_format=JSON))).body
            self._keep(key, body)
            return body
        return self._answers[key]

    def _keep(self, key: tuple[str, str], body: bytes) -> None:
        self._answers[key] = body
        while sum(map(len, self._answers.values())) > self._most_bytes:
            del self._answers[next(iter(self._answers))]


def read_limit(text: str | None) -> int | None:
    """Return how many rows are wanted at most; raises InvalidParameter."""
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 10 and 1 <= int(text) <= MOST_ROWS):
        raise InvalidParameter(f"limit={text[:80]!r} is not a number from 1 to {MOST_ROWS}", LIMIT)
    return int(text)

"""Answers that were given before, kept for as long as the dataset stays the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from starlette.types import Scope

MOST_BYTES = 64 << 20
MOST_OF_ONE = 4 << 20

Question: TypeAlias = tuple[str, bytes, bytes, bytes]
"""Path, query string, Accept header and origin of a GET request: what its answer depends on, beside the dataset."""


def question_of(scope: Scope) -> Question:
    """Return what a request asks, as sent; and of which origin, for an answer may name the host that it is from."""
    accept, host = [], [scope.get("scheme", "http").encode()]
    for name, value in scope["headers"]:
        if name == b"accept":
            accept.append(value)
        elif name == b"host":
            host.append(value)
    return scope["path"], scope["query_string"], b",".join(accept), b"//".join(host)


def page_of(scope: Scope) -> Question:
    """Return what a page is kept under that is the same for every host and Accept: no header begins with a space."""
    return scope["path"], scope["query_string"], b" page", b""


@dataclass(frozen=True, slots=True)
class Remembered:
    """An answer of status 200."""

    body: bytes
    content_type: str
    rows: int = 0
    link: str | None = None
    headers: tuple[tuple[str, str], ...] = ()
    """What it must be sent with beside."""


class Memory:
    """Answers by question, up to a number of bytes; the one that nobody has asked for longest gives way."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._answers: dict[Question, Remembered] = {}
        self._most_bytes = most_bytes
        self._bytes = 0

    def __len__(self) -> int:
        return len(self._answers)

    def get(self, question: Question) -> Remembered | None:
        """Return the answer to a question, if it is kept."""
        answer = self._answers.pop(question, None)
        if answer is not None:
            self._answers[question] = answer
        return answer

    def keep(self, question: Question, answer: Remembered) -> None:
        """Keep an answer, unless it is too large to."""
        if question in self._answers or len(answer.body) > MOST_OF_ONE:
            return
        self._answers[question] = answer
        self._bytes += size(question, answer)
        while self._bytes > self._most_bytes:
            oldest = next(iter(self._answers))
            self._bytes -= size(oldest, self._answers.pop(oldest))


def size(question: Question, answer: Remembered) -> int:
    """Return about how many bytes a question and its answer take."""
    return sum(map(len, question)) + len(answer.body) + 500

"""Many messages sent to a server, and each answer judged: an error of ours is never the answer to any bytes."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from time import monotonic

from exchange import PATIENCE, SHORT_PATIENCE, Connection, NoAnswerError, Reply
from messages import Message, Messages

CONNECTIONS = 6
ALLOWED_FAILURES = (503, 504, 507)
PROBLEM = b"application/problem+json"
PAGE = b"text/html; charset=utf-8"
REFUSED_BY_PARSER = b"Invalid HTTP request received."


@dataclass(frozen=True)
class Finding:
    """A message whose answer is a mistake of the service."""

    message: Message
    what: str

    def __str__(self) -> str:
        return f"message {self.message.number}: {self.what}; sent {self.message.data[:2000]!r}"


@dataclass
class Outcomes:
    """What came of some messages: answers by status and kind of problem, findings."""

    answers: Counter[str] = field(default_factory=Counter)
    findings: list[Finding] = field(default_factory=list)
    sent: int = 0
    seconds: float = 0.0

    def add(self, other: Outcomes) -> None:
        """Take in the outcomes of other messages."""
        self.answers += other.answers
        self.findings += other.findings
        self.sent += other.sent


def run(port: int, messages: Messages, number: int, seconds: float = float("inf")) -> Outcomes:
    """Send messages 0 to `number`, some at a time; stop early when the time is up."""
    started = monotonic()
    end = started + seconds
    ways = [range(first, number, CONNECTIONS) for first in range(CONNECTIONS)]
    total = Outcomes()
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        for found in pool.map(lambda numbers: send(port, messages, numbers, end), ways):
            total.add(found)
    total.seconds = monotonic() - started
    return total


def send(port: int, messages: Messages, numbers: Iterable[int], end: float) -> Outcomes:
    """Send some messages one after the other, over one connection for as long as it is kept."""
    outcomes = Outcomes()
    connection: Connection | None = None
    for number in numbers:
        if monotonic() > end:
            break
        message = messages[number]
        if connection is None or not message.framed:
            if connection is not None:
                connection.close()
            connection = Connection(port)
        outcomes.sent += 1
        fresh = connection.answers == 0
        kept = settle(connection, message, outcomes, last_word=fresh)
        if kept is None:
            connection.close()
            connection = Connection(port)
            kept = settle(connection, message, outcomes, last_word=True)
        if not kept:
            connection.close()
            connection = None
    if connection is not None:
        connection.close()
    return outcomes


def settle(connection: Connection, message: Message, outcomes: Outcomes, last_word: bool = True) -> bool | None:
    """Send one message, note what comes of it, and tell whether the connection can go on.

    None, and nothing noted, where the server has closed a kept connection: it may at any time, and the message
    is to be sent once more (RFC 9112, 9.3.1) over one that has the last word.
    """
    try:
        reply = connection.exchange(message.data, message.method, PATIENCE if message.framed else SHORT_PATIENCE)
    except NoAnswerError as error:
        if error.closed and not last_word:
            return None
        outcomes.answers[f"no answer: {error}"] += 1
        if message.framed:
            outcomes.findings.append(Finding(message, f"no answer: {error}"))
        return False
    except ValueError:
        # A request for HEAD that was read as another: what follows its answer is a body.
        outcomes.answers["unreadable"] += 1
        if message.framed:
            outcomes.findings.append(Finding(message, "the answer is not HTTP"))
        return False
    kind, fault = judge(reply, message)
    outcomes.answers[kind] += 1
    if fault:
        outcomes.findings.append(Finding(message, fault))
    return message.framed and not reply.ends_connection


def judge(reply: Reply, message: Message) -> tuple[str, str | None]:
    """Return what an answer is counted as, and what is wrong with it."""
    if reply.status < 400:
        # A long answer that meets a limit is cut visibly: half a result is never taken for a whole one.
        return f"{reply.status}, cut" if reply.cut else str(reply.status), None
    if reply.status in (400, 414) and REFUSED_BY_PARSER in reply.body:
        return f"{reply.status} by the parser of HTTP", None
    if message.method == b"HEAD" or not message.framed:
        slug = ""
    elif reply.headers.get(b"content-type") == PAGE and b"<h1>" in reply.body:
        slug = "as a page"
    elif reply.headers.get(b"content-type") != PROBLEM:
        return str(reply.status), f"{reply.status} without a problem: {reply.body[:200]!r}"
    else:
        document = json.loads(reply.body)
        slug = document["type"].rpartition("/")[2]
        if document["status"] != reply.status:
            return slug, f"{reply.status} with the problem of a {document['status']}"
    kind = f"{reply.status} {slug}".strip()
    if reply.status >= 500 and reply.status not in ALLOWED_FAILURES:
        return kind, kind
    # A worker ends with its request only where the engine outgrows a limit, which has errors of its own.
    return kind, kind if slug == "worker-lost" else None

"""The log: one JSON object a line on stderr, written by a thread so that a slow reader never stops the service.

Lines wait in a buffer of bounded size. One that does not fit is dropped, as is one that cannot be written;
`/metrics` counts them (hct_kg_log_lines_dropped_total). A line is written within BATCH_SECONDS, so that one
write (and one change of threads) serves many requests.
"""

from __future__ import annotations

import json
import logging
import os
import re
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from pydantic_core import PydanticSerializationError, to_json

from hct_kg.api.observation import current
from hct_kg.keys import PREFIX

STDERR = 2
LONGEST_BUFFER = 8 << 20
BATCH_SECONDS = 0.05
LAST_WRITE_SECONDS = 2.0
SECRET = re.compile(PREFIX + r"(_[A-Za-z0-9]+)_[A-Za-z0-9_-]+")
"""A key, wherever somebody may have put it; its id may be known."""


class FieldsRecord(logging.LogRecord):
    """A record of members rather than words; without what every other record looks up of its caller, thread and
    process, which costs more than all else that is done for a request's line."""

    def __init__(self, logger: str, level: int, fields: Mapping[str, Any]) -> None:
        self.name = logger
        self.levelno = level
        self.levelname = logging.getLevelName(level)
        self.created = time.time()
        self.msg = ""
        self.args = ()
        self.exc_info = self.exc_text = self.stack_info = None
        self.fields = fields


class JsonFormatter(logging.Formatter):
    """One JSON object a record. Letters beyond ASCII are escaped, so that no line break or control character of
    a client's reaches the log."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, without any key that may be in it."""
        head = {"time": moment(record.created), "level": record.levelname.lower(), "logger": record.name}
        words = {} if isinstance(record, FieldsRecord) else said(record)
        text = as_json({**head, **words, **getattr(record, "fields", {})})
        return SECRET.sub(PREFIX + r"\1_...", text) if PREFIX in text else text


def as_json(members: Mapping[str, Any]) -> str:
    """Return an object as JSON in printable ASCII."""
    try:
        # A third of the time of the standard library, which is a good part of what a request's line costs.
        return to_json(members, ensure_ascii=True).decode().replace("\x7f", "\\u007f")
    except PydanticSerializationError:
        return json.dumps(members)  # it has half a character, as in a file name that is not UTF-8


def said(record: logging.LogRecord) -> dict[str, str]:
    """Return what was said, the request that it was said of, and the exception, if any."""
    members = {"message": record.getMessage()}
    observation = current.get()
    if observation is not None:
        members |= {"request_id": observation.request_id, "trace_id": observation.trace.trace_id}
    if record.exc_info:
        members["exception"] = logging.Formatter().formatException(record.exc_info)
    return members


def moment(seconds: float) -> str:
    """Return a time as RFC 3339, in UTC and milliseconds."""
    milliseconds = int(1000 * seconds)
    return f"{whole_second(milliseconds // 1000)}.{milliseconds % 1000:03d}Z"


@lru_cache(maxsize=4)
def whole_second(seconds: int) -> str:
    """Return date and time to the second: the same for thousands of lines."""
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds))


class LineWriter:
    """Writes lines to a file descriptor from a thread of its own; `write` never waits for it."""

    def __init__(self, descriptor: int, longest: int = LONGEST_BUFFER) -> None:
        self.dropped = 0
        self._descriptor = descriptor
        self._longest = longest
        self._lines: list[str] = []
        self._length = 0
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="log", daemon=True)
        self._thread.start()

    def write(self, line: str) -> None:
        """Take a line, or drop it where too much is waiting."""
        with self._lock:
            if self._length + len(line) > self._longest:
                self.dropped += 1
                return
            if not self._lines:
                self._wake.set()
            self._lines.append(line)
            self._length += len(line)

    def close(self, seconds: float = LAST_WRITE_SECONDS) -> None:
        """Write what is waiting, for at most so long."""
        self._closing.set()
        self._wake.set()
        self._thread.join(seconds)

    def _run(self) -> None:
        """Write batches until closed and done."""
        while not self._closing.is_set():
            self._wake.wait()
            self._closing.wait(BATCH_SECONDS)
            self._write_batch()
        self._write_batch()

    def _write_batch(self) -> None:
        """Write all lines that wait."""
        with self._lock:
            lines, self._lines, self._length = self._lines, [], 0
            self._wake.clear()
        if not lines:
            return
        # Not by sys.stderr: a thread that holds its lock for ever would stop the end of the process.
        data = memoryview(("\n".join(lines) + "\n").encode())
        try:
            while data:
                data = data[os.write(self._descriptor, data) :]
        except OSError:
            with self._lock:
                self.dropped += len(lines)


class JsonHandler(logging.Handler):
    """Gives the lines of all loggers to one writer."""

    def __init__(self, writer: LineWriter) -> None:
        super().__init__()
        self.writer = writer
        self.setFormatter(JsonFormatter())

    def emit(self, record: logging.LogRecord) -> None:
        """Take a record; one that cannot be formatted (a mistake of ours) is said to be so."""
        try:
            line = self.format(record)
        except Exception as error:
            line = json.dumps({"level": "error", "logger": record.name, "message": f"a log line is lost: {error!r}"})
        self.writer.write(line)


@contextmanager
def json_logs() -> Iterator[LineWriter]:
    """Have every logger of this process write JSON lines to stderr, until left."""
    root, own = logging.getLogger(), logging.getLogger("hct_kg")
    before, level = root.handlers[:], own.level
    writer = LineWriter(STDERR)
    root.handlers[:] = [JsonHandler(writer)]
    own.setLevel(logging.INFO)
    logging.captureWarnings(True)
    try:
        yield writer
    finally:
        logging.captureWarnings(False)
        root.handlers[:] = before
        own.setLevel(level)
        writer.close()


def dropped_lines() -> int:
    """Return how many lines of this process's log were dropped."""
    return sum(handler.writer.dropped for handler in logging.getLogger().handlers if isinstance(handler, JsonHandler))

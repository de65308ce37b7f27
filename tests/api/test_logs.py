"""The log: one JSON object a line whatever is in it, no key, and no line that the service waits for."""

from __future__ import annotations

import contextlib
import json
import logging
import os
from collections.abc import Iterator

import pytest

from hct_kg.api.logs import FieldsRecord, JsonFormatter, LineWriter, dropped_lines, json_logs, moment
from hct_kg.api.observation import Observation, current
from hct_kg.api.tracecontext import TraceContext
from serving import eventually

LETTERS = 'a\nb\r\x00\x1b[31m\x7f\x85\u2028\u2029é😀"\\'
HALF = "\ud800"
"""Half a character, as Python has it for a byte that is not UTF-8."""
SECRET = "0123456789abcdef" * 4


def record(message: str, *arguments: object, error: BaseException | None = None) -> logging.LogRecord:
    raised = (type(error), error, error.__traceback__) if error else None
    return logging.LogRecord("hct_kg.there", logging.WARNING, "", 0, message, arguments, raised)


@pytest.mark.parametrize("path", [LETTERS, LETTERS + HALF])
def test_no_letter_of_a_client_breaks_a_line(path: str) -> None:
    line = JsonFormatter().format(FieldsRecord("hct_kg.request", logging.INFO, {"path": path}))
    assert all(" " <= letter <= "~" for letter in line)
    assert json.loads(line)["path"] == path


def test_a_key_is_not_logged_wherever_somebody_has_put_it() -> None:
    key = f"hctkg_0123456789ab_{SECRET}"
    lines = [
        JsonFormatter().format(FieldsRecord("a", logging.INFO, {"path": f"/v1/{key}/x", "query": f"?{key}&{key}"})),
        JsonFormatter().format(record("refused: %s", key)),
        JsonFormatter().format(record("failed", error=ValueError(key))),
    ]
    assert not [line for line in lines if SECRET in line]
    assert json.loads(lines[0])["path"] == "/v1/hctkg_0123456789ab_.../x"


def test_an_error_is_one_line_that_names_the_request_it_belongs_to() -> None:
    token = current.set(Observation("request-7", TraceContext("ab" * 16, "cd" * 8)))
    try:
        raise RuntimeError("two\nlines")
    except RuntimeError as error:
        line = json.loads(JsonFormatter().format(record("worker %d has %s", 7, "failed", error=error)))
    finally:
        current.reset(token)
    assert line.pop("exception").startswith("Traceback (most recent call last)")
    assert line.pop("time").endswith("Z")
    assert line == {
        "level": "warning",
        "logger": "hct_kg.there",
        "message": "worker 7 has failed",
        "request_id": "request-7",
        "trace_id": "ab" * 16,
    }


@pytest.mark.parametrize(
    ("seconds", "written"),
    [
        (0, "1970-01-01T00:00:00.000Z"),
        (1795321949.1234, "2026-11-22T04:32:29.123Z"),
        (1795321949.9999, "2026-11-22T04:32:29.999Z"),
    ],
)
def test_a_moment_is_written_as_rfc_3339(seconds: float, written: str) -> None:
    assert moment(seconds) == written


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    """The two ends of a pipe, as a log and its reader have them."""
    reading, writing = os.pipe()
    yield reading, writing
    os.close(reading)
    os.close(writing)


def test_a_reader_that_does_not_read_costs_lines_and_nothing_else(pipe: tuple[int, int]) -> None:
    reading, writing = pipe
    writer = LineWriter(writing, longest=100_000)
    lines = [json.dumps({"number": number, "fill": "x" * 1000}) for number in range(1000)]
    for line in lines:
        writer.write(line)
    assert 0 < writer.dropped < len(lines)
    os.set_blocking(reading, False)
    text = b""

    def read_all() -> bool:
        nonlocal text
        with contextlib.suppress(BlockingIOError):
            text += os.read(reading, 1 << 20)
        return text.count(b"\n") + writer.dropped == len(lines)

    assert eventually(read_all)
    writer.close()
    assert text.decode().splitlines() == lines[: len(lines) - writer.dropped]


def test_lines_wait_no_longer_than_the_end(pipe: tuple[int, int]) -> None:
    reading, writing = pipe
    writer = LineWriter(writing)
    for number in range(3):
        writer.write(str(number))
    writer.close()
    assert os.read(reading, 100) == b"0\n1\n2\n"
    assert writer.dropped == 0


def test_a_reader_that_has_gone_costs_lines_and_nothing_else() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    writer = LineWriter(writing)
    writer.write("for nobody")
    assert eventually(lambda: writer.dropped == 1)
    writer.close()
    os.close(writing)


def test_all_loggers_write_json_while_the_service_runs(capfd: pytest.CaptureFixture[str]) -> None:
    before = logging.getLogger().handlers[:]
    with json_logs() as writer:
        logging.getLogger("hct_kg.store.pool").info("a worker is born")
        logging.getLogger("uvicorn.error").error("broken\nin two")
        logging.getLogger("elsewhere").info("no business of ours")
        logging.getLogger("hct_kg").warning("%d", "not a number")
        writer.dropped = 3
        assert dropped_lines() == 3
    assert logging.getLogger().handlers == before
    assert dropped_lines() == 0
    lines = [json.loads(line) for line in capfd.readouterr().err.splitlines()]
    assert [line["message"] for line in lines[:2]] == ["a worker is born", "broken\nin two"]
    assert lines[2]["message"].startswith("a log line is lost: TypeError")
    assert len(lines) == 3

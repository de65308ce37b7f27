"""The audit: one line of JSON for each attempt to change the dataset, in the log and in the state folder."""

from __future__ import annotations

import json
import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from hct_kg.api.logs import JsonFormatter
from hct_kg.audit import FILE, Attempt, digest, record
from hct_kg.errors import SettingsError

COMMITTED = Attempt(
    operation="put-graph",
    outcome="committed",
    key_id="0123456789ab",
    key_label="nightly import",
    graphs=("https://example.org/graph/a",),
    version_before="aa",
    version_after="bb",
    request_id="r-1",
)


def lines(state: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (state / FILE).read_text(encoding="utf-8").splitlines()]


def test_an_attempt_is_one_line_that_says_who_what_and_what_came_of_it(tmp_path: Path) -> None:
    record(COMMITTED, tmp_path)
    (line,) = lines(tmp_path)
    time = datetime.fromisoformat(str(line.pop("time")))
    assert time.utcoffset() == timedelta(0)
    assert line == {
        "operation": "put-graph",
        "outcome": "committed",
        "key_id": "0123456789ab",
        "key_label": "nightly import",
        "graphs": ["https://example.org/graph/a"],
        "update_sha256": None,
        "version_before": "aa",
        "version_after": "bb",
        "request_id": "r-1",
    }


def test_of_an_update_only_its_digest_is_kept(tmp_path: Path) -> None:
    update = "INSERT DATA { <https://example.org/s> <https://example.org/p> 'é' }"
    record(Attempt(operation="update", outcome="unauthenticated", update_sha256=digest(update)), tmp_path)
    (line,) = lines(tmp_path)
    assert line["update_sha256"] == "ead3fcfb07fa31316d4dc3ddfaedbb671482de404783b3ba73c149153f8fff44"
    assert line["key_id"] is None
    assert "INSERT" not in (tmp_path / FILE).read_text(encoding="utf-8")


def test_the_log_has_the_same_members_also_where_no_folder_is_set(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "hct_kg.audit"):
        record(COMMITTED, tmp_path)
        record(COMMITTED, None)
    logged = [json.loads(JsonFormatter().format(entry)) for entry in caplog.records if entry.name == "hct_kg.audit"]
    kept = lines(tmp_path)[0]
    assert [line | kept for line in logged] == [line | {"time": kept["time"]} for line in logged]
    assert len(logged) == 2
    assert [path.name for path in tmp_path.iterdir()] == [FILE]


def test_a_label_cannot_begin_a_line_of_its_own(tmp_path: Path) -> None:
    forged = '\n{"outcome": "committed"}\u2028'
    record(Attempt(operation="update", outcome="not-authorised", key_label=forged), tmp_path)
    (line,) = lines(tmp_path)
    assert line["key_label"] == forged


def test_attempts_at_the_same_time_are_each_a_whole_line(tmp_path: Path) -> None:
    attempts = [Attempt(operation="update", outcome="committed", request_id=str(number)) for number in range(40)]
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda attempt: record(attempt, tmp_path), attempts))
    assert {line["request_id"] for line in lines(tmp_path)} == {str(number) for number in range(40)}
    assert len(lines(tmp_path)) == 40


def test_an_audit_that_cannot_be_kept_is_an_error_that_names_the_file(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"nowhere/audit\.jsonl, cannot be written: No such file"):
        record(COMMITTED, tmp_path / "nowhere")

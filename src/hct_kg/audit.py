"""Who tried to change what, and what came of it: one line of JSON an attempt, kept where the data is."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from hct_kg.durable import append_line
from hct_kg.errors import SettingsError

log = logging.getLogger(__name__)

FILE = "audit.jsonl"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One attempt to change the dataset; the text of an update is kept as its SHA-256 only."""

    operation: str
    """What was tried, such as "update" or "put-graph"."""
    outcome: str
    """"committed", or the slug of the problem that was answered, such as "shapes-violated"."""
    key_id: str | None = None
    """None where the request came without a usable key."""
    key_label: str | None = None
    graphs: Sequence[str] = ()
    update_sha256: str | None = None
    version_before: str | None = None
    version_after: str | None = None
    request_id: str | None = None


def digest(update: str) -> str:
    """Return what is kept of the text of an update."""
    return sha256(update.encode()).hexdigest()


def record(attempt: Attempt, state: Path | None) -> None:
    """Log an attempt and, where there is a state folder, append it to the file there, on disk when this returns.

    This waits for the disk: on an event loop, call it in a thread. Raises SettingsError where the file cannot be
    written.
    """
    fields = asdict(attempt)
    log.info("a change was tried", extra={"fields": fields})
    if state is None:
        return
    line = json.dumps({"time": moment(), **fields}, ensure_ascii=True)
    try:
        append_line(state / FILE, line)
    except OSError as error:
        raise SettingsError(f"the audit file, {state / FILE}, cannot be written: {error.strerror}") from None


def moment() -> str:
    """Return this moment as RFC 3339, in UTC and milliseconds."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")

"""`keys`: make, list and revoke the keys that let clients in."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from hct_kg import keys
from hct_kg.cli.parser import OK
from hct_kg.errors import SettingsError
from hct_kg.settings import Settings, environment_name

HEADINGS = ("id", "label", "scope", "created", "expires", "state")


def add(options: argparse.Namespace, settings: Settings) -> int:
    """Make a key: its text alone goes to standard output, so that a script can keep it."""
    path = file_of(settings)
    made, text = keys.add(path, options.label, options.scope, expiry(options))
    until = f"until {keys.written(made.expires)}" if made.expires else "without end"
    print(text)
    print(f"hct-kg: key {made.id} ({made.label}), scope {made.scope}, {until}, is in {path}", file=sys.stderr)
    print("hct-kg: this is the only time that it is shown; send it as Authorization: Bearer KEY", file=sys.stderr)
    return OK


def expiry(options: argparse.Namespace) -> datetime | None:
    """Return when a key ends: after the day, or the days, that an option names; raises SettingsError."""
    if options.days is not None:
        try:
            return keys.now() + timedelta(days=options.days)
        except OverflowError:
            raise SettingsError(f"--days {options.days} ends after the year 9999; leave it out") from None
    last: date | None = options.expires
    if last is None:
        return None
    if last < keys.now().date():
        raise SettingsError(f"--expires {last} is in the past")
    return datetime.combine(last, time(23, 59, 59), UTC)


def list_keys(options: argparse.Namespace, settings: Settings) -> int:
    """Print every key of the file, without hashes."""
    moment = keys.now()
    rows = [row(key, moment) for key in keys.read(file_of(settings)).values()]
    if options.json:
        print(json.dumps({"keys": [dict(zip(HEADINGS, values, strict=True)) for values in rows]}, indent=2))
        return OK
    lines = [HEADINGS, *(tuple(value or "" for value in values) for values in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        print("  ".join(value.ljust(width) for value, width in zip(line, widths, strict=True)).rstrip())
    return OK


def row(key: keys.Key, moment: datetime) -> tuple[str | None, ...]:
    """Return what is told of a key, in the order of the headings."""
    expires = keys.written(key.expires) if key.expires else None
    return key.id, key.label, key.scope, keys.written(key.created), expires, key.state(moment)


def revoke(options: argparse.Namespace, settings: Settings) -> int:
    """Have a key let nobody in any more; a running service notices at its next request."""
    key = keys.revoke(file_of(settings), options.id)
    print(f"hct-kg: key {key.id} ({key.label}) is revoked", file=sys.stderr)
    return OK


def file_of(settings: Settings) -> Path:
    """Return the file of the keys; raises SettingsError where none is named."""
    if settings.keys is None:
        raise SettingsError(f"name the file of the keys: --keys FILE, or {environment_name('keys')}=FILE")
    return settings.keys

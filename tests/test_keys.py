"""The file of the keys: what is kept of a key, who is let in, and what `hct-kg keys` says."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from hct_kg import keys
from hct_kg.cli.parser import FAILED, OK, run
from hct_kg.durable import locked
from hct_kg.errors import SettingsError
from hct_kg.keys import check_keys, includes
from hct_kg.settings import Settings
from serving import eventually

Capture = pytest.CaptureFixture[str]
PAST = datetime(2020, 1, 31, 23, 59, 59, tzinfo=UTC)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "keys.json"


def test_the_file_holds_a_hash_and_not_the_key(path: Path) -> None:
    made, text = keys.add(path, "nightly import", "write", PAST)
    secret = text.rsplit("_", 1)[-1]
    content = path.read_text(encoding="utf-8")
    assert re.fullmatch(r"hctkg_[0-9a-f]{12}_[0-9a-f]{64}", text)
    assert secret not in content
    assert secret not in repr(made)
    assert made.hash not in repr(made)
    assert made.hash.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert keys.read(path) == {made.id: made}
    assert path.stat().st_mode & 0o777 == 0o600


def test_two_keys_have_nothing_in_common(path: Path) -> None:
    (first, text), (second, other) = keys.add(path, "a", "read"), keys.add(path, "a", "read")
    assert list(keys.read(path)) == [first.id, second.id]
    assert len({first.id, second.id, text, other, first.hash, second.hash}) == 6


@pytest.mark.parametrize(
    ("change", "state"),
    [
        ({}, "usable"),
        ({"expires": PAST}, "expired"),
        ({"expires": datetime.now(UTC) + timedelta(days=1)}, "usable"),
        ({"revoked": PAST}, "revoked"),
        ({"expires": PAST, "revoked": PAST}, "revoked"),
    ],
)
def test_a_key_has_a_state(path: Path, change: dict[str, datetime], state: str) -> None:
    made, _ = keys.add(path, "a", "read")
    assert replace(made, **change).state(keys.now()) == state  # type: ignore[arg-type]


def test_a_scope_includes_those_before_it() -> None:
    included = {(granted, needed) for granted in keys.SCOPES for needed in keys.SCOPES if includes(granted, needed)}
    assert included == {
        *(("admin", needed) for needed in keys.SCOPES),
        ("write", "write"),
        ("write", "read"),
        ("read", "read"),
    }


def test_two_commands_at_the_same_time_lose_no_key(path: Path) -> None:
    command = [sys.executable, "-m", "hct_kg", "keys", "add", "--keys", str(path), "--scope", "read", "--label"]
    lock = path.with_name("keys.json.lock")

    def waiting() -> int:
        inode = f":{lock.stat().st_ino} "
        return sum("->" in line and inode in line for line in Path("/proc/locks").read_text().splitlines())

    with locked(path):
        started = [subprocess.Popen([*command, label], stdout=subprocess.PIPE) for label in ("one", "two")]
        assert eventually(lambda: waiting() == 2, 20)
        assert not path.exists()
    assert all(process.communicate()[0].startswith(b"hctkg_") for process in started)
    assert sorted(key.label for key in keys.read(path).values()) == ["one", "two"]


def test_a_command_prints_the_key_alone_and_once(path: Path, capsys: Capture) -> None:
    assert run(["keys", "add", "--keys", str(path), "--label", "Editor", "--scope", "write", "--days", "30"]) == OK
    out, err = capsys.readouterr()
    (key,) = keys.read(path).values()
    prefix, identifier, secret = out.removesuffix("\n").split("_")
    assert (prefix, identifier) == ("hctkg", key.id)
    assert secret not in err
    assert f"key {key.id} (Editor), scope write, until" in err
    assert key.expires is not None
    assert key.expires - key.created == timedelta(days=30)


def test_a_key_lasts_to_the_end_of_the_day_that_is_named(path: Path, capsys: Capture) -> None:
    assert run(["keys", "add", "--keys", str(path), "--label", "a", "--scope", "read", "--expires", "2999-12-31"]) == OK
    (key,) = keys.read(path).values()
    assert key.expires == datetime(2999, 12, 31, 23, 59, 59, tzinfo=UTC)
    assert "until 2999-12-31T23:59:59Z" in capsys.readouterr().err


def test_the_list_tells_the_state_of_each_key_and_no_secret(path: Path, capsys: Capture) -> None:
    usable, text = keys.add(path, "Editor of the data", "write")
    expired, _ = keys.add(path, "Visitor", "read", PAST)
    revoked, _ = keys.add(path, "Ärztin", "admin")
    assert run(["keys", "revoke", "--keys", str(path), revoked.id]) == OK
    assert f"key {revoked.id} (Ärztin) is revoked" in capsys.readouterr().err

    assert run(["keys", "list", "--keys", str(path)]) == OK
    table = capsys.readouterr().out
    assert [line.split()[0] for line in table.splitlines()] == ["id", usable.id, expired.id, revoked.id]
    assert [line.split()[-1] for line in table.splitlines()] == ["state", "usable", "expired", "revoked"]

    assert run(["keys", "list", "--keys", str(path), "--json"]) == OK
    document = capsys.readouterr().out
    assert json.loads(document)["keys"][1] == {
        "id": expired.id,
        "label": "Visitor",
        "scope": "read",
        "created": keys.written(expired.created),
        "expires": "2020-01-31T23:59:59Z",
        "state": "expired",
    }
    for told in (table, document):
        assert "argon2" not in told
        assert text.rsplit("_", 1)[-1] not in told


def test_revoking_twice_keeps_the_first_time(path: Path) -> None:
    made, _ = keys.add(path, "a", "read")
    content = path.read_text(encoding="utf-8").replace('"revoked": null', '"revoked": "2020-01-31T23:59:59Z"')
    path.write_text(content, encoding="utf-8")
    assert keys.revoke(path, made.id).revoked == PAST
    assert keys.read(path)[made.id].revoked == PAST


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["list"], "name the file of the keys: --keys FILE, or HCT_KG_KEYS=FILE"),
        (["list", "--keys", "nowhere.json"], "nowhere.json, cannot be read: No such file"),
        (["add", "--keys", "nowhere/keys.json", "--label", "a", "--scope", "read"], "cannot be written: No such file"),
        (["add", "--keys", "{file}", "--label", "", "--scope", "read"], "label of a key has 1 to 100 characters"),
        (["add", "--keys", "{file}", "--label", "a\nb", "--scope", "read"], "all of them printable"),
        (["add", "--keys", "{file}", "--label", "a", "--scope", "read", "--expires", "2020-01-31"], "is in the past"),
        (["add", "--keys", "{file}", "--label", "a", "--scope", "read", "--days", "9999999"], "after the year 9999"),
        (["revoke", "--keys", "{file}", "0123456789ab"], "has no key '0123456789ab'; `hct-kg keys list`"),
    ],
)
def test_what_cannot_be_done_ends_with_2_and_says_why(
    arguments: list[str], message: str, path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HCT_KG_KEYS", raising=False)
    keys.add(path, "there already", "read")
    before = path.read_bytes()
    assert run(["keys", *(argument.format(file=path) for argument in arguments)]) == FAILED
    out, err = capsys.readouterr()
    assert message in err
    assert out == ""
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "options",
    [
        ["--scope", "owner"],
        ["--scope", "read", "--expires", "31/12/2999"],
        ["--scope", "read", "--days", "0"],
        ["--scope", "read", "--days", "1", "--expires", "2999-12-31"],
        [],
    ],
)
def test_an_option_that_cannot_be_read_makes_no_key(options: list[str], path: Path) -> None:
    with pytest.raises(SystemExit) as caught:
        run(["keys", "add", "--keys", str(path), "--label", "a", *options])
    assert caught.value.code == FAILED
    assert not path.exists()


def entry(**changed: object) -> dict[str, object]:
    """Return one key as the file has it, changed."""
    made = {
        "id": "0123456789ab",
        "label": "a",
        "scope": "read",
        "created": "2026-01-31T00:00:00Z",
        "expires": None,
        "revoked": None,
        "hash": f"$argon2id$v=19$m=19456,t=2,p=1${'A' * 22}${'B' * 43}",
    }
    return {**made, **changed}


def test_the_entry_that_the_next_test_breaks_is_whole() -> None:
    assert list(keys.parse(json.dumps({"keys": [entry()]}))) == ["0123456789ab"]


WEAK = f"$argon2id$v=19$m=8,t=1,p=1${'A' * 22}${'B' * 43}"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "it is not JSON at line 1, column 1"),
        ('{"keys": [\n]', "it is not JSON at line 2, column 2"),
        ("[" * 100_000, "it is nested too deeply"),
        ("[]", 'it must be an object with one member, "keys"'),
        ('{"keys": {}}', 'it must be an object with one member, "keys"'),
        ({"hash": WEAK}, "keys[1].hash is not of the form"),
        ({"hash": None}, "keys[1].hash is not of the form"),
        ({"scope": "owner"}, "keys[1].scope is not of the form"),
        ({"id": "../../etc"}, "keys[1].id is not of the form"),
        ({"label": "a\nb"}, "keys[1].label is not of the form"),
        ({"expires": "tomorrow"}, "keys[1].expires is neither null nor a moment such as 2027-01-31T23:59:59Z"),
        ({"revoked": True}, "keys[1].revoked is neither null nor a moment"),
        ({"created": None}, "keys[1].created is null"),
        ({"revokd": None}, "keys[1] must be an object with the members id, label, scope"),
        ({"id": "ffffffffffff"}, "two keys have the same id"),
    ],
)
def test_a_broken_file_is_named_with_what_to_mend_and_without_its_hashes(
    content: str | dict[str, object], message: str, path: Path
) -> None:
    text = content
    if isinstance(content, dict):
        text = json.dumps({"keys": [entry(id="ffffffffffff"), entry(**content)]})
    path.write_text(str(text), encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        keys.read(path)
    assert f"{path}, is broken: {message}" in str(caught.value)
    assert "$argon2id" not in str(caught.value)


def test_a_file_that_is_not_text_is_named(path: Path) -> None:
    path.write_bytes(b'{"keys": "\xff"}')
    with pytest.raises(SettingsError, match="is not UTF-8 at byte 10"):
        keys.read(path)


def nothing(path: Path) -> None:
    """Leave the file away."""


def only_reading(path: Path) -> None:
    keys.add(path, "a", "read")


def all_ended(path: Path) -> None:
    keys.add(path, "a", "admin", PAST)
    keys.revoke(path, keys.add(path, "b", "admin")[0].id)


def a_writer(path: Path) -> None:
    keys.add(path, "a", "write")


Prepare = Callable[[Path], None]


@pytest.mark.parametrize(
    ("prepare", "given", "message"),
    [
        (nothing, {"writable": True}, "HCT_KG_WRITABLE is true, but there is no"),
        (nothing, {"private": True}, "HCT_KG_PRIVATE is true, but there is no"),
        (only_reading, {"writable": True}, "is usable to write; make one with `hct-kg keys add --keys"),
        (all_ended, {"private": True}, "is usable to read; make one with `hct-kg keys add --keys"),
        (all_ended, {"writable": True, "private": True}, "--label NAME --scope write`"),
    ],
)
def test_a_service_that_nobody_could_use_does_not_start(
    prepare: Prepare, given: dict[str, Any], message: str, path: Path
) -> None:
    prepare(path)
    with pytest.raises(SettingsError, match=re.escape(message)):
        check_keys(Settings(keys=path, **given))


@pytest.mark.parametrize(
    ("prepare", "given"),
    [(a_writer, {"writable": True, "private": True}), (only_reading, {"private": True}), (nothing, {})],
)
def test_a_service_with_a_usable_key_starts(prepare: Prepare, given: dict[str, Any], path: Path) -> None:
    prepare(path)
    check_keys(Settings(keys=path, **given))


def test_without_a_file_the_start_is_refused_with_the_command_that_makes_one() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "hct_kg", "serve"],
        env={"HCT_KG_PRIVATE": "true"},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == FAILED
    assert done.stderr == (
        "hct-kg: HCT_KG_PRIVATE is true, which needs keys: make one with "
        "`hct-kg keys add --keys FILE --label NAME --scope read`, and set HCT_KG_KEYS to its file\n"
    )

"""The file of the keys that let clients in: what it holds, how it is read, and how it is changed.

A key is `hctkg_<id>_<secret>`, told once. The file holds an argon2id hash of the secret: whoever reads the file
cannot use the key. It is replaced whole, under a lock, so that no reader meets half a file and no two commands lose
each other's key.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, get_args

from argon2 import PasswordHasher, Type

from hct_kg.durable import locked, replace_file
from hct_kg.errors import SettingsError
from hct_kg.settings import Settings, environment_name

Scope = Literal["read", "write", "admin"]
State = Literal["usable", "expired", "revoked"]
SCOPES: tuple[Scope, ...] = get_args(Scope)
"""Each scope includes those before it."""
PREFIX = "hctkg"
KEY = re.compile(PREFIX + r"_([0-9a-f]{12})_([0-9a-f]{64})")
HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1, hash_len=32, salt_len=16, type=Type.ID)
"""https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html (argon2id, 19 MiB)."""
HASH = re.compile(r"\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}")
"""Only these parameters: a file cannot make one verification cost more, or less, than another."""
LABEL = re.compile(r"[^\x00-\x1f\x7f-\x9f\u2028\u2029]{1,100}")


@dataclass(frozen=True, slots=True)
class Key:
    """What the file holds of one key; times are in UTC."""

    id: str
    label: str
    scope: Scope
    created: datetime
    expires: datetime | None
    revoked: datetime | None
    hash: str = field(repr=False)

    def state(self, now: datetime) -> State:
        """Tell whether the key lets anyone in at this moment."""
        if self.revoked is not None:
            return "revoked"
        return "expired" if self.expires is not None and self.expires <= now else "usable"


def includes(granted: Scope, needed: Scope) -> bool:
    """Tell whether one scope includes another: admin includes write, and write includes read."""
    return SCOPES.index(granted) >= SCOPES.index(needed)


def add(path: Path, label: str, scope: Scope, expires: datetime | None = None) -> tuple[Key, str]:
    """Make a key, write it to the file (made where there is none), and return it with its text.

    The text is nowhere else: it cannot be told again. Raises SettingsError.
    """
    if not LABEL.fullmatch(label):
        raise SettingsError("the label of a key has 1 to 100 characters, all of them printable")
    secret = secrets.token_hex(32)
    made = Key(secrets.token_hex(6), label, scope, now(), expires, None, HASHER.hash(secret))
    with changing(path) as keys:
        keys[made.id] = made
    return made, f"{PREFIX}_{made.id}_{secret}"


def revoke(path: Path, identifier: str) -> Key:
    """Have a key let nobody in from now on, and return it; raises SettingsError where there is no such key."""
    with changing(path) as keys:
        if identifier not in keys:
            raise SettingsError(f"{path} has no key {identifier!r}; `hct-kg keys list` lists those it has")
        key = keys[identifier]
        keys[identifier] = replace(key, revoked=key.revoked or now())
        return keys[identifier]


def now() -> datetime:
    """Return this moment, in UTC and whole seconds."""
    return datetime.now(UTC).replace(microsecond=0)


@contextmanager
def changing(path: Path) -> Iterator[dict[str, Key]]:
    """Yield the keys of a file to be changed, and write them back; other commands wait meanwhile."""
    path = path.resolve()
    try:
        with locked(path):
            keys = dict(read(path)) if path.exists() else {}
            yield keys
            entries = [asdict(key) for key in keys.values()]
            replace_file(path, json.dumps({"keys": entries}, indent=2, ensure_ascii=False, default=written) + "\n")
    except OSError as error:
        raise SettingsError(f"the file of the keys, {path}, cannot be written: {error.strerror}") from None


def written(moment: datetime) -> str:
    """Return a moment as the file has it: 2027-01-31T23:59:59Z."""
    return moment.isoformat().replace("+00:00", "Z")


def read(path: Path) -> Mapping[str, Key]:
    """Return the keys of a file by their id; raises SettingsError that names the file and what to mend in it."""
    try:
        return parse(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"the file of the keys, {path}, cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise SettingsError(f"the file of the keys, {path}, is not UTF-8 at byte {error.start}") from None
    except SettingsError as error:
        raise SettingsError(f"the file of the keys, {path}, is broken: {error}; mend it, or restore a copy") from None


def parse(text: str) -> Mapping[str, Key]:
    """Return the keys that a text holds; raises SettingsError, which repeats no value of the text."""
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        raise SettingsError(f"it is not JSON at line {error.lineno}, column {error.colno}") from None
    except RecursionError:
        raise SettingsError("it is nested too deeply") from None
    if not isinstance(document, dict) or set(document) != {"keys"} or not isinstance(document["keys"], list):
        raise SettingsError('it must be an object with one member, "keys", that is a list')
    found = [parse_key(entry, f"keys[{number}]") for number, entry in enumerate(document["keys"])]
    keys = {key.id: key for key in found}
    if len(keys) < len(found):
        raise SettingsError("two keys have the same id")
    return keys


FORMS: Mapping[str, re.Pattern[str]] = {
    "id": re.compile("[0-9a-f]{12}"),
    "label": LABEL,
    "scope": re.compile("|".join(SCOPES)),
    "hash": HASH,
}


def parse_key(entry: Any, place: str) -> Key:
    """Return one key of the file; raises SettingsError that names its place."""
    names = [item.name for item in fields(Key)]
    if not isinstance(entry, dict) or set(entry) != set(names):
        raise SettingsError(f"{place} must be an object with the members {', '.join(names)} and no other")
    for name, form in FORMS.items():
        if not isinstance(entry[name], str) or not form.fullmatch(entry[name]):
            raise SettingsError(f"{place}.{name} is not of the form that `hct-kg keys add` writes")
    times = {name: parse_moment(entry[name], f"{place}.{name}") for name in ("created", "expires", "revoked")}
    if times["created"] is None:
        raise SettingsError(f"{place}.created is null")
    return Key(**{**entry, **times})


def parse_moment(value: Any, place: str) -> datetime | None:
    """Return a moment of the file, or None for null."""
    if value is None:
        return None
    try:
        return datetime.strptime(value, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except (TypeError, ValueError):
        raise SettingsError(f"{place} is neither null nor a moment such as 2027-01-31T23:59:59Z") from None


def check_keys(settings: Settings) -> None:
    """Raise SettingsError where a setting needs keys and there is none that would let anyone in."""
    if settings.writable:
        check_scope(settings.keys, environment_name("writable"), "write")
    if settings.private:
        check_scope(settings.keys, environment_name("private"), "read")


def check_scope(path: Path | None, variable: str, scope: Scope) -> None:
    """Raise SettingsError where a file has no usable key of a scope, with the command that makes one."""
    command = f"`hct-kg keys add --keys {path or 'FILE'} --label NAME --scope {scope}`"
    if path is None:
        name = environment_name("keys")
        raise SettingsError(
            f"{variable} is true, which needs keys: make one with {command}, and set {name} to its file"
        )
    if not path.exists():
        raise SettingsError(f"{variable} is true, but there is no {path}; make a key with {command}")
    moment = now()
    if not any(key.state(moment) == "usable" and includes(key.scope, scope) for key in read(path).values()):
        raise SettingsError(f"{variable} is true, but no key in {path} is usable to {scope}; make one with {command}")

"""Who is let in: the work that a wrong key costs, and how long a right one is remembered."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher

from hct_kg import keys
from hct_kg.errors import SettingsError, TooManyRequests, Unauthenticated
from hct_kg.keyring import AT_ONCE, MOST_WAITING, Keyring, Principal

PAST = datetime(2020, 1, 31, tzinfo=UTC)
PARAMETERS = "$argon2id$v=19$m=19456,t=2,p=1$"


class Counting(PasswordHasher):
    """The same hasher, which counts what it verifies, and how much of that at once."""

    def __init__(self) -> None:
        super().__init__(time_cost=2, memory_cost=19456, parallelism=1)
        self.verified: list[str] = []
        self.threads: set[threading.Thread] = set()
        self.at_once = self.most_at_once = 0
        self._lock = threading.Lock()

    def verify(self, hash: str | bytes, password: str | bytes) -> Any:  # noqa: A002
        with self._lock:
            self.verified.append(str(hash))
            self.threads.add(threading.current_thread())
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            return super().verify(hash, password)
        finally:
            with self._lock:
                self.at_once -= 1


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "keys.json"
    keys.add(path, "somebody else", "admin")
    return path


@pytest.fixture
def hasher() -> Counting:
    return Counting()


def refused(keyring: Keyring, text: str) -> str:
    """Return why a key is refused."""
    with pytest.raises(Unauthenticated) as caught:
        asyncio.run(keyring.principal(text))
    return str(caught.value)


def wrong(number: int) -> str:
    return f"hctkg_{number:012x}_{number:064x}"


def test_a_key_tells_who_comes_with_it(path: Path, hasher: Counting) -> None:
    made, text = keys.add(path, "Editor", "write")
    found = asyncio.run(Keyring(path, hasher).principal(text))
    assert found == Principal(made.id, "Editor", "write")


def test_an_unknown_wrong_revoked_or_expired_key_costs_the_same_work_as_a_right_one(
    path: Path, hasher: Counting
) -> None:
    usable, text = keys.add(path, "a", "read")
    _, late = keys.add(path, "b", "read", PAST)
    revoked, withdrawn = keys.add(path, "c", "read")
    keys.revoke(path, revoked.id)
    keyring = Keyring(path, hasher)
    costs = []
    for presented in (text, wrong(1), f"hctkg_{usable.id}_{'0' * 64}", late, withdrawn):
        before = len(hasher.verified)
        asyncio.run(attempt(keyring, presented))
        costs.append([hashed[: len(PARAMETERS)] for hashed in hasher.verified[before:]])
    assert costs == [[PARAMETERS]] * 5


async def attempt(keyring: Keyring, text: str) -> type[BaseException] | None:
    """Return the class of the error with which a key is refused, if it is."""
    try:
        await keyring.principal(text)
    except Exception as error:
        return type(error)
    return None


def test_who_has_no_key_is_not_told_which_ids_there_are(path: Path, hasher: Counting) -> None:
    usable, _ = keys.add(path, "a", "read")
    expired, _ = keys.add(path, "b", "read", PAST)
    keyring = Keyring(path, hasher)
    presented = [f"hctkg_{identifier}_{'0' * 64}" for identifier in ("0" * 12, usable.id, expired.id)]
    assert len({refused(keyring, text) for text in presented}) == 1


def test_the_holder_of_a_key_is_told_why_it_is_refused(path: Path, hasher: Counting) -> None:
    expired, late = keys.add(path, "a", "read", PAST)
    revoked, withdrawn = keys.add(path, "b", "read")
    keys.revoke(path, revoked.id)
    keyring = Keyring(path, hasher)
    assert refused(keyring, late).startswith(f"The key {expired.id} is expired;")
    assert refused(keyring, withdrawn).startswith(f"The key {revoked.id} is revoked;")


@pytest.mark.parametrize("text", ["", "hctkg", "hctkg_0123456789ab_short", "ghp_" + "0" * 77, "é" * 82, f"{wrong(1)}0"])
def test_what_has_not_the_form_of_a_key_costs_no_work_and_is_not_repeated(
    text: str, path: Path, hasher: Counting
) -> None:
    reason = refused(Keyring(path, hasher), text)
    assert reason == "What Authorization holds is no key: one begins with hctkg_ and is used whole."
    assert hasher.verified == []


def test_a_key_is_verified_once_a_minute(path: Path, hasher: Counting) -> None:
    _, text = keys.add(path, "a", "read")
    now = [0.0]
    keyring = Keyring(path, hasher, clock=lambda: now[0])
    verified = []
    for now[0] in (0.0, 59.9, 60.0, 100.0):
        asyncio.run(keyring.principal(text))
        verified.append(len(hasher.verified))
    assert verified == [1, 1, 2, 2]


def test_a_key_that_is_revoked_is_refused_at_once(path: Path, hasher: Counting) -> None:
    made, text = keys.add(path, "a", "read")
    keyring = Keyring(path, hasher)
    asyncio.run(keyring.principal(text))
    keys.revoke(path, made.id)
    assert "is revoked" in refused(keyring, text)


def test_a_key_that_is_added_is_known_at_once(path: Path, hasher: Counting) -> None:
    keyring = Keyring(path, hasher)
    refused(keyring, wrong(1))
    made, text = keys.add(path, "a", "read")
    assert asyncio.run(keyring.principal(text)).id == made.id


def test_a_remembered_key_ends_when_it_expires(path: Path, hasher: Counting) -> None:
    _, text = keys.add(path, "a", "read", PAST)
    now = [PAST]
    keyring = Keyring(path, hasher, now=lambda: now[0])
    outcomes = []
    for now[0] in (PAST - timedelta(seconds=1), PAST):
        outcomes.append(asyncio.run(attempt(keyring, text)))
    assert outcomes == [None, Unauthenticated]
    assert len(hasher.verified) == 1


def test_a_file_that_is_broken_lets_nobody_in_until_it_is_mended(path: Path, hasher: Counting) -> None:
    _, text = keys.add(path, "a", "read")
    whole = path.read_text(encoding="utf-8")
    keyring = Keyring(path, hasher)
    outcomes = []
    for content in (whole, whole[:-5], None, whole):
        path.unlink(missing_ok=True)
        if content is not None:
            path.write_text(content, encoding="utf-8")
        outcomes.append(asyncio.run(attempt(keyring, text)))
    assert outcomes == [None, SettingsError, SettingsError, None]


def together(*attempts: Coroutine[Any, Any, type[BaseException] | None]) -> list[type[BaseException] | None]:
    """Return the outcomes of attempts that are made at the same time."""

    async def gather() -> list[type[BaseException] | None]:
        return list(await asyncio.gather(*attempts))

    return asyncio.run(gather())


def test_a_key_that_comes_many_times_at_once_is_verified_once(path: Path, hasher: Counting) -> None:
    _, text = keys.add(path, "a", "read")
    keyring = Keyring(path, hasher)
    assert together(*(attempt(keyring, text) for _ in range(100))) == [None] * 100
    assert len(hasher.verified) == 1


def test_a_client_that_hangs_up_does_not_end_the_verification_that_others_wait_for(
    path: Path, hasher: Counting
) -> None:
    made, text = keys.add(path, "a", "read")
    keyring = Keyring(path, hasher)

    async def hang_up() -> Principal:
        first, second = (asyncio.create_task(keyring.principal(text)) for _ in range(2))
        await asyncio.sleep(0)
        first.cancel()
        return await second

    assert asyncio.run(hang_up()).id == made.id
    assert len(hasher.verified) == 1


def test_many_wrong_keys_wait_for_two_threads_and_some_are_told_to_try_again(path: Path, hasher: Counting) -> None:
    keyring = Keyring(path, hasher)
    outcomes = together(*(attempt(keyring, wrong(number)) for number in range(MOST_WAITING + 6)))
    assert outcomes == [Unauthenticated] * MOST_WAITING + [TooManyRequests] * 6
    assert len(hasher.verified) == MOST_WAITING
    assert hasher.most_at_once <= AT_ONCE
    assert threading.main_thread() not in hasher.threads


def test_nothing_that_a_keyring_shows_of_itself_holds_a_key(path: Path, hasher: Counting) -> None:
    _, text = keys.add(path, "a", "read")
    keyring = Keyring(path, hasher)
    principal = asyncio.run(keyring.principal(text))
    shown = f"{keyring!r} {principal!r} {vars(keyring)!r}"
    assert text.rsplit("_", 1)[-1] not in shown
    assert "argon2id" not in shown.replace(repr(keyring._dummy), "")

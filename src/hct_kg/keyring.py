"""Who holds a key that is presented: verified against the file, off the event loop, and remembered for a minute."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

from hct_kg import keys
from hct_kg.errors import TooManyRequests, Unauthenticated
from hct_kg.keys import HASHER, KEY, PREFIX, Key, Scope

MEMORY_SECONDS = 60.0
AT_ONCE = 2
MOST_WAITING = 64
UNKNOWN = "The key in Authorization is not known here; `hct-kg keys list` lists those that are."
Stamp = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Principal:
    """Whose key it is, and what it may do."""

    id: str
    label: str
    scope: Scope


@dataclass(frozen=True, slots=True)
class Contents:
    """What the file held when it had this stamp."""

    stamp: Stamp
    keys: Mapping[str, Key]


class Keyring:
    """The keys of one file, for one event loop.

    A change of the file counts from the next request on. An unknown, revoked or expired id costs the same argon2
    work as a usable one, so that nobody learns from the time taken which ids there are.
    """

    def __init__(
        self,
        path: Path,
        hasher: PasswordHasher = HASHER,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = keys.now,
    ) -> None:
        self._path = path
        self._hasher = hasher
        self._clock = clock
        self._now = now
        self._dummy = hasher.hash("the secret of nobody")
        self._contents = Contents((), {})
        self._remembered: dict[bytes, tuple[Key, Stamp, float]] = {}
        self._verifying: dict[bytes, asyncio.Future[tuple[Key | None, Stamp]]] = {}
        self._threads = ThreadPoolExecutor(AT_ONCE, "keys")

    async def principal(self, text: str) -> Principal:
        """Return whose key a text is.

        Raises Unauthenticated where it is no usable key, SettingsError where the file cannot be read, and
        TooManyRequests where too many keys are being verified.
        """
        form = KEY.fullmatch(text)
        if form is None:
            raise Unauthenticated(f"What Authorization holds is no key: one begins with {PREFIX}_ and is used whole.")
        digest = sha256(text.encode()).digest()
        key = self._recall(digest) or await self._verify(digest, *form.groups())
        if key is None:
            raise Unauthenticated(UNKNOWN)
        state = key.state(self._now())
        if state != "usable":
            raise Unauthenticated(f"The key {key.id} is {state}; `hct-kg keys add` makes another.")
        return Principal(key.id, key.label, key.scope)

    def _recall(self, digest: bytes) -> Key | None:
        """Return a key that was verified less than a minute ago, if the file has not changed since."""
        if digest not in self._remembered:
            return None
        key, seen, until = self._remembered[digest]
        if seen == stamp(self._path) and self._clock() < until:
            return key
        del self._remembered[digest]
        return None

    async def _verify(self, digest: bytes, identifier: str, secret: str) -> Key | None:
        """Verify a key once, however many requests come with it at the same time."""
        verifying = self._verifying.get(digest)
        if verifying is None:
            if len(self._verifying) >= MOST_WAITING:
                raise TooManyRequests("Too many keys are being verified at this moment; try again.")
            loop = asyncio.get_running_loop()
            verifying = loop.run_in_executor(self._threads, self._look_up, identifier, secret)
            self._verifying[digest] = verifying
            verifying.add_done_callback(lambda _: self._verifying.pop(digest))
        # A client that hangs up must not end the verification that others wait for.
        key, seen = await asyncio.shield(verifying)
        if key is not None:
            self._remembered[digest] = key, seen, self._clock() + MEMORY_SECONDS
        return key

    def _look_up(self, identifier: str, secret: str) -> tuple[Key | None, Stamp]:
        """Return the key whose secret this is, usable or not, and the stamp of the file; in a thread."""
        contents = self._read()
        key = contents.keys.get(identifier)
        right = self._is_secret(key.hash if key else self._dummy, secret)
        return (key if right else None), contents.stamp

    def _read(self) -> Contents:
        """Return what the file holds, read anew only if it has changed."""
        # The stamp is taken first: if the file changes in between, it is read once more next time.
        found = stamp(self._path)
        if found is None or found != self._contents.stamp:
            self._contents = Contents(found or (), keys.read(self._path))
        return self._contents

    def _is_secret(self, hashed: str, secret: str) -> bool:
        """Tell whether a hash is that of a secret; argon2 compares in constant time."""
        try:
            return self._hasher.verify(hashed, secret)
        except VerificationError:
            return False


def stamp(path: Path) -> Stamp | None:
    """Return what changes whenever a file does; None where there is none."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns

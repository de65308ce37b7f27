"""The world outside the service, as a trap: an address that hears who connects, a file that notices who opens it."""

from __future__ import annotations

import ctypes
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

IN_ACCESS, IN_OPEN = 0x1, 0x20
SECRET = "only-in-the-secret-file"  # noqa: S105 - what must not be in an answer
CONTENT = f'<urn:secret> <urn:is> "{SECRET}" .'


@dataclass(frozen=True)
class Outside:
    """The URLs of the address and of the file, and what came to them."""

    listener: socket.socket
    file: Path
    watch: int

    @property
    def web(self) -> str:
        """The URL of the address."""
        return f"http://127.0.0.1:{self.listener.getsockname()[1]}/x.ttl"

    @property
    def disk(self) -> str:
        """The URL of the file."""
        return self.file.as_uri()

    @property
    def places(self) -> tuple[str, str]:
        """Both."""
        return self.web, self.disk

    def noticed(self) -> list[str]:
        """Return what has happened since it was asked last: `connection`, `opened`."""
        found = []
        try:
            self.listener.accept()[0].close()
            found.append("connection")
        except BlockingIOError:
            pass
        try:
            os.read(self.watch, 4096)
            found.append("opened")
        except BlockingIOError:
            pass
        return found


@contextmanager
def outside_of(folder: Path) -> Iterator[Outside]:
    """Set the trap; the file is in a folder of its own."""
    file = folder / "secret.ttl"
    file.write_text(CONTENT, encoding="utf-8")
    libc = ctypes.CDLL(None, use_errno=True)
    watch = libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
    assert libc.inotify_add_watch(watch, str(file).encode(), IN_OPEN | IN_ACCESS) >= 0
    try:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            listener.setblocking(False)
            yield Outside(listener, file, watch)
    finally:
        os.close(watch)

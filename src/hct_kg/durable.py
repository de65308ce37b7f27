"""Files that only their owner reads and that survive a crash: replaced whole, or grown by a line."""

from __future__ import annotations

import fcntl
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

UNFINISHED = re.compile(r"\..+\.[a-z0-9_]{8}\.part")


def owner_only(path: str, flags: int) -> int:
    """Open a file, an `opener`: one that is made by it has the mode 0600."""
    return os.open(path, flags, 0o600)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Wait until no other process or thread is in this block for the same file; raises OSError.

    The lock is a file of its own, for a file that is replaced is another one afterwards.
    """
    with open(path.with_name(f"{path.name}.lock"), "w", opener=owner_only) as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def replace_file(path: Path, content: str | bytes) -> None:
    """Replace or make a file: it is the old one or the new one, whole, whatever happens; raises OSError."""
    descriptor, name = tempfile.mkstemp(".part", f".{path.name}.", path.parent)  # its mode is 0600
    try:
        with open(descriptor, "wb") as file:
            file.write(content.encode() if isinstance(content, str) else content)
            file.flush()
            if path.exists():  # whoever owns it goes on reading it, also where an administrator changes it
                os.fchown(descriptor, path.stat().st_uid, path.stat().st_gid)
            os.fsync(descriptor)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def is_unfinished(name: str) -> bool:
    """Tell whether a file is half of one that `replace_file` was writing; nobody needs it once that has ended."""
    return UNFINISHED.fullmatch(name) is not None


def append_line(path: Path, line: str) -> None:
    """Append a line to a file, made if need be; it is on disk when this returns; raises OSError."""
    new = not path.exists()
    with open(path, "a+b", opener=owner_only) as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        torn = not ends_with_newline(file.fileno())  # by a crash; what is whole is kept apart from it
        file.write(b"\n" * torn + f"{line}\n".encode())
        file.flush()
        os.fsync(file.fileno())
    if new:
        sync_folder(path.parent)


def ends_with_newline(descriptor: int) -> bool:
    """Tell whether what is appended to a file begins a line of its own."""
    size = os.fstat(descriptor).st_size
    return size == 0 or os.pread(descriptor, 1, size - 1) == b"\n"


def sync_folder(folder: Path) -> None:
    """Have a folder's new entry survive a crash."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

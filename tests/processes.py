"""What a server and everything below it holds: processes, memory, file descriptors."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

KIB = 1024


def family(pid: int) -> set[int]:
    """Return the ids of a process and of all below it."""
    return {pid}.union(*map(family, children(pid)))


def children(pid: int) -> set[int]:
    """Return the ids of the children of a process, whichever of its threads started them; some may have ended."""
    found: set[int] = set()
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                found.update(map(int, (task / "children").read_text().split()))
    return found


def memory(pid: int) -> int:
    """Return the bytes that a process and all below it hold; what they share is counted once."""
    return sum(map(proportional_set_size, family(pid)))


def proportional_set_size(pid: int) -> int:
    """Return the bytes that a process holds, its part of what it shares; 0 where it has just ended."""
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        return sum(int(line.split()[1]) * KIB for line in lines if line.startswith("Pss:"))
    return 0


def descriptors(*pids: int) -> list[int]:
    """Return how many file descriptors each process has."""
    return [len(os.listdir(f"/proc/{pid}/fd")) for pid in pids]

"""What a server and its processes hold at a moment: who they are, their memory, their open files."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from serving import Server, children

PSS = re.compile(r"^Pss:\s+(\d+) kB$", re.MULTILINE)


@dataclass(frozen=True)
class Family:
    """The server's process, the zygotes and the workers; KiB of memory, shared pages in proportion; open files."""

    server: int
    zygotes: frozenset[int]
    workers: frozenset[int]
    memory: int
    files: int

    @property
    def mebibytes(self) -> int:
        """Their memory in MiB."""
        return self.memory >> 10


def family_of(server: Server) -> Family:
    """Return the family as it is; a process that ends meanwhile is left out."""
    zygotes = children(server.process.pid)
    workers = {worker for zygote in zygotes for worker in children_if_there(zygote)}
    everyone = {server.process.pid, *zygotes, *workers}
    return Family(
        server.process.pid,
        frozenset(zygotes),
        frozenset(workers),
        sum(memory_of(pid) for pid in everyone),
        sum(files_of(pid) for pid in everyone),
    )


def children_if_there(pid: int) -> set[int]:
    try:
        return children(pid)
    except (FileNotFoundError, ProcessLookupError):
        return set()


def memory_of(pid: int) -> int:
    try:
        found = PSS.search(Path(f"/proc/{pid}/smaps_rollup").read_text())
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return int(found[1]) if found else 0


def files_of(pid: int) -> int:
    try:
        return len(os.listdir(f"/proc/{pid}/fd"))
    except (FileNotFoundError, ProcessLookupError):
        return 0

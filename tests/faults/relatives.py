"""Which process of a server's family does what, and the end of one."""

from __future__ import annotations

import contextlib
import os
import signal
from pathlib import Path

from serving import alive, children

ZYGOTE, VALIDATOR = b"hct_kg.store.zygote", b"hct_kg.outcome"


def command(pid: int) -> bytes:
    """Return the command line of a process; nothing where it has ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def below(pid: int) -> list[int]:
    """Return the children of a process, in the order of their birth; none where it has ended."""
    try:
        return sorted(children(pid))
    except OSError:
        return []


def zygotes(server: int) -> list[int]:
    """Return the zygotes of a server, the oldest first."""
    return [pid for pid in below(server) if ZYGOTE in command(pid) and alive(pid)]


def validators(server: int) -> list[int]:
    """Return the processes that validate."""
    return [pid for pid in below(server) if VALIDATOR in command(pid) and alive(pid)]


def query_workers(server: int) -> list[int]:
    """Return the workers of the oldest zygote."""
    return [pid for zygote in zygotes(server)[:1] for pid in below(zygote)]


def family(folder: Path) -> list[int]:
    """Return all processes, but the server, that work on what is in a folder."""
    name = os.fsencode(folder) + b"/"
    pids = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    return [pid for pid in pids if name in command(pid) and alive(pid)]


class Victim:
    """A process to be killed, held so that no other one with its number is meant."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._descriptor = os.pidfd_open(pid)

    def kill(self) -> bool:
        """Kill it and return whether it was there still."""
        was_alive: bool = alive(self.pid)
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._descriptor, signal.SIGKILL)
        os.close(self._descriptor)
        return was_alive

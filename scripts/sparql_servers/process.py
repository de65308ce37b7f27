"""A server as a process with a folder of its own: started, awaited, ended by its id."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import time
from pathlib import Path

START_SECONDS = 120.0
STOP_SECONDS = 60.0
PAUSE = 0.05


class EngineFault(Exception):
    """A server that is missing, does not start, or does not do what it was told; the message says what it said."""


def free_port() -> int:
    """Return a TCP port of loopback that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def spawn(command: list[str], log: Path) -> subprocess.Popen[bytes]:
    """Start a server in a session of its own, so that Ctrl-C in a terminal is not for it; it speaks to a file."""
    with log.open("ab") as output:
        return subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd=log.parent, start_new_session=True
        )


def wait_until_it_listens(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    """Wait until a port of loopback takes connections; raises EngineFault with what the server said if none comes."""
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        if process.poll() is not None:
            raise EngineFault(f"{process.args!r} ended with {process.returncode} and said:\n{tail(log)}")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(PAUSE)
    process.kill()
    raise EngineFault(f"{process.args!r} took no connection within {START_SECONDS:g} s and said:\n{tail(log)}")


def end(pid: int) -> None:
    """End a process with SIGTERM, or with SIGKILL if that is not enough; nothing where it has ended before."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)
    if not gone(pid, STOP_SECONDS):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        gone(pid, STOP_SECONDS)


def gone(pid: int, seconds: float) -> bool:
    """Wait until a process has ended, our child or not; return whether it has."""
    latest = time.monotonic() + seconds
    while runs(pid):
        if time.monotonic() > latest:
            return False
        time.sleep(PAUSE)
    return True


def runs(pid: int) -> bool:
    """Tell whether a process runs; a child of ours that has ended is reaped on the way."""
    with contextlib.suppress(ChildProcessError):
        return os.waitpid(pid, os.WNOHANG)[0] == 0
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return stat.rpartition(")")[2].split()[0] not in "ZX"


def tail(log: Path) -> str:
    """Return the end of what a server said."""
    return log.read_text(errors="replace")[-2000:] if log.exists() else "nothing"


def born(pid: int) -> str | None:
    """Return when a process began (ticks since the machine did): an id alone may come to name another process."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return stat.rpartition(")")[2].split()[19]

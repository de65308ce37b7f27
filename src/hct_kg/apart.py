"""A module of ours run apart: in a process of its own, which ends no later than the server and who waits for it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import sys
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ended:
    """How a process has ended: its exit code (that of a signal is negative), its output, its complaints."""

    code: int
    output: bytes
    complaints: str


async def run_apart(module: str, *arguments: str, given: bytes = b"") -> Ended:
    """Run a module with our process id as its first argument, for `die_with_parent`; give it bytes to read.

    Whoever stops waiting for it, by cancellation or a timeout, ends it.
    """
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", module, str(os.getpid()), *arguments),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        output, complaints = await process.communicate(given)
    except BaseException:
        with contextlib.suppress(ProcessLookupError):  # it has ended in the same moment
            process.kill()
        await process.wait()
        raise
    assert process.returncode is not None, "it has been waited for"
    return Ended(process.returncode, output, complaints.decode(errors="replace"))

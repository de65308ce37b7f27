"""The server's side of the zygote: starts it, asks it for workers, hears how they ended."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
from collections import deque
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hct_kg.errors import WorkerLost
from hct_kg.settings import Settings
from hct_kg.store.connection import WorkerConnection
from hct_kg.store.values import Limits
from hct_kg.store.wire import read_error, write_limits


class Zygote:
    """A zygote process (see `hct_kg.store.zygote`), started by this one and ended with it."""

    def __init__(self, process: subprocess.Popen[bytes], control: socket.socket, limits: Limits) -> None:
        self._process = process
        self._control = control
        self._limits = limits
        self._loop = asyncio.get_running_loop()
        self._ready: asyncio.Future[Mapping[str, Any]] = self._loop.create_future()
        self._births: deque[asyncio.Future[WorkerConnection]] = deque()
        self._exits: dict[int, asyncio.Future[int | None]] = {}
        self.lost = asyncio.Event()
        self.version = ""
        self.triples = 0
        self._loop.add_reader(control.fileno(), self._receive)

    @classmethod
    async def start(cls, settings: Settings, data: Path) -> Zygote:
        """Start a zygote and wait until it has loaded the dataset.

        Raises DataError (with file and line) or SettingsError as the zygote met it, and WorkerLost where
        it ended without a word. To be called in the main thread: the kernel ends a zygote together with
        the thread that started it.
        """
        limits = Limits.of(settings)
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            process = subprocess.Popen(  # noqa: ASYNC220 - takes milliseconds, and must be in this thread
                [
                    *(sys.executable, "-P", "-m", "hct_kg.store.zygote"),
                    *(str(theirs.fileno()), str(os.getpid())),
                    *(str(settings.ontology), str(data), str(settings.queries), write_limits(limits)),
                ],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                start_new_session=True,
            )
        ours.setblocking(False)
        zygote = cls(process, ours, limits)
        try:
            dataset = await zygote._ready
        except BaseException:
            await zygote.close()
            raise
        zygote.version, zygote.triples = dataset["version"], dataset["triples"]
        return zygote

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    async def fork(self) -> WorkerConnection:
        """Return a new worker; raises WorkerLost where there can be none."""
        birth: asyncio.Future[WorkerConnection] = self._loop.create_future()
        try:
            self._control.send(b"fork")
        except OSError:
            raise WorkerLost("The process that starts workers has ended.") from None
        self._births.append(birth)
        try:
            worker = await birth
        except asyncio.CancelledError:
            if birth.done() and not birth.cancelled() and birth.exception() is None:
                birth.result().end()  # it was born in the same moment
            raise
        await worker.connect()
        return worker

    async def close(self) -> None:
        """End the zygote and its workers, and wait for it."""
        if not self.version:  # it is still loading, and would look at its socket only after that
            self._process.kill()
        self._lose()
        await asyncio.to_thread(self._process.wait)

    def _receive(self) -> None:
        """Read one message from the control socket."""
        try:
            data, descriptors, _, _ = socket.recv_fds(self._control, 1 << 18, 2)
        except BlockingIOError:
            return
        except ConnectionError:
            data, descriptors = b"", []
        if data:
            self._handle(json.loads(data), descriptors)
        else:
            self._process.kill()
            self._lose()

    def _handle(self, message: Mapping[str, Any], descriptors: list[int]) -> None:
        """Do what a message from the zygote says."""
        match message:
            case {"forked": pid}:
                self._receive_worker(pid, *descriptors)
            case {"ended": pid, "code": code}:
                settle(self._exits.pop(pid), code)
            case {"refused": reason}:
                settle(self._births.popleft(), WorkerLost(f"No worker can be started: {reason}."))
            case {"error": _}:
                settle(self._ready, read_error(message))
            case _:
                settle(self._ready, message)

    def _receive_worker(self, pid: int, descriptor: int, pidfd: int) -> None:
        """Hand a new worker to who asked first; where nobody waits any more, closing it ends it."""
        self._exits[pid] = self._loop.create_future()
        worker = WorkerConnection(pid, pidfd, socket.socket(fileno=descriptor), self._exits[pid], self._limits)
        if not settle(self._births.popleft(), worker):
            worker.end()

    def _lose(self) -> None:
        """Forget the process: nothing more is heard from it."""
        if self.lost.is_set():
            return
        self.lost.set()
        self._loop.remove_reader(self._control.fileno())
        self._control.close()
        ended = WorkerLost("The process that starts workers has ended.")
        settle(self._ready, ended)
        for birth in self._births:
            settle(birth, ended)
        for future in self._exits.values():
            settle(future, None)
        self._births.clear()
        self._exits.clear()


def settle(future: asyncio.Future[Any], outcome: Any) -> bool:
    """Give a future its result or exception; return False where nobody waits for it any more."""
    if future.done():
        return False
    if isinstance(outcome, BaseException):
        future.set_exception(outcome)
    else:
        future.set_result(outcome)
    return True

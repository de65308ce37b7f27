"""A worker: a forked copy of the zygote that answers one query at a time until it is ended."""

from __future__ import annotations

import os
import resource

from hct_kg.errors import HctError, QueryMemoryExceeded
from hct_kg.store.embedded import EmbeddedStore
from hct_kg.store.evaluation import answer
from hct_kg.store.frames import Kind, frame, read_frame, write_frames
from hct_kg.store.sandbox import Sandbox, renew_processor_limit
from hct_kg.store.values import Limits, read_request, write_error, write_json

OUT_OF_MEMORY = QueryMemoryExceeded("The query needed more memory than it may use and was stopped.")
NO_MEMORY_LEFT = [frame(Kind.FAILED, write_json({**write_error(OUT_OF_MEMORY), "spent": True}))]


def work(store: EmbeddedStore, limits: Limits, sandbox: Sandbox, descriptor: int) -> None:
    """Answer queries from the socket until the server closes it; called in the new process."""
    size = SizeGauge(limits)
    sandbox.enter()
    while (document := read_frame(descriptor)) is not None:
        renew_processor_limit(limits.seconds)
        write_frames(descriptor, reply(store, limits, document, size))


class SizeGauge:
    """Tells when this process has grown so much that the next query would lack memory.

    What an earlier query left behind (fragments of the heap) counts towards the limit of a later one.
    """

    def __init__(self, limits: Limits) -> None:
        self._statm = os.open("/proc/self/statm", os.O_RDONLY)
        self._most = self.read() + limits.memory_bytes // 4

    def read(self) -> int:
        """Return the size of the address space in bytes; needs no new file."""
        return int(os.pread(self._statm, 64, 0).split()[0]) * resource.getpagesize()

    @property
    def exceeded(self) -> bool:
        """Whether the process should be replaced after this query."""
        return self.read() > self._most


def reply(store: EmbeddedStore, limits: Limits, document: bytes, size: SizeGauge) -> list[bytes]:
    """Return the frames that answer a request."""
    try:
        result = answer(store, read_request(document), limits)
        end = {
            "format": result.format.name,
            "rows": result.rows,
            "milliseconds": round(result.milliseconds, 3),
            "spent": size.exceeded,
        }
        return [frame(Kind.BODY, result.body), frame(Kind.END, write_json(end))]
    except HctError as error:
        return [frame(Kind.FAILED, write_json({**write_error(error), "spent": size.exceeded}))]
    except MemoryError:
        return NO_MEMORY_LEFT

"""A worker: a forked copy of the zygote that answers one request at a time until it is ended."""

from __future__ import annotations

import os
import resource
from dataclasses import dataclass

from hct_kg.errors import HctError, QueryMemoryExceeded
from hct_kg.store.changing import Protected, change
from hct_kg.store.embedded import EmbeddedStore
from hct_kg.store.evaluation import answer
from hct_kg.store.formats import Format
from hct_kg.store.frames import FrameSource, Kind, frame, write_all
from hct_kg.store.inspecting import inspect
from hct_kg.store.sandbox import Sandbox, renew_processor_limit
from hct_kg.store.values import GraphRequest, Inspect, Limits, QueryAnswer, QueryRequest, Request
from hct_kg.store.wire import read_request, write_end, write_error, write_json

OUT_OF_MEMORY = QueryMemoryExceeded("The request needed more memory than it may use and was stopped.")
NO_MEMORY_LEFT = frame(Kind.FAILED, write_json({**write_error(OUT_OF_MEMORY), "spent": True}))


@dataclass(frozen=True, slots=True)
class Workplace:
    """What every worker inherits from the zygote."""

    store: EmbeddedStore
    limits: Limits
    sandbox: Sandbox
    protected: Protected


def work(place: Workplace, descriptor: int) -> None:
    """Answer requests from the socket until the server closes it; called in the new process."""
    size = SizeGauge(place.limits)
    place.sandbox.enter()
    requests = FrameSource(descriptor)
    while (document := requests.read()) is not None:
        request = read_request(document)
        renew_processor_limit(place.limits.seconds_for(request))
        write_all(descriptor, reply(place, request, Outlet(descriptor), size))


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


class Outlet:
    """Sends the first parts of a long answer while the rest is made."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._begun = False

    def __call__(self, form: Format, part: bytes) -> None:
        """Send a part; the first one after the name of its format."""
        begin = [] if self._begun else frame(Kind.BEGIN, form.name.encode())
        self._begun = True
        write_all(self._descriptor, [*begin, *frame(Kind.BODY, part)])


def reply(place: Workplace, request: Request, outlet: Outlet, size: SizeGauge) -> list[bytes]:
    """Return the frame that ends the answer to a request, in pieces."""
    try:
        result = do(place, request, outlet)
        return frame(Kind.END, write_end(result, size.exceeded), result.body)
    except HctError as error:
        return frame(Kind.FAILED, write_json({**write_error(error), "spent": size.exceeded}))
    except MemoryError:
        return NO_MEMORY_LEFT


def do(place: Workplace, request: Request, outlet: Outlet) -> QueryAnswer:
    """Do what a request asks for."""
    if isinstance(request, (QueryRequest, GraphRequest)):
        return answer(place.store, request, place.limits, outlet)
    if isinstance(request, Inspect):
        return inspect(request)
    return change(place.store, request, place.protected)

"""The zygote: a process with one thread that holds the dataset and forks the workers that query it.

    server ── control socket ── zygote ── fork ── worker, worker, …
       └───────────── one socket and one pidfd a worker ──┘

A fork shares the loaded dataset, so a killed worker is replaced within milliseconds. The server itself
never forks: it has threads, and a fork copies their locks as they happen to be. Whoever ends first, the
kernel ends everyone below, so that nothing outlives the server.

Messages are JSON, one a packet. To the zygote: any packet asks for one worker. From it: `version`,
`triples` once loaded, or an `error`; then `forked` (with the two descriptors) or `refused` in
the order of the asking, and `ended` with the exit code of each worker. An end of the socket ends the zygote.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import os
import select
import signal
import socket
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from pyoxigraph import RdfFormat

from hct_kg.dataset import Dataset, open_dataset
from hct_kg.errors import HctError, SettingsError
from hct_kg.store.archive import ABOUT
from hct_kg.store.changing import Protected, change
from hct_kg.store.embedded import BlankNode, EmbeddedStore, Literal, NamedNode, Quad, serialize
from hct_kg.store.evaluation import answer
from hct_kg.store.formats import GRAPH_FORMATS, ROW_FORMATS, Format
from hct_kg.store.sandbox import Sandbox, die_with_parent
from hct_kg.store.values import GraphChange, GraphRequest, Limits, Payload, QueryRequest, Update
from hct_kg.store.wire import read_limits, write_error, write_json
from hct_kg.store.worker import Workplace, work

SAMPLE = "urn:hct-kg:graph"


def main() -> int:
    """Load the dataset, say so, and fork workers until the server is gone."""
    arguments = read_arguments()
    die_with_parent(arguments.parent)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)  # the server ends this process, after its last request
    with socket.socket(fileno=arguments.control) as control:
        try:
            before = open_descriptors()
            dataset = open_dataset(arguments.ontology, arguments.data, arguments.queries)
            sandbox = Sandbox(arguments.limits, dataset.folder)
            kept = open_descriptors() - before
            prove(sandbox)
        except HctError as error:
            control.send(write_json(write_error(error)))
            return 1
        warm_up(arguments.limits)
        control.send(write_json(describe(dataset)))
        protected = Protected(frozenset(dataset.ontology_graphs))
        Nursery(control, Workplace(dataset.store, arguments.limits, sandbox, protected), kept).run()
    return 0


def read_arguments() -> argparse.Namespace:
    """Read the command line that `family.Zygote.start` gives."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("control", type=int, help="descriptor of the control socket")
    parser.add_argument("parent", type=int, help="process id of the server")
    parser.add_argument("ontology", type=Path)
    parser.add_argument("data", type=Path)
    parser.add_argument("queries", type=Path)
    parser.add_argument("limits", type=read_limits, help="limits of a query, as JSON")
    return parser.parse_args()


def describe(dataset: Dataset) -> Mapping[str, Any]:
    """Return what the server is told about the dataset."""
    return {"version": dataset.version, "triples": len(dataset.store)}


def warm_up(limits: Limits) -> None:
    """Do everything once that Python does lazily, as no worker may open a file; then share the memory.

    Over a sample, for the dataset may hold what a format cannot write.
    """
    store = EmbeddedStore([Quad(BlankNode(), NamedNode(SAMPLE), Literal("sample"), NamedNode(SAMPLE))])
    for form in ROW_FORMATS:
        answer(store, QueryRequest("SELECT * { ?s ?p ?o } LIMIT 1", row_format=form), limits)
    for form in GRAPH_FORMATS:
        answer(store, QueryRequest("CONSTRUCT { ?s ?p ?o } { ?s ?p ?o } LIMIT 1", graph_format=form), limits)
        answer(store, GraphRequest(SAMPLE, form), limits)
        warm_up_change(form)
    gc.collect()
    gc.freeze()


def warm_up_change(form: Format) -> None:
    """Make changes of every kind, on a store of its own."""
    nothing, graph = Protected(frozenset()), SAMPLE
    assert isinstance(form.engine, RdfFormat), "graph formats are RDF formats"
    body = serialize([], {}, form.engine).encode()
    for request in (
        GraphChange("replace", graph, (Payload(body, form),)),
        Update("INSERT { ?s ?p ?o } WHERE { ?s ?p ?o }", (graph,)),
        GraphChange("drop", graph),
    ):
        store = EmbeddedStore()
        store.add_graph(graph)
        change(store, request, nothing)


def prove(sandbox: Sandbox) -> None:
    """Raise SettingsError unless a process in the sandbox can open neither a socket nor a file nor fork.

    Where the dataset is on disk, it must be able to read there, and not to write.
    """
    pid = os.fork()
    if pid == 0:
        try:
            sandbox.enter()
            os._exit(0 if all(map(refused, forbidden(sandbox))) and can_read(sandbox) else 1)
        finally:
            os._exit(1)
    _, status = os.waitpid(pid, 0)
    if status != 0:
        raise SettingsError("seccomp does not confine workers on this machine; queries are not served without it")


def forbidden(sandbox: Sandbox) -> Iterator[Callable[[], object]]:
    """Yield what no worker may do."""
    yield socket.socket
    yield os.fork
    for path in (os.devnull, __file__, "/etc/passwd"):
        yield partial(os.open, path, os.O_RDONLY)
    if sandbox.folder is not None:
        about = sandbox.folder / ABOUT
        yield partial(os.open, about, os.O_RDWR)
        yield partial(os.open, sandbox.folder / "new", os.O_WRONLY | os.O_CREAT)
        yield partial(os.unlink, about)
        yield partial(os.listdir, sandbox.folder.parent)


def can_read(sandbox: Sandbox) -> bool:
    """Tell whether the files of a dataset on disk can be opened, where it is there."""
    return sandbox.folder is None or os.open(sandbox.folder / ABOUT, os.O_RDONLY) >= 0


def refused(action: Any) -> bool:
    """Tell whether the kernel refuses an action."""
    try:
        action()
    except PermissionError:
        return True
    return False


def open_descriptors() -> frozenset[int]:
    """Return the descriptors that this process has open."""
    return frozenset(int(name) for name in os.listdir("/proc/self/fd"))


class Nursery:
    """Forks workers and reaps them; each child is watched through its pidfd. Workers keep some descriptors open."""

    def __init__(self, control: socket.socket, place: Workplace, kept: frozenset[int] = frozenset()) -> None:
        self._control = control
        self._place = place
        self._kept = kept
        self._children: dict[int, int] = {}
        self._poll = select.poll()
        self._poll.register(control, select.POLLIN)

    def run(self) -> None:
        """Serve the control socket until the server has closed it; then end every child."""
        with contextlib.suppress(ConnectionError):
            while self._serve():
                pass
        for pidfd, pid in self._children.items():
            signal.pidfd_send_signal(pidfd, signal.SIGKILL)
            os.waitpid(pid, 0)

    def _serve(self) -> bool:
        """Do what is due now, or wait for it; return False at the end of the control socket."""
        for descriptor, _ in self._poll.poll():
            if descriptor != self._control.fileno():
                self._reap(descriptor)
            elif self._control.recv(64):
                self._fork()
            else:
                return False
        return True

    def _fork(self) -> None:
        """Fork one worker; give the server its socket and pidfd."""
        ours, theirs = socket.socketpair()
        with ours, theirs:
            parent = os.getpid()
            try:
                pid = os.fork()
            except OSError as error:
                self._control.send(write_json({"refused": error.strerror}))
                return
            if pid == 0:
                self._become_worker(theirs.fileno(), parent)
            pidfd = os.pidfd_open(pid)
            self._children[pidfd] = pid
            self._poll.register(pidfd, select.POLLIN)
            socket.send_fds(self._control, [write_json({"forked": pid})], [ours.fileno(), pidfd])

    def _become_worker(self, descriptor: int, parent: int) -> None:
        """Run as a worker, in the new process; never returns."""
        try:
            die_with_parent(parent)
            for other in open_descriptors() - self._kept - {0, 1, 2, descriptor}:
                with contextlib.suppress(OSError):  # the one by which they were listed
                    os.close(other)
            work(self._place, descriptor)
            os._exit(0)
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(1)

    def _reap(self, pidfd: int) -> None:
        """Collect a child that has ended, and tell the server how."""
        pid = self._children.pop(pidfd)
        self._poll.unregister(pidfd)
        os.close(pidfd)
        _, status = os.waitpid(pid, 0)
        self._control.send(write_json({"ended": pid, "code": os.waitstatus_to_exitcode(status)}))


if __name__ == "__main__":
    sys.exit(main())

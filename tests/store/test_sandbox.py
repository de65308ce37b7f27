"""The second wall, apart from the first: inside the sandbox the kernel refuses every way out."""

from __future__ import annotations

import errno
import json
import socket
import subprocess
import sys

import pyseccomp
import pytest

PROLOGUE = """
import ctypes, json, os, resource, signal, socket, sys
import pyoxigraph
from hct_kg.store.sandbox import Sandbox, renew_processor_limit
from hct_kg.store.values import Limits
store = pyoxigraph.Store()
inherited = socket.socketpair()[0]
def tell(action):
    try:
        action()
    except BaseException as error:
        return type(error).__name__
    return "done"
sandbox = Sandbox(Limits(1, 64, 10, 1))
sandbox.enter()
"""
WAYS_OUT = {
    "open a socket": "socket.socket()",
    "open a pair of sockets": "socket.socketpair()",
    "connect a socket that is there": "inherited.connect('/tmp/somewhere')",
    "send to an address": "inherited.sendto(b'', '/tmp/somewhere')",
    "listen": "inherited.listen()",
    "read a file": "open('/etc/passwd')",
    "write a file": "open('/tmp/something', 'w')",
    "list a folder": "os.listdir('/')",
    "remove a file": "os.unlink('/tmp/something')",
    "fork": "os.fork()",
    "execute": "os.execv('/bin/true', ['true'])",
    "signal another process": "os.kill(os.getppid(), 0)",
    "make a pipe": "os.pipe()",
    "limit another process": "resource.prlimit(os.getppid(), resource.RLIMIT_CPU)",
    "become another user": "os.setuid(1)",
}


def inside(*lines: str) -> subprocess.CompletedProcess[str]:
    """Run lines of Python inside the sandbox."""
    program = PROLOGUE + "\n".join(lines)
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=30, check=False)


def test_the_kernel_refuses_every_way_out() -> None:
    asked = ", ".join(f"{name!r}: tell(lambda: {action})" for name, action in WAYS_OUT.items())
    done = inside(f"print(json.dumps({{{asked}}}))")
    assert json.loads(done.stdout) == dict.fromkeys(WAYS_OUT, "PermissionError"), done.stderr


def test_raw_system_calls_are_refused_too() -> None:
    names = ("ptrace", "io_uring_setup", "openat2", "clone3", "vfork", "memfd_create", "bpf", "execveat")
    numbers = [pyseccomp.resolve_syscall(pyseccomp.system_arch(), name) for name in names]
    ask = f"[(libc.syscall(number, 0, 0, 0, 0, 0), ctypes.get_errno()) for number in {numbers}]"
    done = inside("libc = ctypes.CDLL(None, use_errno=True)", f"print(json.dumps({ask}))")
    assert json.loads(done.stdout) == [[-1, errno.EPERM]] * len(names), done.stderr


def test_a_limit_of_memory_cannot_be_lifted_again() -> None:
    lift = "resource.setrlimit(resource.RLIMIT_AS, (-1, -1))"
    done = inside(f"print(tell(lambda: {lift}), tell(lambda: bytearray(200 << 20)))")
    assert done.stdout == "ValueError MemoryError\n", "setrlimit calls EPERM a ValueError"


@pytest.mark.parametrize("clause", ["SERVICE <{url}> {{ ?s ?p ?o }}", "SERVICE SILENT <{url}> {{ ?s ?p ?o }}"])
def test_the_engine_itself_cannot_reach_a_service(clause: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        clause = clause.format(url=f"http://127.0.0.1:{listener.getsockname()[1]}/")
        inside(f"tell(lambda: list(store.query('SELECT * {{ {clause} }}')))")
        with pytest.raises(BlockingIOError):
            listener.accept()


def test_the_engine_reaches_a_service_without_the_sandbox() -> None:
    """The listener of the tests above is reachable: what holds them back is the sandbox."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        program = f"import pyoxigraph; pyoxigraph.Store().query('ASK {{ SERVICE <{url}> {{ ?s ?p ?o }} }}')"
        with subprocess.Popen([sys.executable, "-c", program], stderr=subprocess.DEVNULL) as process:
            listener.settimeout(10)
            listener.accept()[0].close()
            process.kill()


def test_a_process_in_the_sandbox_can_still_do_its_work() -> None:
    done = inside(
        "renew_processor_limit(1.0)",
        "store.add(pyoxigraph.Quad(*[pyoxigraph.NamedNode('http://h/')] * 3))",
        "print(len(list(store.query('SELECT (NOW() AS ?n) (UUID() AS ?u) (RAND() AS ?r) { ?s ?p ?o }'))))",
    )
    assert (done.stdout, done.returncode) == ("1\n", 0), done.stderr


def test_memory_ends_at_its_limit() -> None:
    done = inside("print(tell(lambda: bytearray(200 << 20)))")
    assert done.stdout == "MemoryError\n"


def test_processor_time_ends_at_its_limit() -> None:
    done = inside("renew_processor_limit(0.0)", "while True: pass")
    assert done.returncode == -24, "SIGXCPU"

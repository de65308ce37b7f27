"""The walls around a worker: memory, processor time, and no way to the network, to files or to processes.

Linux only. The walls stand between a query and the machine even where the engine would go out (SERVICE
opens HTTP connections) or a flaw in it is used: an allow-list of system calls, everything else EPERM.
"""

from __future__ import annotations

import ctypes
import errno
import os
import resource
import signal
from pathlib import Path

from hct_kg.errors import SettingsError
from hct_kg.store.landlock import Landlock
from hct_kg.store.values import Limits

PR_SET_PDEATHSIG = 1

# What evaluating a query needs once everything is imported and loaded: the socket to the server (read and
# write only), memory, clocks, random numbers, and an end. Names that a machine lacks are skipped there.
ALLOWED_CALLS = (
    *("read", "write", "readv", "writev", "pread64", "close", "fstat", "newfstatat", "lseek"),
    *("brk", "mmap", "munmap", "mremap", "madvise", "mprotect"),
    *("futex", "sched_yield", "sched_getaffinity", "getpid", "gettid", "rseq", "membarrier"),
    *("clock_gettime", "clock_getres", "gettimeofday", "time", "clock_nanosleep", "nanosleep"),
    *("getrandom", "getrusage", "sysinfo", "uname"),
    *("rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "sigaltstack", "restart_syscall"),
    *("exit", "exit_group"),
)


def die_with_parent(parent: int) -> None:
    """Have the kernel kill this process as soon as its parent has ended, however that came about."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0) != 0:
        raise SettingsError(f"prctl(PR_SET_PDEATHSIG) failed: {os.strerror(ctypes.get_errno())}")
    if os.getppid() != parent:
        os._exit(1)


# What reading files needs, where Landlock sees to which.
READING_CALLS = ("fcntl", "fadvise64", "readahead", "statx")
WRITING_FLAGS = os.O_ACCMODE | os.O_CREAT | os.O_TRUNC | os.O_APPEND


class Sandbox:
    """The walls, prepared in the zygote; each worker closes them around itself with `enter`.

    With a folder, workers may open files beneath it to read them, and no others.
    """

    def __init__(self, limits: Limits, folder: Path | None = None) -> None:
        """Prepare the walls; raises SettingsError where the machine has them not."""
        self._limits = limits
        self.folder = folder
        self._landlock = None if folder is None else Landlock(folder)
        try:
            import pyseccomp
        except (ImportError, RuntimeError) as error:
            raise SettingsError(f"seccomp is needed to confine queries (Debian: libseccomp2): {error}") from None
        self._seccomp = pyseccomp
        self._filter = pyseccomp.SyscallFilter(pyseccomp.ERRNO(errno.EPERM))
        for name in ALLOWED_CALLS:
            self._filter.add_rule(pyseccomp.ALLOW, name)
        if folder is not None:
            for name in READING_CALLS:
                self._filter.add_rule(pyseccomp.ALLOW, name)
            read_only = pyseccomp.Arg(2, pyseccomp.MASKED_EQ, WRITING_FLAGS, os.O_RDONLY)
            self._filter.add_rule(pyseccomp.ALLOW, "openat", read_only)

    @property
    def descriptors(self) -> tuple[int, ...]:
        """What a worker needs to have open to enter."""
        return () if self._landlock is None else (self._landlock.descriptor,)

    def enter(self) -> None:
        """Close the walls around this process, for good."""
        grown = process_size() + self._limits.memory_bytes
        resource.setrlimit(resource.RLIMIT_AS, (grown, grown))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if self._landlock is None:
            resource.setrlimit(resource.RLIMIT_NOFILE, (16, 16))
        else:
            self._landlock.enter()
        self._allow_own_limits_and_abort()
        self._filter.load()

    def _allow_own_limits_and_abort(self) -> None:
        """Allow this process to renew its processor limit, and Rust's abort() to signal itself."""
        argument, allow, equal = self._seccomp.Arg, self._seccomp.ALLOW, self._seccomp.EQ
        own = argument(0, equal, os.getpid())
        self._filter.add_rule(allow, "tgkill", own)
        for caller in (argument(0, equal, 0), own):
            self._filter.add_rule(allow, "prlimit64", caller, argument(1, equal, resource.RLIMIT_CPU))


def process_size() -> int:
    """Return the size of this process's address space in bytes."""
    with open("/proc/self/statm", "rb") as file:
        return int(file.read().split()[0]) * resource.getpagesize()


def renew_processor_limit(seconds: float) -> None:
    """Let this process use `seconds` more of processor time, and one; then SIGXCPU ends it.

    The server's clock ends a query first. This is for a query whose server cannot: stopped, or stuck.
    """
    usage = resource.getrusage(resource.RUSAGE_SELF)
    used = usage.ru_utime + usage.ru_stime
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(used + seconds + 1) + 1, hard))

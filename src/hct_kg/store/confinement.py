"""The walls around a process of its own that reads what strangers send: memory, processor time, no way out.

Unlike a worker (see `sandbox`) it reads files of ours and starts threads, so the system calls that lead out are
refused, and all others allowed. Linux only.
"""

from __future__ import annotations

import errno
import math
import resource

from hct_kg.errors import SettingsError
from hct_kg.store.sandbox import process_size

# To other machines and processes; to other programs; into files. Names that a machine lacks are skipped there.
REFUSED_CALLS = (
    *("socket", "socketpair", "connect", "bind", "listen", "accept", "accept4", "sendto", "sendmsg", "sendmmsg"),
    *("execve", "execveat", "ptrace", "process_vm_readv", "process_vm_writev", "kill", "pidfd_send_signal"),
    *("unlink", "unlinkat", "rename", "renameat", "renameat2", "mkdir", "mkdirat", "rmdir", "link", "linkat"),
    *("symlink", "symlinkat", "chmod", "fchmod", "fchmodat", "chown", "fchown", "fchownat", "truncate", "ftruncate"),
    *("creat", "openat2", "io_uring_setup", "setuid", "setgid", "mount", "unshare", "setns"),
)
OPENING_CALLS = {"open": 1, "openat": 2}
"""Where each has its flags among its arguments."""
WRITING = (0o1, 0o2, 0o100, 0o1000)
"""O_WRONLY, O_RDWR, O_CREAT and O_TRUNC, as Linux has them on all machines that we know of."""
CORES_AT_WORK = 4


def confine(memory_bytes: int, seconds: float) -> None:
    """Close the walls around this process, for good; raises SettingsError where the system has no seccomp.

    `seconds` are of the clock: the processor time allowed is that on several cores, for a process that nobody ends.
    """
    grown = process_size() + memory_bytes
    resource.setrlimit(resource.RLIMIT_AS, (grown, grown))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    most = math.ceil(seconds * CORES_AT_WORK) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (most, most + 1))
    try:
        import pyseccomp
    except (ImportError, RuntimeError) as error:
        raise SettingsError(f"seccomp is needed to confine validation (Debian: libseccomp2): {error}") from None
    walls = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
    refuse = pyseccomp.ERRNO(errno.EPERM)
    for name in REFUSED_CALLS:
        walls.add_rule(refuse, name)
    for name, place in OPENING_CALLS.items():
        for flag in WRITING:
            walls.add_rule(refuse, name, pyseccomp.Arg(place, pyseccomp.MASKED_EQ, flag, flag))
    walls.load()

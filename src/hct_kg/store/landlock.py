"""Landlock: the kernel lets a process read beneath one folder and nowhere else, for good. Linux 5.13 or later.

https://docs.kernel.org/userspace-api/landlock.html
"""

from __future__ import annotations

import ctypes
import os
import struct
from pathlib import Path

from hct_kg.errors import SettingsError

# The same numbers on every machine.
CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
ASK_VERSION = 1
BENEATH = 1
PR_SET_NO_NEW_PRIVS = 38

READ_FILE = 1 << 2
FILE_RIGHTS = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1}
"""Every right to files that a version of Landlock knows; versions after these know one more."""
LATER_FILE_RIGHTS = (1 << 16) - 1
NETWORK_SINCE, NETWORK_RIGHTS = 4, 0b11
"""To listen and to connect by TCP."""


class Landlock:
    """A wall that leaves reading beneath a folder; made once, and entered by each process that is to be behind it."""

    def __init__(self, folder: Path) -> None:
        """Make it; raises SettingsError where the kernel has no Landlock."""
        version = kernel_version()
        if version < 1:
            raise SettingsError(
                "this kernel has no Landlock (Linux 5.13 or later, with landlock among its security modules, and in a "
                "container a seccomp profile that allows it), which confines queries over a dataset on disk"
            )
        files = FILE_RIGHTS.get(version, LATER_FILE_RIGHTS)
        network = NETWORK_RIGHTS if version >= NETWORK_SINCE else 0
        attributes = struct.pack("=QQ", files, network) if network else struct.pack("=Q", files)
        self._rules = call(CREATE_RULESET, ctypes.c_char_p(attributes), ctypes.c_size_t(len(attributes)), 0)
        below = os.open(folder, os.O_PATH | os.O_CLOEXEC)
        try:
            rule = struct.pack("=Qi", READ_FILE, below)
            call(ADD_RULE, self._rules, BENEATH, ctypes.c_char_p(rule), 0)
        finally:
            os.close(below)

    @property
    def descriptor(self) -> int:
        """What a process needs to have open to enter."""
        return self._rules

    def enter(self) -> None:
        """Be behind the wall, for good."""
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
            raise SettingsError(f"prctl(PR_SET_NO_NEW_PRIVS) failed: {os.strerror(ctypes.get_errno())}")
        call(RESTRICT_SELF, self._rules, 0)


def kernel_version() -> int:
    """Return the version of Landlock that the kernel has; 0 for none."""
    try:
        return call(CREATE_RULESET, None, ctypes.c_size_t(0), ASK_VERSION)
    except SettingsError:
        return 0


def call(number: int, *arguments: object) -> int:
    """Make a system call; raises SettingsError where it fails."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.syscall.restype = ctypes.c_long
    result: int = libc.syscall(ctypes.c_long(number), *arguments)
    if result < 0:
        raise SettingsError(f"Landlock cannot be used: {os.strerror(ctypes.get_errno())}")
    return result

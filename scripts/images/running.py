"""Start what an image starts, in namespaces of its own, until its health check passes; then stop it."""

from __future__ import annotations

import fcntl
import os
import signal
import socket
import struct
import subprocess
import time
from pathlib import Path

from scripts.images.building import Image, mount
from scripts.images.dockerfile import command, health_command

HEALTHY_SECONDS = 120
STOP_SECONDS = 30
SIOCSIFFLAGS = 0x8914
UP_AND_RUNNING = 0x41


def run_until_healthy(image: Image) -> None:
    """Run ENTRYPOINT and CMD on a read-only root until HEALTHCHECK passes, then send SIGTERM.

    Raises RuntimeError where it ends before, is not healthy in time, or stops with anything but 0.
    """
    mount("-o", "remount,ro", image.root)
    raise_loopback()
    arguments = image.chrooted(*command(image.entrypoint), *command(image.command))
    inner = ["sh", "-c", 'mount -t proc proc "$0" && exec "$@"', str(image.root / "proc"), *arguments]
    started = ["unshare", "--mount", "--pid", "--fork", "--kill-child", *inner]
    with subprocess.Popen(started) as process:
        try:
            wait_until_healthy(image, process)
            (first,) = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
            os.kill(int(first), signal.SIGTERM)
            if process.wait(timeout=STOP_SECONDS):
                raise RuntimeError(f"told to stop, it ended with {process.returncode}")
        finally:
            process.kill()


def wait_until_healthy(image: Image, process: subprocess.Popen[bytes]) -> None:
    """Ask the health check's own command, once a second."""
    end = time.monotonic() + HEALTHY_SECONDS
    asked = image.chrooted(*health_command(image.health))
    while subprocess.run(asked, check=False, stderr=subprocess.DEVNULL).returncode:
        if process.poll() is not None:
            raise RuntimeError(f"it ended with {process.returncode} before it was healthy")
        if time.monotonic() > end:
            raise RuntimeError(f"it was not healthy within {HEALTHY_SECONDS} s")
        time.sleep(1)


def raise_loopback() -> None:
    """Have this network namespace's loopback up: nothing else is in it, so no port is taken and nobody can reach it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        fcntl.ioctl(control, SIOCSIFFLAGS, struct.pack("16sh", b"lo", UP_AND_RUNNING))

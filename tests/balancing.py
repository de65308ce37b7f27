"""nginx with the rules of deploy/nginx.conf, in front of copies of the service on this machine."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from serving import eventually, free_port

CONFIGURATION = Path(__file__).parents[1] / "deploy" / "nginx.conf"
COPIES = ("172.30.7.11:8000", "172.30.7.12:8000")


def nginx() -> str:
    """Return the path of nginx, which Debian keeps where only root looks; skip where it is missing, but in CI."""
    path = shutil.which("nginx", path=f"{os.environ['PATH']}{os.pathsep}/usr/sbin")
    if path is None and "CI" not in os.environ:
        pytest.skip("nginx is not installed (Debian: nginx-light)")
    assert path, "CI installs nginx"
    return path


def configuration(folder: Path, port: int, copies: Sequence[int], read_seconds: int | None = None) -> Path:
    """Write the configuration that is shipped, with the ports of a test, into its folder; return its path."""
    text = CONFIGURATION.read_text(encoding="utf-8")
    given = {"listen 8080;": f"listen 127.0.0.1:{port};", "/tmp/": f"{folder}/"}  # noqa: S108 - what is replaced
    given |= {address: f"127.0.0.1:{copy}" for address, copy in zip(COPIES, copies, strict=True)}
    if read_seconds is not None:
        given |= {
            f"proxy_read_timeout {shipped};": f"proxy_read_timeout {read_seconds}s;" for shipped in ("30s", "70s")
        }
    for shipped, own in given.items():
        assert shipped in text, f"deploy/nginx.conf has no {shipped} any more"
        text = text.replace(shipped, own)
    path = folder / "nginx.conf"
    path.write_text(text, encoding="utf-8")
    return path


@contextmanager
def balanced(folder: Path, copies: Sequence[int], read_seconds: int | None = None) -> Iterator[str]:
    """Run nginx in front of two ports; yields its URL once it answers."""
    port = free_port()
    path = configuration(folder, port, copies, read_seconds)
    command = [nginx(), "-c", str(path), "-p", str(folder), "-g", "daemon off;"]
    url = f"http://127.0.0.1:{port}"
    with (folder / "nginx.log").open("wb") as log, subprocess.Popen(command, stderr=log) as process:
        try:
            assert eventually(lambda: answers(process, url), 30), (folder / "nginx.log").read_text()
            yield url
        finally:
            process.terminate()


def answers(process: subprocess.Popen[bytes], url: str) -> bool:
    assert process.poll() is None, "nginx has ended"
    try:
        return httpx.get(f"{url}/healthz").status_code == 200
    except httpx.TransportError:
        return False

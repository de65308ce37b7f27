"""Carry out the steps of a Dockerfile in folders of their own, by overlay mounts and chroot; needs root on Linux.

Each stage begins as this machine's own root, laid under a folder that takes what is written: the base images cannot
be had where there is no engine. `python` is put where the images of Python have it. What is exercised: that the steps
run in their order, that each file they name is there, what is installed and validated, users and rights, that the
result starts as that user on a root that is read-only, is found healthy, and stops when told. What is not: the base
image itself (something that only this machine has would not be missed), layers and their cache, limits of memory,
seccomp profiles and capabilities of an engine, and the pinned digest of anything.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from scripts.images.dockerfile import Instruction, Stage, variables

SEARCH = "/usr/local/bin:/usr/local/sbin:/usr/bin:/usr/sbin:/bin:/sbin"
# How this machine reaches its package registries is no part of an image, as build arguments are none.
PASSED_ON = ("PIP_", "SSL_", "REQUESTS_", "CURL_", "HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy")
LEFT_OUT = shutil.ignore_patterns("__pycache__", "*.pyc")


@dataclass
class Image:
    """A stage under way: its root, and what its instructions have set so far."""

    root: Path
    environment: dict[str, str] = field(default_factory=lambda: {"PATH": SEARCH, "HOME": "/root"})
    folder: str = "/"
    user: str = "0"
    entrypoint: str = "[]"
    command: str = "[]"
    health: str = ""

    def chrooted(self, *arguments: str) -> list[str]:
        """Return a command that runs another one inside, as the user that was set."""
        who = ["setpriv", f"--reuid={self.user}", f"--regid={self.user}", "--clear-groups"]
        limits = [] if self.user == "0" else ["--no-new-privs", "--bounding-set=-all", "--inh-caps=-all"]
        inside = ["env", "--ignore-environment", *(f"{name}={value}" for name, value in self.environment.items())]
        return ["chroot", str(self.root), *inside, *who, *limits, "--", *arguments]


def lay(folder: Path, name: str) -> Image:
    """Mount a stage's root: this machine's, with a layer of its own over it."""
    root, upper, work = (folder / name / part for part in ("root", "upper", "work"))
    for part in (root, upper, work):
        part.mkdir(parents=True)
    mount("-t", "overlay", "-o", f"lowerdir=/,upperdir={upper},workdir={work}", "overlay", root)
    mount("--bind", sys.base_prefix, root / "usr" / "local")
    mount("--bind", "/dev", root / "dev")
    mount("-t", "tmpfs", "-o", "mode=1777", "tmpfs", root / "tmp")
    mount("-t", "proc", "proc", root / "proc")
    image = Image(root)
    run(image, "ldconfig")  # else a Python that shares its library takes that of Debian, as /root is closed to users
    return image


def mount(*arguments: str | Path) -> None:
    """Mount something in this process's own namespace, where it goes with the process."""
    subprocess.run(["/usr/bin/mount", *map(str, arguments)], check=True)


def build(stages: list[Stage], context: Path, folder: Path) -> Image:
    """Carry out all stages; return the last one."""
    images: dict[str, Image] = {}
    for stage in stages:
        print(f"FROM {stage.image} AS {stage.name}", flush=True)  # noqa: T201 - progress
        images[stage.name] = lay(folder, f"stage-{stage.name}")
        for instruction in stage.instructions:
            print(f"{instruction.line}: {instruction.name} {instruction.text}", flush=True)  # noqa: T201 - progress
            carry_out(instruction, images[stage.name], images, context)
    return images[stages[-1].name]


def carry_out(instruction: Instruction, image: Image, images: dict[str, Image], context: Path) -> None:
    """Do one instruction."""
    text = instruction.text
    match instruction.name:
        case "RUN":
            run(image, text)
        case "COPY":
            copy(image, text, images, context)
        case "ENV":
            image.environment |= variables(text, image.environment)
        case "WORKDIR":
            image.folder = text
            inside(image, text).mkdir(parents=True, exist_ok=True)
        case "VOLUME":
            inside(image, text).mkdir(parents=True, exist_ok=True)
        case "USER":
            image.user = text
        case "ENTRYPOINT":
            image.entrypoint = text
        case "CMD":
            image.command = text
        case "HEALTHCHECK":
            image.health = text


def run(image: Image, text: str) -> None:
    """Do a RUN: a shell's command, in the folder that was set; raises CalledProcessError where it fails."""
    given = {name: value for name, value in os.environ.items() if name.startswith(PASSED_ON)}
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    asked = Image(image.root, {**given, **quiet, **image.environment}, image.folder, image.user)
    subprocess.run(asked.chrooted("sh", "-c", f"cd {image.folder} && {text}"), check=True, stdin=subprocess.DEVNULL)


def copy(image: Image, text: str, images: dict[str, Image], context: Path) -> None:
    """Do a COPY, from the context or from another stage; raises FileNotFoundError for a file that is not there."""
    *sources, target = text.split()
    origin = context
    if sources[0].startswith("--from="):
        origin = images[sources.pop(0).removeprefix("--from=")].root
    destination = inside(image, target)
    for source in sources:
        path = origin / source.lstrip("/")
        if path.is_dir():
            shutil.copytree(path, destination, symlinks=True, dirs_exist_ok=True, ignore=LEFT_OUT)
        else:
            into = target.endswith("/") or destination.is_dir() or len(sources) > 1
            destination.mkdir(parents=True, exist_ok=True) if into else None
            shutil.copy2(path, destination / path.name if into else destination)


def inside(image: Image, path: str) -> Path:
    """Return where a path of the image is on this machine."""
    return image.root / os.path.normpath(os.path.join(image.folder, path)).lstrip("/")

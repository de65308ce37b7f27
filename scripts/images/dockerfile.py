"""A Dockerfile as stages of instructions: as much of its grammar as our own files use, and an error for the rest."""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import dataclass
from pathlib import Path

KNOWN = frozenset(
    {"COPY", "CMD", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL", "RUN", "USER", "VOLUME", "WORKDIR"}
)


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction: its name, what follows it, and the line where it begins."""

    name: str
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Stage:
    """One FROM and what follows it."""

    image: str
    name: str
    instructions: tuple[Instruction, ...]


def read(path: Path) -> list[Stage]:
    """Return the stages of a Dockerfile; raises ValueError, with the line, for what is not understood."""
    stages: list[Stage] = []
    for instruction in instructions(path.read_text(encoding="utf-8")):
        if instruction.name == "FROM":
            image, _, name = instruction.text.partition(" AS ")
            stages.append(Stage(image, name or str(len(stages)), ()))
        elif instruction.name not in KNOWN or not stages:
            raise ValueError(f"{path}:{instruction.line}: {instruction.name} is not understood here")
        else:
            last = stages.pop()
            stages.append(Stage(last.image, last.name, (*last.instructions, instruction)))
    return stages


def instructions(text: str) -> list[Instruction]:
    """Return the instructions in order; comments go, and lines that end in a backslash are joined."""
    found: list[Instruction] = []
    pending, start = "", 0
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        start = start if pending else number
        pending += line.strip().removesuffix("\\").rstrip() + " "
        if not line.rstrip().endswith("\\"):
            name, _, rest = pending.strip().partition(" ")
            found.append(Instruction(name.upper(), rest.strip(), start))
            pending = ""
    return found


def command(text: str) -> list[str]:
    """Return the arguments of CMD, ENTRYPOINT or HEALTHCHECK … CMD in the form of a JSON list."""
    found = json.loads(text)
    if not isinstance(found, list):
        raise ValueError(f"not a list: {text}")
    return [str(item) for item in found]


def health_command(text: str) -> list[str]:
    """Return the command of a HEALTHCHECK; its times are for the engine."""
    return command(text.partition("CMD ")[2])


def variables(text: str, known: dict[str, str]) -> dict[str, str]:
    """Return what ENV sets, with the variables that were known put in for $NAME."""
    pairs = (item.split("=", 1) for item in shlex.split(text))
    return {name: re.sub(r"\$(\w+)", lambda found: known.get(found[1], ""), value) for name, value in pairs}

"""The rules of the house, run as tests: linter, formatter, types, Dockerfile."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.parametrize(
    "command",
    [
        ("ruff", "check"),
        ("ruff", "format", "--check"),
        ("mypy",),
        ("hadolint", "Dockerfile"),
    ],
    ids=" ".join,
)
def test_a_check_of_the_house_finds_nothing(root: Path, command: tuple[str, ...]) -> None:
    tool, *arguments = command
    path = Path(sys.executable).with_name(tool)
    done = subprocess.run([path, *arguments], cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr

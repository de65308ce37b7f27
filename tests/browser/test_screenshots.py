"""`scripts/screenshots` takes pictures of the size that it says, and shows them on a page."""

from __future__ import annotations

import shutil
import struct
import subprocess
import sys
from pathlib import Path

from browsing import TELEPHONE, WIDE, needed


def take(root: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    needed(shutil.which("chromium"), "Chromium is not installed: apt-get install chromium")
    command = [sys.executable, str(root / "scripts" / "screenshots"), str(folder), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def width(picture: Path) -> int:
    """Return the width of a PNG: https://www.w3.org/TR/png/#11IHDR"""
    found: int = struct.unpack(">8x4x4sII", picture.read_bytes()[:24])[1]
    return found


def test_one_page_wide_narrow_and_dark(root: Path, tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    done = take(root, folder, "--only", "/about")
    assert done.returncode == 0, done.stderr
    assert "3 pictures" in done.stdout
    names = ("about-wide.png", "about-narrow.png", "about-dark.png")
    assert {path.name for path in folder.iterdir()} == {*names, "index.html"}
    assert [width(folder / name) for name in names] == [WIDE, TELEPHONE, WIDE]
    assert (folder / names[0]).read_bytes() != (folder / names[2]).read_bytes()
    index = (folder / "index.html").read_text(encoding="utf-8")
    assert all(f'src="{name}"' in index for name in names)


def test_a_page_that_is_not_there_is_named(root: Path, tmp_path: Path) -> None:
    done = take(root, tmp_path, "--only", "/nowhere")
    assert done.returncode == 1
    assert "There is no page /nowhere" in done.stderr
    assert list(tmp_path.iterdir()) == []

"""The Dockerfiles, read and carried out step by step where there is no engine."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from scripts.images import dockerfile
from scripts.images.building import Image, copy

TOP = Path(__file__).parents[2]
FILES = [TOP / "Dockerfile", TOP / "deploy" / "virtuoso" / "Dockerfile"]


def steps(*arguments: str) -> subprocess.CompletedProcess[str]:
    if os.geteuid():
        pytest.skip("only root may mount and chroot")
    command = [sys.executable, str(TOP / "scripts" / "image-steps"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_image_is_built_runs_as_nobody_in_particular_is_healthy_and_stops() -> None:
    done = steps()
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 to mend" in done.stdout
    assert done.stdout.splitlines()[-1] == "healthy, and stopped when told"


@pytest.mark.parametrize(
    ("step", "complaint"),
    [
        ("COPY absent absent", "absent"),
        ("RUN false", "non-zero exit status 1"),
        ("ADD https://example.org/file /", "ADD is not understood"),
        ('HEALTHCHECK CMD ["false"]\nENTRYPOINT ["sh", "-c", "exit 3"]', "ended with 3 before it was healthy"),
        ('HEALTHCHECK CMD ["false"]\nENTRYPOINT ["sh", "-c", "touch /etc/x && sleep 99"]', "Read-only file system"),
        # Healthy after a while: by then the shell has set its trap.
        ('HEALTHCHECK CMD ["sleep", "3"]\nENTRYPOINT ["sh", "-c", "trap \'exit 4\' TERM; sleep 9"]', "ended with"),
    ],
)
def test_a_step_that_fails_is_told(tmp_path: Path, step: str, complaint: str) -> None:
    file = tmp_path / "Dockerfile"
    file.write_text(f"FROM debian:bookworm-slim\n{step}\n")
    done = steps("--file", str(file))
    assert done.returncode == 1, done.stdout
    assert complaint in done.stderr


@pytest.mark.parametrize("file", FILES, ids=lambda path: str(path.relative_to(TOP)))
def test_each_ends_as_a_user_without_rights_under_an_init(file: Path) -> None:
    last = dockerfile.read(file)[-1]
    said = {instruction.name: instruction.text for instruction in last.instructions}
    assert int(said["USER"]) >= 10_000
    assert dockerfile.command(said["ENTRYPOINT"]) == ["tini", "-s", "--"]


@pytest.mark.parametrize("file", FILES, ids=lambda path: str(path.relative_to(TOP)))
def test_hadolint_finds_nothing(file: Path) -> None:
    hadolint = Path(sys.executable).with_name("hadolint")
    done = subprocess.run([hadolint, file], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_instructions_go_over_lines_and_comments_are_left_out() -> None:
    text = "# first\nFROM a:1 AS b\nRUN one \\\n  # why\n  && two\nenv A=1 \\\n  B='x y'\n"
    found = dockerfile.instructions(text)
    assert [(item.name, item.text, item.line) for item in found] == [
        ("FROM", "a:1 AS b", 2),
        ("RUN", "one && two", 3),
        ("ENV", "A=1 B='x y'", 6),
    ]
    assert dockerfile.variables("PATH=/opt:$PATH C='x y'", {"PATH": "/bin"}) == {"PATH": "/opt:/bin", "C": "x y"}
    assert dockerfile.health_command('--interval=30s CMD ["python", "-c", "x"]') == ["python", "-c", "x"]


def test_files_and_folders_are_copied_as_an_engine_would(tmp_path: Path) -> None:
    context, root = tmp_path / "context", tmp_path / "root"
    (context / "src").mkdir(parents=True)
    (context / "src" / "a.py").write_text("a")
    (context / "LICENSE").write_text("free")
    image = Image(root, folder="/source")
    copy(image, "LICENSE src/a.py ./", {}, context)
    copy(image, "src lib", {}, context)
    (root / "usr").mkdir()
    copy(image, "LICENSE /usr/licence.txt", {}, context)
    other = Image(tmp_path / "other")
    copy(other, "--from=first /source/lib /opt/lib", {"first": image}, context)
    found = sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file())
    assert found == [
        "context/LICENSE",
        "context/src/a.py",
        "other/opt/lib/a.py",
        "root/source/LICENSE",
        "root/source/a.py",
        "root/source/lib/a.py",
        "root/usr/licence.txt",
    ]

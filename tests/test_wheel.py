"""The wheel alone runs: ontology, data, queries, and what the pages are made of are in it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def test_the_installed_wheel_has_all_that_it_needs(root: Path, tmp_path: Path) -> None:
    """Built from the checkout, installed without its dependencies beside ours, run from elsewhere."""
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    subprocess.run([*pip, "wheel", "--no-deps", "--wheel-dir", str(tmp_path), str(root)], check=True)
    (wheel,) = tmp_path.glob("hct_kg-*.whl")
    target = tmp_path / "site"
    subprocess.run([*pip, "install", "--no-deps", "--target", str(target), str(wheel)], check=True)
    code = (
        "import hct_kg.settings as s; print(s.bundled('data'));"
        "from hct_kg.web.pages import HERE, environment, static_files;"
        "print(HERE, *static_files(), *environment().list_templates());"
        "from hct_kg.web.vendored import read_lock; assert read_lock();"
        "from hct_kg.cli.parser import run; run(['validate'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={"PYTHONPATH": str(target)},
        check=True,
        capture_output=True,
        text=True,
    )
    assert str(target / "hct_kg" / "bundled" / "data") in done.stdout
    assert "0 to mend" in done.stdout
    web = root / "src" / "hct_kg" / "web"

    def names(folder: str) -> list[str]:
        return [path.relative_to(web / folder).as_posix() for path in (web / folder).rglob("*") if path.is_file()]

    # Drawings bring their style with them; typefaces are for pictures, and not served.
    static = sorted([*(name for name in names("static") if not name.endswith(".ttf")), "diagram.css"])
    assert "vendor/yasqe.min.js" in static
    wanted = [str(target / "hct_kg" / "web"), *static, *sorted(names("templates"))]
    assert " ".join(wanted) in done.stdout

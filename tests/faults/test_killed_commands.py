"""`hct-kg keys add`, killed at any moment: the file of the keys has the new key or not, and all others."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from random import Random

from test_kills import SEED

from hct_kg import keys

KILLS = 10


def test_a_killed_command_loses_no_key_and_keeps_what_it_has_told(tmp_path: Path) -> None:
    path, random = tmp_path / "keys.json", Random(SEED)  # noqa: S311 - nothing secret
    print(f"to see this again: FAULTS_SEED={SEED}")  # noqa: T201 - shown where the test fails
    keys.add(path, "first", "write")
    command = [sys.executable, "-m", "hct_kg", "keys", "add", "--keys", str(path), "--label", "x", "--scope", "read"]
    begun = time.monotonic()
    subprocess.run(command, check=True, capture_output=True)
    life = time.monotonic() - begun
    for _ in range(KILLS):
        before = keys.read(path)
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
            time.sleep(random.uniform(life / 2, life))
            process.kill()
            told = process.communicate()[0].strip()
        after = keys.read(path)
        assert before.items() <= after.items()
        assert len(after) - len(before) <= 1
        assert not told or told.split("_")[1] in after
    keys.add(path, "last", "read")
    assert {key.label for key in keys.read(path).values()} == {"first", "x", "last"}

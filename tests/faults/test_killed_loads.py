"""`load`, `backup` and `restore`, killed at any moment: the old dataset or the new one, whole, and nothing left over.

Longer series: `python -m benchmarks.killed_loads`.
"""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from killed_loads import KINDS, Place
from test_kills import SEED

KILLS = 10


@pytest.mark.parametrize("kind", KINDS)
def test_a_killed_command_leaves_the_old_dataset_or_the_new_one(tmp_path: Path, kind: str) -> None:
    print(f"to see this again: FAULTS_SEED={SEED}")  # noqa: T201 - shown where the test fails
    random = Random(f"{SEED} {kind}")  # noqa: S311 - nothing secret
    found = KINDS[kind](Place.made(tmp_path), KILLS, random)
    assert found.old + found.new == KILLS

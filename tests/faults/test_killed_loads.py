"""Commands over a folder, and a server that is changed, killed at any moment: the old dataset or the new one, whole.

Longer series: `python -m benchmarks.killed_loads`.
"""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from killed_changes import kill_changes
from killed_loads import COMMANDS, Place
from test_kills import SEED

KILLS = 10
KILLS_OF_A_SERVER = 4


@pytest.mark.parametrize("kind", COMMANDS)
def test_a_killed_command_leaves_the_old_dataset_or_the_new_one(tmp_path: Path, kind: str) -> None:
    print(f"to see this again: FAULTS_SEED={SEED}")  # noqa: T201 - shown where the test fails
    random = Random(f"{SEED} {kind}")  # noqa: S311 - nothing secret
    found = COMMANDS[kind](Place.made(tmp_path), KILLS, random)
    assert found.kills == KILLS


def test_a_killed_server_on_disk_has_the_old_dataset_or_the_new_one_and_each_change_that_it_acknowledged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    print(f"to see this again: FAULTS_SEED={SEED}")  # noqa: T201 - shown where the test fails
    monkeypatch.setenv("TMPDIR", str(tmp_path))  # a server that is killed leaves its own there
    random = Random(f"{SEED} change")  # noqa: S311 - nothing secret
    found = kill_changes(Place.made(tmp_path), KILLS_OF_A_SERVER, random)
    assert found.kills == KILLS_OF_A_SERVER

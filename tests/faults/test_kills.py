"""Whatever is killed, and whenever: the old state or the new one, nothing acknowledged is lost, no answer is short.

The whole set, a hundred kills of each kind: `python -m benchmarks.faults`.
"""

from __future__ import annotations

import os
from pathlib import Path
from random import Random, SystemRandom

import pytest
from kills import ALL, Place, run

KILLS = 8
SEED = os.environ.get("FAULTS_SEED") or str(SystemRandom().randrange(1_000_000))


@pytest.mark.parametrize("kind", ALL)
def test_a_kill_leaves_the_old_state_or_the_new_one_and_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    print(f"to see this again: FAULTS_SEED={SEED}")  # noqa: T201 - shown where the test fails
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    tally = run(kind, Place.made(tmp_path), KILLS, Random(f"{SEED} {kind}"))  # noqa: S311 - nothing secret
    assert tally.faultless, tally
    assert tally.kills == KILLS
    assert tally.writes > 0
    assert tally.reads > 0

"""Commands that ask the dataset, over each engine: they print what they print of the files that it was loaded from."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from places import ELSEWHERE, engine_in, place_of, put

from hct_kg.cli.parser import FAILED, FOUND, OK, run
from hct_kg.settings import Settings
from hct_kg.terms import HCT, ID

COMMANDS = {
    "stats": ["stats"],
    "trace": ["trace", "grant-funding", "improved-community-health-and-wellbeing", "--limit", "3"],
    "query": ["query", "grants-by-site-and-phase", "site=site/leeds"],
}


@pytest.fixture(scope="module", params=["disk", *ELSEWHERE])
def place(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """The published data in each engine, which the environment names."""
    folder = tmp_path_factory.mktemp(request.param)
    with ExitStack() as stack:
        given: dict[str, Any] = {"store": str(folder / "store")}
        if request.param != "disk":
            engine = stack.enter_context(engine_in(request.param, folder / "server"))
            given = {**place_of(engine.endpoint), "state": folder / "state"}
        settings = Settings(**given)
        put(settings)
        environment = stack.enter_context(pytest.MonkeyPatch.context())
        for name, value in given.items():
            if value is not None:
                environment.setenv(f"HCT_KG_{name.upper()}", str(value))
        yield settings


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_a_command_prints_the_same_of_every_engine(
    place: Settings, command: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(command) == OK
    kept = capsys.readouterr().out
    assert kept.count("\n") > 3
    for name in [name for name in os.environ if name.startswith("HCT_KG_STORE")]:
        monkeypatch.delenv(name)
    assert run(command) == OK
    assert capsys.readouterr().out == kept


def test_what_a_store_holds_is_validated_and_named(place: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["validate"]) == OK
    version = put(place).version
    assert f"version {version}; " in capsys.readouterr().out


def test_what_is_to_mend_in_a_store_is_told_with_its_graph(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wrong = tmp_path / "wrong.ttl"
    wrong.write_text(f"<{ID}site/nowhere> a <{HCT}Site> .", encoding="utf-8")
    store = ["--store", str(tmp_path / "store")]
    assert run(["load", str(wrong), "--no-validate", *store]) == OK
    capsys.readouterr()
    assert run(["validate", *store]) == FOUND
    printed = capsys.readouterr().out
    assert "https://w3id.org/hct-kg/graph/wrong: site/nowhere" in printed
    assert "[shape]" in printed


@pytest.mark.parametrize("command", [*COMMANDS.values(), ["validate"]], ids=[*COMMANDS, "validate"])
def test_a_folder_that_is_no_store_is_named_and_not_made(
    command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = tmp_path / "mistyped"
    assert run([*command, "--store", str(store)]) == FAILED
    assert f"{store}: holds no dataset yet" in capsys.readouterr().err
    assert not store.exists()

"""Settings: what is given wins over the environment, which wins over the defaults."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from hct_kg.errors import SettingsError
from hct_kg.settings import Settings, bundled, describe, from_environment


def test_given_values_win_over_the_environment_and_that_over_defaults() -> None:
    environment = {"HCT_KG_PORT": "9000", "HCT_KG_QUERY_SECONDS": "2.5", "HOME": "/nowhere"}
    settings = from_environment(environment, port=9001, host=None)
    assert (settings.port, settings.query_seconds, settings.host) == (9001, 2.5, "127.0.0.1")


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        ({"HCT_KG_PORT": "many"}, "HCT_KG_PORT='many' is not of type int"),
        ({"HCT_KG_QUERY_ROWS": "0"}, "HCT_KG_QUERY_ROWS=0 must be greater than zero"),
        ({"HCT_KG_PORT": "99999"}, "HCT_KG_PORT=99999 must be at most 65535"),
        ({"HCT_KG_LOG": "no"}, "HCT_KG_LOG='no' is not of type bool"),
        ({"HCT_KG_WRITABLE": "true"}, "HCT_KG_WRITABLE is true, which needs a folder .* set HCT_KG_STATE"),
        ({"HCT_KG_COLOUR": "blue"}, "HCT_KG_COLOUR is no setting; known are HCT_KG_DATA"),
    ],
)
def test_an_unusable_setting_is_named(environment: dict[str, str], message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        from_environment(environment)


def test_every_setting_is_explained_and_stands_in_the_readme(root: Path) -> None:
    readme = (root / "README.md").read_text(encoding="utf-8")
    rows = describe()
    assert len(rows) == len(fields(Settings))
    for name, default, sentence in rows:
        assert sentence.endswith(".")
        assert f"| `{name}` | {default} | {sentence} |" in readme


def test_the_bundled_folders_are_there() -> None:
    assert all(bundled(name).is_dir() for name in ("data", "ontology", "queries"))

"""docs/engines.md: what it names is there, and the URLs of the engines that were tried are theirs."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

from scripts.sparql_servers import OxigraphServer, Virtuoso

from hct_kg.settings import Settings, environment_name

TOP = Path(__file__).parents[2]
PAGE = (TOP / "docs" / "engines.md").read_text(encoding="utf-8")


def test_each_setting_and_each_path_that_it_names_is_there() -> None:
    settings = set(re.findall(r"HCT_KG_[A-Z_]+", PAGE))
    assert "HCT_KG_STORE" in settings
    assert settings <= {environment_name(item.name) for item in fields(Settings)}
    paths = {path.split()[0] for path in re.findall(r"`((?:deploy|scripts|tests)/[^`]*)`", PAGE)}
    assert len(paths) > 6
    assert [path for path in paths if not (TOP / path).exists()] == []


def test_the_urls_of_the_engines_that_were_tried_are_theirs(tmp_path: Path) -> None:
    assert re.findall(r"^\| (.+?) \| \*\*yes\*\* \|", PAGE, re.MULTILINE) == ["Virtuoso 7", "Oxigraph server"]
    for endpoint in (Virtuoso.in_folder(tmp_path).secured, OxigraphServer.in_folder(tmp_path).endpoint):
        for url in (endpoint.query_url, endpoint.update_url, endpoint.graph_store_url):
            path = url.split("/", 3)[3]
            assert re.search(rf"http://HOST:\d+/{path}`", PAGE), path

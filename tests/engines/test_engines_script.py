"""scripts/engines: a server is started, found again and ended by its folder."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from scripts.sparql_servers import Endpoint, OxigraphServer, Virtuoso, kept

from engines import installed
from serving import alive

Run = Callable[..., subprocess.CompletedProcess[str]]
INSERT = "INSERT DATA { GRAPH <urn:g> { <urn:s> <urn:p> <urn:o> } }"


@pytest.fixture
def engines(root: Path, tmp_path: Path) -> Iterator[Run]:
    """The command; what it started is ended after the test."""

    def run(*arguments: str, folder: Path = tmp_path / "server") -> subprocess.CompletedProcess[str]:
        command = [sys.executable, str(root / "scripts" / "engines"), *arguments, "--folder", str(folder)]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    yield run
    kept.stop(tmp_path / "server")


def test_the_oxigraph_server_starts_where_it_says_and_keeps_what_it_holds(engines: Run, tmp_path: Path) -> None:
    installed(OxigraphServer)
    given = settings(engines("start", "oxigraph"))
    assert sorted(given) == ["HCT_KG_STORE", "HCT_KG_STORE_GRAPHS", "HCT_KG_STORE_UPDATE"]
    assert httpx.post(given["HCT_KG_STORE_UPDATE"], data={"update": INSERT}).is_success
    pid = kept.running(tmp_path / "server")
    assert pid is not None
    assert settings(engines("start", "oxigraph")) == given, "it runs already"
    assert kept.running(tmp_path / "server") == pid
    assert engines("stop").returncode == 0
    assert not alive(pid)
    assert "no server" in engines("stop").stderr
    assert settings(engines("start", "oxigraph")) == given
    asked = httpx.get(given["HCT_KG_STORE"], params={"query": "ASK { <urn:s> ?p ?o }"})
    assert asked.json()["boolean"] is True


def test_virtuoso_asks_for_the_password_that_the_command_prints(engines: Run, tmp_path: Path) -> None:
    installed(Virtuoso)
    given = settings(engines("start", "virtuoso"))
    endpoint = Endpoint(*(given[f"HCT_KG_STORE{name}"] for name in ("", "_UPDATE", "_GRAPHS", "_USER", "_PASSWORD")))
    assert endpoint.environment() == given
    assert endpoint.credentials
    assert httpx.post(endpoint.update_url, data={"update": INSERT}).status_code == 401
    let_in = httpx.DigestAuth(*endpoint.credentials)
    assert httpx.post(endpoint.update_url, data={"update": INSERT}, auth=let_in).status_code == 200
    assert (tmp_path / "server" / kept.FILE).stat().st_mode & 0o077 == 0, "the password is for its owner only"
    (opened,) = {settings(engines("start", "virtuoso", "--open"))["HCT_KG_STORE_UPDATE"] for _ in range(2)}
    assert httpx.post(opened, data={"update": INSERT}).status_code == 200


def test_a_folder_of_another_kind_is_refused(engines: Run) -> None:
    installed(OxigraphServer)
    settings(engines("start", "oxigraph"))
    refused = engines("start", "virtuoso")
    assert refused.returncode == 2
    assert "choose another folder" in refused.stderr


def settings(done: subprocess.CompletedProcess[str]) -> dict[str, str]:
    assert done.returncode == 0, done.stderr
    return dict(line.split("=", 1) for line in done.stdout.splitlines())

"""deploy/virtuoso/start: the account is there, and the password that everybody knows is not, when the port opens."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest
from scripts.sparql_servers import Virtuoso

from engines import installed
from serving import eventually, free_port

START = Path(__file__).parents[2] / "deploy" / "virtuoso" / "start"
PASSWORD = "one-of-a-test"  # noqa: S105 - of this test's own server
INSERT = {"update": "INSERT DATA { GRAPH <urn:g> { <urn:s> <urn:p> <urn:o> } }"}
Start = Callable[[str], tuple[subprocess.Popen[str], str]]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Run the script with a password, in one folder; returns its process and the URL where it will be."""
    installed(Virtuoso)
    (tmp_path / "data").mkdir()
    with ExitStack() as stack:

        def run(password: str) -> tuple[subprocess.Popen[str], str]:
            (tmp_path / "password").write_text(password)
            port = free_port()
            given = {
                "VIRTUOSO_FOLDER": tmp_path / "data",
                "VIRTUOSO_PASSWORD_FILE": tmp_path / "password",
                "VIRTUOSO_ADDRESS": f"127.0.0.1:{port}",
                "VIRTUOSO_SQL_PORT": free_port(),
                "VIRTUOSO_FIRST_PORT": free_port(),
                "VIRTUOSO_BUFFERS": 10_000,
            }
            environment = {**os.environ, **{name: str(value) for name, value in given.items()}}
            log = stack.enter_context((tmp_path / "log").open("a"))
            process = stack.enter_context(subprocess.Popen([START], env=environment, stdout=log, stderr=log, text=True))
            stack.callback(process.kill)
            return process, f"http://127.0.0.1:{port}"

        yield run


def listens(process: subprocess.Popen[str], url: str) -> bool:
    assert process.poll() is None, "it has ended"
    try:
        return httpx.get(url).status_code > 0
    except httpx.TransportError:
        return False


def test_only_the_account_with_the_password_may_write(start: Start) -> None:
    process, url = start(PASSWORD)
    assert eventually(lambda: listens(process, url), 120)
    assert httpx.post(f"{url}/sparql", data=INSERT).status_code == 500, "no permission"
    for name, password in (("dba", "dba"), ("hct-kg", "wrong")):
        assert httpx.post(f"{url}/sparql-auth", data=INSERT, auth=httpx.DigestAuth(name, password)).status_code == 401
    let_in = httpx.DigestAuth("hct-kg", PASSWORD)
    assert httpx.post(f"{url}/sparql-auth", data=INSERT, auth=let_in).status_code == 200
    process.terminate()
    assert process.wait(timeout=60) == 0
    process, url = start(PASSWORD)
    assert eventually(lambda: listens(process, url), 120)
    query = {"query": "SELECT ?o { <urn:s> <urn:p> ?o }"}
    found = httpx.get(f"{url}/sparql", params=query, headers={"Accept": "text/csv"})
    assert found.text.split() == ['"o"', '"urn:o"'], "it starts again with what it held"


@pytest.mark.parametrize("password", ["", "it's", 'a"b', "two words"])
def test_a_password_that_sql_might_read_otherwise_is_refused(start: Start, tmp_path: Path, password: str) -> None:
    process, _ = start(password)
    assert process.wait(timeout=60) == 2
    assert "letters, digits" in (tmp_path / "log").read_text()
    assert list((tmp_path / "data").iterdir()) == []

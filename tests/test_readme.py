"""The README cannot rot: its tables are generated, its commands are run.

To write the tables anew after a change: UPDATE_README=1 pytest tests/test_readme.py
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest

from generated import up_to_date
from hct_kg import catalogue
from hct_kg.api.problems import KINDS, TYPE
from hct_kg.cli.parser import OK, SETTING_OPTIONS, parser, run
from hct_kg.dataset import load_dataset
from hct_kg.settings import Settings, describe, from_environment
from hct_kg.statistics import count
from serving import running


def settings_table(_: Path) -> str:
    rows = [f"| `{name}` | {default} | {sentence} |" for name, default, sentence in describe()]
    return "\n".join(["| variable | default | what |", "| --- | --- | --- |", *rows])


def queries_table(root: Path) -> str:
    queries = sorted(catalogue.load(root / "queries").values(), key=lambda query: (query.number, query.name))
    rows = [
        f"| {query.number} | {query.question} | `{query.name}` | {parameters} |"
        for query in queries
        for parameters in [", ".join(f"`{name}`" for name in query.parameters)]
    ]
    return "\n".join(["| no. | question | name | parameters |", "| --- | --- | --- | --- |", *rows])


def problems_table(_: Path) -> str:
    found = sorted({(problem.status, problem.slug, problem.title) for problem in KINDS.values()})
    rows = [f"| {status} | `{TYPE}{slug}` | {title} |" for status, slug, title in found]
    return "\n".join(["| status | type | title |", "| --- | --- | --- |", *rows])


def stats_table(root: Path) -> str:
    counts = count(load_dataset(root / "ontology", root / "data", root / "queries").store)["things by class"]
    rows = sorted((name.rsplit("#", 1)[-1], number) for name, number in counts.items())
    return "\n".join(["| class | things |", "| --- | ---: |", *(f"| {name} | {number} |" for name, number in rows)])


TABLES: dict[str, Callable[[Path], str]] = {
    "settings": settings_table,
    "queries": queries_table,
    "problems": problems_table,
    "stats": stats_table,
}


@pytest.mark.parametrize("name", TABLES)
def test_a_generated_table_is_up_to_date(root: Path, name: str) -> None:
    up_to_date(root / "README.md", name, TABLES[name](root))


def block(root: Path, name: str) -> str:
    match = re.search(
        rf"<!-- {name} -->\n```sh\n(.*?)\n```", (root / "README.md").read_text(encoding="utf-8"), re.DOTALL
    )
    assert match, f"the README has a block of commands marked {name}"
    return match[1]


def test_the_commands_that_ask_answer(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    commands = block(root, "ask").splitlines()
    assert len(commands) > 3
    for command in commands:
        program, *arguments = shlex.split(command)
        assert program == "hct-kg"
        assert run(arguments) == OK, command
    assert "Coventry" in capsys.readouterr().out


def test_the_requests_to_the_service_answer(root: Path) -> None:
    requests = block(root, "ask-service").replace("\\\n", " ").splitlines()
    assert len(requests) == 3
    with ExitStack() as stack:
        client = running(Settings(), stack).client
        for request in requests:
            program, url, *options = shlex.split(request)
            assert program == "curl"
            path = url.removeprefix("http://127.0.0.1:8000")
            given = dict(zip(options[::2], options[1::2], strict=True))
            headers = dict([given["-H"].split(": ")]) if "-H" in given else {}
            form = dict([given["--data-urlencode"].split("=", 1)]) if "--data-urlencode" in given else None
            response = client.post(path, data=form, headers=headers) if form else client.get(path, headers=headers)
            assert response.status_code == 200, response.text
            assert len(response.content) > 100


def test_the_commands_that_change_the_data_do(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    making, serving, changing = block(root, "write").replace("\\\n", " ").splitlines()
    monkeypatch.chdir(tmp_path)
    assert run(shlex.split(making)[1:]) == OK
    key = capsys.readouterr().out.strip()
    options = parser().parse_args([*shlex.split(serving)[1:], "--data", str(root / "tests" / "story")])
    given = {name: getattr(options, name, None) for name in SETTING_OPTIONS}
    with ExitStack() as stack:
        client = running(from_environment({}, **given), stack).client
        program, url, header, bearer, encode, form = shlex.split(changing)
        assert (program, header, encode) == ("curl", "-H", "--data-urlencode")
        name, value = bearer.replace("$KEY", key).split(": ")
        path = url.removeprefix("http://127.0.0.1:8000")
        response = client.post(path, headers={name: value}, data=dict([form.split("=", 1)]))
        assert response.status_code == 204, response.text
        found = client.get("/graphs", params={"graph": "https://example.org/mine"}, headers={"Accept": "text/turtle"})
        assert '<https://example.org/a> <https://example.org/b> "c"' in found.text


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def copy_of_the_checkout(root: Path, to: Path) -> Path:
    """What git holds or would hold, as a new user would get it."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],  # noqa: S607
        cwd=root,
        check=True,
        capture_output=True,
    ).stdout.decode()
    for name in filter(None, listed.split("\0")):
        (to / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(root / name, to / name)
    return to


def get(url: str, server: subprocess.Popen[bytes], seconds: float) -> bytes:
    """Ask until the server answers, ends, or the time is over."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        assert server.poll() is None, f"the command ended with {server.returncode}"
        try:
            with urllib.request.urlopen(url, timeout=5) as response:
                return bytes(response.read())
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"no answer from {url} within {seconds} seconds")


def test_the_first_command_installs_and_serves_the_data(root: Path, tmp_path: Path) -> None:
    port = free_port()
    server = subprocess.Popen(
        ["bash", "-c", block(root, "run")],  # noqa: S607
        cwd=copy_of_the_checkout(root, tmp_path),
        env={**os.environ, "HCT_KG_PORT": str(port)},
        start_new_session=True,
    )
    try:
        assert b"alive" in get(f"http://127.0.0.1:{port}/healthz", server, seconds=300)
        assert b"Coventry" in get(f"http://127.0.0.1:{port}/v1/sites", server, seconds=10)
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(timeout=20)


def test_ci_runs_the_second_command(root: Path) -> None:
    """CI takes the command out of the README; what it takes is the whole block and nothing else."""
    script = (root / ".ci" / "run").read_text(encoding="utf-8")
    extraction = re.search(r"command=\$\((awk .*)\)\n", script)
    assert extraction
    taken = subprocess.run(["bash", "-c", extraction[1]], cwd=root, check=True, capture_output=True)  # noqa: S607
    assert taken.stdout.decode().strip() == block(root, "test")
    assert "pytest" in block(root, "test")

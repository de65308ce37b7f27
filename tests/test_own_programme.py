"""The guide to a programme of one's own: its commands run, its template is whole, and what is told of it is so."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sysconfig
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from hct_kg.cli.parser import parser
from hct_kg.documents import read_document
from hct_kg.settings import Settings
from hct_kg.turtle import format_file
from hct_kg.validation import validate
from serving import running

ROOT = Path(__file__).parents[1]
GUIDE = ROOT / "docs" / "own-programme.md"
TEMPLATE = ROOT / "docs" / "template"
BLOCK = re.compile(r"<!-- (run|serve) -->\n```sh\n(.*?)```", re.DOTALL)
CLASSES = re.compile(r"hct:[A-Z]\w+")


def commands(kind: str) -> list[str]:
    """Return the commands of the guide, in order."""
    blocks = [block for name, block in BLOCK.findall(GUIDE.read_text(encoding="utf-8")) if name == kind]
    return [line for block in blocks for line in block.splitlines()]


@pytest.fixture(scope="module")
def top(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a reader has at the top of the repository that the guide needs."""
    folder = tmp_path_factory.mktemp("top")
    shutil.copytree(TEMPLATE, folder / "docs" / "template")
    return folder


@pytest.fixture(scope="module")
def ran(top: Path) -> dict[str, str]:
    """What each command of the guide has printed, in order; every one has worked."""
    path = f"{sysconfig.get_path('scripts')}{os.pathsep}{os.environ['PATH']}"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("HCT_KG_")} | {"PATH": path}
    printed = {}
    for command in commands("run"):
        done = subprocess.run(
            shlex.split(command),
            capture_output=True,
            text=True,
            cwd=top,
            env={**environment, "PATH": path},
            check=False,
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
        printed[command] = done.stdout
    return printed


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    with ExitStack() as stack:
        yield running(Settings(data=TEMPLATE / "data"), stack).client


def said(ran: dict[str, str], beginning: str) -> list[str]:
    """Return what the commands that begin so have printed."""
    found = [text for command, text in ran.items() if command.startswith(beginning)]
    assert found
    return found


def test_all_commands_of_the_guide_run(ran: dict[str, str]) -> None:
    assert len(ran) >= 14
    assert GUIDE.read_text(encoding="utf-8").count("```sh") == len(BLOCK.findall(GUIDE.read_text(encoding="utf-8")))


@pytest.mark.parametrize("engine", ["pyrudof", "pyshacl"])
def test_the_template_has_nothing_to_mend(engine: str) -> None:
    documents = [read_document(path) for path in (TEMPLATE / "documents").iterdir()]
    assert documents
    assert validate(ROOT / "ontology", TEMPLATE / "data", engine, documents) == []


def test_digest_length_and_headings_are_those_that_the_data_has(ran: dict[str, str], top: Path) -> None:
    data = (top / "my-programme" / "data" / "orchard-report" / "document.ttl").read_text(encoding="utf-8")
    (digest,) = said(ran, "sha256sum")
    assert f'hct:sha256 "{digest.split()[0]}"' in data
    length, heading = said(ran, "python3 -c")
    assert f"selector:section-orchard-report a oa:TextPositionSelector ;\n    oa:end {length.strip()} ;" in data
    assert re.search(rf"selector:section-orchard-report-3 [^.]*oa:start {heading.strip()} \.", data)


def test_the_passages_of_the_template_are_those_that_cite_prints(ran: dict[str, str], top: Path) -> None:
    first, second = said(ran, "hct-kg passages cite")
    assert "section:orchard-report-3" in first
    start, end = re.findall(r"passage:orchard-report-(\d+)-(\d+) a", second)[0]
    text = read_document(top / "my-programme" / "documents" / "orchard-report.txt").text[int(start) : int(end)]
    assert (text[:9], text[-13:]) == ("The grant", "between them.")


def test_every_passage_holds_and_every_paragraph_is_cited(ran: dict[str, str]) -> None:
    assert all(text.splitlines()[0].startswith("0 to mend") for text in said(ran, "hct-kg validate"))
    assert said(ran, "hct-kg passages check") == ["11 passages, 5 sections, 1 documents: 0 to mend\n"]
    assert "8 of 8 paragraphs cited (100%)" in said(ran, "hct-kg passages coverage")[0]


def test_the_template_is_in_the_one_form_of_turtle() -> None:
    files = sorted((TEMPLATE / "data").rglob("*.ttl"))
    assert len(files) == 5
    for file in files:
        assert format_file(file) == file.read_text(encoding="utf-8")


def test_questions_to_it_are_answered_with_its_own_things(ran: dict[str, str]) -> None:
    assert "3 links, all stated" in said(ran, "hct-kg trace")[0]
    partners, outcomes, advice = said(ran, "hct-kg query")
    assert "Lantern House" in partners
    assert "Neighbours feel less alone" in outcomes
    assert "Give money for the hours that partners spend together" in advice


def test_the_command_to_serve_it_is_one_and_its_pages_show_it(client: httpx.Client) -> None:
    (command,) = commands("serve")
    assert parser().parse_args(shlex.split(command)[1:]).data == Path("my-programme/data")
    for path, shown in {
        "/": "Orchard Neighbours",
        "/theory-of-change": "Neighbours feel less alone",
        "/map": "Trust between partners",
        "/evidence": "Brook group",
        "/doc/site/brook-group": "Fen Council",
    }.items():
        page = client.get(path, headers={"Accept": "text/html"})
        assert page.status_code == 200
        assert shown in page.text


def test_the_guide_names_no_class_that_the_ontology_has_not() -> None:
    known = (ROOT / "ontology" / "hct.ttl").read_text(encoding="utf-8")
    named = set(CLASSES.findall(GUIDE.read_text(encoding="utf-8")))
    assert len(named) > 6
    assert {name for name in named if f"\n{name} a owl:Class" not in known} == set()

"""Validation says what is wrong, where, and how to mend it; both SHACL engines see the same."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from hct_kg.cli.parser import FAILED, FOUND, OK, run
from hct_kg.dataset import load_dataset
from hct_kg.documents import read_document
from hct_kg.shacl import ENGINES
from hct_kg.shacl import validate as validate_shapes
from hct_kg.sources import discover, ontology_sources, read_all
from hct_kg.validation import Finding, validate


@pytest.fixture
def folder(root: Path, tmp_path: Path) -> Path:
    """A copy of the story that a test may spoil."""
    return Path(shutil.copytree(root / "tests" / "story", tmp_path / "data"))


def spoil(folder: Path, old: str, new: str) -> Path:
    """Replace a text in whichever file holds it, once."""
    path = next(path for path in sorted(folder.rglob("*.ttl")) if old in path.read_text(encoding="utf-8"))
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    return path


def spoil_rule(ontology: Path, old: str, new: str) -> Path:
    """Replace a text in the first rule."""
    path = min((ontology / "rules").glob("*.rq"))
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    return path


def watch_opened(action: Callable[[], object]) -> list[str]:
    """Return the path of each file that the interpreter opens during an action."""
    opened: list[str] = []
    watching = True

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        if watching and event == "open":
            opened.append(str(arguments[0]))

    sys.addaudithook(watch)  # It stays until the interpreter ends, so it is told when to stop.
    action()
    watching = False
    return opened


def found(root: Path, folder: Path) -> list[Finding]:
    return validate(root / "ontology", folder)


def test_the_published_data_may_be_published(root: Path) -> None:
    assert validate(root / "ontology", root / "data") == []


def test_the_published_data_is_in_our_own_words(root: Path, documents: Path) -> None:
    held = [read_document(path) for path in sorted(documents.glob("*.txt"))]
    assert len(held) == 5
    assert [str(finding) for finding in validate(root / "ontology", root / "data", documents=held)] == []


@pytest.mark.parametrize("data", ["data", "tests/story"])
def test_both_engines_agree_that_the_data_is_in_shape(root: Path, data: str) -> None:
    quads = read_all((*ontology_sources(root / "ontology"), *discover(root / data)))
    assert {engine: validate_shapes(quads, root / "ontology" / "shapes.ttl", engine) for engine in ENGINES} == {
        "pyrudof": [],
        "pyshacl": [],
    }


def test_every_malformed_file_is_named_with_its_line(root: Path, folder: Path) -> None:
    (folder / "a.ttl").write_text("<https://e.org/a>\n  <https://e.org/b> .\n", encoding="utf-8")
    (folder / "b.ttl").write_text("\n\n}\n", encoding="utf-8")
    findings = found(root, folder)
    assert [(Path(f.file).name, f.line, f.check) for f in findings] == [("a.ttl", 2, "syntax"), ("b.ttl", 3, "syntax")]


def test_a_misspelt_property_is_found_with_file_line_and_advice(root: Path, folder: Path) -> None:
    path = spoil(folder, "hct:curatorNote ", "hct:curatorsNote ")
    findings = found(root, folder)
    assert {finding.check for finding in findings} == {"shape", "reference"}
    closed = next(finding for finding in findings if finding.path == "hct:curatorsNote" and finding.check == "shape")
    assert closed.file == str(path)
    line = path.read_text(encoding="utf-8").splitlines()[(closed.line or 0) - 1]
    assert line.startswith(closed.focus.replace("/", ":", 1))
    assert closed.message


def test_a_dangling_reference_is_found(root: Path, folder: Path) -> None:
    spoil(folder, "hct:polarity polarity:positive", "hct:polarity polarity:positiv")
    dangling = [finding for finding in found(root, folder) if finding.check == "reference"]
    assert [finding.message for finding in dangling] == [
        "polarity/positiv is described nowhere: add it, or mend its spelling"
    ]


def test_a_blank_node_is_found(root: Path, folder: Path) -> None:
    (folder / "extra.ttl").write_text("[] <https://e.org/b> <https://e.org/c> .\n", encoding="utf-8")
    assert [finding.check for finding in found(root, folder)] == ["blank node"]


def test_the_command_says_what_it_found_and_how_it_went(
    root: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["validate", "--data", str(folder), "--ontology", str(root / "ontology")]
    assert run(options) == OK
    assert capsys.readouterr().out.startswith("0 to mend")
    spoil(folder, "hct:curatorNote ", "hct:curatorsNote ")
    assert run([*options, "--json"]) == FOUND
    document = json.loads(capsys.readouterr().out)
    assert document["conforms"] is False
    assert {"check", "file", "line", "focus", "path", "message"} <= set(document["findings"][0])


def test_the_command_names_the_dataset_as_loading_it_does(
    root: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["validate", "--data", str(folder), "--ontology", str(root / "ontology")]
    dataset = load_dataset(root / "ontology", folder, root / "queries")
    assert run(options) == OK
    assert f"version {dataset.version}; triples {len(dataset.store)}" in capsys.readouterr().out
    assert run([*options, "--json"]) == OK
    document = json.loads(capsys.readouterr().out)
    assert (document["version"], document["triples"]) == (dataset.version, len(dataset.store))


def test_data_that_is_out_of_shape_still_has_its_rules_run(
    root: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spoil(folder, "hct:curatorNote ", "hct:curatorsNote ")
    assert run(["validate", "--data", str(folder), "--ontology", str(root / "ontology")]) == FOUND
    assert load_dataset(root / "ontology", folder, root / "queries").version in capsys.readouterr().out


def test_a_rule_that_cannot_be_run_is_a_failure_that_names_its_file(
    root: Path, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ontology = Path(shutil.copytree(root / "ontology", tmp_path / "ontology"))
    rule = spoil_rule(ontology, "CONSTRUCT", "CONSTRICT")
    assert run(["validate", "--data", str(folder), "--ontology", str(ontology)]) == FAILED
    assert str(rule) in capsys.readouterr().err


@pytest.mark.parametrize("text", ["}", "[] <https://e.org/b> <https://e.org/c> ."])
def test_data_that_is_malformed_or_nameless_makes_no_dataset(
    root: Path, folder: Path, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "extra.ttl").write_text(text, encoding="utf-8")
    assert run(["validate", "--json", "--data", str(folder), "--ontology", str(root / "ontology")]) == FOUND
    document = json.loads(capsys.readouterr().out)
    assert document.keys() == {"conforms", "findings"}
    assert len(document["findings"]) == 1


def test_each_file_is_read_once_where_there_is_nothing_to_mend(
    root: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = {str(path) for path in folder.rglob("*.ttl")}
    options = ["validate", "--data", str(folder), "--ontology", str(root / "ontology")]
    opened = [path for path in watch_opened(lambda: run(options)) if path in files]
    assert capsys.readouterr().out.startswith("0 to mend")
    assert sorted(opened) == sorted(files)


def test_a_missing_folder_is_a_failure_and_not_a_finding(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["validate", "--data", str(tmp_path / "nowhere")]) == FAILED
    assert "is no folder" in capsys.readouterr().err


def test_foreign_data_is_no_concern_of_the_shapes(root: Path, folder: Path) -> None:
    (folder / "foreign.ttl").write_text("<https://e.org/a> a <https://e.org/Thing> .\n", encoding="utf-8")
    assert found(root, folder) == []
    with_it, without_it = (
        load_dataset(root / "ontology", data, root / "queries").version for data in (folder, root / "tests" / "story")
    )
    assert with_it != without_it

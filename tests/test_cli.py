"""The command line: what it prints, and its exit codes."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from hct_kg.cli.parser import FAILED, FOUND, OK, parser, run
from serving import free_port

Capture = pytest.CaptureFixture[str]
PLAN = "hct-theory-of-change"


def test_help_comes_fast_for_it_imports_nothing_heavy() -> None:
    code = "import sys; import hct_kg.cli.parser as p; p.parser().format_help(); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.split()
    assert not {"fastapi", "pyoxigraph", "rdflib", "pyshacl", "pyrudof", "pydantic", "uvicorn"} & set(loaded)


def test_help_names_every_setting_and_exit_code() -> None:
    text = parser().format_help()
    assert all(name in text for name in ("HCT_KG_DATA", "HCT_KG_QUERY_SECONDS", "exit codes:", "130"))


def test_a_trace_prints_each_link_with_marks_and_passage_and_says_which_are_implied(capsys: Capture) -> None:
    assert (
        run(["trace", "grant-funding", "improved-community-health-and-wellbeing", "--limit", "3", "--model", PLAN])
        == OK
    )
    text = capsys.readouterr().out
    first = text.split("\n\n")[0]
    links = first.count("→")
    assert "all stated, weakest mark modality/intended" in first
    assert first.count("stated, intended; of ") == links >= 3
    assert first.count("at passage/evaluation-report-") >= links


def test_a_trace_says_which_links_are_implied(capsys: Capture) -> None:
    assert run(["trace", "learning-support", "improved-community-health-and-wellbeing", "--model", PLAN]) == OK
    text = capsys.readouterr().out
    assert "implied, intended" in text
    assert "curator's note: " in text
    assert "links are implied: read by the curator" in text


def test_a_trace_quotes_the_passages_from_held_copies(capsys: Capture, documents: Path) -> None:
    command = ["trace", "grant-funding", "improved-community-health-and-wellbeing", "--limit", "1"]
    assert run([*command, "--documents", str(documents)]) == OK
    assert capsys.readouterr().out.count("“") >= 3


def test_words_of_a_label_name_a_factor_and_an_ambiguous_name_lists_them(capsys: Capture) -> None:
    assert run(["trace", "Improved health and wellbeing of local communities", "--upstream", "--limit", "1"]) == OK
    assert run(["trace", "partnership"]) == FAILED
    error = capsys.readouterr().err
    assert "factors are called 'partnership'" in error
    assert "\n  factor/" in error


def test_a_trace_without_a_chain_ends_with_1(capsys: Capture) -> None:
    assert run(["trace", "improved-community-health-and-wellbeing", "grant-funding"]) == FOUND
    assert capsys.readouterr().out.startswith("0 chains; all")


def test_a_curated_query_prints_a_table_and_takes_parameters(capsys: Capture) -> None:
    assert run(["query", "grants-by-site-and-phase", "site=site/leeds", "phase=phase/hct-2"]) == OK
    out = capsys.readouterr().out.splitlines()
    assert len(out) == 3
    assert "site/leeds" in out[2]
    assert "452769" in out[2]


def test_a_query_file_is_answered_in_the_format_asked_for(
    tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    path = tmp_path / "mine.rq"
    path.write_text("SELECT ?s { ?s a <https://w3id.org/hct-kg/ns#TheoryOfChange> }", encoding="utf-8")
    assert run(["query", str(path), "--format", "csv"]) == OK
    assert capfdbinary.readouterr().out == b"s\r\nhttps://w3id.org/hct-kg/id/model/hct-theory-of-change\r\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["query", "no-such-question"], "is no file and no curated query"),
        (["query", "nowhere.rq"], "cannot be read"),
        (["query", "grants-by-site-and-phase", "colour=blue"], "has no parameter 'colour'"),
        (["trace", "grant-funding", "grant-funding"], "the same factor"),
        (["trace", "grant-funding", "--model", "nowhere"], "is no causal model; there are: model/"),
        (["stats", "--data", "nowhere"], "is no folder"),
        (["passages", "check", "--documents", "nowhere"], "holds none of the documents"),
    ],
)
def test_what_cannot_be_done_ends_with_2_and_says_why(arguments: list[str], message: str, capsys: Capture) -> None:
    assert run(arguments) == FAILED
    assert message in capsys.readouterr().err


def test_a_malformed_query_is_refused_with_line_and_column(tmp_path: Path, capsys: Capture) -> None:
    path = tmp_path / "mine.rq"
    path.write_text("SELECT *\nWHERE { ?s ?p }", encoding="utf-8")
    assert run(["query", str(path)]) == FAILED
    assert "line 2, column 16" in capsys.readouterr().err


def test_a_query_that_is_not_utf_8_is_refused(tmp_path: Path, capsys: Capture) -> None:
    path = tmp_path / "mine.rq"
    path.write_bytes(b"SELECT * { ?s ?p '\xff' }")
    assert run(["query", str(path)]) == FAILED
    assert "is not UTF-8 at byte 18" in capsys.readouterr().err


@pytest.mark.parametrize("option", ["--depth=0", "--limit=-1", "--depth=many"])
def test_a_bound_that_is_no_positive_number_is_refused_by_name(option: str, capsys: Capture) -> None:
    with pytest.raises(SystemExit) as caught:
        run(["trace", "grant-funding", option])
    assert caught.value.code == FAILED
    assert f"argument {option.split('=')[0]}: invalid positive value" in capsys.readouterr().err


def test_an_address_that_is_taken_ends_the_service_before_it_loads(capsys: Capture) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        assert run(["serve", "--port", str(port)]) == FAILED
    assert f"cannot listen on 127.0.0.1, port {port}: " in capsys.readouterr().err


def test_a_query_to_another_service_is_refused(tmp_path: Path, capsys: Capture) -> None:
    path = tmp_path / "mine.rq"
    path.write_text("SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }", encoding="utf-8")
    assert run(["query", str(path)]) == FAILED
    assert "SERVICE is not allowed" in capsys.readouterr().err


def test_stats_counts_what_there_is(capsys: Capture) -> None:
    assert run(["stats", "--json"]) == OK
    document = json.loads(capsys.readouterr().out)
    classes = document["counts"]["things by class"]
    assert classes["Site"] == 6
    assert classes["Link"] > 100
    assert len(document["version"]) == 64


def test_passages_are_cited_checked_and_counted(documents: Path, capsys: Capture) -> None:
    held = ["--documents", str(documents)]
    assert run(["passages", "cite", "evaluation-report", "--find", "Coventry … £449,558", *held]) == OK
    assert "passage:evaluation-report-" in capsys.readouterr().out
    assert run(["passages", "check", *held]) == OK
    assert capsys.readouterr().out.endswith("0 to mend\n")
    assert run(["passages", "coverage", *held]) == OK
    assert "paragraphs cited" in capsys.readouterr().out
    assert run(["passages", "cite", "evaluation-report", "--find", "no such words", *held]) == FAILED


def test_a_syntax_error_in_the_data_stops_the_service_before_it_listens(root: Path, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "bad.ttl").write_text("<https://e.org/a>\n  <https://e.org/b> .\n", encoding="utf-8")
    command = [sys.executable, "-m", "hct_kg", "serve", "--data", str(tmp_path / "data"), "--port", str(free_port())]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == FAILED
    assert f"{tmp_path / 'data' / 'bad.ttl'}:2:" in done.stderr
    assert "Traceback" not in done.stderr

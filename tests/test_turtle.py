"""The formatter has one form, loses nothing, and refuses what it would lose."""

from __future__ import annotations

from pathlib import Path

import pytest

from hct_kg.errors import DataError, RdfSyntaxError
from hct_kg.sources import discover
from hct_kg.store import parse_turtle
from hct_kg.turtle import format_file, format_triples

UNTIDY = """# Why this file is here.
@prefix site: <https://w3id.org/hct-kg/id/site/> . @prefix hct: <https://w3id.org/hct-kg/ns#> .
@prefix unused: <https://example.org/> .
site:b-10 hct:size 2 ; a hct:Site . site:b-9 a hct:Site .
"""

TIDY = """# Why this file is here.
@prefix hct: <https://w3id.org/hct-kg/ns#> .
@prefix site: <https://w3id.org/hct-kg/id/site/> .

site:b-9 a hct:Site .

site:b-10 a hct:Site ;
    hct:size 2 .
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "some.ttl"
    path.write_text(text, encoding="utf-8")
    return path


def test_untidy_turtle_gets_its_one_form(tmp_path: Path) -> None:
    assert format_file(write(tmp_path, UNTIDY)) == TIDY
    assert format_file(write(tmp_path, TIDY)) == TIDY


def test_a_comment_in_the_middle_is_refused_for_it_would_be_lost(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="comments belong at the top") as caught:
        format_file(write(tmp_path, TIDY + "# a thought\n"))
    assert caught.value.line == 9


def test_a_blank_node_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="blank node"):
        format_file(write(tmp_path, "<https://e.org/a> <https://e.org/b> [] .\n"))


def test_malformed_turtle_is_refused_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(RdfSyntaxError) as caught:
        format_file(write(tmp_path, TIDY + "site:c a\n"))
    assert (caught.value.file, caught.value.line) == (tmp_path / "some.ttl", 10)


def test_every_data_file_is_in_its_one_form(root: Path) -> None:
    files = [source.path for source in discover(root / "data")]
    assert files
    assert [path.name for path in files if format_file(path) != path.read_text(encoding="utf-8")] == []


def test_formatting_keeps_every_triple(root: Path) -> None:
    for source in discover(root / "data"):
        triples = parse_turtle(source.path.read_bytes())
        assert set(parse_turtle(format_triples(triples))) == set(triples)

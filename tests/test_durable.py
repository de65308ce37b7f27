"""Files that are replaced whole or grown by a line: what a reader meets, and who may read."""

from __future__ import annotations

from pathlib import Path

import pytest

from hct_kg.durable import append_line, replace_file


def test_a_reader_of_the_old_file_reads_it_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "kept"
    replace_file(path, "old text")
    with path.open() as reader:
        assert reader.read(4) == "old "
        replace_file(path, "new")
        assert reader.read() == "text"
    assert path.read_text() == "new"


def test_a_file_is_for_its_owner_only_and_nothing_lies_beside_it(tmp_path: Path) -> None:
    replace_file(tmp_path / "kept", "a")
    append_line(tmp_path / "grown", "b")
    assert {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {"kept": 0o600, "grown": 0o600}


def test_a_file_that_cannot_be_replaced_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    with pytest.raises(OSError, match="directory"):
        replace_file(tmp_path / "kept", "text")
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]


def test_a_line_after_a_torn_one_stands_apart_from_it(tmp_path: Path) -> None:
    path = tmp_path / "grown"
    append_line(path, "first")
    path.write_bytes(path.read_bytes() + b"torn by a cra")
    append_line(path, "third")
    append_line(path, "fourth")
    assert path.read_text().splitlines() == ["first", "torn by a cra", "third", "fourth"]

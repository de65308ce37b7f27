"""The text of passages: from the documents that are held, if they are those that the data was made from."""

from __future__ import annotations

from pathlib import Path

import pytest

from hct_kg.api.conditional import entity_tag
from hct_kg.api.texts import Texts, read_texts
from hct_kg.documents import read_document
from hct_kg.passages import Source
from hct_kg.terms import ID

TEXT = "Rivers rise.\r\nMeadows — dry.\n"
RIVER, MEADOW = f"{ID}document/river", f"{ID}document/meadow"


@pytest.fixture
def texts(tmp_path: Path) -> Texts:
    (tmp_path / "river.txt").write_text(TEXT, encoding="utf-8", newline="")
    return read_texts([Source(RIVER, "river.txt", ""), Source(MEADOW, "../meadow.txt", "")], tmp_path)


def test_a_passage_is_read_by_code_points_and_its_digest_is_checked(texts: Texts, tmp_path: Path) -> None:
    digest = read_document(tmp_path / "river.txt").digest(14, 27)
    assert texts.read(RIVER, 14, 27, digest) == ("Meadows — dry", None)
    changed = (None, "river.txt is not the text that the data was made from: it has changed here")
    assert texts.read(RIVER, 13, 26, digest) == changed
    assert texts.read(RIVER, 14, 2700, digest) == changed


def test_a_document_that_is_not_held_is_named_without_its_folder(texts: Texts, tmp_path: Path) -> None:
    text, note = texts.read(MEADOW, 0, 4, "")
    assert text is None
    assert note is not None
    assert note.startswith("../meadow.txt of document/meadow cannot be read")
    assert str(tmp_path) not in note


def test_nothing_outside_the_folder_is_read(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text(TEXT, encoding="utf-8")
    folder = tmp_path / "documents"
    folder.mkdir()
    assert not read_texts([Source(RIVER, "../secret.txt", "")], folder).documents


def test_an_answer_with_texts_has_another_tag_than_one_without(texts: Texts, tmp_path: Path) -> None:
    (tmp_path / "river.txt").write_text(TEXT + "More.", encoding="utf-8", newline="")
    later = read_texts([Source(RIVER, "river.txt", "")], tmp_path)
    question = ("/v1/passages", b"", b"", b"http//here")
    tags = {entity_tag("0" * 64, question, False, each.edition) for each in (Texts(), texts, later)}
    assert len(tags) == 3

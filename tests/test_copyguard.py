"""The copy guard finds nine words in a row, and only in text that must be ours."""

from __future__ import annotations

from pathlib import Path

from hct_kg.copyguard import find_copies
from hct_kg.documents import Document, read_document
from hct_kg.store import NamedNode, Quad, in_graph, parse_turtle

SENTENCE = "The river’s banks were planted with willow by the people of the town."


def document(folder: Path) -> Document:
    path = folder / "report.txt"
    path.write_text(SENTENCE, encoding="utf-8")
    return read_document(path)


def quads(predicate: str, text: str) -> list[Quad]:
    triples = parse_turtle(f'<https://e.org/a> <{predicate}> "{text}"@en .')
    return [in_graph(triple, NamedNode("https://e.org/g")) for triple in triples]


DESCRIPTION = "http://purl.org/dc/terms/description"
TITLE = "http://purl.org/dc/terms/title"


def test_nine_words_in_a_row_are_a_copy_whatever_their_case_and_marks(tmp_path: Path) -> None:
    ours = quads(DESCRIPTION, "They say: the river's banks WERE planted, with willow by the people")
    (run,) = find_copies(ours, [document(tmp_path)])
    assert run.words == "the river's banks were planted with willow by the"
    assert run.document == "report.txt"


def test_eight_words_in_a_row_are_none(tmp_path: Path) -> None:
    assert not list(
        find_copies(quads(DESCRIPTION, "river’s banks were planted with willow by the"), [document(tmp_path)])
    )


def test_a_title_is_a_fact(tmp_path: Path) -> None:
    assert not list(find_copies(quads(TITLE, SENTENCE), [document(tmp_path)]))

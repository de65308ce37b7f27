"""Passages can be checked by whoever holds the documents, and one changed character is found."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from hct_kg.coverage import cover
from hct_kg.dataset import Dataset
from hct_kg.documents import read_document
from hct_kg.errors import DocumentError
from hct_kg.passages import Evidence, check, cite, open_documents, read_evidence
from hct_kg.store import EmbeddedStore, NamedNode, in_graph, parse_turtle
from hct_kg.terms import ID

REPORT = f"{ID}document/evaluation-report"
TEXT = (
    "Willow\r\n\n1.1 Banks\n\nThe banks “slid” – twice.\n\nNobody had planted.\n\n"
    "1.2 After\n\nWillow holds the banks.\n"
)
AFTER = TEXT.index("1.2")
SECTIONS = [
    ("river", "", "Willow", 0, len(TEXT)),
    ("river-1-1", "1.1", "Banks", TEXT.index("1.1"), AFTER),
    ("river-1-2", "1.2", "After", AFTER, len(TEXT)),
]


def evidence_of(folder: Path, *finds: str) -> Evidence:
    """A document of three sections, with a passage for each text."""
    path = folder / "river.txt"
    path.write_bytes(TEXT.encode())
    document = read_document(path)
    turtle = [
        "@prefix hct: <https://w3id.org/hct-kg/ns#> . @prefix oa: <http://www.w3.org/ns/oa#> .",
        "@prefix dcterms: <http://purl.org/dc/terms/> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .",
        *(f"@prefix {kind}: <{ID}{kind}/> ." for kind in ("document", "passage", "section", "selector")),
        f'document:river a hct:SourceDocument ; hct:fileName "river.txt" ; hct:sha256 "{document.sha256}" .',
    ]
    for slug, notation, title, start, end in SECTIONS:
        turtle.append(
            f'section:{slug} a hct:Section ; dcterms:title "{title}"@en ; oa:hasSource document:river ;'
            f" oa:hasSelector selector:section-{slug} . selector:section-{slug} oa:start {start} ; oa:end {end} ."
        )
        if notation:
            turtle.append(f'section:{slug} skos:notation "{notation}" .')
    sections = read(turtle)
    for find in finds:
        turtle.extend(cite(sections, f"{ID}document/river", document, find))
    return read(turtle)


def read(turtle: list[str]) -> Evidence:
    graph = NamedNode("https://example.org/graph")
    return read_evidence(EmbeddedStore(in_graph(triple, graph) for triple in parse_turtle("\n".join(turtle))))


def test_a_passage_is_cited_with_offsets_digest_and_innermost_section(tmp_path: Path) -> None:
    evidence = evidence_of(tmp_path, "The banks “slid” – twice.")
    (passage,) = evidence.passages
    assert TEXT[passage.start : passage.end] == "The banks “slid” – twice."
    assert passage.iri == f"{ID}passage/river-{passage.start}-{passage.end}"
    assert passage.section == f"{ID}section/river-1-1"
    assert check(evidence, open_documents(evidence.sources, tmp_path)) == []


def test_first_and_last_words_cite_all_that_is_between_at_every_place(tmp_path: Path) -> None:
    evidence = evidence_of(tmp_path, "banks … .", "Willow")
    found = [TEXT[passage.start : passage.end] for passage in evidence.passages]
    assert found == ["Willow", "banks “slid” – twice.", "Willow", "banks."]


@pytest.mark.parametrize("position", range(0, len(TEXT), 7))
def test_one_changed_character_is_found_and_named(tmp_path: Path, position: int) -> None:
    evidence = evidence_of(tmp_path, "The banks “slid” – twice.", "Willow holds the banks.")
    changed = TEXT[:position] + ("#" if TEXT[position] != "#" else "+") + TEXT[position + 1 :]
    (tmp_path / "river.txt").write_bytes(changed.encode())
    problems = check(evidence, open_documents(evidence.sources, tmp_path))
    inside = [passage for passage in evidence.passages if passage.start <= position < passage.end]
    named = [problem for problem in problems if problem.startswith("passage/")]
    assert [problem.split(":")[0] for problem in named] == [p.iri.removeprefix(ID) for p in inside]
    where = "in the passages named" if inside else "outside every passage"
    assert problems[-1] == f"river.txt: is not the text that the data was made from; it differs {where}"


def test_a_passage_in_the_wrong_section_is_named(tmp_path: Path) -> None:
    evidence = evidence_of(tmp_path, "Nobody had planted.")
    (passage,) = evidence.passages
    moved = Evidence(evidence.sources, tuple(s for s in evidence.sections if s.notation != "1.1"), evidence.passages)
    (problem,) = check(moved, open_documents(evidence.sources, tmp_path))
    assert problem == f"{passage.iri.removeprefix(ID)}: its innermost section is section/river"


def test_a_section_whose_number_is_not_there_is_named(tmp_path: Path) -> None:
    evidence = evidence_of(tmp_path)
    (tmp_path / "river.txt").write_bytes(TEXT.replace("1.2 After", "2.1 After").encode())
    first, _ = check(evidence, open_documents(evidence.sources, tmp_path))
    assert first == f"section/river-1-2: river.txt has no heading '1.2 After' at {AFTER}"


def test_a_folder_without_the_documents_is_refused(tmp_path: Path) -> None:
    evidence = evidence_of(tmp_path)
    (tmp_path / "river.txt").unlink()
    with pytest.raises(DocumentError, match=r"holds none of the documents \(river.txt\)"):
        open_documents(evidence.sources, tmp_path)


def test_a_document_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    (tmp_path / "river.txt").write_bytes(b"Willow\xff")
    with pytest.raises(DocumentError, match="not UTF-8 at byte 6"):
        read_document(tmp_path / "river.txt")


def test_coverage_names_the_paragraphs_that_no_passage_touches(tmp_path: Path) -> None:
    evidence = evidence_of(tmp_path, "twice.")
    covered = {section.section.name: section for section in cover(evidence, open_documents(evidence.sources, tmp_path))}
    assert set(covered) == {"1.1 Banks", "1.2 After"}
    assert (covered["1.1 Banks"].cited, covered["1.1 Banks"].paragraphs) == (1, 2)
    assert [paragraph.line for paragraph in covered["1.1 Banks"].uncited] == [7]
    assert [paragraph.line for paragraph in covered["1.2 After"].uncited] == [11]


def test_every_pointer_of_the_published_data_holds(real: Dataset, documents: Path) -> None:
    evidence = read_evidence(real.store)
    assert len(evidence.passages) > 300
    assert check(evidence, open_documents(evidence.sources, documents)) == []


def test_a_changed_copy_of_the_report_is_found(real: Dataset, documents: Path, tmp_path: Path) -> None:
    shutil.copytree(documents, tmp_path / "copies")
    evidence = read_evidence(real.store)
    passage = next(passage for passage in evidence.passages if passage.document == REPORT)
    path = tmp_path / "copies" / "evaluation-report.txt"
    text = path.read_bytes().decode()
    path.write_bytes((text[: passage.start] + "#" + text[passage.start + 1 :]).encode())
    problems = check(evidence, open_documents(evidence.sources, tmp_path / "copies"))
    assert any(problem.startswith(f"{passage.iri.removeprefix(ID)}: the text has changed") for problem in problems)

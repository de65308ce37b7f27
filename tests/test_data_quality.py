"""What the published data must hold beyond its shapes: nothing orphaned, nobody named, every paragraph counted."""

from __future__ import annotations

from pathlib import Path

import pytest

from hct_kg.coverage import LEFT_OUT, cover, read_left_out
from hct_kg.dataset import Dataset
from hct_kg.documents import Document
from hct_kg.passages import open_documents, read_evidence
from hct_kg.terms import DERIVED, ID, NAMESPACES

PREFIXES = "".join(f"PREFIX {prefix}: <{namespace}>\n" for prefix, namespace in NAMESPACES.items())
SPEAKER = "names a speaker: no natural person is named here"


@pytest.fixture(scope="module")
def held(real: Dataset, documents: Path) -> dict[str, Document]:
    return open_documents(read_evidence(real.store).sources, documents)


def test_at_least_97_paragraphs_in_a_hundred_of_every_document_are_cited(
    real: Dataset, root: Path, held: dict[str, Document]
) -> None:
    covered = cover(read_evidence(real.store), held, read_left_out(root / "data" / LEFT_OUT))
    assert len(held) == 5
    for iri in held:
        sections = [section for section in covered if section.section.document == iri]
        paragraphs = sum(section.paragraphs for section in sections)
        assert paragraphs > 20
        assert sum(section.cited for section in sections) >= 0.97 * paragraphs, iri


def test_what_is_left_out_is_a_whole_paragraph_that_nothing_cites(
    real: Dataset, root: Path, held: dict[str, Document]
) -> None:
    evidence = read_evidence(real.store)
    for item in read_left_out(root / "data" / LEFT_OUT):
        spans = {(paragraph.start, paragraph.end) for paragraph in held[item.document].paragraphs()}
        assert (item.start, item.end) in spans
        assert not [p for p in evidence.of(item.document) if p.start < item.end and item.start < p.end], item
        assert item.reason


def test_nobody_who_speaks_in_the_films_is_named(root: Path, held: dict[str, Document]) -> None:
    left_out = read_left_out(root / "data" / LEFT_OUT)
    names = {
        held[item.document].text[item.start : item.end].strip().removeprefix("Dr ")
        for item in left_out
        if item.reason == SPEAKER
    }
    names = {name for name in names if name.istitle() or " De " in name}  # the rest are roles
    assert len(names) > 20
    files = [*root.glob("data/**/*.ttl"), *root.glob("ontology/*.ttl"), *root.glob("queries/*.rq"), root / "README.md"]
    for path in files:
        text = path.read_text(encoding="utf-8")
        assert not [name for name in names if name in text], path


def test_every_passage_supports_something(real: Dataset) -> None:
    cited = f"GRAPH ?g {{ ?s ?via ?p }} FILTER(!STRSTARTS(STR(?g), '{DERIVED}'))"
    orphans = f"SELECT ?p {{ ?p a hct:Passage FILTER NOT EXISTS {{ {cited} }} }}"
    assert real.store.select(PREFIXES + orphans) == []


def test_passages_are_short(real: Dataset) -> None:
    lengths = sorted(passage.end - passage.start for passage in read_evidence(real.store).passages)
    assert lengths[len(lengths) // 2] < 300
    assert lengths[-1] <= 1500


def test_every_concept_and_shared_thing_that_is_defined_is_used(real: Dataset) -> None:
    for kind in ("Factor", "Scope", "Population", "Period"):
        unused = (
            f"SELECT ?t {{ ?t a hct:{kind} FILTER NOT EXISTS {{ ?s ?p ?t FILTER(!STRENDS(STR(?p), 'hasMember')) }} }}"
        )
        assert [row["t"].value.removeprefix(ID) for row in real.store.select(PREFIXES + unused)] == []


def test_every_reported_link_is_put_in_words_by_a_finding(real: Dataset) -> None:
    silent = """SELECT ?l { ?l a hct:Link ; hct:model <%smodel/hct-reported-factors>
      FILTER NOT EXISTS { ?f hct:finds ?l } }"""
    assert [row["l"].value for row in real.store.select(PREFIXES + silent % ID)] == []


def test_the_fifth_document_speaks_of_another_programme(real: Dataset) -> None:
    rows = real.store.select(f"{PREFIXES} SELECT DISTINCT ?p {{ ?p a hct:Programme }}")
    assert {row["p"].value.removeprefix(ID) for row in rows} == {"programme/hct", "programme/power-in-partnerships"}
    links = f"""SELECT ?l {{ ?l a hct:Link ; hct:model <{ID}model/power-in-partnerships-rationale> , ?other
      FILTER(?other != <{ID}model/power-in-partnerships-rationale>) }}"""
    assert real.store.select(PREFIXES + links) == []


def test_two_values_of_one_thing_that_differ_are_joined_by_a_discrepancy(real: Dataset, root: Path) -> None:
    rule = (root / "tests" / "rules" / "values-that-differ.rq").read_text(encoding="utf-8")
    assert real.store.select(rule) == []

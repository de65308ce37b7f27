"""Generated programmes: the same for a seed, in shape, in proportion, of the size asked for, and with answers."""

from __future__ import annotations

import gzip
import itertools
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph
import pytest
from benchmarks.generate.template import Template, read_template
from benchmarks.generate.writing import Order, write

from hct_kg.catalogue import CuratedQuery, load
from hct_kg.dataset import Dataset, load_dataset
from hct_kg.documents import read_document
from hct_kg.links import QUERIES, Network, read_network
from hct_kg.passages import check, open_documents, read_evidence
from hct_kg.projection import Projection
from hct_kg.terms import GRAPH, HCT, ID, SKOS, TYPE
from hct_kg.tracing import Bounds, trace
from hct_kg.validation import validate

ROOT = Path(__file__).parents[1]
CURATED = load(ROOT / "queries")
PROGRAMMES = 3
CANDIDATES = 60
CLOSE = {80_000: (3, 0.05), 10_000: (15, 0.25)}
"""Triples of a programme, and by how many things, or by what part, a class or a property may be off its share.

A small programme has one thing at least of each class, be it one in ten thousand of the real data.
"""


@pytest.fixture(scope="module")
def template() -> Template:
    return read_template(ROOT / "data")


@pytest.fixture(scope="module")
def folder(template: Template, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A hundred thousand triples in three programmes, and their documents."""
    place = tmp_path_factory.mktemp("generated")
    write(template, Order(100_000, seed=5, programmes=PROGRAMMES, documents=place / "documents"), place / "data")
    return place


@pytest.fixture(scope="module")
def dataset(folder: Path) -> Dataset:
    return load_dataset(ROOT / "ontology", folder / "data", ROOT / "queries")


@pytest.fixture(scope="module")
def network(dataset: Dataset) -> Network:
    return read_network({name: dataset.store.select(query) for name, query in QUERIES.items()})


def triples(folder: Path) -> set[pyoxigraph.Triple]:
    """Return the triples of all Turtle files of a folder."""
    files = sorted(folder.rglob("*.ttl"))
    assert files
    return {triple for file in files for triple in triples_of(file)}


def triples_of(file: Path) -> Iterator[pyoxigraph.Triple]:
    return (quad.triple for quad in pyoxigraph.parse(path=str(file), format=pyoxigraph.RdfFormat.TURTLE))


def counted(found: set[pyoxigraph.Triple]) -> Counter[str]:
    """Return how often each property is said, and how many things each class has."""
    properties = Counter(triple.predicate.value for triple in found)
    return properties + Counter(
        f"class {triple.object.value}"
        for triple in found
        if triple.predicate.value == TYPE and isinstance(triple.object, pyoxigraph.NamedNode)
    )


@pytest.mark.parametrize(("name", "triples"), [("some", 10_000), ("some.nq", 10_000), ("some.nq.gz", 170_000)])
def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(
    template: Template, tmp_path: Path, name: str, triples: int
) -> None:
    def bytes_of(run: str, seed: int) -> bytes:
        (tmp_path / run).mkdir()
        write(template, Order(triples, seed), tmp_path / run / name)
        return b"".join(file.read_bytes() for file in sorted((tmp_path / run).rglob("*.*")) if file.is_file())

    first = bytes_of("first", 7)
    assert len(first) > triples
    assert bytes_of("again", 7) == first
    assert bytes_of("other", 8) != first


@pytest.mark.parametrize(("size", "programmes"), [(10_000, None), (10_000, 2), (170_000, None), (100_000, 5)])
def test_there_are_as_many_triples_as_were_asked_for(
    template: Template, tmp_path: Path, size: int, programmes: int | None
) -> None:
    written = write(template, Order(size, programmes=programmes), tmp_path / "data")
    found = triples(tmp_path / "data")
    assert written.triples == len(found)
    assert len(found) == pytest.approx(size, rel=0.05)
    assert len(list((tmp_path / "data").glob("*.ttl"))) == written.programmes == (programmes or max(1, size // 80_000))


def test_turtle_and_n_quads_say_the_same_in_one_graph_a_programme(template: Template, tmp_path: Path) -> None:
    for name in ("data", "data.nq.gz"):
        write(template, Order(20_000, programmes=2), tmp_path / name)
    with gzip.open(tmp_path / "data.nq.gz") as packed:
        quads = set(pyoxigraph.parse(packed.read(), format=pyoxigraph.RdfFormat.N_QUADS))
    assert {quad.triple for quad in quads} == triples(tmp_path / "data")
    graphs = {quad.graph_name.value for quad in quads if isinstance(quad.graph_name, pyoxigraph.NamedNode)}
    assert graphs == {GRAPH + file.stem for file in (tmp_path / "data").glob("*.ttl")}
    assert len(graphs) == 2


@pytest.mark.parametrize(("size", "things", "part"), [(size, *close) for size, close in CLOSE.items()])
def test_each_class_and_property_has_the_share_that_it_has_in_the_real_data(
    template: Template, tmp_path: Path, size: int, things: int, part: float
) -> None:
    # given
    real = triples(ROOT / "data")
    # when
    write(template, Order(size, programmes=1), tmp_path / "data")
    # then
    generated = triples(tmp_path / "data")
    wanted, found = counted(real), counted(generated)
    shares = {name: count * len(generated) / len(real) for name, count in wanted.items()}
    assert len(shares) > 100
    assert set(found) <= set(shares)
    assert {
        name: (found[name], share)
        for name, share in shares.items()
        if abs(found[name] - share) > max(things, part * share)
    } == {}


@pytest.mark.parametrize(("size", "engine"), [(10_000, "pyrudof"), (10_000, "pyshacl"), (100_000, "pyrudof")])
def test_nothing_of_it_is_to_be_mended(template: Template, tmp_path: Path, size: int, engine: str) -> None:
    write(template, Order(size, seed=3, documents=tmp_path / "documents"), tmp_path / "data")
    documents = [read_document(path) for path in sorted((tmp_path / "documents").iterdir())]
    assert documents
    assert validate(ROOT / "ontology", tmp_path / "data", engine, documents) == []


def test_every_passage_and_section_is_where_the_documents_have_it(folder: Path, dataset: Dataset) -> None:
    evidence = read_evidence(dataset.store)
    documents = open_documents(evidence.sources, folder / "documents")
    assert len(documents) == len(evidence.sources) >= PROGRAMMES
    assert check(evidence, documents) == []


def test_one_changed_character_of_a_document_is_found(folder: Path, dataset: Dataset, tmp_path: Path) -> None:
    # given
    evidence = read_evidence(dataset.store)
    for file in (folder / "documents").iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    changed, (passage, *_) = evidence.sources[0], evidence.of(evidence.sources[0].iri)
    # when
    text = (tmp_path / changed.file_name).read_text(encoding="utf-8")
    spoilt = f"{text[: passage.start]}#{text[passage.start + 1 :]}"
    (tmp_path / changed.file_name).write_text(spoilt, encoding="utf-8", newline="")
    # then
    found = check(evidence, open_documents(evidence.sources, tmp_path))
    assert any(passage.iri.removeprefix(ID) in problem for problem in found)


def test_no_two_programmes_speak_of_the_same_thing(folder: Path) -> None:
    said = [{triple.subject for triple in triples_of(file)} for file in sorted((folder / "data").iterdir())]
    assert len(said) == PROGRAMMES
    assert all(one.isdisjoint(other) for one, other in itertools.combinations(said, 2))
    published = {triple.subject for triple in triples(ROOT / "data")}
    assert all(things.isdisjoint(published) for things in said)


def test_labels_are_unique(dataset: Dataset) -> None:
    rows = dataset.store.select(
        f"SELECT ?label ?kind (COUNT(DISTINCT ?thing) AS ?things) {{ ?thing <{SKOS}prefLabel> ?label ; a ?kind ;"
        f" <{HCT}supportedBy> ?passage }} GROUP BY ?label ?kind"
    )
    assert len(rows) > 1000
    assert [row["label"].value for row in rows if row["things"].value != "1"] == []


@pytest.mark.parametrize("query", CURATED.values(), ids=list(CURATED))
def test_every_curated_query_has_an_answer(dataset: Dataset, query: CuratedQuery) -> None:
    # What a query takes by default is a thing of the published data: here it is given one of these
    wanted = {name: item for name, item in query.parameters.items() if item.required or item.default}
    choices = [candidates(dataset, query, name) for name in wanted]
    asked = itertools.islice(itertools.product(*choices), CANDIDATES**2)
    answers = (dataset.store.select(query.bind(dict(zip(wanted, values, strict=True)))) for values in asked)
    rows = next((rows for rows in answers if rows), [])
    assert rows
    assert set(rows[0]) <= set(query.columns)


def candidates(dataset: Dataset, query: CuratedQuery, name: str) -> list[str]:
    """Return things that a parameter takes."""
    item = query.parameters[name]
    if item.default and item.default.startswith("hct:"):
        return [item.default]
    if item.scheme_iri:
        pattern = f"?thing <{SKOS}inScheme> <{item.scheme_iri}>"
    elif item.class_iri:
        pattern = f"?thing a <{item.class_iri}>"
    else:
        pattern = f"?thing <{HCT}supportedBy> ?passage"
    rows = dataset.store.select(f"SELECT DISTINCT ?thing {{ {pattern} }} ORDER BY ?thing LIMIT {CANDIDATES}")
    return [row["thing"].value for row in rows]


def test_traces_find_chains_in_each_programme(network: Network) -> None:
    # given: where nothing leads to, a chain can only begin
    projection, effects = Projection(network.links), {link.effect for link in network.links}
    beginnings = sorted({link.cause for link in network.links} - effects)
    # when
    longest: dict[str, int] = {}
    for factor in beginnings:
        chains = trace(projection, factor, bounds=Bounds(chains=5)).chains
        programme = "-".join(factor.removeprefix(f"{ID}factor/").split("-")[:2])
        longest[programme] = max(longest.get(programme, 0), *(len(chain.steps) for chain in chains))
    # then
    assert len(longest) == PROGRAMMES
    assert min(longest.values()) > 2


def test_each_programme_has_a_loop_that_is_stated_and_hangs_together(network: Network) -> None:
    assert len(network.stated_loops) == PROGRAMMES
    for stated in network.stated_loops:
        links = [link for link in network.links if link.iri in stated.links]
        assert len(links) > 2
        assert len({link.effect for link in links} - {link.cause for link in links}) <= 1


def test_the_command_says_what_it_wrote_and_writes_over_nothing(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "benchmarks.generate", "--triples", "10_000", "--output", str(tmp_path / "x.nq")]
    first = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert first.returncode == 0, first.stderr
    lines = (tmp_path / "x.nq").read_text(encoding="utf-8").splitlines()
    assert first.stdout.startswith(f"{len(lines)} triples, 1 programmes, seed 1: {tmp_path / 'x.nq'}; ")
    again = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert again.returncode == 2
    assert "is there already" in again.stderr


@pytest.mark.parametrize("triples", ["9999", "100000001", "many"])
def test_a_size_that_cannot_be_made_is_refused(tmp_path: Path, triples: str) -> None:
    command = [sys.executable, "-m", "benchmarks.generate", "--triples", triples, "--output", str(tmp_path / "x.nq")]
    refused = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert refused.returncode == 2
    assert "--triples" in refused.stderr
    assert not (tmp_path / "x.nq").exists()

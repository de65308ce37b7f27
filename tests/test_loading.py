"""`hct-kg load`, `backup`, `restore`, `dump`: every format, all or nothing, and back again with the same digests."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
from dataclasses import replace
from pathlib import Path

import pyoxigraph
import pytest
from pyoxigraph import RdfFormat

from hct_kg.building import Building, Rules
from hct_kg.cli.parser import FAILED, FOUND, OK, run
from hct_kg.cli.progress import line, lines
from hct_kg.dataset import Dataset, load_dataset
from hct_kg.errors import DataError, RdfSyntaxError, SettingsError
from hct_kg.loading import backup, inputs, restore, unpacked
from hct_kg.settings import Settings
from hct_kg.store import in_graph
from hct_kg.store.archive import Archive
from hct_kg.store.folder import Folder
from hct_kg.store.on_disk_target import OnDiskTarget
from serving import EX, GRAPH, ORCHARD, invented
from stored import put

FORMATS = {
    "ttl": RdfFormat.TURTLE,
    "nt": RdfFormat.N_TRIPLES,
    "rdf": RdfFormat.RDF_XML,
    "nq": RdfFormat.N_QUADS,
    "trig": RdfFormat.TRIG,
    "jsonld": RdfFormat.JSON_LD,
}
NAMED = ("nq", "trig", "jsonld")
PLUM = f'<{EX}plum> <{EX}colour> "blue" .\n'


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return replace(invented(tmp_path), store=str(tmp_path / "store"))


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "store"


def current(store: Path) -> Archive:
    """Return the current version of a folder."""
    version = Folder(store).current()
    assert version is not None
    return Archive.open(version)


def triples(store: Path, graph: str) -> list[str]:
    """Return the N-Triples of a graph of the current version."""
    archive = current(store)
    found = archive.graph(graph)
    return b"".join(archive.triples_of(found)).decode().splitlines() if found else []


def written(suffix: str, graph: str | None = None) -> bytes:
    """Return the orchard in a format, in a graph where the format names graphs."""
    quads = pyoxigraph.parse(ORCHARD, RdfFormat.TURTLE)
    if suffix in NAMED and graph is not None:
        quads = (in_graph(quad.triple, pyoxigraph.NamedNode(graph)) for quad in quads)  # type: ignore[assignment]
    body = pyoxigraph.serialize(quads, format=FORMATS[suffix])
    assert body is not None
    return body


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
@pytest.mark.parametrize("suffix", FORMATS)
def test_every_format_gives_the_same_graph(
    settings: Settings, store: Path, tmp_path: Path, suffix: str, packed: bool
) -> None:
    graph = f"{GRAPH}fruit"
    content = written(suffix, graph)
    path = tmp_path / (f"fruit.{suffix}.gz" if packed else f"fruit.{suffix}")
    path.write_bytes(gzip.compress(content) if packed else content)
    put(store, settings, [path])
    expected = [f"{quad.triple} ." for quad in pyoxigraph.parse(ORCHARD, RdfFormat.TURTLE)]
    assert sorted(triples(store, graph)) == sorted(expected)


def test_a_folder_makes_the_dataset_that_the_service_makes_of_it(settings: Settings, store: Path) -> None:
    (settings.data / "orchard").mkdir()
    (settings.data / "orchard" / "more.ttl").write_text(PLUM)
    loaded = put(store, settings, [settings.data])
    expected = load_dataset(settings.ontology, settings.data, settings.queries)
    assert loaded.archive
    assert loaded.archive.version == expected.version


def test_blank_nodes_have_the_names_that_they_have_in_memory(settings: Settings, store: Path) -> None:
    (settings.data / "nameless.ttl").write_text(f'[] <{EX}knows> [ <{EX}name> "_: no node" ] ; a <{EX}Thing> .\n')
    (settings.data / "other.ttl").write_text(f"_:a <{EX}knows> _:b . _:b <{EX}knows> _:a , <{EX}plum> .\n")
    (settings.ontology / "rules" / "known.rq").write_text(
        f'#+ title = "Known"\nCONSTRUCT {{ ?o <{EX}knownBy> ?s }} WHERE {{ ?s <{EX}knows> ?o }}\n'
    )
    loaded = put(store, settings, [settings.data])
    expected = load_dataset(settings.ontology, settings.data, settings.queries)
    assert loaded.archive
    assert loaded.archive.version == expected.version
    again = put(store, settings, [settings.data / "other.ttl"]).archive
    assert again
    assert again.version == expected.version


def test_a_graph_takes_the_place_of_the_one_of_its_name_and_others_stay(
    settings: Settings, store: Path, tmp_path: Path
) -> None:
    put(store, settings, [settings.data])
    before = triples(store, f"{GRAPH}beads")
    (tmp_path / "orchard.ttl").write_text(PLUM)
    put(store, settings, [tmp_path / "orchard.ttl"])
    assert triples(store, f"{GRAPH}orchard") == [PLUM.strip()]
    assert triples(store, f"{GRAPH}beads") == before


def test_add_adds_to_the_graph_that_is_there(settings: Settings, store: Path, tmp_path: Path) -> None:
    put(store, settings, [settings.data])
    before = triples(store, f"{GRAPH}orchard")
    (tmp_path / "orchard.ttl").write_text(PLUM + ORCHARD)
    put(store, settings, [tmp_path / "orchard.ttl"], add=True)
    assert triples(store, f"{GRAPH}orchard") == sorted([*before, PLUM.strip()])


def test_a_graph_can_be_named_for_files_that_name_none(settings: Settings, store: Path, tmp_path: Path) -> None:
    (tmp_path / "some.nt").write_text(PLUM)
    put(store, settings, [tmp_path / "some.nt"], graph=f"{EX}graph")
    assert triples(store, f"{EX}graph") == [PLUM.strip()]


MISTAKES = {
    "bad.ttl": (b"@prefix ex: <https://example.org/> .\nex:a ex:b ex:c ; ; .\nex:a ex:b c .\n", 3, None),
    "bad.nt": (PLUM.encode() + b"<a> <b>\n", 2, None),
    "bad.nq": (PLUM.encode() * 2 + b"nonsense\n", 3, None),
    "bad.rdf": (b"<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><", None, None),
    "bad.jsonld": (b'{"@context": "https://example.org/context"}', None, None),
    "bad.ttl.gz": (gzip.compress(b"ex:a ex:b ex:c .\n"), 1, None),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_malformed_file_changes_nothing_and_is_named_with_its_line(
    settings: Settings, store: Path, tmp_path: Path, name: str
) -> None:
    put(store, settings, [settings.data])
    before = current(store)
    content, number, _ = MISTAKES[name]
    (tmp_path / name).write_bytes(content)
    (tmp_path / "good.ttl").write_text(PLUM)
    with pytest.raises(RdfSyntaxError) as caught:
        put(store, settings, [tmp_path / "good.ttl", tmp_path / name])
    assert caught.value.file == tmp_path / name
    assert caught.value.line == number
    assert current(store) == before


def test_a_file_that_is_cut_short_is_named(settings: Settings, store: Path, tmp_path: Path) -> None:
    (tmp_path / "cut.nt.gz").write_bytes(gzip.compress(PLUM.encode() * 1000)[:-20])
    with pytest.raises(DataError, match=r"cut.nt.gz: is not whole"):
        put(store, settings, [tmp_path / "cut.nt.gz"])
    assert Folder(store).current() is None


@pytest.mark.parametrize("graph", [f"{GRAPH}ontology", f"{GRAPH}queries", f"{GRAPH}derived/inverses"])
def test_what_is_made_of_the_ontology_is_not_loaded(
    settings: Settings, store: Path, tmp_path: Path, graph: str
) -> None:
    (tmp_path / "some.nq").write_text(PLUM.replace(" .", f" <{graph}> ."))
    with pytest.raises(DataError, match="made anew from the ontology"):
        put(store, settings, [tmp_path / "some.nq"])


def test_what_is_out_of_shape_is_named_with_its_file_and_changes_nothing(
    store: Path, tmp_path: Path, root: Path
) -> None:
    settings = Settings()
    put(store, settings, [root / "tests" / "story"])
    before = current(store)
    bad = tmp_path / "bad.ttl"
    bad.write_text("""
        @prefix hct: <https://w3id.org/hct-kg/ns#> .
        @prefix id: <https://w3id.org/hct-kg/id/> .
        <https://w3id.org/hct-kg/id/site/nowhere> a hct:Site ; hct:cause <https://w3id.org/hct-kg/id/factor/missing> .
    """)
    good = root / "tests" / "story"
    loaded = put(store, settings, [good, bad], check=True)
    assert loaded.archive is None
    assert {(finding.file, finding.focus) for finding in loaded.findings} == {(str(bad), "site/nowhere")}
    assert {finding.check for finding in loaded.findings} == {"shape", "reference"}
    assert current(store) == before
    assert put(store, settings, [good, bad]).archive


def test_data_in_shape_is_so_in_batches_too(
    store: Path, tmp_path: Path, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each file by itself, and a file in several parts: what a part names is looked up in the others."""
    monkeypatch.setattr("hct_kg.loading.BATCH", 400)
    loaded = put(store, Settings(), [root / "tests" / "story"], check=True)
    assert not loaded.findings
    assert loaded.archive


def test_a_load_that_was_interrupted_goes_on_and_reads_no_file_twice(settings: Settings, tmp_path: Path) -> None:
    first, second = tmp_path / "first.ttl", tmp_path / "second.ttl"
    first.write_text(ORCHARD)
    second.write_text(f"<{EX}a> <{EX}b> c .")
    place, rules = tmp_path / "unfinished", Rules(settings.ontology, settings.queries)
    building = Building(place, rules)
    with pytest.raises(RdfSyntaxError):
        building.read(inputs([first, second]))
    building.close()
    made = {path.name: path.stat().st_mtime_ns for path in (place / "runs").iterdir()}
    second.write_text(PLUM)
    again = Building(place, rules)
    again.read(inputs([first, second]))
    now = {path.name: path.stat().st_mtime_ns for path in (place / "runs").iterdir()}
    assert made.items() <= now.items()
    resumed = again.finish()
    again.close()
    fresh = Building(tmp_path / "fresh", rules)
    fresh.read(inputs([first, second]))
    assert fresh.finish().version == resumed.version
    fresh.close()
    index = pyoxigraph.Store.read_only(str(place / "index"))
    assert len(index) == resumed.triples


def test_what_an_interrupted_load_has_read_is_in_no_load_of_other_files(
    settings: Settings, store: Path, tmp_path: Path
) -> None:
    (tmp_path / "first.ttl").write_text(ORCHARD)
    (tmp_path / "broken.ttl").write_text("nonsense")
    (tmp_path / "other.ttl").write_text(PLUM)
    with pytest.raises(RdfSyntaxError):
        put(store, settings, [tmp_path / "first.ttl", tmp_path / "broken.ttl"])
    put(store, settings, [tmp_path / "other.ttl"])
    assert triples(store, f"{GRAPH}first") == []
    version = Folder(store).current()
    assert version
    index = pyoxigraph.Store.read_only(str(version / "index"))
    assert len(index) == current(store).triples


def test_two_loads_at_once_are_refused(settings: Settings, store: Path) -> None:
    with Folder(store).taken(), pytest.raises(SettingsError, match="try again after"):
        put(store, settings, [settings.data])


def test_a_backup_is_restored_with_the_same_digests(settings: Settings, store: Path, tmp_path: Path) -> None:
    put(store, settings, [settings.data])
    backup(current(store), tmp_path / "kept.tar")
    other = tmp_path / "other"
    restore(OnDiskTarget(other), tmp_path / "kept.tar", Rules(settings.ontology, settings.queries))
    assert current(other).version == current(store).version
    assert current(other).path.read_bytes() == current(store).path.read_bytes()
    found = Folder(other).current()
    assert found
    assert len(pyoxigraph.Store.read_only(str(found / "index"))) == current(store).triples
    assert sorted(path.name.partition("-")[0] for path in other.iterdir()) == ["current", "lock", "version"]


def test_a_backup_that_was_changed_is_not_restored(settings: Settings, store: Path, tmp_path: Path) -> None:
    put(store, settings, [settings.data])
    archive, file = current(store), tmp_path / "kept.tar"
    backup(archive, file)
    changed = archive.path.read_bytes().replace(archive.path.read_bytes()[100:110], bytes(10))
    with tarfile.open(file, "w") as tar:
        tar.add(archive.folder / "about.json", "about.json")
        about = tarfile.TarInfo("dataset.nq.gz")
        about.size = len(changed)
        tar.addfile(about, io.BytesIO(changed))
    with pytest.raises(DataError, match="is not what was written"):
        restore(OnDiskTarget(tmp_path / "other"), file, Rules(settings.ontology, settings.queries))
    assert Folder(tmp_path / "other").current() is None


def test_a_file_that_is_no_backup_is_refused(tmp_path: Path) -> None:
    (tmp_path / "some.tar").write_bytes(b"nothing of the kind")
    with pytest.raises(DataError, match="is no backup of a dataset"), unpacked(tmp_path / "some.tar"):
        pass


def test_the_commands_load_dump_back_up_and_restore(
    settings: Settings, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    folders = ("--ontology", str(settings.ontology), "--queries", str(settings.queries))
    one, two, kept = (str(tmp_path / name) for name in ("one", "two", "kept.tar"))
    assert run(["load", str(settings.data), "--store", one, "--json", *folders]) == OK
    said = capfd.readouterr()
    version = json.loads(said.out)["version"]
    assert "hct-kg: reading" in said.err
    assert run(["backup", kept, "--store", one]) == OK
    assert run(["restore", kept, "--store", two, "--json"]) == OK
    assert json.loads(capfd.readouterr().out.partition("{")[2].join(("{", "")))["version"] == version
    dumps = {}
    for form in ("nq", "trig", "ttl"):
        assert run(["dump", "--store", two, "--format", form, "-o", str(tmp_path / form)]) == OK
        dumps[form] = (tmp_path / form).read_bytes()
    assert dumps["nq"] == b"".join(current(Path(one)).parts())
    union = {quad.triple for quad in pyoxigraph.parse(dumps["nq"], RdfFormat.N_QUADS)}
    assert {quad.triple for quad in pyoxigraph.parse(dumps["ttl"], RdfFormat.TURTLE)} == union
    assert set(pyoxigraph.parse(dumps["trig"], RdfFormat.TRIG)) == set(pyoxigraph.parse(dumps["nq"], RdfFormat.N_QUADS))


def test_commands_say_what_to_mend(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["dump", "--store", str(tmp_path / "empty")]) == FAILED
    assert "put one there with `hct-kg load`" in capfd.readouterr().err
    assert run(["load", str(tmp_path / "missing.ttl"), "--store", str(tmp_path / "s")]) == FAILED
    assert "missing.ttl: is no file and no folder" in capfd.readouterr().err
    (tmp_path / "some.docx").write_text("")
    assert run(["load", str(tmp_path / "some.docx"), "--store", str(tmp_path / "s")]) == FAILED
    assert "is of no format that is read here" in capfd.readouterr().err
    (tmp_path / "thing.ttl").write_text("<https://w3id.org/hct-kg/id/site/x> a <https://w3id.org/hct-kg/ns#Site> .")
    assert run(["load", str(tmp_path / "thing.ttl"), "--store", str(tmp_path / "s")]) == FOUND
    assert "thing.ttl: site/x" in capfd.readouterr().out


def test_progress_is_told_in_lines_where_nobody_looks(capsys: pytest.CaptureFixture[str]) -> None:
    progress = lines()
    progress("reading", 1, 2_000_000)
    progress("reading", 2, 2_000_000)
    progress("deriving", 5, 0)
    assert capsys.readouterr().err.splitlines() == ["hct-kg: reading 0 MB of 2 MB (0%)", "hct-kg: deriving 5"]


def test_progress_tells_rate_and_time_left() -> None:
    assert line("reading", 50_000_000, 200_000_000, 10.0) == " 50 MB of 200 MB (25%), 5 MB a second, 30 s left"
    assert line("deriving", 30_000, 0, 10.0) == " 30,000, 3,000 a second"


def test_the_archive_of_the_published_dataset_is_what_it_says(real: Dataset, store: Path) -> None:
    settings = Settings()
    put(store, settings, [settings.data])
    archive = current(store)
    archive.check()
    assert archive.version == real.version
    quads = pyoxigraph.Store()
    quads.bulk_load(b"".join(archive.parts()), RdfFormat.N_QUADS)
    assert len(quads) == len(real.store)

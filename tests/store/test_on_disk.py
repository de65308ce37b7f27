"""The engine on disk: it serves what the one in memory would, and is changed, shared and left in one piece."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from editing import Editor
from hct_kg.dataset import Dataset, open_dataset
from hct_kg.errors import DataError
from hct_kg.settings import Settings
from hct_kg.store.folder import Folder
from hct_kg.store.formats import NQUADS, TURTLE, Format
from hct_kg.store.pool import Pools
from hct_kg.store.values import GraphRequest, QueryAnswer, QueryRequest
from serving import EX, GRAPH, eventually, free_port, problem, running, start
from stored import editor_on_disk, on_disk, put

SCHEMES = f"{GRAPH}schemes"
TREES = "https://example.org/graph/trees"
NAMED_TREE = f'<{EX}oak> a <{EX}Tree> ; <{EX}name> "oak" .'
NAMELESS_TREE = f"<{EX}elm> a <{EX}Tree> ."


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    """The published dataset, loaded into a folder and opened there."""
    folder, settings = tmp_path_factory.mktemp("published"), Settings()
    put(folder, settings, [settings.data])
    current = Folder(folder).current()
    assert current is not None
    return open_dataset(settings.ontology, current, settings.queries)


@pytest.fixture(scope="module")
def editor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Editor]:
    folder = tmp_path_factory.mktemp("edited")
    with ExitStack() as stack:
        yield editor_on_disk(stack, on_disk(folder), folder)


def test_the_published_dataset_has_the_same_name_on_disk_as_in_memory(published: Dataset, real: Dataset) -> None:
    assert published.version == real.version
    assert published.graphs == real.graphs
    assert len(published.store) == len(real.store)


def test_all_quads_come_in_the_same_order_from_disk_as_from_memory(published: Dataset, real: Dataset) -> None:
    assert list(map(str, published.store.canonical_quads())) == list(map(str, real.store.canonical_quads()))


@pytest.mark.parametrize(
    "query",
    [
        "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }",
        "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }",
        "SELECT ?p (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?p ORDER BY ?p",
        "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g ORDER BY ?g",
    ],
)
def test_a_union_is_a_set_on_disk_as_it_is_in_memory(published: Dataset, real: Dataset, query: str) -> None:
    assert published.store.select(query) == real.store.select(query)


@pytest.mark.parametrize("request_", [GraphRequest(None, NQUADS, whole=True), GraphRequest(SCHEMES, NQUADS)])
def test_graphs_are_read_from_disk_as_from_memory(
    published: Dataset, real: Dataset, request_: GraphRequest, tmp_path: Path
) -> None:
    async def read(data: Path) -> QueryAnswer:
        pools = await Pools.start(Settings(query_seconds=60.0), data)
        try:
            return await pools.public.query(request_)
        finally:
            await pools.close()

    assert published.folder is not None
    assert asyncio.run(read(published.folder)).body == asyncio.run(read(Settings().data)).body


def test_turtle_of_all_graphs_has_each_triple_once(published: Dataset, real: Dataset) -> None:
    quads = published.store.canonical_quads()
    assert len(list(published.store.union(quads))) == len(real.store) - 22


WAYS_OUT = {
    "a socket": "socket.socket()",
    "another file": "os.open('/etc/passwd', os.O_RDONLY)",
    "a file of ours": "os.open(hct_kg.__file__, os.O_RDONLY)",
    "a file beside": "os.open(sys.argv[1] + '/../secret', os.O_RDONLY)",
    "a link to it": "os.open(sys.argv[1] + '/link', os.O_RDONLY)",
    "writing": "os.open(sys.argv[1] + '/about.json', os.O_RDWR)",
    "appending": "os.open(sys.argv[1] + '/about.json', os.O_RDONLY | os.O_APPEND)",
    "a new file": "os.open(sys.argv[1] + '/new', os.O_WRONLY | os.O_CREAT)",
    "removing": "os.unlink(sys.argv[1] + '/about.json')",
    "listing": "os.listdir(sys.argv[1])",
    "a process": "os.fork()",
}
WORKER = """
import os, socket, sys
from pathlib import Path
import hct_kg
from hct_kg.store.on_disk_store import OnDiskStore
from hct_kg.store.sandbox import Sandbox
from hct_kg.store.values import Limits
def tell(action):
    try:
        action()
    except BaseException as error:
        return type(error).__name__
    return "done"
folder = Path(sys.argv[1])
store = OnDiskStore(folder)
Sandbox(Limits(10, 256, 1000, 1), folder).enter()
"""


def test_a_worker_over_a_dataset_on_disk_reads_there_and_nowhere_else(tmp_path: Path) -> None:
    on_disk(tmp_path)
    version = Folder(tmp_path / "store").current()
    assert version is not None
    (version.parent / "secret").write_text("secret")
    (version / "link").symlink_to(version.parent / "secret")
    asked = ", ".join(f"{name!r}: tell(lambda: {action})" for name, action in WAYS_OUT.items())
    count = "store.select('SELECT (COUNT(*) AS ?n) { ?s ?p ?o }')[0]['n'].value"
    program = (
        f"{WORKER}print(int({count}) > 1000, tell(lambda: os.open(folder / 'about.json', os.O_RDONLY)), {{{asked}}})"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(version)], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stdout.strip() == f"True done {dict.fromkeys(WAYS_OUT, 'PermissionError')}", done.stderr


def test_a_server_answers_from_disk(editor: Editor) -> None:
    rows = editor.server.select(f"SELECT ?name {{ <{EX}plum> <{EX}name> ?name }}")
    assert [row["name"]["value"] for row in rows] == ["plum"]
    assert problem(editor.server.ask("SELECT * { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }")) == (
        403,
        "federation-disabled",
    )


def test_a_query_that_never_ends_is_stopped_and_the_next_is_answered(tmp_path: Path) -> None:
    settings = replace(on_disk(tmp_path), query_seconds=1.0)
    with ExitStack() as stack:
        server = running(settings, stack)
        before = server.workers
        query = f"SELECT (COUNT(*) AS ?n) {{ ?a <{EX}next>* ?b . ?c <{EX}next>* ?d . ?e <{EX}next>* ?f }}"
        assert problem(server.ask(query)) == (504, "query-timeout")
        assert server.select(f"SELECT ?c {{ <{EX}plum> <{EX}colour> ?c }}")
        assert eventually(lambda: len(server.workers) == len(before))


def test_a_change_is_made_and_one_that_breaks_a_shape_is_not(editor: Editor) -> None:
    before = editor.version()
    refused = editor.graph("PUT", TREES, NAMELESS_TREE)
    assert problem(refused) == (422, "shapes-violated")
    assert "A tree has a name." in refused.text
    assert editor.version() == before
    assert editor.graph("PUT", TREES, NAMED_TREE).status_code == 201
    assert editor.version() != before
    assert len(editor.lines(TREES)) == 2
    update = f'INSERT DATA {{ GRAPH <{TREES}> {{ <{EX}ash> a <{EX}Tree> ; <{EX}name> "ash" }} }}'
    assert editor.update(update).status_code == 204
    assert len(editor.lines(TREES)) == 4
    assert editor.graph("DELETE", TREES).status_code == 204
    assert editor.version() == before


def test_what_was_changed_is_there_after_a_restart_and_only_one_version_stays(tmp_path: Path) -> None:
    settings = on_disk(tmp_path)
    with ExitStack() as stack:
        first = editor_on_disk(stack, settings, tmp_path)
        assert first.graph("PUT", TREES, NAMED_TREE).status_code == 201
        version = first.version()
    with ExitStack() as stack:
        second = editor_on_disk(stack, settings, tmp_path)
        assert second.version() == version
        assert second.graph("DELETE", TREES).status_code == 204
        folder = tmp_path / "store"
        assert eventually(lambda: folder.joinpath("current").exists())
    Folder(folder).take()
    assert sorted(path.name.partition("-")[0] for path in folder.iterdir()) == ["current", "lock", "version"]


def test_a_copy_of_the_service_on_the_same_folder_follows_what_another_changes(tmp_path: Path) -> None:
    settings = on_disk(tmp_path)
    with ExitStack() as stack:
        one, other = (editor_on_disk(stack, settings, tmp_path) for _ in range(2))
        assert one.graph("PUT", TREES, NAMED_TREE).status_code == 201
        assert eventually(lambda: other.version() == one.version(), 30)
        assert other.lines(TREES) == one.lines(TREES)
        assert other.graph("DELETE", TREES).status_code == 204
        assert eventually(lambda: one.version() == other.version(), 30)
        assert one.read(TREES).status_code == 404


def test_what_is_loaded_beside_a_service_is_served_without_a_restart(tmp_path: Path) -> None:
    settings = on_disk(tmp_path)
    with ExitStack() as stack:
        server = editor_on_disk(stack, settings, tmp_path)
        more = tmp_path / "trees.ttl"
        more.write_text(NAMED_TREE)
        loaded = put(tmp_path / "store", settings, [more])
        assert loaded.archive
        expected = loaded.archive.version
        assert eventually(lambda: server.version() == expected, 30)
        assert len(server.lines(f"{GRAPH}trees")) == 2


def test_no_change_is_taken_while_something_else_changes_the_folder(tmp_path: Path) -> None:
    settings = on_disk(tmp_path)
    with ExitStack() as stack:
        server = editor_on_disk(stack, settings, tmp_path)
        before = server.version()
        with Folder(tmp_path / "store").taken():
            refused = server.graph("PUT", TREES, NAMED_TREE)
        assert problem(refused) == (507, "change-not-kept")
        assert "try again" in refused.json()["detail"]
        assert server.version() == before
        assert server.graph("PUT", TREES, NAMED_TREE).status_code == 201


def test_a_dataset_that_is_too_large_to_validate_takes_no_change_by_request(tmp_path: Path) -> None:
    with ExitStack() as stack:
        server = editor_on_disk(stack, replace(on_disk(tmp_path), change_triples=100), tmp_path)
        refused = server.graph("PUT", TREES, NAMED_TREE)
        assert problem(refused) == (507, "too-large-to-change")
        assert "hct-kg load" in refused.json()["detail"]


def test_a_folder_without_a_dataset_is_refused_with_the_command_that_puts_one_there(tmp_path: Path) -> None:
    settings = replace(on_disk(tmp_path), store=str(tmp_path / "empty"))
    with start(settings, free_port(), tmp_path / "log") as process:
        assert process.wait(timeout=60) == 2
    assert "`hct-kg load`" in (tmp_path / "log").read_text()


def test_a_version_stays_while_somebody_reads_there(tmp_path: Path) -> None:
    settings = on_disk(tmp_path)
    folder = Folder(tmp_path / "store")
    old = folder.current()
    assert old is not None
    held = open_dataset(settings.ontology, old, settings.queries)
    put(folder.path, settings, [settings.data])
    assert old.is_dir()
    assert folder.current() != old
    assert held.store.select(f"SELECT ?o {{ <{EX}plum> <{EX}colour> ?o }}")
    del held
    # A process that ends lets go of what it reads; this one goes on.
    for descriptor in os.listdir("/proc/self/fd"):
        if os.path.realpath(f"/proc/self/fd/{descriptor}").startswith(f"{old}/in-use"):
            os.close(int(descriptor))
    with folder.taken():
        assert not old.exists()


def test_a_damaged_version_is_not_served(tmp_path: Path) -> None:
    settings = on_disk(tmp_path)
    version = Folder(tmp_path / "store").current()
    assert version is not None
    (version / "about.json").write_text("{")
    with pytest.raises(DataError, match="is not what was written"):
        open_dataset(settings.ontology, version, settings.queries)


@pytest.mark.parametrize("form", [TURTLE, NQUADS], ids=lambda form: str(form.name))
def test_rows_and_graphs_are_answered_by_workers_that_were_forked_from_one_opened_store(
    published: Dataset, real: Dataset, form: Format
) -> None:
    async def ask() -> list[int]:
        assert published.folder is not None
        pools = await Pools.start(Settings(query_seconds=60.0, query_workers=3), published.folder)
        try:
            query = "CONSTRUCT { ?s ?p ?o } WHERE { ?s a ?c ; ?p ?o } LIMIT 2000"
            requests = [pools.public.query(QueryRequest(query, graph_format=form)) for _ in range(6)]
            return [answer.rows for answer in await asyncio.gather(*requests)]
        finally:
            await pools.close()

    assert asyncio.run(ask()) == [2000] * 6

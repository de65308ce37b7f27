"""A remote engine as the place that `hct-kg load` puts an archive into: graph by graph, and only whole ones count.

While it is written, the record in the engine says so: no copy of the service asks the engine then, and a load that
was broken off is recognised. The same load begun again goes on with the first graph that was not finished.
"""

from __future__ import annotations

import asyncio
import hashlib
import shutil
import uuid
from collections.abc import Coroutine, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from pyoxigraph import NamedNode

from hct_kg.errors import ChangeNotKept, DataError
from hct_kg.settings import Settings
from hct_kg.store.archive import Archive, Graph
from hct_kg.store.loading import Progress, unheard
from hct_kg.store.merging import Merging
from hct_kg.store.remote.committing import NOTICE, sure
from hct_kg.store.remote.credentials import credentials_of
from hct_kg.store.remote.differences import BLANK, components, parts
from hct_kg.store.remote.endpoint import Endpoint
from hct_kg.store.remote.graphs import count_graphs, read_graphs
from hct_kg.store.remote.http import Way
from hct_kg.store.remote.pulse import beating, wait_for_silence
from hct_kg.store.remote.record import PLACE, SAYS, Record, Underway, current_record, switch
from hct_kg.store.runs import Run, Runs

T = TypeVar("T")
CHUNK = 20_000
"""Triples that are sent at once where there is a graph store."""
DONE = f"{PLACE}:done"
NAMED_ONLY = "An engine elsewhere keeps triples in graphs that an IRI names; {count} triples here are in none."
SOME_LOST = (
    "The engine was sent {sent} triples of <{graph}> and counts {kept}: it takes some of them for equal (Virtuoso: 1 "
    "and 1.0, of one subject and predicate), or others write to it. The load is not finished; nothing of it is served."
)


class RemoteTarget:
    """An engine elsewhere; used by one thread, which runs the event loop while it waits for the engine."""

    def __init__(self, settings: Settings) -> None:
        assert settings.store is not None, "a remote engine has a URL"
        place = hashlib.sha256(settings.store.encode()).hexdigest()[:16]
        self._workplace = (settings.state or Path.home() / ".cache" / "hct-kg") / f"load-{place}"
        self._runner = asyncio.Runner()
        self._way = Way(settings, 2, credentials_of(settings.store_user, settings.store_password))
        self._endpoint = Endpoint(settings, self._way)
        self._known: Archive | None = None

    @property
    def wants_index(self) -> bool:
        """No: an engine has indexes of its own."""
        return False

    @property
    def workplace(self) -> Path:
        """A folder for what is made before it is put."""
        self._workplace.mkdir(parents=True, exist_ok=True, mode=0o700)
        return self._workplace

    def begin(self) -> None:
        """See that the engine answers; raises EngineError."""
        self._run(current_record(self._endpoint))

    def current(self) -> Archive | None:
        """Read the current version from the engine into an archive; None where there is none, or only half of one."""
        record = self._run(current_record(self._endpoint))
        if record is None or record.underway is not None:
            return None
        folder = self.workplace / "current"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        runs = Runs(folder)
        found = self._run(self._fetch(runs))
        self._known = Merging(folder, runs).archive(found, record.empty_graphs, record.ontology_graphs)
        return self._known

    def put(self, archive: Archive, progress: Progress = unheard) -> None:
        """Make an archive the current version."""
        nameless = sum(graph.triples for graph in archive.graphs if not graph.name.startswith("<"))
        if nameless:
            raise DataError(NAMED_ONLY.format(count=nameless))
        self._run(self._put(archive, progress))

    def close(self) -> None:
        """Close the connections."""
        self._run(self._way.close())
        self._runner.close()

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        """Do something to its end."""
        return self._runner.run(work)

    async def _fetch(self, runs: Runs) -> list[Run]:
        """Read all graphs into runs."""
        graphs = await count_graphs(self._endpoint)
        found: list[Run] = []
        async for graph, store in read_graphs(self._endpoint, graphs.items()):
            stem = hashlib.sha256(graph.encode()).hexdigest()[:24]
            found += [run for run, _ in runs.write(stem, [list(store)])]
        return found

    async def _put(self, archive: Archive, progress: Progress) -> None:
        """Write what is not there yet, between two records."""
        before = await current_record(self._endpoint)
        after = record_of(archive)
        loading = await self._claim(before, after)
        async with beating(self._endpoint):
            await self._write_all(archive, before, progress)
            await self._verify(archive)
            await sure(self._endpoint, switch(loading, after), loading, after)
        await self._drop(journal(archive.version))

    async def _write_all(self, archive: Archive, before: Record | None, progress: Progress) -> None:
        """Write the graphs that are not there yet, and remove those that are not to be there."""
        done = await self._done(archive.version)
        counts = await count_graphs(self._endpoint)
        same = self._unchanged(archive, before, counts)
        wanted = {graph.iri for graph in archive.graphs if graph.triples}
        for unwanted in counts.keys() - wanted:
            await self._drop(unwanted)
        total, written = archive.triples, 0
        for graph in archive.graphs:
            if graph.triples and mark(graph) not in done and graph.iri not in same:
                if graph.iri in counts:
                    await self._drop(str(graph.iri))
                await self._write(archive, graph)
                await self._note(archive.version, graph)
            written += graph.triples
            progress("writing to the engine", written, total)

    async def _claim(self, before: Record | None, after: Record) -> Record:
        """Have the record say that a load is under way; the copies of the service get the time to see it."""
        if before is not None and before.underway is not None and not before.underway.loading:
            raise ChangeNotKept("A change of the engine's data is under way; try again shortly.")
        if before is not None and before.underway is not None:
            await wait_for_silence(self._endpoint)
        underway = Underway(uuid.uuid4().hex, after.document, loading=True)
        loading = (before or Record("", 0)).beginning(underway)
        await sure(self._endpoint, switch(before, loading), before, loading)
        if before is not None and before.underway is None:
            await asyncio.sleep(NOTICE)
        return loading

    def _unchanged(self, archive: Archive, before: Record | None, counts: dict[str, int]) -> set[str | None]:
        """Return the graphs that the engine holds already, if what it holds was read just now."""
        known = self._known
        if known is None or before is None or before.underway is not None:
            return set()
        held = {(graph.iri, graph.sha256) for graph in known.graphs}
        return {
            graph.iri
            for graph in archive.graphs
            if (graph.iri, graph.sha256) in held and counts.get(str(graph.iri)) == graph.triples
        }

    async def _write(self, archive: Archive, graph: Graph) -> None:
        """Write one graph; statements that share blank nodes go together."""
        nameless: list[str] = []
        for lines in chunks(archive.triples_of(graph)):
            nameless += [line for line in lines if BLANK in line]
            await self._send(str(graph.iri), [line for line in lines if BLANK not in line])
        if nameless and self._endpoint.has_graph_store:
            await self._send(str(graph.iri), nameless)
        for part in parts(components(nameless)) if not self._endpoint.has_graph_store else ():
            await self._insert(str(graph.iri), part)

    async def _send(self, graph: str, lines: list[str]) -> None:
        """Send triples, in one request or in as many updates as they need."""
        if self._endpoint.has_graph_store:
            if lines:
                await self._endpoint.post_graph(graph, "".join(f"{line}\n" for line in lines).encode())
            return
        for part in parts([line] for line in lines):
            await self._insert(graph, part)

    async def _insert(self, graph: str, lines: Iterable[str]) -> None:
        """Insert a few triples, once, as there is one record: Virtuoso takes no blank nodes in INSERT DATA."""
        triples = f"GRAPH {NamedNode(graph)} {{ {' '.join(lines)} }}"
        await self._endpoint.update(
            f"INSERT {{ {triples} }} WHERE {{ GRAPH <{PLACE}> {{ <{PLACE}> <{SAYS}> ?says }} }}"
        )

    async def _drop(self, graph: str) -> None:
        """Remove a graph."""
        await self._endpoint.update(f"DROP SILENT GRAPH {NamedNode(graph)}")

    async def _done(self, version: str) -> set[str]:
        """Return the marks of the graphs that an earlier, broken-off load of a version has finished."""
        rows = await self._endpoint.select(f"SELECT ?mark {{ GRAPH <{journal(version)}> {{ ?s <{DONE}> ?mark }} }}")
        return {row["mark"].value for row in rows}

    async def _note(self, version: str, graph: Graph) -> None:
        """Note that a graph is finished."""
        place = journal(version)
        await self._endpoint.update(f'INSERT DATA {{ GRAPH <{place}> {{ <{place}> <{DONE}> "{mark(graph)}" }} }}')

    async def _verify(self, archive: Archive) -> None:
        """Raise ChangeNotKept where the engine does not count what it was sent."""
        counts = await count_graphs(self._endpoint)
        for graph in archive.graphs:
            kept = counts.get(str(graph.iri), 0)
            if kept != graph.triples:
                raise ChangeNotKept(SOME_LOST.format(sent=graph.triples, graph=graph.iri, kept=kept))


def record_of(archive: Archive) -> Record:
    """Return the record of an archive's version."""
    empty = tuple(sorted(str(graph.iri) for graph in archive.graphs if graph.name and not graph.triples))
    return Record(archive.version, archive.triples, archive.ontology_graphs, empty)


def mark(graph: Graph) -> str:
    """Return what a finished graph is noted as: its name would have to be escaped, its digest may be another's."""
    return hashlib.sha256(f"{graph.sha256} {graph.name}".encode()).hexdigest()


def journal(version: str) -> str:
    """Return the graph in which a load notes what it has finished."""
    return f"{PLACE}:load:{version}"


def chunks(found: Iterable[bytes]) -> Iterator[list[str]]:
    """Yield lines, so many at once, of a text that comes in parts of whole lines."""
    lines = (line for part in found for line in part.decode().splitlines())
    while chunk := list(islice(lines, CHUNK)):
        yield chunk

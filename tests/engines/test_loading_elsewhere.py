"""A load into an engine elsewhere: served when it is whole, recognised where it was broken off, and gone on with."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest
from faulty import proxy_of
from places import ELSEWHERE, engine_in, place_of, put
from test_changes_everywhere import prepared

from engines import Engine
from hct_kg.errors import ChangeNotKept, HctError
from hct_kg.store.archive import Archive, Graph
from hct_kg.store.remote import pulse
from hct_kg.store.remote.target import RemoteTarget
from serving import eventually, free_port, problem, running, start


@pytest.fixture(scope="module", params=ELSEWHERE)
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Each engine, for these tests alone."""
    with engine_in(request.param, tmp_path_factory.mktemp(request.param) / "server") as found:
        yield found


@pytest.mark.parametrize("graph_store", [True, False], ids=["graph store", "updates"])
def test_what_is_loaded_is_served_without_a_restart(engine: Engine, tmp_path: Path, graph_store: bool) -> None:
    given = {**place_of(engine.endpoint), "state": tmp_path / "state"}
    if not graph_store:
        given["store_graphs"] = None
    settings, _ = prepared(tmp_path, **given)
    first = put(settings).version
    with ExitStack() as stack:
        client = running(replace(settings, state=None), stack).client
        assert client.get("/healthz").json()["dataset_version"] == first
        (settings.data / f"more-{graph_store}.ttl").write_text(
            f"<urn:more-{graph_store}> <urn:p> [ <urn:q> 'ü' ] .", encoding="utf-8"
        )
        second = put(settings).version
        assert second != first
        assert eventually(lambda: client.get("/healthz").json()["dataset_version"] == second, 30)
        query = f"SELECT ?o {{ <urn:more-{graph_store}> <urn:p>/<urn:q> ?o }}"
        found = client.get("/sparql", params={"query": query}).json()["results"]["bindings"]
        assert [row["o"]["value"] for row in found] == ["ü"]


def test_half_a_load_is_not_served_and_is_gone_on_with(engine: Engine, tmp_path: Path) -> None:
    settings, _ = prepared(tmp_path, **{**place_of(engine.endpoint), "state": tmp_path / "state"})
    before = put(settings).version
    with proxy_of(engine.query_url) as proxy, ExitStack() as stack:
        client = running(replace(settings, state=None), stack).client
        through = replace(
            settings, store=proxy.at(engine.query_url), store_update=proxy.at(engine.update_url), store_seconds=1.0
        )
        for name in ("one", "two"):
            (settings.data / f"{name}.ttl").write_text(f"<urn:{name}> <urn:p> 1 .", encoding="utf-8")
        proxy.break_after(b"urn:hct-kg:version:done")
        with pytest.raises(HctError):
            put(through)
        assert eventually(lambda: client.get("/readyz").status_code == 503, 20)
        assert problem(client.get("/sparql", params={"query": "ASK {}"})) == (503, "engine-unreachable")
        assert client.get("/healthz").status_code == 200
        process = start(replace(settings, state=None), free_port(), tmp_path / "log")
        assert process.wait(60) != 0
        assert "hct-kg load" in (tmp_path / "log").read_text()
        proxy.fault = "none"
        after = put(through).version
        assert after != before
        assert eventually(lambda: client.get("/readyz").json().get("dataset_version") == after, 30)
        assert client.get("/sparql", params={"query": "ASK { <urn:two> ?p ?o }"}).json()["boolean"] is True


def test_of_two_loads_at_once_the_second_is_told_to_wait(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first is held up in the middle of its writing; it still gives signs of life."""
    settings, _ = prepared(tmp_path, **{**place_of(engine.endpoint), "state": tmp_path / "state"})
    put(settings)
    (settings.data / "late.ttl").write_text("<urn:late> <urn:p> 1 .", encoding="utf-8")
    monkeypatch.setattr(pulse, "LEASE", 4.0)
    begun, done = threading.Event(), threading.Event()
    write = RemoteTarget._write

    async def slowly(target: RemoteTarget, archive: Archive, graph: Graph) -> None:
        begun.set()
        await asyncio.to_thread(done.wait, 60)
        await write(target, archive, graph)

    monkeypatch.setattr(RemoteTarget, "_write", slowly)
    with ThreadPoolExecutor() as pool:
        first = pool.submit(put, settings)
        assert begun.wait(60)
        with pytest.raises(ChangeNotKept, match="Another load into this engine is under way"):
            put(replace(settings, state=tmp_path / "other-state"))
        done.set()
        version = first.result(60).version
    assert put(settings).version == version

"""What takes long the first time is made ahead: while nobody asks, of the version that is served, and no longer."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable, Coroutine, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from hct_kg.api import warming
from hct_kg.api.app import create_app, running
from hct_kg.api.service import Service
from hct_kg.api.versions import Versions
from hct_kg.api.warming import warm
from hct_kg.settings import Settings
from serving import Server, eventually, invented
from serving import running as serving

THEORY = """
@base <https://w3id.org/hct-kg/id/> .
@prefix hct: <https://w3id.org/hct-kg/ns#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
<model/fruit> a hct:TheoryOfChange, hct:CausalModel ; skos:prefLabel "Fruit"@en .
<factor/rain> a hct:Input, hct:Factor ; skos:prefLabel "Rain"@en .
<factor/pears> a hct:Outcome, hct:Factor ; skos:prefLabel "Pears"@en .
<link/rain-to-pears> a hct:Link ; hct:model <model/fruit> ;
  hct:cause <factor/rain> ; hct:effect <factor/pears> ;
  hct:polarity <polarity/positive> ; hct:explicitness <explicitness/stated> ;
  hct:modality <modality/intended> ; hct:voice <voice/evaluator> .
"""

BROWSER = {"Accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"}


def with_theory(folder: Path) -> Settings:
    """Write the invented dataset and a theory of change into a folder; return settings for it."""
    settings = invented(folder)
    (folder / "data" / "theory.ttl").write_text(THEORY, encoding="utf-8")
    return settings


def in_process(folder: Path, test: Callable[[FastAPI, Versions], Coroutine[Any, Any, None]]) -> None:
    """Run a test on a running service that nobody serves."""

    async def run() -> None:
        async with running(with_theory(folder)) as versions:
            await test(create_app(versions), versions)

    asyncio.run(run())


def kept(service: Service, path: str) -> bool:
    return service.answers.get((path, b"", b" page", b"")) is not None


@pytest.fixture
def warmed(tmp_path: Path) -> Iterator[Server]:
    """A server that has made ahead all there is to make."""
    with ExitStack() as stack:
        server = serving(with_theory(tmp_path), stack, warm=True)
        assert eventually(lambda: "hct_kg_warming 0.0" in server.client.get("/metrics").text, 60)
        yield server


def test_pages_made_ahead_are_sent_to_every_host_and_browser_without_any_worker(warmed: Server) -> None:
    workers = warmed.workers
    for pid in workers:
        os.kill(pid, signal.SIGSTOP)
    try:
        answers = [
            warmed.client.get(path, headers={**BROWSER, "Host": host}, timeout=5)
            for path in ("/", "/about", "/theory-of-change", "/map", "/evidence", "/ns")
            for host in ("one.example", "two.example:8080")
        ]
    finally:
        for pid in workers:
            os.kill(pid, signal.SIGCONT)
    assert [answer.status_code for answer in answers] == [200] * 12
    assert all(one.text == other.text for one, other in zip(answers[::2], answers[1::2], strict=True))
    assert {answer.headers["content-type"] for answer in answers} == {"text/html; charset=utf-8"}


def test_a_factor_selected_in_a_drawing_needs_no_worker(warmed: Server) -> None:
    workers = warmed.workers
    for pid in workers:
        os.kill(pid, signal.SIGSTOP)
    try:
        select = {"select": "factor/rain"}
        answer = warmed.client.get("/theory-of-change", params=select, headers=BROWSER, timeout=5)
    finally:
        for pid in workers:
            os.kill(pid, signal.SIGCONT)
    assert answer.status_code == 200
    assert "Theory of change: Rain" in answer.text


def test_factors_that_can_be_selected_are_made_ahead_though_little_names_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(warming, "MOST_THINGS", 0)

    async def test(app: FastAPI, versions: Versions) -> None:
        await warm(app, versions.current)
        assert versions.current.answers.get(("/doc/factor/rain", b" ", b"", b"")) is not None

    in_process(tmp_path, test)


def test_a_search_needs_no_worker_once_the_index_is_made(warmed: Server) -> None:
    workers = warmed.workers
    for pid in workers:
        os.kill(pid, signal.SIGSTOP)
    try:
        answer = warmed.client.get("/v1/search", params={"q": "nothing"}, timeout=5)
    finally:
        for pid in workers:
            os.kill(pid, signal.SIGCONT)
    assert answer.status_code == 200


def test_what_is_made_ahead_is_neither_logged_nor_counted(warmed: Server) -> None:
    counted = warmed.client.get("/metrics").text
    assert 'route="/map"' not in counted
    assert 'route="/readyz"' in counted


def test_nothing_is_begun_while_a_request_is_under_way(tmp_path: Path) -> None:
    async def test(app: FastAPI, versions: Versions) -> None:
        service = versions.current
        app.state.metrics.in_flight = 1
        task = asyncio.create_task(warm(app, service))
        for _ in range(50):
            await asyncio.sleep(0)
        assert not task.done()
        assert len(service.answers) == 0
        app.state.metrics.in_flight = 0
        await task
        assert kept(service, "/map")
        assert service.index is not None

    in_process(tmp_path, test)


def test_nothing_more_is_begun_once_the_service_is_told_to_stop(tmp_path: Path) -> None:
    async def test(app: FastAPI, versions: Versions) -> None:
        app.state.draining = True
        await warm(app, versions.current)
        assert len(versions.current.answers) == 0

    in_process(tmp_path, test)


def test_a_page_that_cannot_be_made_is_left_to_who_asks_for_it(tmp_path: Path) -> None:
    async def test(app: FastAPI, versions: Versions) -> None:
        async def broken(*_: Any) -> None:
            raise RuntimeError("a fault of ours")

        for route in app.router.routes:
            if getattr(route, "path", "") == "/map":
                route.app = broken  # type: ignore[attr-defined]
        await warm(app, versions.current)
        assert kept(versions.current, "/about")

    in_process(tmp_path, test)


def test_it_ends_with_the_service(tmp_path: Path) -> None:
    ended: list[str] = []

    async def run() -> None:
        async with running(invented(tmp_path)) as versions:
            begun = asyncio.Event()

            async def forever(service: Service) -> None:
                begun.set()
                try:
                    await asyncio.Event().wait()
                finally:
                    ended.append(service.version)

            versions.warm_with(forever)
            await begun.wait()
            assert versions.warming
            version = versions.current.version
        assert ended == [version]
        assert not versions.warming

    asyncio.run(run())


def test_a_server_is_ready_at_once_and_can_be_stopped_at_once(tmp_path: Path) -> None:
    with ExitStack() as stack:
        server = serving(with_theory(tmp_path), stack, warm=True)
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(20) == 0


def test_each_host_is_told_its_own_address_beside_a_page_that_is_kept_once(server: Server) -> None:
    seen: dict[str, httpx.Response] = {
        host: server.client.get("/doc/graph/orchard", headers={**BROWSER, "Host": host})
        for host in ("one.example", "two.example")
    }
    for host, answer in seen.items():
        assert f"<http://{host}/doc/graph/orchard.ttl>" in answer.headers["link"]
        other = ({*seen} - {host}).pop()
        assert other not in answer.headers["link"] + answer.text

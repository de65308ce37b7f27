"""Pools: order, limits, cancellation, and what happens when a process dies."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from hct_kg.errors import (
    QueryMemoryExceeded,
    QuerySyntaxError,
    QueryTimeout,
    QueueFull,
    RdfSyntaxError,
    SettingsError,
    WorkerLost,
)
from hct_kg.settings import Settings
from hct_kg.store import sandbox
from hct_kg.store.pool import Pools, QueryPool, QueryRequest
from hct_kg.store.values import Limits
from serving import BEADS, alive, children, eventually, invented

STAR = "SELECT ?o { <https://example.org/bead7> ?p ?o }"
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
Scenario = Callable[[Pools], Coroutine[Any, Any, None]]


def play(settings: Settings, scenario: Scenario) -> None:
    """Run a scenario over pools that are closed afterwards; then no process may be left."""

    async def main() -> int:
        pools = await Pools.start(settings)
        try:
            await scenario(pools)
        finally:
            zygote = pools.zygote_pid
            await pools.close()
        return zygote

    before = children(os.getpid())
    assert not alive(asyncio.run(main()))
    assert children(os.getpid()) == before


async def ask(pool: QueryPool, text: str = STAR) -> list[str]:
    """Return the values of ?o."""
    return [row["o"].value for row in await pool.select(text)]


async def come_true(condition: Callable[[], bool]) -> bool:
    """Wait for a condition while the loop goes on; return whether it came to hold."""
    return await asyncio.to_thread(eventually, condition)


def test_a_query_is_answered_with_rows_and_time(settings: Settings) -> None:
    async def scenario(pools: Pools) -> None:
        answer = await pools.public.query(QueryRequest("SELECT ?s { ?s <https://example.org/next> ?o }"))
        assert (answer.rows, answer.format.name) == (BEADS, "json")
        assert answer.milliseconds > 0
        assert await ask(pools.curated) == ["https://example.org/bead8"]

    play(settings, scenario)


def test_a_large_result_arrives_whole(tmp_path: Path) -> None:
    async def scenario(pools: Pools) -> None:
        text = "SELECT * { ?a <https://example.org/next> ?b . ?c <https://example.org/next> ?d } LIMIT 90000"
        answer = await pools.public.query(QueryRequest(text))
        assert answer.rows == 90000
        assert answer.body.endswith(b"}}]}}")
        assert len(answer.body) > 20_000_000

    play(invented(tmp_path, query_seconds=20.0, query_rows=100_000, query_bytes=64), scenario)


def test_a_mistake_in_a_query_costs_no_worker(settings: Settings) -> None:
    async def scenario(pools: Pools) -> None:
        before = pools.public.pids
        for _ in range(3):
            with pytest.raises(QuerySyntaxError):
                await ask(pools.public, "SELECT")
        assert pools.public.pids == before

    play(settings, scenario)


def test_a_query_without_end_is_stopped_and_its_worker_replaced(tmp_path: Path) -> None:
    async def scenario(pools: Pools) -> None:
        (before,) = pools.public.pids
        with pytest.raises(QueryTimeout, match=r"0\.3 seconds"):
            await ask(pools.public, ENDLESS)
        assert await ask(pools.public) == ["https://example.org/bead8"]
        assert before not in pools.public.pids
        assert await come_true(lambda: not alive(before))

    play(invented(tmp_path, query_workers=1, query_seconds=0.3), scenario)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?i ?f ?c",
        "SELECT * " + "{" * 50_000 + "}" * 50_000,
        "SELECT (GROUP_CONCAT(CONCAT(STR(?a), STR(?d), STR(?g))) AS ?o) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    ],
    ids=["order", "nesting", "concatenation"],
)
def test_a_query_that_eats_memory_is_stopped(tmp_path: Path, query: str) -> None:
    async def scenario(pools: Pools) -> None:
        with pytest.raises(QueryMemoryExceeded):
            await ask(pools.public, query)
        assert await ask(pools.public)

    play(invented(tmp_path, query_workers=1, query_seconds=20.0, query_memory=64), scenario)


def test_a_cancelled_query_frees_its_worker_at_once(tmp_path: Path) -> None:
    async def scenario(pools: Pools) -> None:
        (before,) = pools.public.pids
        task = asyncio.create_task(ask(pools.public, ENDLESS))
        await asyncio.sleep(0.1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        async with asyncio.timeout(1):
            assert await ask(pools.public) == ["https://example.org/bead8"]
        assert before not in pools.public.pids

    play(invented(tmp_path, query_workers=1, query_seconds=30.0), scenario)


def test_any_moment_is_safe_for_a_cancellation(tmp_path: Path) -> None:
    async def scenario(pools: Pools) -> None:
        for step in range(40):
            tasks = [asyncio.create_task(ask(pools.public)) for _ in range(6)]
            await asyncio.sleep(step / 20_000)
            for task in tasks[step % 2 :: 2]:
                task.cancel()
            outcomes = await asyncio.gather(*tasks, return_exceptions=True)
            kept = [outcome for outcome in outcomes if not isinstance(outcome, asyncio.CancelledError)]
            assert all(outcome == ["https://example.org/bead8"] for outcome in kept)
        async with asyncio.timeout(3):
            await asyncio.gather(*(ask(pools.public) for _ in range(20)))
        assert len(pools.public.pids) == 2

    play(invented(tmp_path), scenario)


def test_the_queue_is_bounded_and_first_come_is_first_served(tmp_path: Path) -> None:
    async def scenario(pools: Pools) -> None:
        order: list[int] = []

        async def wait(number: int) -> None:
            await ask(pools.public)
            order.append(number)

        endless = asyncio.create_task(ask(pools.public, ENDLESS))
        await asyncio.sleep(0)
        waiting = [asyncio.create_task(wait(number)) for number in range(3)]
        await asyncio.sleep(0.05)
        with pytest.raises(QueueFull):
            await ask(pools.public)
        endless.cancel()
        await asyncio.gather(*waiting)
        assert order == [0, 1, 2]

    play(invented(tmp_path, query_workers=1, query_queue=3, query_seconds=30.0), scenario)


def test_waiting_is_bounded_in_time(tmp_path: Path) -> None:
    async def scenario(pools: Pools) -> None:
        endless = [asyncio.create_task(ask(pools.public, ENDLESS)) for _ in range(4)]
        outcomes = await asyncio.gather(*endless, return_exceptions=True)
        kinds = [type(outcome) for outcome in outcomes]
        assert kinds[0] is QueryTimeout
        assert kinds[-1] is QueueFull

    play(invented(tmp_path, query_workers=1, query_seconds=0.3), scenario)


def test_public_queries_cannot_starve_the_curated_ones(settings: Settings) -> None:
    async def scenario(pools: Pools) -> None:
        endless = [asyncio.create_task(ask(pools.public, ENDLESS)) for _ in range(8)]
        await asyncio.sleep(0.05)
        async with asyncio.timeout(0.5):
            assert await ask(pools.curated) == ["https://example.org/bead8"]
        for task in endless:
            task.cancel()
        await asyncio.gather(*endless, return_exceptions=True)

    play(settings, scenario)


def test_a_worker_that_is_killed_loses_its_query_and_is_replaced(tmp_path: Path) -> None:
    async def scenario(pools: Pools) -> None:
        (pid,) = pools.public.pids
        task = asyncio.create_task(ask(pools.public, ENDLESS))
        await asyncio.sleep(0.05)
        os.kill(pid, signal.SIGKILL)
        with pytest.raises(WorkerLost):
            await task
        assert await ask(pools.public) == ["https://example.org/bead8"]

    play(invented(tmp_path, query_workers=1, query_seconds=5.0), scenario)


def test_an_idle_worker_that_is_killed_is_replaced(tmp_path: Path) -> None:
    async def scenario(pools: Pools) -> None:
        (pid,) = pools.public.pids
        os.kill(pid, signal.SIGKILL)
        await asyncio.sleep(0.05)
        assert await ask(pools.public) == ["https://example.org/bead8"]
        assert pid not in pools.public.pids

    play(invented(tmp_path, query_workers=1), scenario)


def test_a_zygote_that_is_killed_takes_its_workers_along_and_is_replaced(tmp_path: Path) -> None:
    async def scenario(pools: Pools) -> None:
        zygote, workers = pools.zygote_pid, pools.public.pids | pools.curated.pids
        running = [asyncio.create_task(ask(pools.public, ENDLESS)) for _ in range(3)]
        await asyncio.sleep(0.05)
        os.kill(zygote, signal.SIGKILL)
        outcomes = await asyncio.gather(*running, return_exceptions=True)
        assert [type(outcome) for outcome in outcomes] == [WorkerLost] * 3
        with pytest.raises(WorkerLost, match="restarted"):
            await ask(pools.public)
        assert await come_true(lambda: pools.zygote_pid != zygote and len(pools.curated.pids) == 1)
        assert await ask(pools.public) == await ask(pools.curated) == ["https://example.org/bead8"]
        assert not any(map(alive, workers))

    play(invented(tmp_path, query_seconds=5.0), scenario)


def test_another_dataset_is_not_slipped_in_under_a_running_service(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings = invented(tmp_path)

    async def scenario(pools: Pools) -> None:
        (settings.data / "more.ttl").write_text("<https://example.org/a> <https://example.org/b> 1 .")
        os.kill(pools.zygote_pid, signal.SIGKILL)
        assert await come_true(lambda: "has changed" in caplog.text)
        with pytest.raises(WorkerLost):
            await ask(pools.public)

    play(settings, scenario)


def test_a_mistake_in_the_data_is_told_with_file_and_line(tmp_path: Path) -> None:
    settings = invented(tmp_path)
    path = settings.data / "broken.ttl"
    path.write_text("<https://example.org/a>\n  oops .\n")
    with pytest.raises(RdfSyntaxError) as caught:
        asyncio.run(Pools.start(settings))
    assert (caught.value.file, caught.value.line) == (path, 2)


def test_without_seccomp_there_is_no_service(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """The zygote proves the sandbox before it serves; here every call is left open."""
    hook = settings.data.parent / "sitecustomize.py"
    hook.write_text(
        "import pyseccomp\npyseccomp.SyscallFilter.load = lambda self: None\n",
        encoding="utf-8",
    )
    monkeypatch.setenv("PYTHONPATH", str(hook.parent))
    with pytest.raises(SettingsError, match="seccomp"):
        asyncio.run(Pools.start(settings))


def test_a_library_that_is_missing_is_a_mistake_of_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyseccomp", None)
    with pytest.raises(SettingsError, match="libseccomp2"):
        sandbox.Sandbox(Limits(1, 1, 1, 1))


async def asked_in_time(pool: QueryPool) -> None:
    """Ask until there is an answer: a busy machine may not have one within a limit that is as short as can be."""
    while True:
        with contextlib.suppress(QueryTimeout):
            await ask(pool)
            return


def test_twenty_stopped_queries_leave_neither_process_nor_descriptor(tmp_path: Path) -> None:
    def descriptors(pid: int) -> int:
        return len(os.listdir(f"/proc/{pid}/fd"))

    async def scenario(pools: Pools) -> None:
        await asked_in_time(pools.public)
        zygote, before = pools.zygote_pid, descriptors(os.getpid())
        inside = descriptors(zygote)
        for _ in range(20):
            with pytest.raises(QueryTimeout):
                await ask(pools.public, ENDLESS)
        await asked_in_time(pools.public)
        assert await come_true(lambda: len(children(zygote)) == 2)
        # Fewer in this process where those of earlier tests are collected
        assert await come_true(lambda: descriptors(os.getpid()) <= before and descriptors(zygote) == inside)

    play(invented(tmp_path, query_workers=1, query_seconds=0.3), scenario)


def test_nothing_outlives_a_process_that_is_killed(tmp_path: Path) -> None:
    settings = invented(tmp_path)
    program = (
        "import asyncio, sys\n"
        "from hct_kg.settings import Settings\n"
        "from hct_kg.store.pool import Pools\n"
        "from pathlib import Path\n"
        "async def main():\n"
        "    pools = await Pools.start(Settings(data=Path(sys.argv[1]), ontology=Path(sys.argv[2])))\n"
        "    print(pools.zygote_pid, *pools.public.pids, *pools.curated.pids, flush=True)\n"
        "    await asyncio.sleep(60)\n"
        "asyncio.run(main())\n"
    )
    arguments = [sys.executable, "-c", program, str(settings.data), str(settings.ontology)]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        pids = [int(pid) for pid in process.stdout.readline().split()]
        assert len(pids) == 4
        assert all(map(alive, pids))
        process.kill()
    assert eventually(lambda: not any(map(alive, pids)))


def test_a_dataset_may_have_as_many_graphs_as_one_likes(tmp_path: Path) -> None:
    settings = invented(tmp_path)
    graphs = "".join(
        f"<https://example.org/s> <https://example.org/p> <https://example.org/o> <https://example.org/{n}> .\n"
        for n in range(9000)
    )
    (tmp_path / "many.nq").write_text(graphs, encoding="utf-8")

    async def scenario() -> list[str]:
        pools = await Pools.start(settings, tmp_path / "many.nq")
        try:
            return [row["n"].value for row in await pools.public.select("SELECT (COUNT(?g) AS ?n) { GRAPH ?g {} }")]
        finally:
            await pools.close()

    assert asyncio.run(scenario()) == ["9002"], "and the graphs of what rules derive and of the curated queries"

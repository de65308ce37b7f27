"""One change of what the engine holds, in the engine: made by one, whole or not at all, whenever anybody is stopped.

    1. a journal of the steps is written beside the data
    2. the record says what is under way, in the place of the version that the change began with: only one can say it
    3. the steps are taken, each of them only where the record still says so; then it becomes that of the new version
    4. of the journal nothing is left

An engine need not know transactions of several updates (Virtuoso does not). Few steps are sent as one request all the
same, so that an engine that does makes them at once. Who finds a change under way whose maker is gone goes on from its
first step, for each may be taken twice. Where the engine refuses a step, those before it are taken back.

A step only removes or only adds: Virtuoso 7.2 leaves literals with a language and letters beyond ASCII where they are
if the update that removes them also inserts something.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import logging
import time
import uuid
import zlib
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import asdict, replace
from functools import partial
from typing import Any, TypeVar

from hct_kg.errors import (
    ChangeNotKept,
    EngineFault,
    EngineUnreachable,
    EvaluationError,
    HctError,
    PreconditionFailed,
    QueryTimeout,
    QueueFull,
)
from hct_kg.store.remote.differences import MOST_BYTES, MOST_TRIPLES, Step, by_graph, reverse
from hct_kg.store.remote.endpoint import Endpoint
from hct_kg.store.remote.graphs import count_graphs
from hct_kg.store.remote.http import BrokenOff
from hct_kg.store.remote.record import PLACE, Record, Underway, current_record, switch

log = logging.getLogger(__name__)
T = TypeVar("T")
UNANSWERED = (BrokenOff, EngineUnreachable, QueryTimeout, QueueFull)

NOTICE = 2.0
"""Seconds from the record to the first of many steps: by then every copy has seen it, and asks no more."""
PAUSE = 0.5
LOST = "Somebody else has changed the data meanwhile; nothing is changed. Read it again, then try again."
NOT_BEGUN = "The engine did not take the change; nothing is changed. Try again."
TAKEN_BACK = "The engine refused the change, which is taken back; nothing is changed. {said}"
HALF_WAY = "The engine refused the change half way, and to take it back: load the data again with hct-kg load."
UNKNOWN = "The engine did not answer the change, which may still be made: read the data before you try again."


class TakenBack(EngineFault):
    """The engine has refused a change, and holds again what it held before."""


async def commit(endpoint: Endpoint, before: Record, after: Record, steps: Sequence[Step]) -> None:
    """Make a change; raises PreconditionFailed where somebody else was faster, ChangeNotKept, EngineError."""
    claim, journal = uuid.uuid4().hex, journal_of(steps)
    slow = not one_request(steps)
    underway = before.beginning(Underway(claim, after.document, claim, len(journal), slow))
    await write_journal(endpoint, claim, journal)
    try:
        await replace_record(endpoint, before, underway)
    except PreconditionFailed:
        await clear_journal(endpoint, underway)
        raise
    if slow:
        await asyncio.sleep(NOTICE)
    await carry_out(endpoint, underway, after, steps)


async def carry_out(endpoint: Endpoint, underway: Record, after: Record, steps: Sequence[Step]) -> None:
    """Take the steps, then say that it is done; raises EngineFault where the engine refuses one, after the way back."""
    updates = [guarded(underway, step) for step in steps]
    try:
        if not one_request(steps):
            await take(endpoint, underway, steps)
            updates = []
        await sure(endpoint, " ;\n".join([*updates, switch(underway, after)]), underway, after)
    except UNANSWERED:
        raise
    except (EngineFault, EvaluationError) as error:
        log.warning("the engine refused a change: %s", error)
        await take_back(endpoint, underway, steps)
        raise TakenBack(TAKEN_BACK.format(said=error)) from None
    await clear_journal(endpoint, underway)


async def take(endpoint: Endpoint, underway: Record, steps: Sequence[Step]) -> None:
    """Take steps one after the other: those of a graph all again where one has no answer, for its blank nodes."""

    async def each(updates: Sequence[str]) -> None:
        for update in updates:
            await endpoint.update(update)

    for _, found in by_graph(steps):
        await patiently(endpoint, partial(each, [guarded(underway, step) for step in found]))


async def take_back(endpoint: Endpoint, underway: Record, steps: Sequence[Step]) -> None:
    """Undo what was done of some steps; raises EngineFault where that cannot be done, and the change stays under way.

    What an engine refuses to add it may refuse to remove: it is not there then, as the number of triples shows.
    """
    before = underway.before()
    for found in reverse(steps):
        try:
            await take(endpoint, underway, found)
        except (EngineFault, EvaluationError) as error:
            log.warning("the engine refused the way back: %s", error)
    if sum((await patiently(endpoint, partial(count_graphs, endpoint))).values()) != before.triples:
        raise EngineFault(HALF_WAY)
    await replace_record(endpoint, underway, before)
    await clear_journal(endpoint, underway)


async def take_over(endpoint: Endpoint, found: Record) -> None:
    """Complete a change whose maker is gone, or take it back where the engine refuses it."""
    assert found.underway is not None, "there is something to complete"
    steps = await read_journal(endpoint, found.underway)
    mine = replace(found, underway=replace(found.underway, by=uuid.uuid4().hex))
    await replace_record(endpoint, found, mine)
    log.warning("a change that was broken off is being completed")
    with contextlib.suppress(TakenBack):
        await carry_out(endpoint, mine, found.after, steps)


async def replace_record(endpoint: Endpoint, before: Record, after: Record) -> None:
    """Put a record in the place of another; raises PreconditionFailed where that is not there any more."""
    await sure(endpoint, switch(before, after), before, after)


async def sure(endpoint: Endpoint, text: str, before: Record | None, after: Record) -> None:
    """Run an update that replaces the record, and look whether it did, also where no answer came."""
    try:
        await endpoint.update(text)
    except UNANSWERED as error:
        log.warning("the engine did not answer a change: %s", error)
    found = await patiently(endpoint, partial(current_record, endpoint))
    if found == after:
        return
    if found == before:
        raise ChangeNotKept(UNKNOWN)
    raise PreconditionFailed(LOST)


async def patiently(endpoint: Endpoint, ask: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Ask what may be asked twice until the engine answers; when patience ends, raise ChangeNotKept."""
    end = time.monotonic() + endpoint.patience
    while True:
        try:
            return await ask()
        except UNANSWERED:
            if time.monotonic() > end:
                raise ChangeNotKept(UNKNOWN) from None
        await asyncio.sleep(PAUSE)


def one_request(steps: Sequence[Step]) -> bool:
    """Tell whether all steps together are short enough for a single request."""
    texts = sum(len(line) for step in steps for line in (*step.removed, *step.added))
    return sum(step.size for step in steps) < MOST_TRIPLES and texts < MOST_BYTES


def guarded(underway: Record, step: Step) -> str:
    """Return the update of a step, which changes nothing where the record is another."""
    place = f"GRAPH <{PLACE}> {{ {underway.triple} }}"
    if step.emptied:
        every = f"GRAPH <{step.graph}> {{ ?s ?p ?o }}"
        return f"DELETE {{ {every} }} WHERE {{ {place} {every} }}"
    verb = "DELETE" if step.removed else "INSERT"
    return f"{verb} {{ {in_graph(step.graph, step.removed or step.added)} }} WHERE {{ {place} }}"


def in_graph(graph: str, triples: Sequence[str]) -> str:
    """Return triples as a template of one graph."""
    return f"GRAPH <{graph}> {{ {' '.join(triples)} }}"


def journal_of(steps: Sequence[Step]) -> list[str]:
    """Return steps as texts in ASCII, none of them too long for one literal; nothing where there are none."""
    if not steps:
        return []
    whole = base64.b64encode(zlib.compress(json.dumps([asdict(step) for step in steps]).encode())).decode()
    return [whole[start : start + MOST_BYTES] for start in range(0, len(whole), MOST_BYTES)]


def journal_place(claim: str) -> str:
    """Return the graph of a change's journal."""
    return f"{PLACE}:journal:{claim}"


async def write_journal(endpoint: Endpoint, claim: str, journal: Sequence[str]) -> None:
    """Write a journal, a part at a time; raises ChangeNotKept where the engine does not take it."""
    place = journal_place(claim)
    for number, part in enumerate(journal):
        triple = f"<{place}> <{place}:{number}>"
        try:
            await endpoint.update(f'INSERT DATA {{ GRAPH <{place}> {{ {triple} "{part}" }} }}')
        except UNANSWERED:
            there = f"SELECT ?part {{ GRAPH <{place}> {{ {triple} ?part }} }}"
            if not await patiently(endpoint, partial(endpoint.select, there)):
                raise ChangeNotKept(NOT_BEGUN) from None


async def read_journal(endpoint: Endpoint, underway: Underway) -> list[Step]:
    """Return the steps of a change under way; none where it has no journal."""
    if not underway.parts:
        return []
    place = journal_place(underway.journal)
    rows = await endpoint.select(f"SELECT ?p ?part {{ GRAPH <{place}> {{ <{place}> ?p ?part }} }}")
    found = {row["p"].value: row["part"].value for row in rows}
    try:
        whole = "".join(found[f"{place}:{number}"] for number in range(underway.parts))
        steps = json.loads(zlib.decompress(base64.b64decode(whole)))
    except (KeyError, ValueError, zlib.error):
        raise EngineFault("The engine has lost what a change was to write: load the data again.") from None
    return [Step(item["graph"], tuple(item["removed"]), tuple(item["added"]), item["emptied"]) for item in steps]


async def clear_journal(endpoint: Endpoint, underway: Record) -> None:
    """Remove a journal, if there is one; one that is left behind does no harm."""
    assert underway.underway is not None, "a journal is of something under way"
    if underway.underway.parts:
        with contextlib.suppress(HctError):
            await endpoint.update(f"DROP SILENT GRAPH <{journal_place(underway.underway.journal)}>")

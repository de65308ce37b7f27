"""Kills of a server over a folder on disk that is changed by request: see `killed_loads`."""

from __future__ import annotations

import contextlib
import time
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from random import Random

import httpx
from killed_loads import IN_GRAPH, Found, Place, left
from kills import content, listing
from relatives import Victim, family

import processes
from editing import Editor
from hct_kg.store.folder import Folder
from serving import Server, eventually


def put_leaves(place: Place, editor: Editor) -> httpx.Response:
    """Put the graph of the leaves."""
    return editor.graph("PUT", IN_GRAPH, place.leaves.read_text())


def update_leaves(place: Place, editor: Editor) -> httpx.Response:
    """Replace the edition of each leaf."""
    replaced = f"DELETE {{ ?leaf ?edition ?old }} INSERT {{ ?leaf ?edition {place.number} }}"
    return editor.update(f"WITH <{IN_GRAPH}> {replaced} WHERE {{ ?leaf ?edition ?old }}")


WAYS = (put_leaves, update_leaves)


def kill_changes(place: Place, kills: int, random: Random) -> Found:
    """Kill a server that is changing the leaves, and start it anew over the folder; in the end one change is made."""
    found = Found()
    with ExitStack() as stack:
        editor = place.serve(stack)
        life = change(place, editor)
        for _ in range(kills):
            before = place.served(editor.server)
            acknowledged = kill_change(place, editor, life, random)
            begun = time.monotonic()
            editor = place.serve(stack)
            found.slowest = max(found.slowest, time.monotonic() - begun)
            edition = place.served(editor.server)
            assert edition == place.number or not acknowledged, f"acknowledged and lost: {place.number}"
            found.acknowledged += acknowledged
            found.count(edition, before, place.number)
        change(place, editor)
        editor.server.process.terminate()
        assert editor.server.process.wait(20) == 0
    with Folder(place.store).taken():
        assert left(place) == ["current", "lock", "version"]
    return found


def change(place: Place, editor: Editor) -> float:
    """Have each way to change the leaves gone to its end; return how long one takes at most, in seconds."""
    longest = 0.0
    for way in WAYS:
        place.write()
        begun = time.monotonic()
        assert way(place, editor).is_success
        longest = max(longest, time.monotonic() - begun)
        assert place.served(editor.server) == place.number
    return longest


def kill_change(place: Place, editor: Editor, life: float, random: Random) -> bool:
    """Kill a server and all below it at a random moment of a change; return whether that was acknowledged."""
    place.write()
    with ThreadPoolExecutor() as pool:
        answer = pool.submit(random.choice(WAYS), place, editor)
        wait_for_moment(place, answer, life, random)
        kill_all(editor.server)
    assert eventually(lambda: not family(place.folder), 10), "somebody is left"
    try:
        assert answer.result().is_success, answer.result().text
    except httpx.TransportError:
        return False
    return True


def wait_for_moment(place: Place, answer: Future[httpx.Response], life: float, random: Random) -> None:
    """Wait for a random moment of a change: of all, or shortly after the folder is another or names another version."""
    if random.random() < 0.5:
        time.sleep(random.uniform(0, 1.1 * life))
        return
    named = content(place.store / "current")
    if random.random() < 0.5:
        eventually(lambda: answer.done() or content(place.store / "current") != named, 10 * life)
    else:
        for _ in range(random.randrange(1, 4)):
            before = listing(place.store)
            eventually(lambda: answer.done() or listing(place.store) != before, 10 * life)  # noqa: B023 - called at once
    time.sleep(random.uniform(0.0, random.choice((0.002, 0.02))))


def kill_all(server: Server) -> None:
    """Kill a server, and then all below it."""
    first = server.process.pid
    victims = []
    for pid in (first, *sorted(processes.family(first) - {first})):
        with contextlib.suppress(ProcessLookupError):
            victims.append(Victim(pid))
    for victim in victims:
        victim.kill()
    server.process.wait()

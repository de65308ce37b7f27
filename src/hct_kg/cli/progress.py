"""How far long work has come: a bar where a person looks, a line now and then in a log."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from hct_kg.store import loading

PAUSE = 5.0
"""Seconds between lines."""
BYTES = "reading"
"""What is counted in bytes; everything else is counted in things."""


@contextmanager
def reporting() -> Iterator[loading.Progress]:
    """Report on standard error."""
    if sys.stderr.isatty():
        with bars() as progress:
            yield progress
    else:
        yield lines()


@contextmanager
def bars() -> Iterator[loading.Progress]:
    """Draw one bar for each kind of work, with rate and time left."""
    # Only who looks at a load needs it.
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskID, TextColumn

    columns = (TextColumn("{task.description:18}"), BarColumn(), TextColumn("{task.fields[said]}"))
    with Progress(*columns, console=Console(stderr=True)) as drawn:
        tasks: dict[str, tuple[TaskID, float]] = {}

        def progress(what: str, done: int, of: int) -> None:
            if what not in tasks:
                tasks[what] = drawn.add_task(what, total=None, said=""), time.monotonic()
            task, begun = tasks[what]
            said = line(what, done, of, time.monotonic() - begun)
            drawn.update(task, completed=done, total=of or None, said=said)

        yield progress


def lines() -> loading.Progress:
    """Return what writes a line every some seconds, and one when work of another kind begins."""
    begun, written, last = time.monotonic(), 0.0, ""

    def progress(what: str, done: int, of: int) -> None:
        nonlocal begun, written, last
        now = time.monotonic()
        if what != last:
            begun, last = now, what
        elif now - written < PAUSE:
            return
        written = now
        print(f"hct-kg: {what}{line(what, done, of, now - begun)}", file=sys.stderr, flush=True)

    return progress


def line(what: str, done: int, of: int, seconds: float) -> str:
    """Return how much is done, at which rate, and how long the rest will take at that."""
    unit, name = (1e6, " MB") if what == BYTES else (1, "")
    if not done:
        return ""
    said = f" {done / unit:,.0f}{name}"
    if of:
        said += f" of {of / unit:,.0f}{name} ({done / of:.0%})"
    if seconds > 1:
        rate = done / seconds
        said += f", {rate / unit:,.0f}{name} a second"
        if of:
            said += f", {max(0, of - done) / rate:,.0f} s left"
    return said

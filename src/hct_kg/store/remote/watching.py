"""Which version the engine holds by now, and whether all of it is there: asked about once a second."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable

from hct_kg.errors import DataError, EngineUnreachable, HctError
from hct_kg.store.remote.committing import take_over
from hct_kg.store.remote.endpoint import Endpoint
from hct_kg.store.remote.record import Record, current_record

log = logging.getLogger(__name__)

POLL = 1.0
LEASE = 10.0
"""Seconds that a change may be under way without anything new being said of it; then its maker counts as gone."""
CHANGING = "The data is being changed in the engine; try again shortly."
NOTHING = "The engine of HCT_KG_STORE holds no data of hct-kg's: run `hct-kg load` with the same HCT_KG_STORE."
HALF = (
    "A load into the engine of HCT_KG_STORE is under way, or was broken off: wait for its end, or run the same "
    "`hct-kg load` again, which goes on from there."
)


class Standing:
    """Whether the engine holds a whole version; while another is being written, queries are not sent to it."""

    def __init__(self) -> None:
        self.whole = True

    def check(self) -> None:
        """Raise EngineUnreachable while the data is being changed."""
        if not self.whole:
            raise EngineUnreachable(CHANGING, 2)


class Patience:
    """How long one and the same record has been seen."""

    def __init__(self) -> None:
        self._seen: Record | None = None
        self._since = 0.0

    def is_over(self, record: Record) -> bool:
        """Tell whether a record with a change under way has been there for too long."""
        now = time.monotonic()
        if record != self._seen:
            self._seen, self._since = record, now
        return now - self._since > LEASE


async def whole_record(endpoint: Endpoint) -> Record:
    """Return the record of a version that is whole, after a change under way has come to its end.

    A change whose maker is gone is brought to its end. Raises DataError where there is nothing, or half a load.
    """
    patience = Patience()
    while True:
        record = await current_record(endpoint)
        if record is None:
            raise DataError(NOTHING)
        if record.underway is None:
            return record
        if record.underway.loading:
            raise DataError(HALF)
        if patience.is_over(record):
            await take_over(endpoint, record)
        else:
            await asyncio.sleep(POLL)


async def changed(
    endpoint: Endpoint, turn: asyncio.Lock, known: Callable[[], Record | None], standing: Standing
) -> None:
    """Return as soon as the engine's record is another than the one we know, or nobody ends a change under way."""
    patience, reached = Patience(), True
    while True:
        await asyncio.sleep(POLL)
        try:
            async with turn:
                record = await current_record(endpoint)
                reached = True
                if record == known():
                    standing.whole = True
                elif record is None or (record.underway and record.underway.loading):
                    standing.whole = False
                elif record.underway is None or patience.is_over(record):
                    return
                elif record.underway.slow:
                    standing.whole = False
        except HctError as error:
            if reached:
                log.warning("the engine's version cannot be read: %s", error)
            reached = False

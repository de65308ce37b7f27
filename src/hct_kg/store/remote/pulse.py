"""A sign of life in the engine, of a load that goes on there: who finds half a load knows whether its maker is gone."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from hct_kg.errors import ChangeNotKept, HctError
from hct_kg.store.remote.endpoint import Endpoint
from hct_kg.store.remote.record import PLACE, SAYS
from hct_kg.store.remote.watching import LEASE

log = logging.getLogger(__name__)

PULSE = f"{PLACE}:pulse"
BEAT = 2.0
"""Seconds from one sign to the next."""
CLEAR = f"DROP SILENT GRAPH <{PULSE}>"
READ = f"SELECT ?sign {{ GRAPH <{PULSE}> {{ <{PULSE}> <{SAYS}> ?sign }} }}"
BUSY = "Another load into this engine is under way: wait for its end, then run this one again."


@asynccontextmanager
async def beating(endpoint: Endpoint) -> AsyncIterator[None]:
    """Give signs of life for the time of a block."""
    task = asyncio.create_task(beat(endpoint))
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        with contextlib.suppress(HctError):
            await endpoint.update(CLEAR)


async def beat(endpoint: Endpoint) -> None:
    """Write a new sign again and again; one that the engine does not take is left out."""
    while True:
        sign = f'INSERT DATA {{ GRAPH <{PULSE}> {{ <{PULSE}> <{SAYS}> "{uuid.uuid4().hex}" }} }}'
        try:
            await endpoint.update(f"{CLEAR} ;\n{sign}")
        except HctError as error:
            log.debug("no sign of life: %s", error)
        await asyncio.sleep(BEAT)


async def wait_for_silence(endpoint: Endpoint) -> None:
    """Return when there is no sign of life, or no new one for a while; raises ChangeNotKept where one comes."""
    first = await signs(endpoint)
    if not first:
        return
    await asyncio.sleep(LEASE)
    if await signs(endpoint) not in (first, set()):
        raise ChangeNotKept(BUSY)


async def signs(endpoint: Endpoint) -> set[str]:
    """Return the signs that there are: one, or none."""
    return {row["sign"].value for row in await endpoint.select(READ)}

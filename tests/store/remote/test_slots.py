"""So many at once, so many that wait, in order; nobody keeps a slot who has gone."""

from __future__ import annotations

import asyncio

import pytest

from hct_kg.errors import QueueFull
from hct_kg.store.remote.slots import Slots


async def hold(slots: Slots, go: asyncio.Event, order: list[int], number: int) -> None:
    async with slots.one():
        order.append(number)
        await go.wait()


def test_who_comes_first_is_served_first_and_one_too_many_is_told_so() -> None:
    async def main() -> None:
        slots, go, order = Slots(1, 2, 5.0), asyncio.Event(), list[int]()
        tasks = []
        for number in range(3):
            tasks.append(asyncio.create_task(hold(slots, go, order, number)))
            await asyncio.sleep(0)
        assert (slots.idle, slots.busy, slots.waiting, order) == (0, 1, 2, [0])
        with pytest.raises(QueueFull):
            async with slots.one():
                pass
        go.set()
        await asyncio.gather(*tasks)
        assert (slots.idle, slots.busy, slots.waiting, order) == (1, 0, 0, [0, 1, 2])

    asyncio.run(main())


def test_one_who_waits_and_leaves_takes_nothing_along() -> None:
    async def main() -> None:
        slots, go, order = Slots(1, 2, 5.0), asyncio.Event(), list[int]()
        first = asyncio.create_task(hold(slots, go, order, 0))
        await asyncio.sleep(0)
        second = asyncio.create_task(hold(slots, go, order, 1))
        await asyncio.sleep(0)
        go.set()
        await first  # the slot is the second's by now
        second.cancel()
        await asyncio.gather(second, return_exceptions=True)
        assert (slots.idle, slots.busy, slots.waiting) == (1, 0, 0)

    asyncio.run(main())


def test_waiting_ends() -> None:
    async def main() -> None:
        slots = Slots(1, 2, 0.01)
        async with slots.one():
            with pytest.raises(QueueFull):
                async with slots.one():
                    pass
            assert slots.waiting == 0
        assert slots.idle == 1

    asyncio.run(main())

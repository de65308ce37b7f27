"""What is read or worked out once per version of the dataset, when it is first wanted, and kept as long as that is."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Hashable
from typing import Any, TypeVar, cast

T = TypeVar("T")


class Once:
    """Values by name; who asks for one while it is made waits, and one that cannot be made is made anew."""

    def __init__(self) -> None:
        self._made: dict[Hashable, Any] = {}
        self._locks: dict[Hashable, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def get(self, name: Hashable, make: Callable[[], Awaitable[T]]) -> T:
        """Return the value of a name, made on the first call; names are few: nothing here is ever forgotten."""
        if name not in self._made:
            async with self._locks[name]:
                if name not in self._made:
                    self._made[name] = await make()
        return cast("T", self._made[name])

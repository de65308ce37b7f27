"""How many requests a client may send: a bucket of tokens for each, refilled at a steady rate.

This machine is not counted. `hct-kg serve` takes the address of a client behind a proxy on this machine from
X-Forwarded-For, so that such clients are counted one by one.
"""

from __future__ import annotations

import ipaddress
import math
import time
from collections import OrderedDict
from collections.abc import Callable
from functools import lru_cache

from starlette.types import ASGIApp, Receive, Scope, Send

from hct_kg.api.problems import refuse
from hct_kg.errors import TooManyRequests

UNLIMITED = ("/healthz", "/readyz")
MOST_CLIENTS = 10_000


class Buckets:
    """The token buckets of all clients: `burst` tokens at most, `rate` new ones a second; for one thread."""

    def __init__(
        self, rate: float, burst: int, most: int = MOST_CLIENTS, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._rate = rate
        self._burst = burst
        self._most = most
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._buckets)

    def take(self, client: str) -> float:
        """Take a token for a request; return 0, or the seconds until there is one."""
        now = self._clock()
        tokens, since = self._buckets.pop(client, (float(self._burst), now))
        tokens = min(self._burst, tokens + (now - since) * self._rate)
        allowed = tokens >= 1
        self._buckets[client] = (tokens - 1 if allowed else tokens, now)
        if len(self._buckets) > self._most:
            # Unused for longest: its bucket is full again, unless thousands of clients came in this very moment.
            self._buckets.popitem(last=False)
        return 0.0 if allowed else (1 - tokens) / self._rate


class RateLimit:
    """Middleware: answers 429 to a client that sends more than it may."""

    def __init__(self, app: ASGIApp, rate: float, burst: int) -> None:
        self._app = app
        self._buckets = Buckets(rate, burst)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count a request and pass it on, or refuse it."""
        if scope["type"] == "http" and scope["path"] not in UNLIMITED and scope["client"] is not None:
            client = counted_as(scope["client"][0])
            wait = 0.0 if client is None else self._buckets.take(client)
            if wait > 0:
                seconds = math.ceil(wait)
                error = TooManyRequests(f"This client sends too many requests; try again in {seconds} s.", seconds)
                await refuse(error, scope, receive, send)
                return
        await self._app(scope, receive, send)


@lru_cache(maxsize=4096)
def counted_as(host: str) -> str | None:
    """Return what a client is counted as: IPv4 by address, IPv6 by /64, which is one household; None for loopback."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host[:100]
    address = getattr(address, "ipv4_mapped", None) or address
    if address.is_loopback:
        return None
    if address.version == 4:
        return str(address)
    return str(ipaddress.ip_network((int(address), 64), strict=False))

"""What takes long the first time, made ahead while nobody asks: the pages that many will see, the search index.

A version of the dataset is served from its first moment; from then on its pages are asked for one after the other, as
a reader would, so that there is no second way to make them. Between two of them requests go first: nothing is begun
while one is under way, and after each there is a pause as long as it took, so that at most half of one core is taken.
The workers of the curated routes do all of it, those of the public endpoint none; and it ends with its version.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import suppress
from typing import TypeVar
from urllib.parse import quote, urlencode

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.middleware.asyncexitstack import AsyncExitStackMiddleware
from starlette.types import Message, Receive, Scope, Send

from hct_kg.api.search import index_of
from hct_kg.api.service import SERVICE, Service
from hct_kg.api.site.asking import Asker, Refused
from hct_kg.api.site.causal_models import to_select
from hct_kg.api.site.pages import Given, Page
from hct_kg.api.site.router import PAGES
from hct_kg.api.site.thing import named_most
from hct_kg.errors import HctError

log = logging.getLogger(__name__)

T = TypeVar("T")
TICK = 0.02
LONGEST_PAUSE = 0.5
SAFE = "/:@!$&'()*+,;=~._-"
DOCUMENTS = ("/openapi.json", "/data/api", "/ns", "/schemes", "/shapes", "/dataset")
"""What is asked for beside the pages and the things, in this order."""
MOST_THINGS = 200
"""Those that are named most: they take longest, and most links lead there."""
MOST_FACTORS = 400
"""Those that can be selected in drawings: what is told of one there is what its own page tells."""


async def warm(app: FastAPI, service: Service) -> None:
    """Make the pages of a version ahead."""
    await Warming(app, service).run()


class Warming:
    """Makes the pages of one version ahead."""

    def __init__(self, app: FastAPI, service: Service) -> None:
        self._app = app
        self._service = service
        # What the application's routes find around them, without its log, its counts and its limits.
        self._routes = AsyncExitStackMiddleware(app.router)

    async def run(self) -> None:
        """Make all there is to make; a page that cannot be made is left to who asks for it."""
        await self._calm()
        async for path, parameters in self._wanted():
            if self._app.state.draining:
                return
            began = time.monotonic()
            try:
                await self._ask(path, urlencode(parameters, doseq=True, safe=SAFE))
            except (HctError, RequestValidationError, Refused) as error:
                log.debug("%s is not made ahead: %s", path, error)
            except Exception:
                log.exception("%s cannot be made ahead", path)
            await asyncio.sleep(min(time.monotonic() - began, LONGEST_PAUSE))
            await self._calm()

    async def _wanted(self) -> AsyncIterator[tuple[str, Given]]:
        """Yield the paths and parameters of what is made: what most readers see comes first."""
        for page in PAGES:
            yield page.path, {}
        await index_of(self._service)
        for page in PAGES:
            for given in await self._views(page):
                yield page.path, given
        for path in DOCUMENTS:
            yield path, {}
        factors = await self._read("/", lambda ask: to_select(ask, MOST_FACTORS))
        for identifier in dict.fromkeys([*factors, *await named_most(self._service, MOST_THINGS)]):
            yield f"/doc/{identifier}", {}

    async def _views(self, page: Page) -> Sequence[Given]:
        """Return the views of a page that are made ahead."""
        return await self._read(page.path, page.ahead) if page.ahead else ()

    async def _read(self, path: str, reading: Callable[[Asker], Awaitable[Sequence[T]]]) -> Sequence[T]:
        """Return what is read as a page at a path would read it; nothing where it cannot be had."""
        found: list[T] = []

        async def read(scope: Scope, receive: Receive, _: Send) -> None:
            found.extend(await reading(Asker(Request(scope, receive))))

        with suppress(Refused):
            await AsyncExitStackMiddleware(read)(self._scope(path, ""), nothing_comes, nothing_goes)
        return found

    async def _calm(self) -> None:
        """Wait until no request is under way, and no worker of the curated routes at work."""
        # Looked at now and then: to be told would cost every request something.
        while self._app.state.metrics.in_flight or self._service.edition.curated.busy:  # noqa: ASYNC110
            await asyncio.sleep(TICK)

    async def _ask(self, path: str, query: str) -> None:
        """Ask for a page; what it sends is kept by those who make it."""
        await self._routes(self._scope(path, query), nothing_comes, nothing_goes)

    def _scope(self, path: str, query: str) -> Scope:
        """Return a request for a page of this version."""
        return {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": path,
            "raw_path": quote(path, safe=SAFE).encode(),
            "root_path": "",
            "query_string": query.encode(),
            "headers": [(b"host", b"localhost"), (b"accept", b"text/html")],
            "client": None,
            "server": None,
            "app": self._app,
            SERVICE: self._service,
        }


async def nothing_comes() -> Message:
    """Be a client that sends nothing more, and does not hang up."""
    await asyncio.Event().wait()
    raise AssertionError("nobody sets this event")


async def nothing_goes(message: Message) -> None:
    """Be a client that only wants the answer to be made."""

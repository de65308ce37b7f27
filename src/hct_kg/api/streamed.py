"""An answer that is sent while it is made; if it fails, the connection is broken, so that nobody takes it as whole."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from hct_kg.api.disconnect import WhileConnected
from hct_kg.api.observation import observed
from hct_kg.api.problems import kind_of
from hct_kg.errors import QueryError, WorkerLost
from hct_kg.store.pool import LentStream

log = logging.getLogger(__name__)

LOST = "The process that evaluated the query ended unexpectedly; try again."


class StreamedResult(Response):
    """A stream as a response without Content-Length; the worker is given back at its end, however that comes."""

    def __init__(self, stream: LentStream, headers: Mapping[str, str]) -> None:
        super().__init__(headers=dict(headers))
        self._stream = stream

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the parts as they come; raises a QueryError where the answer fails before its first part."""
        headers = [item for item in self.raw_headers if item[0] != b"content-length"]
        begun = False
        try:
            async with WhileConnected(Request(scope, receive)):
                parts = self._stream.answer.parts()
                first = await anext(parts, b"")
                begun = True
                await send({"type": "http.response.start", "status": 200, "headers": headers})
                await send({"type": "http.response.body", "body": first, "more_body": True})
                async for part in parts:
                    await send({"type": "http.response.body", "body": part, "more_body": True})
                await send({"type": "http.response.body", "body": b"", "more_body": False})
                observed(scope).answered(self._stream.answer.rows)
        except ClientDisconnect:
            pass
        except (QueryError, ConnectionResetError) as error:
            if not begun:
                raise error if isinstance(error, QueryError) else WorkerLost(LOST) from None
            # Without a last part the server closes the connection: chunked encoding has no end then.
            observed(scope).failed(kind_of(type(error)).slug if isinstance(error, QueryError) else "worker-lost")
            log.warning("an answer was cut: %s", error)
        finally:
            self._stream.close()

"""`serve`: the service on this machine's loopback, unless told otherwise."""

from __future__ import annotations

import argparse
import asyncio
import sys

import uvicorn
import uvloop

from hct_kg.api.app import create_app, running
from hct_kg.cli.parser import FAILED, OK
from hct_kg.settings import Settings


def serve(_: argparse.Namespace, settings: Settings) -> int:
    """Run the service until it is told to stop."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(run(settings))


async def run(settings: Settings) -> int:
    """Load everything, then listen: a mistake in data or queries ends it before the first request."""
    async with running(settings) as service:
        config = uvicorn.Config(
            create_app(service),
            host=settings.host,
            port=settings.port,
            log_level="warning",
            server_header=False,
            lifespan="off",
        )
        server = uvicorn.Server(config)
        print(f"hct-kg: dataset {service.version[:12]}, http://{settings.host}:{settings.port}", file=sys.stderr)
        await server.serve()
    return OK if server.started else FAILED

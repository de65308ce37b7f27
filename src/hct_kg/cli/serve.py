"""`serve`: the service on this machine's loopback, unless told otherwise."""

from __future__ import annotations

import argparse
import asyncio
import socket
import sys
from functools import partial

import uvloop

from hct_kg.api.app import create_app, running
from hct_kg.api.logs import json_logs
from hct_kg.api.server import Server
from hct_kg.api.warming import warm
from hct_kg.cli.parser import FAILED, OK
from hct_kg.errors import SettingsError
from hct_kg.keys import check_keys
from hct_kg.settings import Settings


def serve(_: argparse.Namespace, settings: Settings) -> int:
    """Run the service until it is told to stop."""
    check_keys(settings)
    with json_logs(), asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(run(settings))


async def run(settings: Settings) -> int:
    """Take the address, load everything, then answer: any mistake ends it before the first request."""
    with listen(settings.host, settings.port) as listener:
        return await answer(settings, listener)


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens; raises SettingsError where the address cannot be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        raise SettingsError(f"cannot listen on {host}, port {port}: {error}") from None


async def answer(settings: Settings, listener: socket.socket) -> int:
    """Load everything and answer requests until told to stop."""
    async with running(settings) as versions:
        app = create_app(versions)
        server = Server(
            app,
            settings,
            stopping=lambda: setattr(app.state, "draining", True),
            started=lambda: versions.warm_with(partial(warm, app)) if settings.warm else None,
        )
        version = versions.current.version[:12]
        print(f"hct-kg: dataset {version}, http://{settings.host}:{settings.port}", file=sys.stderr)
        await server.serve(sockets=[listener])
    return OK if server.started else FAILED

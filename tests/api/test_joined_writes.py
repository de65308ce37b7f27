"""What is written in one turn of the loop goes out as one piece, so that a killed copy never leaves half an answer."""

from __future__ import annotations

import asyncio
import socket
from typing import Any

import pytest

from hct_kg.api.protocol import HELD, Joined
from serving import Server


class Recording(asyncio.Transport):
    """A transport that keeps what it is told."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[bytes] = []
        self.closed = False

    def write(self, data: Any) -> None:
        self.pieces.append(bytes(data))

    def close(self) -> None:
        self.closed = True

    abort = close

    def is_closing(self) -> bool:
        return self.closed


async def after_a_turn(recording: Recording) -> list[bytes]:
    await asyncio.sleep(0)
    return recording.pieces


def joined(recording: Recording) -> Joined:
    return Joined(recording, asyncio.get_running_loop())


def test_head_and_body_are_one_piece() -> None:
    async def told() -> None:
        recording = Recording()
        transport = joined(recording)
        transport.write(b"head")
        transport.write(b"body")
        assert recording.pieces == []
        assert await after_a_turn(recording) == [b"headbody"]
        transport.write(b"next")
        assert await after_a_turn(recording) == [b"headbody", b"next"]

    asyncio.run(told())


def test_what_waits_is_bounded() -> None:
    async def told() -> None:
        recording = Recording()
        transport = joined(recording)
        transport.write(b"head")
        transport.write(bytes(HELD))
        assert recording.pieces == [b"head" + bytes(HELD)]
        transport.write(b"next")
        assert await after_a_turn(recording) == [b"head" + bytes(HELD), b"next"]

    asyncio.run(told())


@pytest.mark.parametrize(("end", "sent"), [(Joined.close, [b"last"]), (Joined.abort, [])])
def test_close_sends_what_waits_and_abort_does_not(end: Any, sent: list[bytes]) -> None:
    async def told() -> None:
        recording = Recording()
        transport = joined(recording)
        transport.write(b"last")
        end(transport)
        assert recording.closed
        assert await after_a_turn(recording) == sent

    asyncio.run(told())


def test_nothing_is_written_to_a_closed_connection() -> None:
    async def told() -> None:
        recording = Recording()
        transport = joined(recording)
        transport.write(b"late")
        recording.close()
        assert await after_a_turn(recording) == []

    asyncio.run(told())


def test_a_small_answer_arrives_as_one_piece(server: Server) -> None:
    raw = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
    port = server.client.base_url.port or 0
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(raw)
        head, _, body = connection.recv(65536).partition(b"\r\n\r\n")
    length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
    assert len(body) == int(length.split(b":")[1]) > 0

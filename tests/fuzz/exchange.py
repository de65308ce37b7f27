"""HTTP/1.1 by hand, over a socket: whatever bytes are sent, and what comes back is read with care."""

from __future__ import annotations

import contextlib
import socket
from dataclasses import dataclass
from types import TracebackType

PATIENCE = 20.0
SHORT_PATIENCE = 0.05
"""How long an answer is waited for, in seconds; short where the request may be without an end."""
MOST_TAKEN = 1 << 20


class NoAnswerError(Exception):
    """The connection was closed, or nothing came in time; `closed` tells which."""

    def __init__(self, closed: bool) -> None:
        super().__init__("closed" if closed else "silent")
        self.closed = closed


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: its status, its headers in lower case, its body; `cut` where it broke off before its end."""

    status: int
    headers: dict[bytes, bytes]
    body: bytes
    cut: bool = False

    @property
    def ends_connection(self) -> bool:
        """Tell whether the server closes the connection after it: uvicorn does after a mistake too."""
        return self.cut or self.status == 500 or b"close" in self.headers.get(b"connection", b"").lower()


class Connection:
    """A connection to a server on loopback."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._data = b""
        self.answers = 0

    def __enter__(self) -> Connection:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Hang up."""
        self._socket.close()

    def exchange(self, request: bytes, method: bytes = b"GET", patience: float = PATIENCE) -> Reply:
        """Send a request and return its answer; raises NoAnswerError."""
        self._socket.settimeout(patience)
        with contextlib.suppress(OSError):  # a server may answer, and hang up, before it has taken all
            self._socket.sendall(request)
        while True:
            reply = self._read(method)
            if reply.status >= 200:
                self.answers += 1
                return reply

    def _read(self, method: bytes) -> Reply:
        """Read one answer, an interim one too."""
        while b"\r\n\r\n" not in self._data:
            self._receive()
        head, _, self._data = self._data.partition(b"\r\n\r\n")
        first, *lines = head.split(b"\r\n")
        status = int(first.split(b" ")[1])
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(b":") for line in lines)}
        try:
            return Reply(status, headers, self._read_body(status, headers, method))
        except NoAnswerError as error:
            if not error.closed:
                raise
            return Reply(status, headers, b"", cut=True)

    def _read_body(self, status: int, headers: dict[bytes, bytes], method: bytes) -> bytes:
        """Read the body that goes with a head: RFC 9112, 6.3."""
        if method == b"HEAD" or status < 200 or status in (204, 304):
            return b""
        if b"chunked" in headers.get(b"transfer-encoding", b""):
            return self._read_chunks()
        if b"content-length" in headers:
            return self._take(int(headers[b"content-length"]))
        while True:
            try:
                self._receive()
            except NoAnswerError:
                return self._data

    def _read_chunks(self) -> bytes:
        parts: list[bytes] = []
        while True:
            while b"\r\n" not in self._data:
                self._receive()
            length, _, self._data = self._data.partition(b"\r\n")
            part = self._take(int(length, 16))
            self._take(2)
            if not part:
                return b"".join(parts)
            parts.append(part)

    def _take(self, number: int) -> bytes:
        while len(self._data) < number:
            self._receive()
        taken, self._data = self._data[:number], self._data[number:]
        return taken

    def _receive(self) -> None:
        try:
            data = self._socket.recv(MOST_TAKEN)
        except TimeoutError:
            raise NoAnswerError(closed=False) from None
        except OSError:
            raise NoAnswerError(closed=True) from None
        if not data:
            raise NoAnswerError(closed=True)
        self._data += data

"""A proxy in front of an engine that goes wrong on demand, byte by byte: what no engine does when it is asked to."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Literal
from urllib.parse import quote_plus, urlsplit

Fault = Literal["none", "cut", "closed", "html", "busy", "partial", "reset-update", "answer-lost", "redirect"]
CANNED: dict[str, bytes] = {
    "html": b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 14\r\n\r\n<p>Welcome</p>",
    "busy": b"HTTP/1.1 503 Busy\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n",
    "redirect": b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:9/\r\nContent-Length: 0\r\n\r\n",
    "partial": (
        b"HTTP/1.1 200 OK\r\nContent-Type: application/sparql-results+json\r\nX-SQL-State: S1TAT\r\n"
        b'Content-Length: 52\r\n\r\n{"head":{"vars":["n"]},"results":{"bindings":[]}}   '
    ),
    "closed": (
        b"HTTP/1.1 200 OK\r\nContent-Type: application/sparql-results+json\r\nConnection: close\r\n\r\n"
        b'{"head":{"vars":["s"]},"results":{"bindings":[{"s":{"type":"uri","value":"urn:a"}},'
    ),
}
REFUSAL = b"HTTP/1.1 400 No\r\nContent-Type: text/plain\r\nContent-Length: 9\r\n\r\nToo long."


class Proxy:
    """Passes connections on to a server; `fault` says what is to go wrong with the requests that come from now on."""

    def __init__(self, url: str) -> None:
        self._target = (urlsplit(url).hostname or "", urlsplit(url).port or 80)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.fault: Fault = "none"
        self.requests: list[bytes] = []
        self._breaking: bytes | None = None
        self._refused: bytes | None = None
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def at(self, url: str) -> str:
        """Return a URL of the server as the proxy has it."""
        return urlsplit(url)._replace(netloc=f"127.0.0.1:{self._listener.getsockname()[1]}").geturl()

    def break_after(self, words: bytes) -> None:
        """Lose all updates after the first one with some words in it (as a form has them)."""
        self._breaking = quote_plus(words).encode()

    def refuse(self, words: str | None) -> None:
        """Refuse all updates with some words in them, without a word to the server."""
        self._refused = quote_plus(words).encode() if words else None

    def close(self) -> None:
        self._listener.close()

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._pass_on, args=(client,), daemon=True).start()

    def _pass_on(self, client: socket.socket) -> None:
        """Answer each request of a connection, one connection to the server for each."""
        with client, suppress(OSError):
            while request := read_message(client):
                self.requests.append(request)
                if not self._answer(client, request):
                    return

    def _answer(self, client: socket.socket, request: bytes) -> bool:
        """Answer one request, rightly or wrongly; return whether the connection goes on."""
        fault, update = self.fault, b"update=" in request
        if update and self._refused is not None and self._refused in request:
            client.sendall(REFUSAL)
            return True
        if fault in CANNED:
            client.sendall(CANNED[fault])
            return fault != "closed"
        if fault == "reset-update" and update:
            return False
        with socket.create_connection(self._target) as server:
            server.sendall(request)
            answer = read_message(server)
        if fault == "answer-lost" and update:
            return False
        if fault == "cut" and not update:
            head = answer.index(b"\r\n\r\n") + 4
            client.sendall(answer[: (head + len(answer)) // 2])
            return False
        client.sendall(answer)
        if self._breaking is not None and update and self._breaking in request:
            self.fault, self._breaking = "reset-update", None
        return True


def read_message(connection: socket.socket) -> bytes:
    """Read one HTTP message, its body by its length or in chunks; nothing where the other side is gone."""
    data = b""
    while b"\r\n\r\n" not in data:
        part = connection.recv(1 << 16)
        if not part:
            return b""
        data += part
    head, _, body = data.partition(b"\r\n\r\n")
    fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:])
    length = int(fields.get(b"content-length", b"0"))
    while len(body) < length or (b"transfer-encoding" in fields and not body.endswith(b"0\r\n\r\n")):
        part = connection.recv(1 << 16)
        if not part:
            break
        body += part
    return head + b"\r\n\r\n" + body


@contextmanager
def proxy_of(url: str) -> Iterator[Proxy]:
    """Run a proxy for the time of a block."""
    proxy = Proxy(url)
    try:
        yield proxy
    finally:
        proxy.close()

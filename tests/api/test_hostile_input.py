"""Input that once made the service fail, or lose a worker: it is refused as a mistake of the client."""

from __future__ import annotations

import contextlib
import json
import socket
import zlib
from base64 import urlsafe_b64encode
from itertools import product
from string import ascii_lowercase
from typing import Any

import pytest

from editing import Editor
from hct_kg.store.keywords import misspell, uses_keyword
from serving import GRAPH, Server, problem

STRANGE_IRIS = ("http://[", "http://a/%zz", "http://a:b/", "http://a/\ue000", "http://a/\ufffd", "http://a\0b")
HALF_A_PAIR = "\ud800"
MULTIPART = "multipart/form-data; boundary=edge"


def token(document: Any) -> str:
    """Return a document in the form of a permalink's last part."""
    return urlsafe_b64encode(zlib.compress(json.dumps(document).encode())).decode().rstrip("=")


@pytest.mark.parametrize(
    "document",
    [5, None, {}, [], [1, 2, 3, 4], ["a", "b"], *(["v", *[HALF_A_PAIR] * 3][n:] + ["v"] * n for n in range(4))],
)
def test_a_permalink_that_is_none_of_ours_is_not_found(server: Server, document: Any) -> None:
    assert problem(server.client.get(f"/v1/results/{token(document)}")) == (404, "not-found")


@pytest.mark.parametrize("member", [0, 1, 2, 3])
def test_a_permalink_with_half_of_a_surrogate_pair_is_not_found(server: Server, member: int) -> None:
    version = server.client.get("/healthz").json()["dataset_version"]
    call = [version, "/v1/queries", "", "*/*"]
    call[member] += HALF_A_PAIR
    assert problem(server.client.get(f"/v1/results/{token(call)}")) == (404, "not-found")


@pytest.mark.parametrize("host", ["%", "%zz", "a b", "[", "[::1", "[::g]", "a>b", "a:b", "a:1:2", "é", "a" * 400])
@pytest.mark.parametrize("path", ["/sparql", "/graphs", "/dataset", "/healthz"])
def test_a_host_that_can_stand_in_no_url_is_malformed(server: Server, path: str, host: str) -> None:
    response = server.client.get(path, headers={b"Host": host.encode()})
    assert problem(response) == (400, "malformed-request")


@pytest.mark.parametrize("host", ["[::1]", "[::1]:80", "a.example", "a.example:8000", "a%20b", "", "127.0.0.1"])
def test_a_host_that_can_is_taken(server: Server, host: str) -> None:
    assert server.client.get("/healthz", headers={b"Host": host.encode()}).status_code == 200


@pytest.mark.parametrize("iri", STRANGE_IRIS)
def test_a_graph_cannot_be_called_by_what_is_no_iri(server: Server, iri: str) -> None:
    workers = server.workers
    assert problem(server.client.get("/graphs", params={"graph": iri})) == (400, "malformed-request")
    assert server.workers == workers


@pytest.mark.parametrize("path", ["/id/site/%FF%FE", "/graph/%EF%BF%BD", "/doc/a%EE%80%80", "/doc/graph/%ED%A0%80.ttl"])
def test_nothing_is_said_of_what_can_have_no_name(server: Server, path: str) -> None:
    assert problem(server.client.get(path)) == (404, "not-found")


def test_a_query_that_holds_every_word_like_a_keyword_is_answered(server: Server) -> None:
    words = " ".join(f"servic{letter}" for letter in ascii_lowercase)
    assert server.ask(f"ASK {{}} # {words}").json()["boolean"] is True
    assert problem(server.ask(f"ASK {{ SERVICE <http://h/> {{}} }} # {words}")) == (403, "federation-disabled")


def test_a_keyword_is_told_from_words_by_as_few_letters_as_are_free() -> None:
    text = "SERVICE " + " ".join(f"servi{a}{b}" for a, b in product(ascii_lowercase, repeat=2))
    assert misspell(text, "SERVICE").startswith("SERVZZZ ")
    assert uses_keyword(f"ASK {{ {text.split()[0]} <http://h/> {{}} }} # {text}", "SERVICE")


@pytest.mark.parametrize("charset", ["utf-7", "undefined", "punycode", "unicode_escape", "hex"])
def test_a_form_is_in_utf_8(editor: Editor, charset: str) -> None:
    body = '--edge\r\nContent-Disposition: form-data; name="+2AA-"\r\n\r\nx\r\n--edge--\r\n'
    headers = {"Content-Type": f"{MULTIPART}; charset={charset}"}
    response = editor.send("PUT", "/graphs", headers, params={"graph": f"{GRAPH}form"}, content=body)
    assert problem(response) == (415, "unsupported-media-type")


FILE = 'Content-Disposition: form-data; name="file"; filename="a.ttl"\r\nContent-Type: text/turtle\r\n\r\n'


@pytest.mark.parametrize(
    "body",
    ["", "--edge", f"--edge\r\n{FILE}<a:a> <a:b> 1 .", f"--edge\r\n{FILE}<a:a> <a:b> 1 .\r\n--ed", "--edge--\r\n"],
)
def test_a_form_that_is_cut_off_replaces_no_graph(editor: Editor, body: str) -> None:
    place = {"graph": f"{GRAPH}cut"}
    whole = f"--edge\r\n{FILE}<a:a> <a:b> 1 .\r\n--edge--\r\n"
    assert editor.send("PUT", "/graphs", {"Content-Type": MULTIPART}, params=place, content=whole).is_success
    response = editor.send("PUT", "/graphs", {"Content-Type": MULTIPART}, params=place, content=body)
    assert problem(response) == (400, "malformed-request")
    assert "1" in editor.reader.get("/graphs", params=place).text


@pytest.mark.parametrize("letters", [70_000, 2_000_000])
def test_an_address_that_is_too_long_is_a_problem_that_says_so(server: Server, letters: int) -> None:
    with socket.create_connection(("127.0.0.1", server.client.base_url.port or 0), timeout=20) as raw:
        with contextlib.suppress(ConnectionError):  # the answer does not wait for the end
            raw.sendall(b"GET /v1/search?q=" + b"a" * letters + b" HTTP/1.1\r\nHost: here\r\n\r\n")
        head, _, body = raw.makefile("rb").read().partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 414 ")
    assert b"content-type: application/problem+json" in head
    assert json.loads(body)["type"].endswith("/problem/uri-too-long")
    assert server.client.get("/healthz").status_code == 200


def test_what_is_no_http_is_a_problem_that_says_so(server: Server) -> None:
    with socket.create_connection(("127.0.0.1", server.client.base_url.port or 0), timeout=20) as raw:
        raw.sendall(b"no HTTP at all\r\n\r\n")
        head, _, body = raw.makefile("rb").read().partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 ")
    assert json.loads(body)["type"].endswith("/problem/malformed-request")


def test_a_search_for_much_is_a_problem_that_says_how_much_is_taken(server: Server) -> None:
    response = server.client.get("/v1/search", params={"q": "a" * 50_000})
    assert problem(response) == (422, "invalid-parameter")
    assert "at most 200" in response.json()["detail"]

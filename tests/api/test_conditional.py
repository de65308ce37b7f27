"""Entity tags, 304 before any work, compression: what a client may keep, and for how long."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from hct_kg import keys
from hct_kg.api.compression import accepts_gzip
from hct_kg.api.conditional import versions_named
from serving import EX, Server

FRUIT = f"SELECT ?name {{ ?s <{EX}name> ?name }} ORDER BY ?name"
BEADS = f"SELECT ?a {{ ?a <{EX}next> ?b }} ORDER BY ?a"
PATHS = ("/v1/sites", "/v1/queries", "/v1/queries/colours", "/dataset", "/ns", "/graphs", "/openapi.json")


def get(server: Server, path: str, **headers: str) -> httpx.Response:
    """Send a GET with headers, their names written with underscores."""
    return server.client.get(path, headers={name.replace("_", "-"): value for name, value in headers.items()})


@pytest.mark.parametrize("path", [*PATHS, f"/sparql?query={FRUIT}"])
def test_what_has_not_changed_is_not_sent_again(server: Server, path: str) -> None:
    first = get(server, path)
    tag = first.headers["etag"]
    assert (first.status_code, tag[0]) == (200, '"'), "tags are strong"
    assert first.headers["cache-control"] == "no-cache"
    for held in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        again = get(server, path, if_none_match=held)
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert get(server, path, if_none_match='"other"').status_code == 200


def test_a_tag_is_of_one_representation(server: Server) -> None:
    path = f"/sparql?query={FRUIT}"
    variants = [
        get(server, path, accept=accept, accept_encoding=encoding).headers["etag"]
        for accept in ("text/csv", "application/sparql-results+json")
        for encoding in ("identity", "gzip")
    ]
    assert len(set(variants)) == 4


@pytest.mark.parametrize("path", ["/v1/sites", "/v1/sites/coventry", "/v1/trace?from=factor/grant-funding&limit=1"])
def test_who_asks_under_another_name_changes_no_answer_for_others(published: httpx.Client, path: str) -> None:
    """JSON-LD names the context by the host that was asked: what is kept for one host is not given to another."""
    contexts, tags = {}, set()
    for host in ("evil.example", "good.example", "evil.example"):
        response = published.get(path, headers={"Accept": "application/ld+json", "Host": host})
        contexts[host] = response.json()["@context"]
        tags.add(response.headers["etag"])
    assert contexts == {host: f"http://{host}/context.jsonld" for host in contexts}
    assert len(tags) == 2


def test_any_tag_matches_only_what_is_there(server: Server) -> None:
    assert get(server, "/v1/sites/nowhere", if_none_match="*").status_code == 404
    assert get(server, "/sparql?query=SELECT", if_none_match="*").status_code == 400


@pytest.mark.parametrize("function", ["NOW()", "RAND()", "UUID()", "STRUUID()", "BNODE()"])
def test_what_is_new_each_time_has_no_tag_and_is_not_kept(server: Server, function: str) -> None:
    response = server.ask(f"SELECT ({function} AS ?x) {{}}")
    assert response.headers["cache-control"] == "no-store"
    assert "etag" not in response.headers
    assert "link" not in response.headers


def test_new_names_for_blank_nodes_are_new_each_time(server: Server) -> None:
    response = server.ask(f"CONSTRUCT {{ [] <{EX}of> ?s }} {{ ?s <{EX}colour> ?c }}")
    assert response.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_what_is_measured_now_is_never_kept(server: Server, path: str) -> None:
    response = get(server, path)
    assert response.headers["cache-control"] == "no-store"
    assert "etag" not in response.headers


def test_an_error_has_no_tag(server: Server) -> None:
    assert "etag" not in server.ask("SELECT").headers
    assert "etag" not in get(server, "/v1/sites/nowhere").headers


def test_an_answer_from_memory_is_the_same_as_the_first(server: Server) -> None:
    first, second = server.ask(FRUIT + " # 1"), server.ask(FRUIT + " # 1")
    assert (first.content, first.headers["etag"], first.headers["link"]) == (
        second.content,
        second.headers["etag"],
        second.headers["link"],
    )


def test_head_says_what_get_would(server: Server) -> None:
    path = f"/sparql?query={FRUIT}"
    head, whole = server.client.head(path), get(server, path)
    assert head.content == b""
    for name in ("etag", "content-type", "content-length", "vary"):
        assert head.headers.get(name) == whole.headers.get(name)


def raw(server: Server, path: str, encoding: str) -> tuple[httpx.Headers, bytes]:
    """Return headers and the bytes as they were sent."""
    with server.client.stream("GET", path, headers={"Accept-Encoding": encoding}) as response:
        return response.headers, b"".join(response.iter_raw())


@pytest.mark.parametrize("path", [f"/sparql?query={BEADS}", "/openapi.json"])
def test_a_body_is_compressed_for_whoever_accepts_that(server: Server, path: str) -> None:
    _, plain = raw(server, path, "identity")
    headers, packed = raw(server, path, "gzip")
    assert headers["content-encoding"] == "gzip"
    assert "Accept-Encoding" in headers["vary"]
    assert gzip.decompress(packed) == plain
    assert raw(server, path, "gzip")[1] == packed, "the same bytes each time"
    assert raw(server, path, "gzip;q=0, identity")[1] == plain


def test_a_long_stream_is_compressed_on_its_way(server: Server) -> None:
    path = f"/sparql?query=SELECT ('{'x' * 2000}' AS ?x) ?a {{ ?a <{EX}next> ?b }}"
    headers, packed = raw(server, path, "gzip")
    assert (headers["content-encoding"], "content-length" in headers) == ("gzip", False)
    assert gzip.decompress(packed) == raw(server, path, "identity")[1]


def test_a_short_body_is_sent_as_it_is(server: Server) -> None:
    headers, _ = raw(server, "/sparql?query=ASK {}", "gzip")
    assert "content-encoding" not in headers


@pytest.mark.parametrize(
    ("header", "accepted"),
    [
        ("gzip", True),
        ("GZIP", True),
        ("br, gzip;q=0.5", True),
        ("gzip;q=0", False),
        ("gzip; q=0.000", False),
        ("identity", False),
        ("xgzip", False),
        ("", False),
    ],
)
def test_gzip_is_sent_only_if_it_is_accepted(header: str, accepted: bool) -> None:
    assert accepts_gzip({"headers": [(b"accept-encoding", header.encode())]}) is accepted


def test_the_versions_of_strong_tags_are_read_and_no_weak_one_counts() -> None:
    assert versions_named(['"abc-1", W/"def-2"', '"ghi-3"']) == {"abc", "ghi"}


def test_a_private_service_lets_no_shared_cache_keep_anything(
    start_server: Callable[..., Server], tmp_path: Path
) -> None:
    path = tmp_path / "keys.json"
    _, key = keys.add(path, "reader", "read")
    server = start_server(private=True, keys=path)
    version = server.client.get("/healthz").json()["dataset_version"]
    for wanted in ("/v1/sites", "/dataset", f"/dumps/{version}/hct-kg.ttl"):
        response = get(server, wanted, authorization=f"Bearer {key}")
        assert response.status_code == 200
        assert response.headers["cache-control"].startswith("private")

"""`/static/…`: what pages load can be kept for good under the name of its digest, and comes compressed."""

from __future__ import annotations

import gzip

import pytest

from hct_kg.terms import BASE
from hct_kg.web.pages import Place, static_files
from serving import Server, problem

FILES = static_files()
BUNDLE = "vendor/swagger-ui-bundle.js"


@pytest.mark.parametrize("name", sorted(FILES))
def test_each_file_is_served_as_it_is(server: Server, name: str) -> None:
    response = server.client.get(f"/static/{name}")
    assert response.status_code == 200
    assert response.content == FILES[name].body
    assert response.headers["content-type"].startswith(FILES[name].media_type)
    assert response.headers["x-content-type-options"] == "nosniff"


def test_under_its_digest_a_file_is_kept_for_good_and_else_for_an_hour(server: Server) -> None:
    link = Place(BASE, "/data/api").file(BUNDLE)
    assert link == f"../static/{BUNDLE}?v={FILES[BUNDLE].digest}"
    kept = server.client.get(link.removeprefix(".."))
    assert kept.headers["cache-control"] == "public, max-age=31536000, immutable"
    for query in ("", "?v=000000000000"):
        response = server.client.get(f"/static/{BUNDLE}{query}")
        assert response.headers["cache-control"] == "public, max-age=3600"


def test_a_file_is_compressed_for_who_accepts_that_with_a_tag_of_its_own(server: Server) -> None:
    plain = server.client.get(f"/static/{BUNDLE}", headers={"Accept-Encoding": "identity"})
    with server.client.stream("GET", f"/static/{BUNDLE}", headers={"Accept-Encoding": "gzip"}) as response:
        raw = b"".join(response.iter_raw())
    assert gzip.decompress(raw) == plain.content == FILES[BUNDLE].body
    assert len(raw) < len(plain.content) / 3
    assert response.headers["content-length"] == str(len(raw))
    assert response.headers["etag"] != plain.headers["etag"]
    held = {"Accept-Encoding": "gzip", "If-None-Match": response.headers["etag"]}
    assert server.client.get(f"/static/{BUNDLE}", headers=held).status_code == 304


@pytest.mark.parametrize(
    "name", ["vendor", "vendor/", "vendor/none.js", "..%2Fpages.py", "vendor/..%2F..%2Fvendored.toml"]
)
def test_nothing_else_is_there(server: Server, name: str) -> None:
    assert problem(server.client.get(f"/static/{name}")) == (404, "not-found")

"""A browser that meets a problem at a page gets a page; a program gets problem details, and so does whoever asks it."""

from __future__ import annotations

import pytest

from serving import Server, problem
from webpages import get, hrefs, one, words

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"}


@pytest.mark.parametrize("path", ["/doc/site/nowhere", "/id/site/nowhere", "/nowhere", "/problem/none", "/ns/0.0.0"])
def test_a_browser_gets_a_page_with_the_status_and_what_to_do(server: Server, path: str) -> None:
    page = get(server.client, path, status=404)
    told = server.client.get(path).json()
    assert words(one(page, ".//h1")) == told["title"]
    assert told["detail"] in words(page)
    assert [href.rpartition("/")[2] for href in hrefs(one(page, ".//main"))] == ["", "search", "not-found"]


def test_the_page_is_guarded_and_depends_on_accept(server: Server) -> None:
    response = server.client.get("/doc/site/nowhere", headers=BROWSER)
    assert "default-src 'none'" in response.headers["content-security-policy"]
    assert "Accept" in response.headers["vary"]
    assert response.headers["content-type"] == "text/html; charset=utf-8"


def test_what_was_asked_for_does_not_become_markup(server: Server) -> None:
    response = server.client.get("/doc/site/<script>alert(1)</script>", headers=BROWSER)
    assert response.status_code == 404
    assert "<script>alert" not in response.text
    assert "&lt;script&gt;" in response.text


@pytest.mark.parametrize("path", ["/v1/sites/nowhere", "/sparql?query=nonsense", "/graphs?graph=x", "/static/none.css"])
def test_at_an_address_for_programs_a_browser_gets_problem_details(server: Server, path: str) -> None:
    response = server.client.get(path, headers=BROWSER)
    assert problem(response)[0] >= 400


@pytest.mark.parametrize("accept", ["*/*", "application/json", "text/turtle", "text/html;q=0.5,*/*", "image/png"])
def test_whoever_does_not_prefer_pages_gets_problem_details(server: Server, accept: str) -> None:
    assert problem(server.client.get("/doc/site/nowhere", headers={"Accept": accept})) == (404, "not-found")


def test_other_methods_are_refused_in_problem_details(server: Server) -> None:
    assert problem(server.client.post("/doc/site/nowhere", headers=BROWSER)) == (405, "method-not-allowed")

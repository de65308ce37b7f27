"""Dumps and permalinks: what a version holds, the same bytes for as long as it is served."""

from __future__ import annotations

import gzip
import hashlib
from base64 import b64decode
from collections import defaultdict

import httpx
import pytest

from hct_kg.api.dumps import FILES
from hct_kg.api.pinning import Call, read_token
from hct_kg.errors import UnknownResource
from hct_kg.store import EmbeddedStore, Literal, NamedNode, Quad
from serving import EX, Server, problem


@pytest.fixture
def version(server: Server) -> str:
    """The version that is served."""
    return str(server.client.get("/healthz").json()["dataset_version"])


def dump(server: Server, version: str, name: str) -> httpx.Response:
    """Return a dump."""
    response = server.client.get(f"/dumps/{version}/{name}", headers={"Accept-Encoding": "identity"})
    assert response.status_code == 200, response.text
    return response


def test_the_quads_of_a_dump_are_those_of_the_version(server: Server, version: str) -> None:
    graphs = defaultdict(list)
    for line in dump(server, version, "hct-kg.nq").content.splitlines():
        triple, graph = line.removesuffix(b" .").rsplit(b" ", 1)  # all of this data stands in named graphs
        graphs[graph.decode()].append(triple + b" .\n")
    sums = [f"{sha256(b''.join(sorted(lines)))}  {graph}\n".encode() for graph, lines in graphs.items()]
    assert sha256(b"".join(sorted(sums))) == version


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def test_every_dump_has_the_checksum_that_is_told_and_its_digest(server: Server, version: str) -> None:
    sums = dump(server, version, "SHA256SUMS").text.splitlines()
    told = {line.split("  ")[1]: line.split("  ")[0] for line in sums}
    assert sorted(told) == sorted(FILES)
    for name, checksum in told.items():
        response = dump(server, version, name)
        assert hashlib.sha256(response.content).hexdigest() == checksum
        digest = response.headers["repr-digest"].removeprefix("sha-256=:").removesuffix(":")
        assert b64decode(digest).hex() == checksum
        assert response.headers["cache-control"] == "public, max-age=31536000, immutable"
        if name.endswith(".gz"):
            assert gzip.decompress(response.content) == dump(server, version, name.removesuffix(".gz")).content


def test_a_dump_can_be_had_in_parts(server: Server, version: str) -> None:
    whole = dump(server, version, "hct-kg.ttl").content
    part = server.client.get(f"/dumps/{version}/hct-kg.ttl", headers={"Range": "bytes=10-19"})
    assert (part.status_code, part.content) == (206, whole[10:20])


def test_another_version_is_gone_and_another_name_unknown(server: Server, version: str) -> None:
    assert problem(server.client.get(f"/dumps/{'0' * 64}/hct-kg.nq")) == (410, "version-gone")
    assert problem(server.client.get(f"/dumps/{version}/other.nq")) == (404, "not-found")
    assert problem(server.client.get(f"/dumps/{version}/..%2Fx")) == (404, "not-found")


def test_a_stable_order_does_not_depend_on_that_of_loading() -> None:
    quads = [Quad(NamedNode(EX + "s"), NamedNode(EX + "p"), Literal(str(n)), NamedNode(EX + "g")) for n in range(30)]
    assert EmbeddedStore(quads).canonical_quads() == EmbeddedStore(reversed(quads)).canonical_quads()


SELECT = f"SELECT ?s {{ ?s <{EX}colour> ?c }} ORDER BY ?s"


@pytest.mark.parametrize("accept", ["application/sparql-results+json", "text/csv", "application/sparql-results+xml"])
def test_a_permalink_of_a_query_gives_the_same_bytes_in_the_same_format(server: Server, accept: str) -> None:
    response = server.ask(SELECT, accept)
    link, rel = response.headers["link"].split("; ")
    assert rel == 'rel="bookmark"'
    again = server.client.get(link.strip("<>"))
    assert (again.content, again.headers["content-type"]) == (response.content, response.headers["content-type"])


def test_a_query_that_was_posted_has_one_as_well(server: Server) -> None:
    form = {"query": SELECT, "default-graph-uri": "https://w3id.org/hct-kg/graph/orchard"}
    response = server.client.post("/sparql", data=form)
    again = server.client.get(response.headers["link"].split(">")[0][1:])
    assert again.content == response.content


def test_a_curated_answer_says_where_it_is_again(server: Server) -> None:
    response = server.client.get("/v1/queries/colours")
    assert server.client.get(response.json()["meta"]["permalink"]).content == response.content


def test_a_query_too_long_for_a_url_has_no_permalink(server: Server) -> None:
    noise = "".join(hashlib.sha256(str(number).encode()).hexdigest() for number in range(200))
    response = server.client.post("/sparql", data={"query": f"{SELECT} # {noise}"})
    assert response.status_code == 200
    assert "link" not in response.headers


def test_a_permalink_of_another_version_says_that_it_is_gone(server: Server) -> None:
    token = Call("0" * 64, "/v1/sites", "", "application/json").token()
    response = server.client.get(f"/v1/results/{token}")
    assert problem(response) == (410, "version-gone")
    assert "/v1/sites" in response.json()["detail"]


@pytest.mark.parametrize(
    "token",
    [
        "x",
        "eNoDAAAAAAE",
        Call("v", "/metrics", "", "").token(),
        Call("v", "/v1/results/x", "", "").token(),
        Call("v", "//evil.example/", "", "").token(),
    ],
)
def test_what_is_no_permalink_of_ours_is_unknown(server: Server, token: str) -> None:
    assert problem(server.client.get(f"/v1/results/{token}")) == (404, "not-found")


def test_a_token_holds_its_call() -> None:
    call = Call("v" * 64, "/sparql", "query=SELECT%20%E2%98%83", "text/csv")
    assert read_token(str(call.token())) == call
    with pytest.raises(UnknownResource):
        read_token(str(call.token())[:-3])

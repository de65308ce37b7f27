"""A server that takes changes, seen by clients with keys of each scope; tests share it, each with graphs of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from hct_kg import keys
from hct_kg.keys import Scope
from serving import Server, invented, running

ROOT = Path(__file__).parents[1]
UPDATE = "application/sparql-update"
TURTLE = "text/turtle"
TERM = "<https://example.org/Tree> a <http://www.w3.org/2002/07/owl#Class> .\n"
SHAPE = """
@prefix ex: <https://example.org/> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
ex:TreeShape a sh:NodeShape ; sh:targetClass ex:Tree ; sh:property ex:TreeName .
ex:TreeName sh:path ex:name ; sh:minCount 1 ; sh:message "A tree has a name."@en .
"""


@dataclass(frozen=True)
class Editor:
    """A writable server, and the header of a key of each scope; requests have that of `write` unless told."""

    server: Server
    headers: dict[Scope, dict[str, str]]

    @property
    def reader(self) -> httpx.Client:
        """A client without a key."""
        return self.server.client

    @property
    def base(self) -> str:
        """Where the server is, without a slash at the end."""
        return str(self.server.client.base_url).rstrip("/")

    def send(self, method: str, path: str, headers: dict[str, str] | None = None, **given: Any) -> httpx.Response:
        """Send a request with a key."""
        return self.server.client.request(method, path, headers={**self.headers["write"], **(headers or {})}, **given)

    def update(self, text: str, **parameters: str | list[str]) -> httpx.Response:
        """Send an update, and its other parameters in the query string, with hyphens for what Python has not."""
        named = {name.replace("_", "-"): value for name, value in parameters.items()}
        return self.send("POST", "/update", {"Content-Type": UPDATE}, params=named, content=text.encode())

    def graph(self, method: str, graph: str | None, body: str | None = None, **headers: str) -> httpx.Response:
        """Send a request about a graph (None: the unnamed one), with Turtle if it has a body."""
        kind = {"Content-Type": TURTLE} if body is not None else {}
        place = {"default": ""} if graph is None else {"graph": graph}
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        content = None if body is None else body.encode()
        return self.send(method, "/graphs", {**kind, **given}, params=place, content=content)

    def read(self, graph: str | None, accept: str = "application/n-triples") -> httpx.Response:
        """Read a graph without a key."""
        place = {"default": ""} if graph is None else {"graph": graph}
        return self.reader.get("/graphs", params=place, headers={"Accept": accept})

    def lines(self, graph: str | None) -> set[str]:
        """Return the N-Triples of a graph that there is."""
        response = self.read(graph)
        assert response.status_code == 200, response.text
        return set(response.text.splitlines())

    def version(self) -> str:
        """Return the version of the dataset."""
        version: str = self.reader.get("/healthz").json()["dataset_version"]
        return version


def editor_of(stack: ExitStack, folder: Path, **given: Any) -> Editor:
    """Start a server that takes changes, with a key of each scope."""
    path = folder / "keys.json"
    scopes: tuple[Scope, ...] = ("read", "write", "admin")
    headers = {scope: {"Authorization": f"Bearer {keys.add(path, scope, scope)[1]}"} for scope in scopes}
    settings = invented(folder, writable=True, keys=path, state=folder / "state", **{"query_seconds": 10.0, **given})
    if "ontology" not in given:
        (settings.ontology / "shapes.ttl").write_text(SHAPE, encoding="utf-8")
        (settings.ontology / "hct.ttl").write_text(TERM, encoding="utf-8")
    return Editor(running(settings, stack), headers)


@pytest.fixture(scope="session")
def editor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Editor]:
    """A server over the invented dataset, with one shape: a tree has a name."""
    with ExitStack() as stack:
        yield editor_of(stack, tmp_path_factory.mktemp("edited"), write_bytes=1)


@pytest.fixture(scope="session")
def story_editor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Editor]:
    """A server over the story, with the ontology, its shapes and its rules."""
    folders = {"data": ROOT / "tests" / "story", "ontology": ROOT / "ontology", "queries": ROOT / "queries"}
    with ExitStack() as stack:
        yield editor_of(stack, tmp_path_factory.mktemp("story"), **folders)


@pytest.fixture
def start_editor(tmp_path: Path) -> Iterator[Callable[..., Editor]]:
    """Start a server of one's own, with settings of one's own."""
    with ExitStack() as stack:
        yield lambda **given: editor_of(stack, tmp_path, **given)


@pytest.fixture
def graph() -> str:
    """The IRI of a graph that no other test has."""
    return f"https://example.org/graph/{uuid4()}"

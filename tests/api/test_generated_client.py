"""A typed client that a tool makes of our OpenAPI document is complete, and works against the service."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from hct_kg.settings import Settings
from serving import Server, running

PACKAGE = "hct_kg_client"
RAW = {"/sparql", "/update", "/graphs", "/v1/validate"}
"""Where bodies are SPARQL or RDF, which the tool has no types for."""


@pytest.fixture(scope="module")
def published() -> Iterator[Server]:
    with ExitStack() as stack:
        yield running(Settings(), stack)


@pytest.fixture(scope="module")
def said(published: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Make the client, have it importable, and return what the tool said."""
    folder = tmp_path_factory.mktemp("client")
    (folder / "openapi.json").write_bytes(published.client.get("/openapi.json").content)
    (folder / "config.json").write_text(json.dumps({"post_hooks": []}), encoding="utf-8")
    command = ["generate", "--path", "openapi.json", "--config", "config.json", "--output-path", "made"]
    made = subprocess.run(
        [sys.executable, "-m", "openapi_python_client", *command],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stdout + made.stderr
    sys.path.insert(0, str(folder / "made"))
    yield made.stdout + made.stderr
    sys.path.remove(str(folder / "made"))
    for name in [name for name in sys.modules if name.partition(".")[0] == PACKAGE]:
        del sys.modules[name]


def call(server: Server, module: str, **arguments: Any) -> Any:
    with importlib.import_module(PACKAGE).Client(base_url=str(server.client.base_url)) as client:
        return importlib.import_module(f"{PACKAGE}.api.{module}").sync(client=client, **arguments)


def test_every_operation_is_made_but_bodies_that_are_not_json(said: str) -> None:
    refused = {line.split()[3] for line in said.splitlines() if line.startswith("WARNING parsing")}
    assert refused <= RAW
    assert "Endpoint will not be generated" not in said


@pytest.mark.usefixtures("said")
def test_a_list_comes_as_objects_with_typed_fields(published: Server) -> None:
    page = call(published, "collections.list_sites", limit=3)
    told = published.client.get("/v1/sites", params={"limit": 3}).json()
    assert [site.label for site in page.data] == [site["label"] for site in told["data"]]
    assert page.meta.total == told["meta"]["total"]
    assert page.meta.complete is False


@pytest.mark.usefixtures("said")
def test_a_trace_comes_as_objects_with_typed_fields(published: Server) -> None:
    answer = call(published, "tracing.trace", from_="factor/grant-funding", limit=2)
    assert [len(chain.steps) > 0 for chain in answer.data.chains] == [True, True]
    assert answer.data.chains[0].steps[0].cause.id == "factor/grant-funding"


@pytest.mark.usefixtures("said")
def test_a_problem_comes_as_an_object_too(published: Server) -> None:
    problem = call(published, "collections.get_sites", slug="atlantis")
    assert problem.type_.endswith("/problem/not-found")

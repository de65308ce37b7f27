"""The real data in each engine, served; and a service that takes changes, over each engine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from scripts.sparql_servers import Endpoint, OxigraphServer, Virtuoso

from engines import Engine, installed
from hct_kg.building import Rules
from hct_kg.loading import Loading, inputs, load
from hct_kg.settings import Settings
from hct_kg.store.archive import Archive
from hct_kg.store.opening import target_of

ELSEWHERE = ("oxigraph", "virtuoso")
UNHURRIED: dict[str, Any] = {"rate": 1e6, "burst": 100_000, "query_seconds": 60.0, "warm": False}


def place_of(endpoint: Endpoint) -> dict[str, Any]:
    """Return the settings that name a server."""
    return {
        "store": endpoint.query_url,
        "store_update": endpoint.update_url,
        "store_graphs": endpoint.graph_store_url,
        "store_user": endpoint.user,
        "store_password": endpoint.password,
    }


def put(settings: Settings) -> Archive:
    """Load the data folder of settings into their place, as `hct-kg load` does, but for the validation."""
    loaded = load(target_of(settings), inputs([settings.data]), Loading(Rules(settings.ontology, settings.queries)))
    assert loaded.archive is not None, "nothing was validated"
    return loaded.archive


@contextmanager
def engine_in(kind: str, folder: Path) -> Iterator[Engine]:
    """Run a server of one's own, empty."""
    if kind == "virtuoso":
        installed(Virtuoso)
        engine = Engine(Virtuoso.in_folder(folder, buffers=20_000))
    else:
        installed(OxigraphServer)
        engine = Engine(OxigraphServer.in_folder(folder, durable=True))
    try:
        yield engine
    finally:
        engine.resume()
        engine.kill()

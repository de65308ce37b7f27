"""A dataset on disk for tests: files into a folder by the real loader, and servers over that folder."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

from editing import SHAPE, TERM, Editor
from hct_kg import keys
from hct_kg.batches import Checking
from hct_kg.building import Rules
from hct_kg.keys import Scope
from hct_kg.loading import Loaded, Loading, inputs, load
from hct_kg.settings import Settings
from hct_kg.store.on_disk_target import OnDiskTarget
from serving import invented, running


def put(
    store: Path, settings: Settings, files: Iterable[Path], *, check: bool = False, graph: str | None = None, **how: Any
) -> Loaded:
    """Load files into a folder, as `hct-kg load` does."""
    found = inputs(files, graph)
    checking = Checking(settings.ontology, found) if check else None
    rules = Rules(settings.ontology, settings.queries)
    return load(OnDiskTarget(store), found, Loading(rules, check=checking, **how))


def on_disk(folder: Path, **given: Any) -> Settings:
    """Return settings of the invented dataset, which is loaded into a folder."""
    settings = replace(invented(folder, query_seconds=10.0, **given), store=str(folder / "store"))
    if "ontology" not in given:
        (settings.ontology / "shapes.ttl").write_text(SHAPE, encoding="utf-8")
        (settings.ontology / "hct.ttl").write_text(TERM, encoding="utf-8")
    put(folder / "store", settings, [settings.data])
    return settings


def editor_on_disk(stack: ExitStack, settings: Settings, folder: Path) -> Editor:
    """Start a server over a dataset on disk that takes changes; keys are made where there are none yet."""
    path = folder / f"keys-{len(list(folder.glob('keys-*.json')))}.json"
    scopes: tuple[Scope, ...] = ("read", "write", "admin")
    headers = {scope: {"Authorization": f"Bearer {keys.add(path, scope, scope)[1]}"} for scope in scopes}
    return Editor(running(replace(settings, writable=True, keys=path), stack), headers)

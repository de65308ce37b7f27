"""Which engine keeps the dataset, as the settings say."""

from __future__ import annotations

from pathlib import Path

from hct_kg.settings import Settings
from hct_kg.store.engine import Engine
from hct_kg.store.in_memory import InMemory
from hct_kg.store.loading import Target
from hct_kg.store.on_disk import OnDisk
from hct_kg.store.on_disk_target import OnDiskTarget


def is_elsewhere(store: str | None) -> bool:
    """Tell whether a place is the URL of an engine, not a folder."""
    return store is not None and "://" in store


def engine_of(settings: Settings) -> Engine:
    """Return the engine of the settings; raises SettingsError where its place cannot be used."""
    if is_elsewhere(settings.store):
        from hct_kg.store.remote.engine import Remote  # here: only who has an engine elsewhere needs HTTP

        return Remote(settings)
    return InMemory(settings) if settings.store is None else OnDisk(settings)


def target_of(settings: Settings) -> Target:
    """Return the place of the settings to load into; raises SettingsError where it cannot be used."""
    assert settings.store is not None, "there is a place"
    if is_elsewhere(settings.store):
        from hct_kg.store.remote.target import RemoteTarget

        return RemoteTarget(settings)
    return OnDiskTarget(Path(settings.store))

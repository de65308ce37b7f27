"""What several tests share: the folders, the real dataset, the documents where copies are held."""

from __future__ import annotations

import os
from pathlib import Path

import hypothesis
import pytest

from hct_kg.dataset import Dataset, load_dataset

pytest_plugins = ("serving", "editing", "engines", "browsing")

ROOT = Path(__file__).parents[1]

# A busy machine is no fault of the code: no example is timed, nor how long it takes to make one.
hypothesis.settings.register_profile(
    "unhurried", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("unhurried")


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def real() -> Dataset:
    """The dataset that is published."""
    return load_dataset(ROOT / "ontology", ROOT / "data", ROOT / "queries")


@pytest.fixture(scope="session")
def story() -> Dataset:
    """A tiny invented dataset with distractors."""
    return load_dataset(ROOT / "ontology", ROOT / "tests" / "story", ROOT / "queries")


@pytest.fixture(scope="session")
def documents() -> Path:
    """The folder of the documents: CI must hold them, others may not."""
    folder = os.environ.get("HCT_KG_DOCUMENTS")
    if not folder and "CI" not in os.environ:
        pytest.skip("no copies of the source documents: set HCT_KG_DOCUMENTS to their folder")
    assert folder, "CI sets HCT_KG_DOCUMENTS to the folder of the source documents"
    return Path(folder)

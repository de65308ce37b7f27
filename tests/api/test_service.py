"""What one version of the dataset holds, and what is left of it when another takes its place."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest

from hct_kg.api.service import keep_from_collection


class Holder:
    """Something that holds itself, as tasks and connections hold each other."""

    def __init__(self) -> None:
        self.held = self


@pytest.fixture
def collecting() -> Iterator[None]:
    """Leave the garbage collector as it was."""
    yield
    gc.unfreeze()


@pytest.mark.usefixtures("collecting")
def test_what_an_earlier_version_leaves_behind_is_collected_by_the_next() -> None:
    held = Holder()
    seen = weakref.ref(held)
    keep_from_collection()
    del held
    gc.collect()
    assert seen() is not None, "what there was is passed over"
    keep_from_collection()
    assert seen() is None

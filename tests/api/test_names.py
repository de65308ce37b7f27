"""What things are called: their own name first, else what they join; read once."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import pytest

from hct_kg.api import names
from hct_kg.api.names import Names, compose
from hct_kg.dataset import Dataset
from hct_kg.store import Row
from hct_kg.terms import ID


@pytest.mark.parametrize(
    ("parts", "name"),
    [
        ({"label": "Trust", "title": "Of trust", "cause": "a", "effect": "b"}, "Trust"),
        ({"title": "Of trust"}, "Of trust"),
        ({"cause": "Time", "effect": "Trust"}, "Time → Trust"),
        ({"cause": "Time"}, None),
        ({"member": "Anglers", "kind": "Clubs", "group": "Alder"}, "Anglers in Alder"),
        ({"kind": "Clubs", "group": "Alder"}, "Clubs in Alder"),
        ({"document": "River report", "section": "Money"}, "River report, Money"),
        ({}, None),
    ],
)
def test_a_name_is_made_of_what_there_is(parts: Mapping[str, str], name: str | None) -> None:
    assert compose(parts) == name


def test_a_name_is_read_once_and_again_where_too_many_were_kept(
    story: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    async def select(query: str) -> list[Row]:
        asked.append(query)
        return story.store.select(query)

    known = Names(select)
    trust, grants, nothing = (f"{ID}factor/{slug}" for slug in ("trust", "grants", "nothing"))
    for _ in range(2):
        assert asyncio.run(known.of([grants, nothing])) == {grants: "Grants", nothing: None}
    assert len(asked) == 1
    monkeypatch.setattr(names, "MOST", 2)
    assert asyncio.run(known.of([trust]))[trust] is not None
    assert asyncio.run(known.of([grants])) == {grants: "Grants"}
    assert len(asked) == 3

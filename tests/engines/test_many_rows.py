"""Over an engine elsewhere, what the service reads once a version may have more rows than one result."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest
from places import ELSEWHERE, UNHURRIED, engine_in, place_of, put

from hct_kg.settings import Settings
from serving import problem, running


@pytest.mark.parametrize("kind", ELSEWHERE)
def test_all_links_are_read_where_a_result_may_have_a_thousand_rows(kind: str, tmp_path: Path) -> None:
    with ExitStack() as stack:
        engine = stack.enter_context(engine_in(kind, tmp_path / "server"))
        settings = Settings(**place_of(engine.endpoint), state=tmp_path / "state", query_rows=1000, **UNHURRIED)
        put(settings)
        client = running(replace(settings, state=None), stack, tmp_path / "log").client
        client.timeout = 60
        ends = {"from": "factor/grant-funding", "to": "factor/improved-community-health-and-wellbeing"}
        assert client.get("/v1/trace", params=ends).json()["meta"]["count"] > 0
        listed = client.get("/v1/links", params={"limit": 10}).json()
        assert listed["meta"]["total"] > 1000
        query = "SELECT ?link { ?link a <https://w3id.org/hct-kg/ns#Link> }"
        assert problem(client.get("/sparql", params={"query": query})) == (507, "result-too-large")

"""The evidence matrix: each finding in one column, and a cell counts just what it lists."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest

from hct_kg.dataset import Dataset
from hct_kg.settings import Settings
from hct_kg.terms import NAMESPACES, shorten
from serving import problem, running

PREFIXES = "".join(f"PREFIX {prefix}: <{namespace}>\n" for prefix, namespace in NAMESPACES.items())


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    with ExitStack() as stack:
        yield running(Settings(), stack).client


@pytest.fixture(scope="module")
def teller(root: Path) -> Iterator[httpx.Client]:
    """A server over the story."""
    with ExitStack() as stack:
        yield running(Settings(data=root / "tests" / "story"), stack).client


def ask(client: httpx.Client, path: str = "", **parameters: Any) -> dict[str, Any]:
    response = client.get(f"/v1/evidence{path}", params=parameters)
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


def findings(client: httpx.Client, **parameters: Any) -> list[dict[str, Any]]:
    """All findings of a cell, page by page."""
    answer = ask(client, "/findings", **parameters)
    found: list[dict[str, Any]] = answer["data"]
    while answer["meta"]["next"]:
        answer = ask(client, "/findings", **parameters, cursor=answer["meta"]["next"])
        found += answer["data"]
    assert len(found) == answer["meta"]["total"]
    return found


def counts(row: dict[str, Any]) -> dict[str, int]:
    return {cell["column"]: cell["count"] for cell in row["cells"] if cell["count"]}


def test_a_finding_is_in_the_column_of_whom_it_is_said(teller: httpx.Client) -> None:
    """That trust was built, and may fade, is said of all three groups; lack of time of some that are not named."""
    answer = ask(teller)["data"]
    rows = {row["about"]["id"]: counts(row) for row in answer["rows"]}
    assert rows["theme/personal-relationships"] == {"all-sites": 2}
    assert rows["theme/co-production"] == {"site/alder": 1}
    assert rows["theme/resource-and-capacity"] == {"some-unnamed": 2}
    assert rows["theme/staff-turnover"]["site/dock"] == 1
    assert rows["theme/innovation"] == {}
    sites = [column["id"] for column in answer["columns"] if column["site"]]
    assert sites == ["site/alder", "site/birch", "site/cedar", "site/dock"]
    assert "River Care" not in next(column["meaning"] for column in answer["columns"] if column["id"] == "site/alder")


def test_every_finding_is_in_one_column_and_every_cell_is_there(client: httpx.Client, real: Dataset) -> None:
    answer = ask(client)["data"]
    (row,) = real.store.select(f"{PREFIXES}SELECT (COUNT(?f) AS ?n) {{ ?f a hct:Finding }}")
    assert answer["all"]["count"] == sum(counts(answer["all"]).values()) == int(row["n"].value) > 900
    columns = [column["id"] for column in answer["columns"]]
    for line in (answer["all"], *answer["rows"]):
        assert [cell["column"] for cell in line["cells"]] == columns
        assert all(sum(cell["modalities"].values()) == cell["count"] for cell in line["cells"])
    listed = [found["id"] for column in columns for found in findings(client, column=column, limit=200)]
    assert len(listed) == len(set(listed)) == answer["all"]["count"]


def test_a_cell_lists_the_findings_that_it_counts(client: httpx.Client) -> None:
    answer = ask(client)["data"]
    rows = sorted(answer["rows"], key=lambda row: str(row["about"]["id"]))[::9]
    cells = [(row["about"]["id"], cell) for row in rows for cell in row["cells"] if cell["count"]]
    assert len(cells) > 20
    for about, cell in cells:
        found = findings(client, row=about, column=cell["column"])
        assert Counter(item["modality"]["id"] for item in found) == cell["modalities"]
        assert all(about in [theme["id"] for theme in item["themes"]] for item in found)


def test_nothing_is_spread_to_sites_that_the_text_does_not_name(client: httpx.Client, real: Dataset) -> None:
    named = real.store.select(
        f"{PREFIXES}SELECT DISTINCT ?f ?s {{ ?s a hct:Site . ?f a hct:Finding . "
        "{ ?f hct:about ?s } UNION { ?f hct:about ?i . ?i hct:site ?s } UNION { ?f hct:scope/hct:member ?s } }"
    )
    pairs = {(shorten(row["f"].value), shorten(row["s"].value)) for row in named}
    for column in ("site/leeds", "site/croydon"):
        assert {(item["id"], column) for item in findings(client, column=column, limit=200)} <= pairs
    unnamed = [item["id"] for item in findings(client, column="some-unnamed", limit=200)]
    assert len(unnamed) > 100
    assert not set(unnamed) & {finding for finding, _ in pairs}


def test_a_site_of_the_first_phase_has_a_column_without_findings(client: httpx.Client) -> None:
    answer = ask(client)["data"]
    (newham,) = (column for column in answer["columns"] if column["id"] == "site/newham")
    assert "No document places it in HCT Phase 2" in newham["meaning"]
    assert "site/newham" not in counts(answer["all"])
    assert findings(client, column="site/newham") == []


def test_outcomes_are_rows_with_their_level_and_those_without_findings_are_there_too(
    client: httpx.Client, real: Dataset
) -> None:
    answer = ask(client, rows="outcomes", limit=1000)
    outcomes = {shorten(row["o"].value) for row in real.store.select(f"{PREFIXES}SELECT ?o {{ ?o a hct:Outcome }}")}
    rows = {row["about"]["id"]: row for row in answer["data"]["rows"]}
    assert rows.keys() == outcomes
    assert [row for row in rows.values() if row["count"] == 0]
    assert rows["factor/psychological-safety"]["level"]["id"] == "level/partnership"
    query = """SELECT DISTINCT ?f { ?f a hct:Finding .
        { ?f hct:about ?o } UNION { ?f hct:finds ?l . ?l hct:effect ?o } VALUES ?o { <%s> } }"""
    found = real.store.select(PREFIXES + query % rows["factor/psychological-safety"]["about"]["iri"])
    assert rows["factor/psychological-safety"]["count"] == len(found) > 5


def test_modality_and_level_narrow_the_matrix(client: httpx.Client) -> None:
    answer = ask(client, rows="outcomes", level="community", modality="observed", limit=1000)
    assert {row["level"]["id"] for row in answer["data"]["rows"]} == {"level/community"}
    cells = [cell for row in (answer["data"]["all"], *answer["data"]["rows"]) for cell in row["cells"]]
    assert {name for cell in cells for name in cell["modalities"]} == {"modality/observed"}
    both = client.get("/v1/evidence", params={"modality": ["observed", "perceived"]}).json()["data"]["all"]["count"]
    assert both == sum(ask(client, modality=name)["data"]["all"]["count"] for name in ("observed", "perceived"))


def test_rows_come_in_pages_with_most_findings_first(client: httpx.Client) -> None:
    whole = ask(client)["data"]["rows"]
    first = client.get("/v1/evidence", params={"limit": 30})
    second = client.get(first.links["next"]["url"])
    assert first.json()["meta"]["complete"] is False
    assert first.json()["data"]["rows"] + second.json()["data"]["rows"] == whole
    assert second.json()["meta"]["next"] is None
    numbers = [row["count"] for row in whole]
    assert numbers == sorted(numbers, reverse=True)


def test_both_come_as_tables(client: httpx.Client) -> None:
    matrix = client.get("/v1/evidence", headers={"Accept": "text/csv"})
    table = list(csv.DictReader(io.StringIO(matrix.text, newline="")))
    answer = ask(client)["data"]
    assert sum(int(row["findings"]) for row in table) == sum(row["count"] for row in answer["rows"])
    assert {"row": "theme/grant-management", "column": "site/leeds", "modality": "", "findings": "0"}.items() <= next(
        row for row in table if (row["row"], row["column"]) == ("theme/grant-management", "site/leeds")
    ).items()
    listed = client.get("/v1/evidence/findings", params={"column": "several-named"}, headers={"Accept": "text/csv"})
    names = [row["id"] for row in csv.DictReader(io.StringIO(listed.text, newline=""))]
    assert names == [item["id"] for item in findings(client, column="several-named")]


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("/v1/evidence?rows=sites", "rows"),
        ("/v1/evidence?level=community", "only outcomes have one"),
        ("/v1/evidence?rows=outcomes&level=nowhere", "none of the levels"),
        ("/v1/evidence?modality=guessed", "none of the modalities"),
        ("/v1/evidence?cursor=x", "cursor"),
        ("/v1/evidence?rows=themes&rows=outcomes", "given twice"),
        ("/v1/evidence/findings?row=site/leeds", "no theme and no outcome"),
        ("/v1/evidence/findings?row=%3E", "no identifier"),
        ("/v1/evidence/findings?column=leeds", "site/leeds"),
        ("/v1/evidence/findings?colour=red", "colour"),
    ],
)
def test_what_is_not_understood_is_refused_with_what_there_is(client: httpx.Client, path: str, says: str) -> None:
    response = client.get(path)
    assert problem(response) == (422, "invalid-parameter")
    assert says in response.text


def test_a_cursor_belongs_to_its_question(client: httpx.Client) -> None:
    cursor = ask(client, limit=5)["meta"]["next"]
    assert problem(client.get("/v1/evidence", params={"modality": "observed", "cursor": cursor}))[0] == 422
    place = ask(client, "/findings", column="others", limit=5)["meta"]["next"]
    assert problem(client.get("/v1/evidence/findings", params={"column": "all-sites", "cursor": place}))[0] == 422

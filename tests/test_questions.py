"""The questions that people bring: one request each, with its real answer in the README.

To write the list anew after a change: UPDATE_README=1 pytest tests/test_questions.py
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest

from generated import up_to_date
from hct_kg.settings import Settings
from serving import running

ROOT = Path(__file__).parents[1]
LISTED: dict[str, list[dict[str, Any]]] = tomllib.loads(
    (ROOT / "queries" / "questions.toml").read_text(encoding="utf-8")
)
ALL = [*LISTED["questions"], *LISTED["refusals"]]
QUESTIONS = 25
REFUSALS = 5
SHOWN = 2
LONGEST = 140


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    """A client of a server over the published data."""
    with ExitStack() as stack:
        yield running(Settings(), stack).client


def ask(client: httpx.Client, call: str) -> dict[str, Any]:
    response = client.get(call)
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


def test_each_question_has_its_request_and_so_has_each_that_must_not_be_over_answered() -> None:
    assert sorted({question["number"] for question in LISTED["questions"]}) == list(range(1, QUESTIONS + 1))
    assert len(LISTED["refusals"]) == REFUSALS


@pytest.mark.parametrize("question", ALL, ids=lambda question: question["call"].removeprefix("/v1/queries/"))
def test_a_request_answers_with_what_the_readme_shows(client: httpx.Client, question: dict[str, Any]) -> None:
    answer = ask(client, question["call"])
    assert answer["meta"]["complete"]
    assert answer["data"]
    for column in question["show"]:
        assert any(row[column] is not None for row in answer["data"]), f"{column} is empty in every row"


@pytest.mark.parametrize(
    ("number", "known", "unknown"),
    [
        (0, {"not named in the source"}, "member"),
        (2, {"no document places the site in this phase"}, "amount"),
        (3, {"no arrow of it is put in words: none can be told"}, "link"),
        (4, {"no document relates them"}, "record"),
    ],
)
def test_an_answer_that_would_be_more_than_is_written_says_what_is_known(
    client: httpx.Client, number: int, known: set[str], unknown: str
) -> None:
    rows = ask(client, LISTED["refusals"][number]["call"])["data"]
    assert {row["answer"] for row in rows} == known
    assert {row[unknown] for row in rows} == {None}


def test_the_grounds_for_an_outcome_are_claims_by_their_marks_and_no_effect(client: httpx.Client) -> None:
    rows = ask(client, LISTED["refusals"][1]["call"])["data"]
    assert len({row["modality"] for row in rows}) == len(rows)
    assert not {"effect", "cause", "attribution"} & rows[0].keys()


def cell(value: object) -> str:
    """Return a value as a table of Markdown has it, cut where it is long."""
    text = "–" if value is None else str(value).replace("|", "\\|")
    return text if len(text) <= LONGEST else text[: LONGEST - 1].rstrip() + "…"


def entry(question: dict[str, Any], answer: dict[str, Any]) -> str:
    """Return a question as the README lists it: its request, how many rows answer, and the first of them."""
    rows = answer["data"]
    number = f"{question['number']}. " if "number" in question else ""
    shown = question["show"]
    table = [
        f"| {' | '.join(shown)} |",
        f"| {' | '.join('---' for _ in shown)} |",
        *(f"| {' | '.join(cell(row[column]) for column in shown)} |" for row in rows[:SHOWN]),
    ]
    count = f"{len(rows)} row{'' if len(rows) == 1 else 's'}"
    return "\n".join([f"**{number}{question['asked']}** {count} of `{question['call']}`:", "", *table])


@pytest.mark.parametrize("name", ["questions", "refusals"])
def test_the_list_in_the_readme_is_up_to_date(client: httpx.Client, name: str) -> None:
    text = "\n\n".join(entry(question, ask(client, question["call"])) for question in LISTED[name])
    up_to_date(ROOT / "README.md", name, text)

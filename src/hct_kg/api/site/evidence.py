"""`/evidence`: how many findings there are on each theme or outcome, by site; and the findings of a cell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hct_kg.api.site.asking import Asker, Call
from hct_kg.api.site.pages import Given, Page
from hct_kg.web.cells import draw
from hct_kg.web.records import of_collection
from hct_kg.web.statements import Text

ROWS, FINDINGS = "60", "25"
OF_CELL = ("row", "column")


def source(given: Given) -> Call:
    """Return the call that the page shows: the matrix, or the findings of a part of it."""
    if any(name in given for name in OF_CELL):
        asked = {name: values for name, values in given.items() if name not in ("rows", "level")}
        return Call.of("/v1/evidence/findings", {**asked, "limit": FINDINGS})
    # Who goes from outcomes back to themes sends the level along, which themes have not.
    left_out = () if given.get("rows") == ["outcomes"] else ("level",)
    asked = {name: values for name, values in given.items() if name not in left_out}
    return Call.of("/v1/evidence", {**asked, "limit": ROWS})


async def show(ask: Asker, given: Given) -> dict[str, Any]:
    """Return the matrix, or the findings of a part of it."""
    call = source(given)
    answer = await ask.call(call)
    if call.path == "/v1/evidence":
        return {"answer": answer, "given": given, "matrix": draw_matrix(answer["data"]), "cell": None}
    return {"answer": answer, "given": given, **await describe_cell(ask, given, answer)}


def draw_matrix(data: Any) -> dict[str, Any]:
    """Return the rows as they are drawn, with that of all findings first."""
    order = [modality["id"] for modality in data["modalities"]]
    rows = [
        {
            **{name: row[name] for name in ("about", "level", "count")},
            "cells": [draw(cell["column"], cell["count"], cell["modalities"], order) for cell in row["cells"]],
        }
        for row in (data["all"], *data["rows"])
    ]
    return {"all": rows[0], "rows": rows[1:]}


async def describe_cell(ask: Asker, given: Given, answer: Any) -> dict[str, Any]:
    """Return the findings of a part of the matrix, and what that part is called."""
    columns = {column["id"]: column for column in (await ask.json("/v1/evidence"))["data"]["columns"]}
    column = columns.get(given.get("column", [""])[0])
    row = await about(ask, given["row"][0]) if "row" in given else None
    return {
        "title": Text(f"Evidence{on(row)}{said_of(column)}", "en"),
        "matrix": None,
        "cell": {"row": row, "column": column, "findings": [of_collection(item) for item in answer["data"]]},
    }


def on(row: Any) -> str:
    """Return what a row is about, as part of a title."""
    return f" on “{row['label']}”" if row else ""


def said_of(column: Any) -> str:
    """Return of whom the findings of a column are said, as part of a title."""
    if not column:
        return ""
    label = column["label"]
    return f": {label if column['site'] else label[:1].lower() + label[1:]}"


async def about(ask: Asker, identifier: str) -> Any:
    """Return the theme or outcome of a row; which it is, its identifier says."""
    kind, _, slug = identifier.rpartition("/id/")[2].partition("/")
    return (await ask.json(f"/v1/{'themes' if kind == 'theme' else 'factors'}/{slug}"))["data"]


async def ahead(ask: Asker) -> Sequence[Given]:
    """Return the matrix by outcome, and that of each modality."""
    modalities = (await ask.call(source({})))["data"]["modalities"]
    return [{"rows": ["outcomes"]}, *({"modality": [modality["id"]]} for modality in modalities)]


PAGE = Page(
    "/evidence",
    "Where there is evidence, and where there is none",
    "evidence.html",
    show,
    parameters=("rows", "modality", "level", "row", "column", "cursor"),
    source=source,
    ahead=ahead,
)

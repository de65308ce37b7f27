"""`/v1/evidence`: how many findings there are on each theme or outcome, by the sites that they name or do not name.

`/v1/evidence/findings` lists the findings of a cell: exactly those that the matrix counts.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from hct_kg import matrix
from hct_kg.api import filters, models, pages, tables
from hct_kg.api.answers import keep
from hct_kg.api.assembly import fetch, refer
from hct_kg.api.collections import BY_NAME, HOMES, reader
from hct_kg.api.collections_openapi import REF
from hct_kg.api.cursors import read_cursor, read_place, write_cursor, write_place
from hct_kg.api.evidence_choices import chosen, chosen_column, chosen_level, chosen_row, read_columns
from hct_kg.api.evidence_models import (
    CellQuestion,
    EvidenceAnswer,
    EvidenceCell,
    EvidenceColumn,
    EvidenceData,
    EvidenceRow,
    MatrixQuestion,
)
from hct_kg.api.listing import next_page
from hct_kg.api.models import PageMeta, Ref
from hct_kg.api.negotiation import negotiate
from hct_kg.api.problems import PROBLEM_RESPONSES
from hct_kg.api.service import JSON, Service, service_of
from hct_kg.errors import InvalidParameter
from hct_kg.links import PREFIXES
from hct_kg.store import Row
from hct_kg.store.formats import CSV
from hct_kg.terms import ID, shorten

PATH = "/v1/evidence"
DESCRIPTION = """
A row a theme or an outcome, a column a site that alone is named; then what is said of several named sites, of all,
of some that the text does not name, of sites it does not count, and of others. A finding is in one column, and in
every row that it is about; `all` counts each once. Nought is no proof that there was nothing: no evidence was found
in these documents. `/v1/evidence/findings` gives the findings of a cell.
""".strip()
AS_CSV: dict[int | str, dict[str, Any]] = {200: {"content": {CSV.media_type: {"schema": {"type": "string"}}}}}
LISTED: dict[int | str, dict[str, Any]] = {
    # As /v1/findings has it: a model of its own would be worked out at every start.
    200: {"content": {JSON: {"schema": {"$ref": REF.format(model="Listing_Finding_")}}, **AS_CSV[200]["content"]}}
}
COLUMNS = ("row", "label", "level", "column", "modality", "findings")
MANY = frozenset(("modality",))


def router() -> APIRouter:
    """Return the routes of the matrix and of its findings."""
    routes = APIRouter(tags=["analyses"], responses=PROBLEM_RESPONSES)

    async def show_matrix(request: Request, question: Annotated[MatrixQuestion, Query()]) -> Response:
        once(request)
        media_type = negotiate(request.headers.get("accept"), (JSON, CSV.media_type))
        service = service_of(request)
        answer = await find_matrix(service, request, question)
        link = None if answer.meta.next is None else next_page(request, answer.meta.next)
        if media_type != JSON:
            return keep(service, request, as_csv(answer.data), CSV.content_type, link)
        return keep(service, request, answer.model_dump_json().encode(), JSON, link)

    async def show_findings(request: Request, question: Annotated[CellQuestion, Query()]) -> Response:
        once(request)
        media_type = negotiate(request.headers.get("accept"), (JSON, CSV.media_type))
        service = service_of(request)
        answer = await find_findings(service, request, question)
        link = None if answer.meta.next is None else next_page(request, answer.meta.next)
        if media_type != JSON:
            return keep(service, request, tables.write(models.Finding, answer.data), tables.CONTENT_TYPE, link)
        return keep(service, request, answer.model_dump_json().encode(), JSON, link)

    routes.add_api_route(
        PATH,
        show_matrix,
        response_model=EvidenceAnswer,
        operation_id="evidence",
        summary="Findings counted by theme or outcome, and by the sites that they name or do not name",
        description=DESCRIPTION,
        responses=AS_CSV,
    )
    routes.add_api_route(
        f"{PATH}/findings",
        show_findings,
        operation_id="evidence-findings",
        summary="The findings that a cell, a row or a column of the evidence matrix counts",
        responses=LISTED,
    )
    return routes


def once(request: Request) -> None:
    """Raise InvalidParameter for a parameter that is given twice; there may be several modalities."""
    for name in request.query_params:
        if name not in MANY and len(request.query_params.getlist(name)) > 1:
            raise InvalidParameter(f"{name!r} is given twice", name)


async def find_matrix(service: Service, request: Request, question: MatrixQuestion) -> EvidenceAnswer:
    """Return a page of the matrix; raises InvalidParameter."""
    modalities = await chosen(service, filters.MODALITY, question.modality)
    level = await chosen_level(service, question)
    asked = (question.rows, *sorted(modalities), *level)
    offset = 0 if question.cursor is None else read_cursor(question.cursor, service.version, asked)
    kind = matrix.KINDS[question.rows]
    findings = await read_findings(service, modalities)
    headings, about = await service.once.get(("evidence", question.rows), lambda: read_rows(service, kind))
    lines = matrix.count([item for item in headings if not level or item.group in level], about, findings)
    shown = lines[offset : offset + question.limit]
    after = offset + len(shown)
    columns = await read_columns(service)
    data = EvidenceData(
        columns=columns,
        modalities=await concepts(service, "modality", descending=True),
        levels=await concepts(service, "level") if question.rows == "outcomes" else [],
        all=describe(matrix.overall(findings.values()), columns),
        rows=[describe(line, columns) for line in shown],
    )
    following = write_cursor(service.version, asked, after) if after < len(lines) else None
    meta = service.meta(request, len(shown), complete=len(shown) == len(lines))
    return EvidenceAnswer(data=data, meta=PageMeta(**dict(meta), total=len(lines), next=following))


async def find_findings(service: Service, request: Request, question: CellQuestion) -> models.Listing[models.Finding]:
    """Return a page of the findings of a cell as they stand in the documents; raises InvalidParameter."""
    modalities = await chosen(service, filters.MODALITY, question.modality)
    row = await chosen_row(service, question.row)
    column = await chosen_column(service, question.column)
    asked = ("evidence", row or "", column or "", *sorted(modalities))
    place = None if question.cursor is None else read_place(question.cursor, service.version, asked)
    found = await read_findings(service, modalities)
    kept = {iri for iri, finding in found.items() if column in (None, finding.column)}
    if row is not None:
        kept &= await findings_about(service, row)
    roll = await pages.roll_of(service, BY_NAME["findings"], filters.BY_PASSAGE)
    iris, last = roll.page(question.limit, place, chosen=kept)
    records = await fetch(reader(service), models.Finding, iris)
    meta = service.meta(request, len(iris), complete=len(iris) == len(kept))
    following = None if last is None else write_place(service.version, asked, *last)
    return models.Listing[models.Finding](
        data=[records[iri] for iri in iris],
        facets=None,
        meta=PageMeta(**dict(meta), total=len(kept), next=following),
    )


async def read_rows(service: Service, kind: matrix.Kind) -> tuple[Sequence[matrix.Heading], Sequence[Row]]:
    """Return the rows of a kind, and which finding stands in which of them."""
    headings = matrix.read_headings(await service.select_all(kind.rows, "?row"))
    return headings, await service.select_all(kind.findings(), "?finding ?row")


async def read_findings(service: Service, modalities: frozenset[str]) -> Mapping[str, matrix.Finding]:
    """Return all findings of some modalities, or of any if none is given."""

    async def read() -> Mapping[str, matrix.Finding]:
        marks = await service.read(matrix.MARKS, "?finding ?site")
        return matrix.read_findings(marks, await service.select(matrix.GROUPS))

    found = await service.once.get("evidence", read)
    return {iri: finding for iri, finding in found.items() if not modalities or finding.modality in modalities}


async def findings_about(service: Service, row: str) -> set[str]:
    """Return the findings of a row, which is a theme or an outcome."""
    found = [await service.select_all(kind.findings(row), "?finding") for kind in matrix.KINDS.values()]
    return {item["finding"].value for rows in found for item in rows}


async def concepts(service: Service, scheme: str, descending: bool = False) -> list[Ref]:
    """Return the concepts of a scheme in its order."""
    order = "DESC(?rank)" if descending else "?rank"
    query = (
        f"{PREFIXES}SELECT ?concept ?label WHERE {{ ?concept skos:inScheme <{ID}scheme/{scheme}> ; "
        f"skos:prefLabel ?label ; skos:notation ?rank }} ORDER BY {order} ?concept"
    )
    rows = await service.once.get(query, lambda: service.select(query))
    return [refer(HOMES, row["concept"].value, row["label"].value) for row in rows]


def describe(line: matrix.Line, columns: Sequence[EvidenceColumn]) -> EvidenceRow:
    """Return a row as it is sent."""
    heading = line.heading
    return EvidenceRow(
        about=refer(HOMES, heading.iri, heading.label) if heading else None,
        level=refer(HOMES, heading.group, heading.group_label) if heading and heading.group else None,
        count=line.count,
        cells=[describe_cell(line, column) for column in columns],
    )


def describe_cell(line: matrix.Line, column: EvidenceColumn) -> EvidenceCell:
    """Return a cell as it is sent."""
    name = column.site.iri if column.site else column.id
    found = {shorten(modality): number for (of, modality), number in line.counts.items() if of == name}
    return EvidenceCell(column=column.id, count=sum(found.values()), modalities=dict(sorted(found.items())))


def as_csv(data: EvidenceData) -> bytes:
    """Return a row a cell and modality; an empty cell has a row too, with nought and no modality."""
    output = io.StringIO(newline="")
    table = csv.writer(output)  # RFC 4180
    table.writerow(COLUMNS)
    for row in data.rows:
        about = (row.about.id, row.about.label) if row.about else ("", "")
        level = row.level.id if row.level else ""
        for cell in row.cells:
            counted = cell.modalities or {"": 0}
            table.writerows((*about, level, cell.column, modality, number) for modality, number in counted.items())
    return output.getvalue().encode()

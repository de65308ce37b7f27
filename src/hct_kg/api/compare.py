"""`/v1/compare`: two to six sites side by side, by aspect; what names no site is counted and spread over none."""

from __future__ import annotations

import asyncio
import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from fastapi import APIRouter, Request, Response

from hct_kg.api.answers import keep
from hct_kg.api.assembly import fetch, href
from hct_kg.api.causal import PassageRef
from hct_kg.api.collections import HOMES, reader
from hct_kg.api.compare_models import (
    NOTHING,
    AspectRow,
    Cell,
    CompareAnswer,
    CompareData,
    ComparedRecord,
    ComparedSite,
    ComparedThing,
    ScopeCount,
    Unattributed,
    describe_record,
)
from hct_kg.api.models import Ref
from hct_kg.api.negotiation import negotiate
from hct_kg.api.problems import PROBLEM_RESPONSES
from hct_kg.api.service import JSON, Service, service_of
from hct_kg.comparison import ASPECTS, SITES, Aspect, Phase, Site, among, read_sites, read_things
from hct_kg.errors import InvalidParameter
from hct_kg.links import text
from hct_kg.store import Row
from hct_kg.store.formats import CSV
from hct_kg.terms import expand, shorten

PATH, NAME, ASPECT, LIMIT = "/v1/compare", "sites", "aspect", "limit"
FEWEST, MOST = 2, 6
NAMES = [aspect.name for aspect in ASPECTS]
NUMBER = re.compile("[1-9][0-9]{0,5}")
SUMMARY = "Sites side by side: spectra, members, funding, initiatives, what helped and hindered, outcomes"
DESCRIPTION = f"""
A row an aspect, a cell a site, in each what names the site, with marks and passages: by being about it, about what
was done there, or by a scope that names it. A claim of “two of five sites” belongs to none of them: `unattributed`
counts such claims, by scope. Where a cell is empty there is {NOTHING}, which is no proof that there was nothing.
""".strip()
PARAMETERS: list[dict[str, Any]] = [
    {
        "name": NAME,
        "in": "query",
        "required": True,
        "description": f"{FEWEST} to {MOST} sites, with commas or each by itself: identifiers, names or IRIs.",
        "schema": {"type": "array", "items": {"type": "string"}, "minItems": 1},
        "style": "form",
        "explode": True,
        "example": ["coventry", "croydon"],
    },
    {
        "name": ASPECT,
        "in": "query",
        "description": "One aspect alone.",
        "schema": {"type": "string", "enum": NAMES},
    },
    {
        "name": LIMIT,
        "in": "query",
        "description": "How many things a cell shows at most, those that are said of the fewest sites first; its "
        "`count` says how many there are. Without it all are shown.",
        "schema": {"type": "integer", "minimum": 1, "maximum": 999_999},
    },
]
COLUMNS = (
    *("aspect", "about", "site", "id", "label", "links", "kind", "role", "moments", "start", "end"),
    *("amount", "at_least", "at_most", "unit", "modality", "explicitness", "scope", "voices", "condition"),
    *("passages", "count", "note"),
)
MORE = "more of them, beyond the limit"
OVERALL = "stated of all sites together"
Cells: TypeAlias = Mapping[tuple[str, str], list[ComparedThing]]
UNNAMED = "claims that belong to no site"


def router() -> APIRouter:
    """Return the route of `/v1/compare`."""
    routes = APIRouter(tags=["analyses"], responses=PROBLEM_RESPONSES)

    async def compare(request: Request) -> Response:
        media_type = negotiate(request.headers.get("accept"), (JSON, CSV.media_type))
        service = service_of(request)
        known = read_sites(await service.once.get(SITES, lambda: service.select(SITES)))
        wanted = read(request)
        sites = chosen(wanted.sites, known)
        rows = await rows_of(service, sites, list(known.values()), wanted)
        data = CompareData(sites=[describe_site(site) for site in sites], rows=rows)
        if media_type != JSON:
            return keep(service, request, as_csv(data), CSV.content_type)
        cells = [cell for row in data.rows for cell in row.cells]
        things = {thing.id for cell in cells for thing in cell.things}
        whole = all(len(cell.things) == cell.count for cell in cells)
        answer = CompareAnswer(data=data, meta=service.meta(request, len(things), complete=whole))
        return keep(service, request, answer.model_dump_json().encode(), JSON)

    routes.add_api_route(
        PATH,
        compare,
        response_model=CompareAnswer,
        operation_id="compare",
        summary=SUMMARY,
        description=DESCRIPTION,
        responses={200: {"content": {CSV.media_type: {"schema": {"type": "string"}}}}},
        openapi_extra={"parameters": PARAMETERS},
    )
    return routes


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a request asks for; without a limit, cells show everything."""

    sites: Sequence[str]
    aspects: Sequence[Aspect]
    limit: int | None


def read(request: Request) -> Wanted:
    """Return what is asked for; raises InvalidParameter."""
    sent = request.query_params
    for name in sent:
        if name not in (NAME, ASPECT, LIMIT):
            raise InvalidParameter(
                f"{name[:80]!r} is no parameter of {PATH}; known: {NAME}, {ASPECT}, {LIMIT}", name[:80]
            )
    for name in (ASPECT, LIMIT):
        if len(sent.getlist(name)) > 1:
            raise InvalidParameter(f"{name} is given more than once", name)
    sites = [part.strip() for value in sent.getlist(NAME) for part in value.split(",")]
    aspect, limit = sent.get(ASPECT), sent.get(LIMIT)
    if aspect is not None and aspect not in NAMES:
        raise InvalidParameter(f"{ASPECT}={aspect[:80]!r} is none of {', '.join(NAMES)}", ASPECT)
    if limit is not None and not NUMBER.fullmatch(limit):
        raise InvalidParameter(f"{LIMIT}={limit[:80]!r} is no whole number from 1 to 999999", LIMIT)
    aspects = [each for each in ASPECTS if aspect in (None, each.name)]
    return Wanted(sites, aspects, None if limit is None else int(limit))


def chosen(names: Sequence[str], known: Mapping[str, Site]) -> list[Site]:
    """Return the sites that are named, in that order; raises InvalidParameter."""
    there = ", ".join(shorten(iri).removeprefix("site/") for iri in known) or "none"
    found: dict[str, Site] = {}
    for name in names:
        iri = expand(name if "/" in name or ":" in name else f"site/{name}") or ""
        if iri not in known:
            raise InvalidParameter(f"{NAME}: {name[:80]!r} is no site; known: {there}", NAME)
        if iri in found:
            raise InvalidParameter(f"{NAME}: {name[:80]!r} is given twice", NAME)
        found[iri] = known[iri]
    if not FEWEST <= len(found) <= MOST:
        raise InvalidParameter(f"{NAME}: {len(found)} given, wanted are {FEWEST} to {MOST}; known: {there}", NAME)
    return list(found.values())


@dataclass(frozen=True, slots=True)
class Compared:
    """What all comparisons of sites of the same programmes share: of each aspect the rows, and what stands in a cell.

    Things are as they are sent and in the order in which a cell has them, by what they are about and by site.
    """

    parts: Mapping[str, Mapping[str, Sequence[Row]]]
    things: Mapping[str, Cells]
    overall: Mapping[str, Cells]


async def rows_of(service: Service, sites: Sequence[Site], known: Sequence[Site], wanted: Wanted) -> list[AspectRow]:
    """Return the rows of the aspects that are wanted, for some of the known sites."""
    programmes = frozenset[str]().union(*(site.programmes for site in sites))
    # Whatever else is asked of the sites hangs on their programmes alone, and what names a site is read by site.
    alike = tuple(site for site in known if site.programmes <= programmes)
    compared = await service.once.get(("compare", alike), lambda: read_all(service, alike))
    return [row for aspect in wanted.aspects for row in describe_aspect(aspect, compared, sites, wanted.limit)]


async def read_all(service: Service, sites: Sequence[Site]) -> Compared:
    """Return all that comparisons of some sites are made from; their records are read in one go."""
    iris = [site.iri for site in sites]
    read: dict[str, dict[str, list[Row]]] = {}
    for aspect in ASPECTS:
        parts = {"abouts": aspect.rows, "things": aspect.query, "overall": aspect.overall, "unnamed": aspect.counting}
        read[aspect.name] = {
            part: await service.select(among(query, iris)) for part, query in parts.items() if query is not None
        }
    found = {row["thing"].value for parts in read.values() for rows in parts.values() for row in rows if "thing" in row}
    records = await fetch(reader(service), ComparedRecord, found)
    return await asyncio.to_thread(put_together, read, records)


def put_together(read: Mapping[str, Mapping[str, Sequence[Row]]], records: Mapping[str, ComparedRecord]) -> Compared:
    """Return what was read with its records in their places."""
    described = {iri: describe_record(record) for iri, record in records.items()}

    def order(iri: str) -> tuple[int, str, str]:
        """Put what is said of few sites before what is said of many, then order by label."""
        return max(1, len(records[iri].named)), records[iri].label.casefold(), iri

    def cells(rows: Iterable[Row]) -> Cells:
        return {
            place: [described[iri] for iri in sorted(things, key=order)] for place, things in read_things(rows).items()
        }

    return Compared(
        read,
        {name: cells(parts["things"]) for name, parts in read.items()},
        {name: cells(parts.get("overall", ())) for name, parts in read.items()},
    )


def describe_aspect(
    aspect: Aspect, compared: Compared, sites: Sequence[Site], limit: int | None
) -> Iterable[AspectRow]:
    """Yield the rows of an aspect: one for each thing that it is about, or one in all."""
    read, things, overall = compared.parts[aspect.name], compared.things[aspect.name], compared.overall[aspect.name]
    labels = {row["about"].value: row["label"].value for row in read["abouts"]} if aspect.rows else {"": ""}
    for about, label in labels.items():
        yield AspectRow(
            aspect=aspect.name,
            about=refer(about, label) if about else None,
            meaning=aspect.meaning,
            cells=[describe_cell(site, about, things.get((about, site.iri), []), limit) for site in sites],
            overall=overall.get((about, ""), []),
            unattributed=None if aspect.unnamed is None else count(about, read["unnamed"]),
        )


def describe_cell(site: Site, about: str, things: list[ComparedThing], limit: int | None) -> Cell:
    """Return a cell, cut to a limit; an empty one says so, and whether the site is in the phase of its row at all."""
    absent = any(phase.iri == about and not phase.took_part for phase in site.phases)
    nothing = f"{NOTHING}: none places the site in this phase" if absent else NOTHING
    return Cell(site=shorten(site.iri), count=len(things), things=things[:limit], note=None if things else nothing)


def count(about: str, rows: Iterable[Row]) -> Unattributed:
    """Return how many claims of a row name no site, by scope, the most frequent first."""
    scopes = [
        ScopeCount(scope=refer(row["scope"].value, row["label"].value), count=int(row["number"].value))
        for row in rows
        if text(row, "about") == about
    ]
    return Unattributed(count=sum(item.count for item in scopes), scopes=scopes)


def describe_site(site: Site) -> ComparedSite:
    """Return a site as it is sent."""
    absent = [phase for phase in site.phases if not phase.took_part]
    named = " and ".join(phase.label for phase in absent)
    return ComparedSite(
        **dict(refer(site.iri, site.label)),
        phases=[refer_phase(phase) for phase in site.phases if phase.took_part],
        not_in=[refer_phase(phase) for phase in absent],
        note=f"No document places {site.label} in {named}." if absent else None,
    )


def refer_phase(phase: Phase) -> Ref:
    """Return a phase as it is sent."""
    return refer(phase.iri, phase.label)


def refer(iri: str, label: str) -> Ref:
    """Return a reference to a thing."""
    return Ref(id=shorten(iri), iri=iri, label=label, href=href(HOMES, iri))


def as_csv(data: CompareData) -> bytes:
    """Return a row a thing and site; empty cells, what is cut, totals and claims that name no site have rows too."""
    output = io.StringIO(newline="")
    table = csv.DictWriter(output, COLUMNS, restval="")  # RFC 4180
    table.writeheader()
    for row in data.rows:
        place = {"aspect": row.aspect, "about": row.about.id if row.about else ""}
        for cell in row.cells:
            table.writerows({**place, "site": cell.site, **as_line(thing)} for thing in cell.things)
            if cell.note:
                table.writerow({**place, "site": cell.site, "note": cell.note})
            if more := cell.count - len(cell.things):
                table.writerow({**place, "site": cell.site, "count": more, "note": MORE})
        table.writerows({**place, **as_line(thing), "note": OVERALL} for thing in row.overall)
        for item in row.unattributed.scopes if row.unattributed else ():
            table.writerow({**place, "scope": item.scope.label, "count": item.count, "note": UNNAMED})
    return output.getvalue().encode()


def as_line(thing: ComparedThing) -> dict[str, str]:
    """Return a thing as cells of a table; several values are joined, of passages their identifiers."""
    values = {name: value for name, value in thing if name in COLUMNS and value is not None}
    joined = {
        name: "; ".join(value) for name, value in values.items() if isinstance(value, list) and name != "passages"
    }
    return {**{name: str(value) for name, value in values.items()}, **joined, "passages": ids(thing.passages)}


def ids(passages: Iterable[PassageRef]) -> str:
    """Return the identifiers of passages, as the curated queries join them."""
    return " ".join(passage.id for passage in passages)

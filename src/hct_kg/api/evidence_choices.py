"""What may be chosen of the evidence matrix: its columns, and the rows, modalities and levels that are known."""

from __future__ import annotations

from collections.abc import Sequence

from hct_kg import matrix
from hct_kg.api import asking, filters, pages
from hct_kg.api.assembly import refer
from hct_kg.api.collections import BY_NAME, HOMES
from hct_kg.api.evidence_models import EvidenceColumn, MatrixQuestion
from hct_kg.api.filters import Filter
from hct_kg.api.names import things
from hct_kg.api.service import Service
from hct_kg.comparison import SITES, read_sites
from hct_kg.errors import InvalidParameter

ROW = Filter("row", "", None, "A theme or an outcome.")
UNNAMED = (
    (matrix.SEVERAL, "Several sites, named", "Two or more sites are named, but not all of them."),
    (matrix.ALL, "All sites", "Said of all sites of the programme."),
    (matrix.SOME, "Some sites, unnamed", "Said of one, two, several or most sites; the text does not name them."),
    (matrix.UNSTATED, "Sites, how many not said", "Said of sites; the text neither counts nor names them."),
    (matrix.OTHERS, "Not said of sites", "Said of partners, residents or others anywhere, or of the programme itself."),
)


async def chosen(service: Service, item: filters.Filter, values: Sequence[str]) -> frozenset[str]:
    """Return the IRIs that a filter is given; raises InvalidParameter for what it does not take."""
    iris = asking.read_values(item, values)
    await pages.check_values(service, {item: iris} if iris else {})
    return frozenset(iris)


async def chosen_level(service: Service, question: MatrixQuestion) -> frozenset[str]:
    """Return the level that outcomes are to have, if one is given; raises InvalidParameter."""
    if question.level is None:
        return frozenset()
    if question.rows != "outcomes":
        raise InvalidParameter("level: only outcomes have one; ask for rows=outcomes, or leave level out", "level")
    return await chosen(service, filters.LEVEL, [question.level])


async def chosen_row(service: Service, name: str | None) -> str | None:
    """Return the IRI of a row; raises InvalidParameter for what is neither a theme nor an outcome."""
    if name is None:
        return None
    iri = asking.read_value(ROW, name)
    kinds = " UNION ".join(f"{{ {BY_NAME[collection].members()} }}" for collection in ("themes", "outcomes"))
    if await service.select(f"SELECT ?s WHERE {{ {things([iri])} {kinds} }} LIMIT 1"):
        return iri
    raise InvalidParameter(
        f"row={name[:80]!r} is no theme and no outcome; /v1/themes and /v1/outcomes list them", "row"
    )


async def chosen_column(service: Service, name: str | None) -> str | None:
    """Return a column as findings have it; raises InvalidParameter for what is none."""
    if name is None:
        return None
    known = {column.id: column for column in await read_columns(service)}
    if name not in known:
        raise InvalidParameter(f"column={name[:80]!r} is none of {', '.join(known)}", "column")
    site = known[name].site
    return site.iri if site else name


async def read_columns(service: Service) -> list[EvidenceColumn]:
    """Return the columns: each site by itself, then what names several, all or none."""
    columns = []
    for site in read_sites(await service.once.get(SITES, lambda: service.select(SITES))).values():
        absent = " and ".join(phase.label for phase in site.phases if not phase.took_part)
        note = f" No document places it in {absent}." if absent else ""
        meaning = f"No other site is named than {site.label}.{note}"
        ref = refer(HOMES, site.iri, site.label)
        columns.append(EvidenceColumn(id=ref.id, label=site.label, meaning=meaning, site=ref))
    others = [EvidenceColumn(id=name, label=label, meaning=says, site=None) for name, label, says in UNNAMED]
    return [*columns, *others]

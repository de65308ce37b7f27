"""Whether an engine is one that this service can be right on, found out before anything is served from it."""

from __future__ import annotations

from hct_kg.errors import EvaluationError, SettingsError
from hct_kg.settings import Settings
from hct_kg.store.formats import JSON
from hct_kg.store.remote.endpoint import NOTHING, Endpoint, dataset_fields
from hct_kg.store.remote.graphs import MANY_SECONDS
from hct_kg.store.remote.http import Fields
from hct_kg.store.remote.record import PLACE, SAYS, Record
from hct_kg.store.results import parse_rows

ANYWHERE = f"SELECT ?says {{ <{PLACE}> <{SAYS}> ?says }}"
SOMEWHERE = f"SELECT ?says {{ GRAPH ?g {{ <{PLACE}> <{SAYS}> ?says }} }}"
NO_UNION = (
    "The engine of HCT_KG_STORE does not ask all graphs where a query names none. Oxigraph server: start it with "
    "--union-default-graph; Fuseki: tdb2:unionDefaultGraph true; Stardog: query.all.graphs=true; RDF4J, GraphDB, "
    "Neptune, QLever and Virtuoso do so by themselves."
)
NO_DATASET = (
    "The engine of HCT_KG_STORE does not heed default-graph-uri and named-graph-uri of the SPARQL 1.1 Protocol, so "
    "queries of some graphs would be answered from all."
)
CUT = (
    "The engine of HCT_KG_STORE sends {found} rows where there are {there}, without a word. Raise its limit beyond "
    "HCT_KG_QUERY_ROWS (Virtuoso: ResultSetMaxRows in virtuoso.ini), or set HCT_KG_QUERY_ROWS below {found}."
)
UNSORTED = (
    "The engine of HCT_KG_STORE does not sort {rows} rows (HCT_KG_QUERY_ROWS). Virtuoso: raise MaxSortedTopRows in "
    "virtuoso.ini, under [Parameters]."
)


async def probe(endpoint: Endpoint, record: Record, settings: Settings) -> None:
    """Raise SettingsError for an engine that would give wrong answers, with what to change."""
    if not await sees(endpoint, ANYWHERE):
        raise SettingsError(NO_UNION)
    datasets = (
        (ANYWHERE, dataset_fields([PLACE], []), True),
        (ANYWHERE, dataset_fields([NOTHING], []), False),
        (SOMEWHERE, dataset_fields([], [PLACE]), True),
        (SOMEWHERE, dataset_fields([PLACE], []), False),
    )
    for query, dataset, expected in datasets:
        if await sees(endpoint, query, dataset) != expected:
            raise SettingsError(NO_DATASET)
    try:
        await endpoint.select(f"{ANYWHERE} ORDER BY ?says LIMIT {settings.query_rows}")
    except EvaluationError:
        raise SettingsError(UNSORTED.format(rows=settings.query_rows)) from None
    there = min(settings.query_rows + 1, record.triples)
    found = len(await endpoint.select(f"SELECT (1 AS ?one) {{ ?s ?p ?o }} LIMIT {there}", MANY_SECONDS))
    if found < there:
        raise SettingsError(CUT.format(found=found, there=there))


async def sees(endpoint: Endpoint, query: str, dataset: Fields = ()) -> bool:
    """Tell whether a query finds the record."""
    return bool(parse_rows((await endpoint.query(query, (JSON.media_type,), dataset)).body))

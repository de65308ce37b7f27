"""From what is asked of a list to the things on a page of it, how many there are, and the facets.

A list without filters costs no query but for its fields, once its order is known; with filters one more that says
which values there are, and one that says what has them.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from hct_kg.api.asking import Asked
from hct_kg.api.assembly import refer
from hct_kg.api.collections import BY_NAME, HOMES, Collection
from hct_kg.api.cursors import read_place, write_place
from hct_kg.api.descriptions import knowing
from hct_kg.api.filters import BY_ID, BY_LABEL, Filter, Sort
from hct_kg.api.models import FacetValue
from hct_kg.api.names import ORDER, PREFIXES, read_names
from hct_kg.api.rolls import Place, Roll
from hct_kg.api.service import Service
from hct_kg.errors import InvalidParameter
from hct_kg.store import Term
from hct_kg.terms import XSD, shorten

FEW = 50
"""So many values, a refusal lists."""
DIGITS = re.compile(r"\d+")
NUMBERS = frozenset(XSD + name for name in ("integer", "decimal", "double", "nonNegativeInteger"))


@dataclass(frozen=True, slots=True)
class Page:
    """The IRIs on a page in their order, how many there are on all pages, and the cursor of the next one."""

    iris: tuple[str, ...]
    total: int
    next: str | None


async def find(service: Service, asked: Asked) -> Page:
    """Return the page that is asked for; raises InvalidParameter for a cursor or a value that does not fit."""
    after = None if asked.cursor is None else read_place(asked.cursor, service.version, asked.question)
    await check_values(service, asked.chosen)
    roll = await roll_of(service, asked.collection, asked.sort)
    chosen = await matching(service, asked) if asked.chosen else None
    iris, last = roll.page(asked.limit, after, asked.descending, chosen)
    following = None if last is None else write_place(service.version, asked.question, *last)
    return Page(tuple(iris), roll.total(chosen), following)


async def check_values(service: Service, chosen: Mapping[Filter, Iterable[str]]) -> None:
    """Raise InvalidParameter for a value that is not what its filter takes; it says what there is."""
    branches = [
        f"{{ {{ {known(item, iri)} }} BIND(<{iri}> AS ?value) BIND({number} AS ?filter) }}"
        for number, (item, iris) in enumerate(chosen.items())
        for iri in iris
    ]
    if not branches:
        return
    rows = await service.select(f"{PREFIXES}SELECT DISTINCT ?filter ?value WHERE {{ {' UNION '.join(branches)} }}")
    there = {(int(row["filter"].value), row["value"].value) for row in rows}
    for number, (item, iris) in enumerate(chosen.items()):
        for iri in iris:
            if (number, iri) not in there:
                raise await stranger(service, item, iri)


def known(item: Filter, iri: str) -> str:
    """Return the graph pattern that holds if an IRI is what a filter takes."""
    return BY_NAME[item.of].members(f"<{iri}>") if item.of else knowing(iri)


async def stranger(service: Service, item: Filter, iri: str) -> InvalidParameter:
    """Return the error for a value that is not what its filter takes."""
    short = shorten(iri)[:80]
    if item.of is None:
        return InvalidParameter(
            f"{item.name}={short!r} is nothing that the dataset speaks of; /v1/search finds things", item.name
        )
    of = BY_NAME[item.of]
    rows = await service.select(f"SELECT DISTINCT ?s WHERE {{ {of.members()} }} ORDER BY ?s LIMIT {FEW + 1}")
    there = ", ".join(shorten(row["s"].value) for row in rows) or "none"
    listed = f"there is {there}" if len(rows) <= FEW else f"{of.path} lists them"
    return InvalidParameter(f"{item.name}={short!r} is none of the {of.noun} of this dataset; {listed}", item.name)


async def matching(service: Service, asked: Asked) -> frozenset[str]:
    """Return the IRIs of the things that pass all filters."""
    text = f"{PREFIXES}SELECT DISTINCT ?s WHERE {{ {narrowed(asked.collection, asked.chosen)} }}"
    return frozenset(row["s"].value for row in await service.select_all(text, "?s"))


def narrowed(collection: Collection, chosen: Mapping[Filter, Iterable[str]]) -> str:
    """Return the graph pattern that binds ?s to the things of a collection that pass filters."""
    kept = [
        f"VALUES ?v{number} {{ {' '.join(f'<{iri}>' for iri in iris)} }} ?s {item.path} ?v{number} ."
        for number, (item, iris) in enumerate(chosen.items())
    ]
    return " ".join([*kept, collection.members()])


async def roll_of(service: Service, collection: Collection, sort: Sort) -> Roll:
    """Return all things of a collection in an order, read when it is first asked for."""

    async def read() -> list[Place]:
        rows = await service.read(f"SELECT DISTINCT ?s WHERE {{ {collection.members()} }}", "?s")
        keys = await keys_of(service, collection, sort)
        return [(keys.get(iri, ""), iri) for iri in (row["s"].value for row in rows)]

    return await service.rolls.get((collection.name, sort.name), read)


async def keys_of(service: Service, collection: Collection, sort: Sort) -> Mapping[str, str]:
    """Return the sort keys of the things that have one, by IRI."""
    if sort == BY_ID:
        return {}
    if sort == BY_LABEL:
        names = await read_names(lambda text: service.read(text, ORDER), collection.members())
        return {iri: name.casefold() for iri, name in names.items()}
    text = f"{PREFIXES}SELECT ?s ?x ?y WHERE {{ {collection.members()} {sort.pattern} }}"
    keys: dict[str, str] = {}
    for row in await service.read(text, "?s ?x ?y"):
        iri, key = row["s"].value, " ".join(key_of(row[name]) for name in ("x", "y") if name in row)
        keys[iri] = min(key, keys.get(iri, key))
    return keys


def key_of(term: Term) -> str:
    """Return a value as text that sorts as the value does: 2.10 after 2.9; no number here is below nought."""
    if term.datatype in NUMBERS:
        return f"{float(term.value):024.6f}"
    return DIGITS.sub(lambda found: found[0].zfill(8), term.value.casefold())


async def facets(service: Service, asked: Asked) -> dict[str, list[FacetValue]]:
    """Return for each filter its values with how many things they find beside the other filters."""
    filters = asked.facets or ()
    if not filters:
        return {}
    rows = await service.select(facets_query(asked))
    counts: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for row in rows:
        counts[row["filter"].value].append((row["value"].value, int(row["count"].value)))
    names = await service.names.of(iri for found in counts.values() for iri, _ in found)
    ordered = {item.name: sorted(counts[item.name], key=lambda pair: (-pair[1], pair[0])) for item in filters}
    return {
        name: [FacetValue(value=refer(HOMES, iri, names.get(iri)), count=count) for iri, count in found]
        for name, found in ordered.items()
    }


def facets_query(asked: Asked) -> str:
    """Return the query that counts the things of each value of each filter, under the other filters."""
    branches = []
    for item in asked.facets or ():
        others = {other: iris for other, iris in asked.chosen.items() if other is not item}
        of = BY_NAME[item.of].members("?value") if item.of else ""
        branches.append(
            f'{{ SELECT ("{item.name}" AS ?filter) ?value (COUNT(DISTINCT ?s) AS ?count) WHERE '
            f"{{ {narrowed(asked.collection, others)} ?s {item.path} ?value . {of} FILTER(isIRI(?value)) }} "
            "GROUP BY ?value }"
        )
    return f"{PREFIXES}SELECT ?filter ?value ?count WHERE {{ {' UNION '.join(branches)} }}"

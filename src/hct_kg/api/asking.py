"""What a request asks of a list: filters, order, how many things, after which; whatever is unknown is refused."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import QueryParams

from hct_kg.api.collections import BY_NAME, Collection
from hct_kg.api.cursors import NAME as CURSOR
from hct_kg.api.filters import Filter, Sort
from hct_kg.errors import InvalidParameter
from hct_kg.store import is_name
from hct_kg.terms import ID, expand

SORT, LIMIT, FACETS = "sort", "limit", "facets"
USUAL, MOST = 100, 1000
MOST_VALUES = 50
"""Values that one filter may be given."""
SLUG = re.compile(r"[A-Za-z0-9][A-Za-z0-9._~-]*")
ALL, NONE = "true", "false"


@dataclass(frozen=True, slots=True)
class Asked:
    """A page of a list: the IRIs that each filter is given, the order, how many things, where to go on, what to count.

    `facets` are the filters whose values are counted; None where that is not asked for.
    """

    collection: Collection
    chosen: Mapping[Filter, tuple[str, ...]]
    sort: Sort
    descending: bool
    limit: int
    cursor: str | None
    facets: tuple[Filter, ...] | None

    @property
    def question(self) -> Sequence[str]:
        """Return what all pages of one list have in common."""
        given = [f"{item.name}={' '.join(iris)}" for item, iris in self.chosen.items()]
        return [self.collection.name, self.sort.name, str(self.descending), *given]


def read(collection: Collection, parameters: QueryParams) -> Asked:
    """Read the parameters of a request; raises InvalidParameter, which says what there is."""
    names = {item.name: item for item in collection.filters}
    known = sorted([*names, SORT, LIMIT, CURSOR, FACETS])
    for name in parameters:
        if name not in known:
            raise InvalidParameter(
                f"{name[:80]!r} is no parameter of {collection.path}; known: {', '.join(known)}", name[:80]
            )
        if name not in names and len(parameters.getlist(name)) > 1:
            raise InvalidParameter(f"{name!r} is given twice", name)
    sort, descending = read_sort(collection, parameters.get(SORT))
    return Asked(
        collection=collection,
        chosen={
            item: read_values(item, parameters.getlist(name)) for name, item in names.items() if name in parameters
        },
        sort=sort,
        descending=descending,
        limit=read_limit(parameters.get(LIMIT)),
        cursor=parameters.get(CURSOR),
        facets=read_facets(collection, parameters.get(FACETS, NONE)),
    )


def read_values(item: Filter, values: Sequence[str]) -> tuple[str, ...]:
    """Return the IRIs that a filter is given, each once, in one order."""
    if len(values) > MOST_VALUES:
        raise InvalidParameter(f"{item.name} is given {len(values)} times; {MOST_VALUES} at most", item.name)
    return tuple(sorted({read_value(item, value) for value in values}))


def read_value(item: Filter, value: str) -> str:
    """Return the IRI for `observed` (of the filter's own kind), `modality/observed` or an IRI."""
    kind = BY_NAME[item.of].kind if item.of else None
    if kind is not None and SLUG.fullmatch(value):
        return f"{ID}{kind}/{value}"
    iri = expand(value)
    if iri is None or not is_name(iri):
        example = f"{kind}/{BY_NAME[item.of].example}" if item.of else "site/coventry"
        raise InvalidParameter(f"{item.name}={value[:80]!r} is no identifier such as {example}, nor an IRI", item.name)
    return iri


def read_sort(collection: Collection, value: str | None) -> tuple[Sort, bool]:
    """Return the order that is asked for, and whether it is the other way round; by default the first there is."""
    if value is None:
        return collection.sorts[0], False
    name = value.removeprefix("-")
    for sort in collection.sorts:
        if sort.name == name:
            return sort, value.startswith("-")
    raise InvalidParameter(f"sort={value[:80]!r} is none of {', '.join(orders(collection))}", SORT)


def orders(collection: Collection) -> list[str]:
    """Return the values that `sort` takes."""
    return [sign + sort.name for sort in collection.sorts for sign in ("", "-")]


def read_limit(value: str | None) -> int:
    """Return how many things are wanted at most."""
    if value is None:
        return USUAL
    if not (value.isascii() and value.isdigit() and len(value) < 10 and 1 <= int(value) <= MOST):
        raise InvalidParameter(f"limit={value[:80]!r} is not a number from 1 to {MOST}", LIMIT)
    return int(value)


def read_facets(collection: Collection, value: str) -> tuple[Filter, ...] | None:
    """Return the filters whose values are to be counted: all, none, or those that are named."""
    if value in (ALL, NONE):
        return collection.filters if value == ALL else None
    names = value.split(",")
    there = [item.name for item in collection.filters]
    if unknown := [name for name in names if name not in there]:
        known = ", ".join([ALL, NONE, *there])
        raise InvalidParameter(f"{FACETS}={unknown[0][:80]!r} is none of {known}", FACETS)
    return tuple(item for item in collection.filters if item.name in names)


def parameters_openapi(collection: Collection) -> list[dict[str, Any]]:
    """Return the parameters of a list as OpenAPI has them."""
    return [
        *map(filter_openapi, collection.filters),
        {
            "name": SORT,
            "in": "query",
            "description": f"The order: {'; '.join(f'`{sort.name}` {sort.says}' for sort in collection.sorts)}; "
            "with `-` the other way round. What has no value for it comes first.",
            "schema": {"type": "string", "enum": orders(collection), "default": collection.sorts[0].name},
        },
        {
            "name": LIMIT,
            "in": "query",
            "description": "Most things on a page.",
            "schema": {"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL},
        },
        {
            "name": CURSOR,
            "in": "query",
            "description": "Where to go on: `next` in the meta of the page before, with the same filters and order.",
            "schema": {"type": "string"},
        },
        {
            "name": FACETS,
            "in": "query",
            "description": "Whether to count, for each filter, the things that each of its values would find beside "
            "the other filters that are given (in JSON only): `true`, `false`, or the names of the filters to count "
            "for, with commas.",
            "schema": {"type": "string", "pattern": facets_pattern(collection), "default": NONE},
        },
    ]


def facets_pattern(collection: Collection) -> str:
    """Return the pattern of the values that `facets` takes."""
    names = "|".join(item.name for item in collection.filters)
    return f"^({ALL}|{NONE}{f'|({names})(,({names}))*' if names else ''})$"


def filter_openapi(item: Filter) -> dict[str, Any]:
    """Return a filter as OpenAPI has it."""
    of = BY_NAME[item.of] if item.of else None
    values = (
        f"One of `{of.path}`: short (`{of.example}`), `{of.kind}/{of.example}` or IRI" if of else "Identifier or IRI"
    )
    return {
        "name": item.name,
        "in": "query",
        "description": f"{item.says} {values}; given several times, any of them.",
        "schema": {"type": "array", "items": {"type": "string"}, "maxItems": MOST_VALUES},
        **({"example": [of.example]} if of else {}),
    }

"""What the OpenAPI document says of a curated query: its typed parameters, its text, a real example of its answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hct_kg.api.cursors import write_cursor
from hct_kg.api.pinning import permalink
from hct_kg.api.query_pages import CURSOR, LIMIT, MOST_ROWS
from hct_kg.api.service import JSON
from hct_kg.catalogue import CuratedQuery, Example
from hct_kg.parameters import LONGEST, Parameter
from hct_kg.schemes import Schemes
from hct_kg.store.formats import ROW_FORMATS
from hct_kg.terms import shorten

SPARQL_QUERY = "application/sparql-query"
VERSION = "7d865e959b2466918c9863afca942d0fb89d7c9ac0c99bafc3749504ded97730"
"""A version of the dataset that only examples name."""

SCHEMAS: dict[str, dict[str, Any]] = {
    "iri": {"type": "string", "format": "iri-reference", "minLength": 1, "maxLength": LONGEST},
    "string": {"type": "string", "maxLength": LONGEST},
    "integer": {"type": "integer"},
    "date": {"type": "string", "format": "date"},
}
PAGING: list[dict[str, Any]] = [
    {
        "name": LIMIT,
        "in": "query",
        "required": False,
        "description": "Most rows in one answer; without it all that are left.",
        "schema": {"type": "integer", "minimum": 1, "maximum": MOST_ROWS},
        "example": 100,
    },
    {
        "name": CURSOR,
        "in": "query",
        "required": False,
        "description": "Where to go on: `meta.next` of the answer before, with the same parameters.",
        "schema": {"type": "string"},
    },
]
LINK: dict[str, Any] = {
    "description": 'The next page, as `<…>; rel="next"` (RFC 8288), if there is one.',
    "schema": {"type": "string"},
}


def describe_operation(query: CuratedQuery, schemes: Schemes) -> dict[str, Any]:
    """Return what the operation of a query has beside what its route says."""
    declared = [describe_parameter(parameter, schemes) for parameter in query.parameters.values()]
    return {"parameters": [*declared, *PAGING], "x-sparql": query.text}


def describe_parameter(parameter: Parameter, schemes: Schemes) -> dict[str, Any]:
    """Return one parameter; an enumeration has its values in short form and as IRIs, for both are taken."""
    concepts = schemes.get(parameter.scheme_iri or "", ())
    schema = dict(SCHEMAS[parameter.type])
    description = parameter.description
    if concepts:
        short = [shorten(concept.iri) for concept in concepts]
        schema = {"type": "string", "enum": [*short, *(concept.iri for concept in concepts)]}
        labels = "; ".join(f"`{name}` {concept.label}" for name, concept in zip(short, concepts, strict=True))
        description = f"{description} One of: {labels}."
    elif parameter.class_iri:
        description = f"{description} A thing of class `{shorten(parameter.class_iri)}`."
    return {
        "name": parameter.name,
        "in": "query",
        "required": parameter.required,
        "description": description,
        "schema": schema if parameter.default is None else {**schema, "default": read(parameter, parameter.default)},
        **({} if parameter.example is None else {"example": read(parameter, parameter.example)}),
    }


def read(parameter: Parameter, value: str) -> str | int:
    """Return a declared value as JSON has it."""
    return int(value) if parameter.type == "integer" else value


def describe_answer() -> dict[str, Any]:
    """Return what an answer of status 200 is like."""
    media = (*(form.media_type for form in ROW_FORMATS), SPARQL_QUERY)
    return {"headers": {"Link": LINK}, "content": {name: {"schema": {"type": "string"}} for name in media}}


def add_examples(document: dict[str, Any], catalogue: Mapping[str, CuratedQuery]) -> dict[str, Any]:
    """Return an OpenAPI document with the examples of answers: FastAPI would leave out what is null in them."""
    for query in catalogue.values():
        if query.example is not None:
            operation = document["paths"][f"/v1/queries/{query.name}"]["get"]
            operation["responses"]["200"]["content"][JSON]["example"] = example_answer(query, query.example)
    return document


def example_answer(query: CuratedQuery, example: Example) -> dict[str, Any]:
    """Return the beginning of a real answer, as it is sent where no more is asked for than the example has."""
    rows, total = list(example.rows), example.total
    question = "&".join([*(f"{name}={value}" for name, value in query.needed.items()), f"{LIMIT}={len(rows)}"])
    more = len(rows) < total
    return {
        "data": rows,
        "columns": list(query.columns),
        "question": query.question,
        "meta": {
            "dataset_version": VERSION,
            "count": len(rows),
            "complete": not more,
            "permalink": permalink(VERSION, f"/v1/queries/{query.name}", question, JSON),
            "total": total,
            "next": write_cursor(VERSION, (query.name, query.bind(query.needed)), len(rows)) if more else None,
        },
    }

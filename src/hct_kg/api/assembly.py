"""From a model's declared paths to SPARQL, and from the rows back to the model.

One query reads all fields of all subjects as rows (subject, field, value, label); a field whose type
is itself a resource is read by one further query for all its values. So the number of queries depends
on the depth of the model, never on the number of things.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar, get_args, get_origin

from pydantic.fields import FieldInfo

from hct_kg.api.models import At, Ref, Resource
from hct_kg.store import Row, Term
from hct_kg.terms import ID, NAMESPACES, shorten

Select = Callable[[str], Awaitable[list[Row]]]
R = TypeVar("R", bound=Resource)

PREFIXES = "".join(f"PREFIX {prefix}: <{namespace}>\n" for prefix, namespace in NAMESPACES.items())
LABEL = "label"


@dataclass(frozen=True, slots=True)
class Reader:
    """How to ask the dataset, and which classes have a curated route: class IRI to its path."""

    select: Select
    routes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class FieldPath:
    """A field as it is read: its path, what one value becomes, and whether it has many."""

    name: str
    path: str
    kind: type
    many: bool

    @property
    def nested(self) -> type[Resource] | None:
        """Return the model of the values, where they are things with fields of their own."""
        return self.kind if issubclass(self.kind, Resource) else None


@cache
def field_paths(model: type[Resource]) -> tuple[FieldPath, ...]:
    """Return the fields of a model that stand in the graph, in the order of their declaration."""
    return tuple(
        read_field(name, field, at)
        for name, field in model.model_fields.items()
        for at in field.metadata
        if isinstance(at, At)
    )


def read_field(name: str, field: FieldInfo, at: At) -> FieldPath:
    """Read a field's annotation: `T`, `T | None` or `list[T]`."""
    annotation = field.annotation
    many = get_origin(annotation) is list
    kinds = [kind for kind in get_args(annotation) or (annotation,) if kind is not type(None)]
    assert len(kinds) == 1, f"{name} has one type of value"
    assert isinstance(kinds[0], type), f"{name} has a class of values"
    return FieldPath(name, at.path, kinds[0], many)


def fields_query(model: type[Resource], subjects: str, classes: Iterable[str]) -> str:
    """Return the query for all fields of the subjects that a graph pattern binds to ?s."""
    branches = " UNION ".join(
        f'{{ ?s {field.path} ?value BIND("{field.name}" AS ?field) }}' for field in field_paths(model)
    )
    return f"""{PREFIXES}
SELECT ?s ?field ?value ?label ?title ?class WHERE {{
  {{ SELECT DISTINCT ?s WHERE {{ {subjects} }} }}
  {{ ?s skos:prefLabel ?value BIND("{LABEL}" AS ?field) }} UNION
  {branches}
  OPTIONAL {{ ?value skos:prefLabel|rdfs:label ?label }}
  OPTIONAL {{ ?value dcterms:title ?title }}
  OPTIONAL {{ ?value a ?class VALUES ?class {{ {" ".join(f"<{iri}>" for iri in classes)} }} }}
}} ORDER BY ?s ?field ?value"""


def things(iris: Iterable[str]) -> str:
    """Return the pattern that binds ?s to some IRIs."""
    return "VALUES ?s { " + " ".join(f"<{iri}>" for iri in sorted(iris)) + " }"


def instances(class_iri: str) -> str:
    """Return the pattern that binds ?s to the instances of a class."""
    return f"?s a <{class_iri}>"


async def fetch(reader: Reader, model: type[R], subjects: str) -> dict[str, R]:
    """Return the things that a pattern binds to ?s, by IRI, with every field of the model filled."""
    rows = await reader.select(fields_query(model, subjects, reader.routes))
    values: dict[str, dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        values[row["s"].value][row["field"].value].append(row)
    nested = {field.name: await fetch_nested(reader, field, rows) for field in field_paths(model) if field.nested}
    return {iri: build(reader, model, iri, fields, nested) for iri, fields in values.items()}


async def fetch_nested(reader: Reader, field: FieldPath, rows: Iterable[Row]) -> Mapping[str, Resource]:
    """Return the things that are values of one field, by IRI."""
    iris = {row["value"].value for row in rows if row["field"].value == field.name}
    assert field.nested is not None, "only fields with nested things are fetched"
    return await fetch(reader, field.nested, things(iris)) if iris else {}


def build(
    reader: Reader,
    model: type[R],
    iri: str,
    fields: Mapping[str, Sequence[Row]],
    nested: Mapping[str, Mapping[str, Resource]],
) -> R:
    """Return one thing from the rows of its fields."""
    values: dict[str, Any] = {"id": shorten(iri), "iri": iri}
    for field in field_paths(model):
        found = [read_value(reader, field, row, nested) for row in distinct(fields.get(field.name, ()))]
        found = [value for value in found if value is not None]
        values[field.name] = found if field.many else next(iter(found), None)
    own = next((row["value"].value for row in fields.get(LABEL, ())), None)
    return model(label=own or model.name(values) or shorten(iri), **values)


def distinct(rows: Iterable[Row]) -> list[Row]:
    """Return one row for each value, in order: a value with two labels has two rows."""
    return list({row["value"]: row for row in rows}.values())


def read_value(reader: Reader, field: FieldPath, row: Row, nested: Mapping[str, Mapping[str, Resource]]) -> Any:
    """Return one value as the field's type wants it."""
    term = row["value"]
    if field.nested is not None:
        return nested[field.name].get(term.value)
    if field.kind is Ref:
        return refer(reader, term, row)
    return field.kind(term.value)


def refer(reader: Reader, term: Term, row: Row) -> Ref:
    """Return a reference to another thing, by its label, its title, or failing both its short form."""
    label = row.get("label") or row.get("title")
    return Ref(
        id=shorten(term.value),
        iri=term.value,
        label=label.value if label else shorten(term.value),
        href=href(reader, term.value, row),
    )


def href(reader: Reader, iri: str, row: Row) -> str | None:
    """Return the curated route of a thing, or None where its class has none."""
    route = reader.routes.get(row["class"].value) if "class" in row else None
    return f"{route}/{iri.rsplit('/', 1)[-1]}" if route and iri.startswith(ID) else None

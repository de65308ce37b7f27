"""From a model's declared paths to SPARQL, and from the rows back to the model.

One query reads all fields of all subjects as rows (subject, field, value); a field whose type is itself a resource
is read by one further query for all its values; names that are not known yet by one more. So the number of queries
depends on the depth of the model, never on the number of things.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar, get_args, get_origin

from pydantic.fields import FieldInfo

from hct_kg.api.models import At, Citation, Ref, Resource
from hct_kg.api.names import PREFIXES, Names, Select, things
from hct_kg.api.texts import Texts
from hct_kg.store import Term
from hct_kg.terms import HCT, ID, shorten

R = TypeVar("R", bound=Resource)
ORDER = "?s ?field ?value"
"""In which order the rows of fields are read, where there are too many for one result."""
Nested = Mapping[str, Mapping[str, Resource]]
"""For each field with things of their own fields: those things by IRI."""


@dataclass(frozen=True, slots=True)
class Reader:
    """How to ask the dataset, what things are called, what passages say, and the route of each type of thing."""

    select: Select
    names: Names
    texts: Texts
    homes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class FieldPath:
    """A field as it is read: its path, what one value becomes, whether it has many, and of which class they are."""

    name: str
    path: str
    kind: type
    many: bool
    of: str | None

    @property
    def nested(self) -> type[Resource] | None:
        """Return the model of the values, where they are things with fields of their own."""
        return self.kind if issubclass(self.kind, Resource) else None

    @property
    def branch(self) -> str:
        """Return the graph pattern that binds ?field and ?value."""
        kept = f"?value a {self.of} ." if self.of else ""
        return f'{{ ?s {self.path} ?value . {kept} BIND("{self.name}" AS ?field) }}'


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
    return FieldPath(name, at.path, kinds[0], many, at.of)


def fields_query(model: type[Resource], iris: Iterable[str]) -> str:
    """Return the query for all fields of some things."""
    branches = " UNION ".join(field.branch for field in field_paths(model))
    return f"{PREFIXES}SELECT ?s ?field ?value WHERE {{ {things(iris)} {branches} }}"


async def fetch(reader: Reader, model: type[R], iris: Collection[str]) -> dict[str, R]:
    """Return things by IRI, with every field of the model filled; those of which nothing is said are left out."""
    values: dict[str, dict[str, set[Term]]] = defaultdict(lambda: defaultdict(set))
    paths = field_paths(model)
    if not iris:
        return {}
    for row in await reader.select(fields_query(model, iris)):
        values[row["s"].value][row["field"].value].add(row["value"])
    nested = {field.name: await fetch_nested(reader, field, values.values()) for field in paths if field.nested}
    referred = {
        term.value
        for fields in values.values()
        for field in paths
        if field.kind is Ref
        for term in fields.get(field.name, ())
        if term.kind == "uri"
    }
    names = await reader.names.of(referred.union(iris))
    refs = {iri: refer(reader.homes, iri, names.get(iri)) for iri in referred.union(iris)}
    known = [iri for iri in iris if iri in values or names.get(iri) is not None]
    return {iri: build(reader.texts, model, values[iri], nested, refs, refs[iri]) for iri in known}


async def fetch_nested(
    reader: Reader, field: FieldPath, values: Iterable[Mapping[str, Iterable[Term]]]
) -> Mapping[str, Resource]:
    """Return the things that are values of one field, by IRI."""
    iris = {term.value for fields in values for term in fields.get(field.name, ()) if term.kind == "uri"}
    assert field.nested is not None, "only fields with nested things are fetched"
    return await fetch(reader, field.nested, iris)


def build(
    texts: Texts,
    model: type[R],
    fields: Mapping[str, Iterable[Term]],
    nested: Nested,
    refs: Mapping[str, Ref],
    own: Ref,
) -> R:
    """Return one thing from the values of its fields."""
    values: dict[str, Any] = {}
    for field in field_paths(model):
        found = read_values(field, fields.get(field.name, ()), nested, refs)
        values[field.name] = found if field.many else next(iter(found), None)
    if issubclass(model, Citation):
        values.update(read_text(texts, values))
    return model(**dict(own), **values)


def read_text(texts: Texts, values: Mapping[str, Any]) -> dict[str, str | None]:
    """Return a passage's text, or why there is none."""
    text, note = texts.read(values["document"].iri, values["start"], values["end"], values["sha256"])
    return {"text": text, "text_note": note}


def read_values(field: FieldPath, terms: Iterable[Term], nested: Nested, refs: Mapping[str, Ref]) -> Sequence[Any]:
    """Return the values of a field as its type wants them, in an order that does not change."""
    ordered = sorted(terms, key=lambda term: (term.value, term.language or ""))
    if field.nested is not None:
        found = [thing for term in ordered if (thing := nested[field.name].get(term.value)) is not None]
        return sorted(found, key=in_reading_order) if issubclass(field.nested, Citation) else found
    if field.kind is Ref:
        return [refs[term.value] for term in ordered if term.kind == "uri"]
    return [field.kind(term.value) for term in ordered]


def in_reading_order(passage: Resource) -> tuple[str, int, int]:
    """Sort key of passages: as they come in their documents."""
    assert isinstance(passage, Citation), "a passage"
    return passage.document.iri, passage.start, passage.end


def refer(homes: Mapping[str, str], iri: str, name: str | None) -> Ref:
    """Return a reference to a thing: by its name, or where it has none by its short form; then it has no route."""
    short = shorten(iri)
    return Ref(id=short, iri=iri, label=name or short, href=None if name is None else href(homes, iri))


def href(homes: Mapping[str, str], iri: str) -> str | None:
    """Return the curated route of a thing, or where our terms are described; None for what is elsewhere."""
    if iri.startswith(ID):
        kind, _, slug = iri.removeprefix(ID).partition("/")
        return f"{homes[kind]}/{slug}" if kind in homes else None
    return f"/ns#{iri.removeprefix(HCT)}" if iri.startswith(HCT) else None

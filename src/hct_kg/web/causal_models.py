"""A causal model as pages show it: its factors and the links between them, and the parts around what is asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from markupsafe import Markup

from hct_kg.drawing.graphs import Edge, Graph, Node
from hct_kg.web.causal_links import CausalLink, Json, Name, read_link, read_name

OPTION = Markup('<option value="{}">{}</option>')


@dataclass(frozen=True, slots=True)
class Factor:
    """What can be cause or effect: its classes, its level, what it is part of, in a word or two what it is."""

    id: str
    label: str
    href: str = ""
    description: str = ""
    classes: frozenset[str] = frozenset()
    level: str = ""
    part_of: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class CausalModel:
    """The factors of a model by label, those at the ends of its links among them, and its links.

    Two are the same only if they are one object: what is remembered of a model is found without a look at all of it.
    """

    factors: tuple[Factor, ...]
    links: tuple[CausalLink, ...]

    @cached_property
    def by_id(self) -> Mapping[str, Factor]:
        """Return the factors by identifier."""
        return {factor.id: factor for factor in self.factors}

    @cached_property
    def linked(self) -> frozenset[str]:
        """Return the factors that a link starts from or arrives at."""
        return frozenset(end for link in self.links for end in (link.cause.id, link.effect.id))

    @cached_property
    def graph(self) -> Graph:
        """Return all links, and the factors at their ends, as they are drawn as a map."""
        return graph_of(self, {}, {})

    @cached_property
    def options(self) -> Markup:
        """Return the factors as the options of a choice in a form."""
        return Markup("\n").join(OPTION.format(factor.id, factor.label) for factor in self.factors)

    def options_with(self, selected: str) -> Markup:
        """Return the options, one of them selected."""
        value = Markup('<option value="{}"').format(selected)
        return self.options.replace(value, value + Markup(" selected"), 1) if selected else self.options

    @property
    def unlinked(self) -> tuple[Factor, ...]:
        """Return the factors that no link of the model joins to another."""
        return tuple(factor for factor in self.factors if factor.id not in self.linked)

    def link(self, identifier: str) -> CausalLink | None:
        """Return one of the links."""
        return next((link for link in self.links if link.id == identifier), None)

    def causes_of(self, factor: str) -> tuple[CausalLink, ...]:
        """Return the links that arrive at a factor."""
        return tuple(link for link in self.links if link.effect.id == factor)

    def effects_of(self, factor: str) -> tuple[CausalLink, ...]:
        """Return the links that start from a factor."""
        return tuple(link for link in self.links if link.cause.id == factor)


def read_model(factors: Iterable[Json], links: Iterable[Json]) -> CausalModel:
    """Return a model from the items of `/v1/factors` and of `/v1/links`."""
    read = tuple(read_link(item) for item in links)
    named = {end.id: named_only(end) for link in read for end in (link.cause, link.effect)}
    described = {factor.id: factor for factor in map(read_factor, factors)}
    found = {**named, **described}.values()
    return CausalModel(tuple(sorted(found, key=lambda factor: (factor.label.casefold(), factor.id))), read)


def named_only(name: Name) -> Factor:
    """Return a factor of which only the name is known."""
    return Factor(name.id, name.label)


def read_factor(item: Json) -> Factor:
    """Return a factor as `/v1/factors` tells it."""
    name = read_name(item)
    return Factor(
        name.id,
        name.label,
        item["href"] or "",
        item["description"] or "",
        frozenset(kind["id"] for kind in item["types"]),
        item["level"]["id"] if item["level"] else "",
        tuple(whole["id"] for whole in item["part_of"]),
    )


def graph_of(
    model: CausalModel, columns: Mapping[str, int], groups: Mapping[str, str], headings: tuple[str, ...] = ()
) -> Graph:
    """Return what is drawn of a model: its links, the factors at their ends, and those that they are grouped in."""
    shown = model.linked | {groups[factor] for factor in model.linked if factor in groups}
    return Graph(
        tuple(
            Node(factor.id, factor.label, columns.get(factor.id), group=groups.get(factor.id, ""))
            for factor in model.factors
            if factor.id in shown
        ),
        tuple(edge_of(link) for link in model.links),
        headings,
    )


def edge_of(link: CausalLink) -> Edge:
    """Return a link as it is drawn."""
    return Edge(
        link.id, link.cause.id, link.effect.id, link.sign, link.modality, link.implied, evidence=len(link.passages)
    )

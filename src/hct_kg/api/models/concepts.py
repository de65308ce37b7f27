"""What claims are marked and sorted with: concepts and their schemes, populations, scopes and periods."""

from __future__ import annotations

from typing import Annotated

from hct_kg.api.models.base import AlternativeNames, At, Description, Named, Notation, Ref, Resource
from hct_kg.api.models.claims import Claims
from hct_kg.api.models.evidence import Period

Definition = Annotated[str | None, At("skos:definition", "What it means.")]


class Concept(Resource):
    """A concept of a controlled vocabulary."""

    definition: Definition
    notation: Notation
    alternative_names: AlternativeNames
    scheme: Annotated[Ref | None, At("skos:inScheme", "The vocabulary that it is of.")]
    broader: Annotated[list[Ref], At("skos:broader", "Concepts above it.")]


class ConceptItem(Concept):
    """A concept with those below it, and claims about it."""

    narrower: Annotated[list[Ref], At("^skos:broader", "Concepts below it.")]
    claims: Claims


class ConceptScheme(Resource):
    """A controlled vocabulary."""

    definition: Definition


class ConceptSchemeItem(ConceptScheme):
    """A controlled vocabulary with its concepts."""

    concepts: Annotated[list[Ref], At("^skos:inScheme", "Its concepts.")]


class Population(Named):
    """A group that claims are made about."""

    size: Annotated[int | None, At("hct:size", "How many members it has, where a source says so.")]


class PopulationItem(Population):
    """A population with the scopes in it, and claims about it."""

    scopes: Annotated[list[Ref], At("^hct:population", "The scopes that are parts of it.")]
    claims: Claims


class Scope(Resource):
    """Of whom a claim is said: how much of a population, its members only where the source names them."""

    description: Description
    population: Annotated[Ref | None, At("hct:population", "The population that it is a part of.")]
    quantifier: Annotated[Ref | None, At("hct:quantifier", "How much of it, in the source's kind of word.")]
    at_least: Annotated[int | None, At("hct:atLeast", "The fewest members that it can have.")]
    at_most: Annotated[int | None, At("hct:atMost", "The most members that it can have.")]
    members: Annotated[list[Ref], At("hct:member", "Its members, where the source names them; silence is not a no.")]


class PeriodItem(Period):
    """A period with what it is the time of."""

    description: Description
    time_of: Annotated[list[Ref], At("^hct:period|^org:memberDuring", "What it is the time of.")]

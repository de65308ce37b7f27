"""The stages of a theory of change: which column each factor stands in, and the group that it is folded into."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from markupsafe import Markup

from hct_kg.drawing.graphs import Graph
from hct_kg.web.causal_links import CausalLink
from hct_kg.web.causal_models import CausalModel, Factor, graph_of
from hct_kg.web.drawings import Drawn, overview, whole
from hct_kg.web.pages import Place, environment
from hct_kg.web.sentences import Sentence, sentence

STAGES = (
    ("Inputs", "hct:Input"),
    ("Activities of the programme", "hct:PlannedActivity"),
    ("Mechanisms", "hct:Mechanism"),
    ("Ways in which partnerships work", "hct:Process"),
    ("Outcomes for partnerships", "level/partnership"),
    ("Outcomes of the programme", "level/programme"),
    ("Ultimate impact", "level/ultimate-impact"),
)
"""Headings from the left to the right, each with the class or the level of the factors below it."""


# What these remember hangs on nothing but the model that they are given.
@lru_cache(maxsize=8)
def theory_graph(model: CausalModel) -> Graph:
    """Return a theory of change as it is drawn; a model in which a linked factor is of no stage has no columns."""
    columns = {factor.id: column for factor in model.factors if (column := stage_of(factor)) is not None}
    if not model.linked <= columns.keys():
        return model.graph
    return graph_of(model, columns, groups_of(model, columns), tuple(heading for heading, _ in STAGES))


def stage_of(factor: Factor) -> int | None:
    """Return the first stage that a factor is of, by its class, then by its level."""
    return next((number for number, (_, place) in enumerate(STAGES) if place in {*factor.classes, factor.level}), None)


def groups_of(model: CausalModel, columns: Mapping[str, int]) -> dict[str, str]:
    """Return the whole of the same stage that each factor is part of, where there is one."""
    found = {}
    for factor in model.factors:
        wholes = sorted(whole for whole in factor.part_of if columns.get(whole) == columns.get(factor.id))
        if wholes:
            found[factor.id] = wholes[0]
    return found


@lru_cache(maxsize=8)
def by_stage(model: CausalModel) -> tuple[Sentence, ...]:
    """Return all links in words, by the stage of their cause, then by the names at their ends."""
    stages = {factor.id: stage_of(factor) for factor in model.factors}

    def order(link: CausalLink) -> tuple[int, str, str]:
        stage = stages[link.cause.id]
        return len(STAGES) if stage is None else stage, link.cause.label.casefold(), link.effect.label.casefold()

    return tuple(map(sentence, sorted(model.links, key=order)))


@lru_cache(maxsize=16)
def drawn_theory(model: CausalModel, in_overview: bool) -> Drawn:
    """Return what is drawn of a theory of change: in overview, or with every factor."""
    return overview(theory_graph(model)) if in_overview else whole(theory_graph(model))


@lru_cache(maxsize=16)
def table_of(model: CausalModel, in_overview: bool, path: str) -> Markup:
    """Return the table of all links for a page at a path.

    It is the longest part of the page and the same whatever is selected, so that it is written once.
    """
    caption = f"{len(model.links)} links of the theory of change"
    table = environment().get_template("links.html").module.table  # type: ignore[attr-defined]
    return Markup(table(by_stage(model), Place("", path), caption, drawn_theory(model, in_overview).drawn_as))  # noqa: S704

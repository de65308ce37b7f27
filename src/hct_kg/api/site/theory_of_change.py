"""`/theory-of-change`: how change was meant to come about, as a drawing in stages and as a table of the same links."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from hct_kg.api.site.asking import Asker, Call
from hct_kg.api.site.causal_models import (
    Choice,
    detail_of,
    links_of,
    model_of,
    models_with_links,
    of_kind,
    selected_in,
)
from hct_kg.api.site.drawn import as_png, file, shown
from hct_kg.api.site.given import choice, single
from hct_kg.api.site.pages import Given, Page
from hct_kg.drawing.marks import Marks
from hct_kg.errors import InvalidParameter
from hct_kg.web.causal_models import CausalModel
from hct_kg.web.drawings import Drawn, marks_for
from hct_kg.web.selections import Selection
from hct_kg.web.sentences import tally
from hct_kg.web.statements import Text
from hct_kg.web.theory import drawn_theory, table_of

PATH = "/theory-of-change"
NAME = "Theory of change"
THEORY = "hct:TheoryOfChange"
VIEWS = ("overview", "full")
NOTHING = CausalModel((), ())
MOST_NAMED = 10
"""So many models a refusal names."""


@dataclass(frozen=True, slots=True)
class View:
    """What is looked at: the model, how it is drawn, what is selected in it and how that is marked."""

    name: str
    theory: Choice | None
    choices: Sequence[Choice]
    model: CausalModel
    drawn: Drawn
    selection: Selection | None
    marks: Marks | None

    @property
    def title(self) -> str:
        """Return what the page is called: of the first theory by its kind, of any other by its own name."""
        name = self.theory.label if self.theory and self.kept_model else NAME
        return f"{name}: {self.selection.name.label}" if self.selection else name

    @property
    def kept(self) -> str:
        """Return the view as addresses name it: the first one goes without saying."""
        return "" if self.name == VIEWS[0] else self.name

    @property
    def kept_model(self) -> str:
        """Return the theory as addresses name it: the first one goes without saying."""
        return "" if self.theory is None or self.theory == self.choices[0] else self.theory.id

    @property
    def box(self) -> str:
        """Return what a selected factor is drawn as, "" where it is drawn as itself or not at all."""
        if self.selection is None or self.selection.factor is None:
            return ""
        box = self.drawn.drawn_as.get(self.selection.name.id, self.selection.name.id)
        return self.model.by_id[box].label if box != self.selection.name.id else ""


async def look(ask: Asker, given: Given) -> View:
    """Return what a request looks at; raises InvalidParameter for what the model has not."""
    name = choice(given, "view", VIEWS)
    choices = of_kind(await models_with_links(ask), THEORY)
    theory = next((each for each in choices if each.id == single(given, "model")), None)
    model = await model_of(ask, theory.id) if theory else NOTHING
    selection = selected_in(model, "select", single(given, "select"))
    drawn = drawn_theory(model, name == VIEWS[0])
    marks = marks_for(drawn.graph, drawn.drawn_as.get(selection.name.id, "")) if selection else None
    return View(name, theory, choices, model, drawn, selection, marks)


async def complete(ask: Asker, given: Given) -> Given:
    """Return what is given with the theory of change to show: that with the most links, where none is named.

    Raises InvalidParameter for a model that is no theory of change with links.
    """
    known = [each.id for each in of_kind(await models_with_links(ask), THEORY)]
    if "model" in given and single(given, "model") not in known:
        there = ", ".join(known[:MOST_NAMED]) or "none is in this dataset"
        raise InvalidParameter(f"model={given['model'][0][:80]!r} is no theory of change with links: {there}", "model")
    return {"model": known[:1], **given} if known else given


async def show(ask: Asker, given: Given) -> dict[str, Any]:
    """Return the drawing, what is told of the selection, and all links of the model."""
    view = await look(ask, given)
    if view.theory is None:
        return {"model": view.model}
    # While the engine is asked, it is drawn.
    detail, drawing = await asyncio.gather(
        detail_of(ask, view.selection),
        shown(view.drawn.graph, "columns", view.title, view.marks, PATH, view=view.kept, model=view.kept_model),
    )
    return {
        "title": Text(view.title, "en"),
        "about": view.theory,
        "model": view.model,
        "tally": tally(view.model.links),
        "view": view,
        "selected": view.selection.name.id if view.selection else "",
        "selection": view.selection,
        "detail": detail,
        "drawing": drawing,
        "table": await asyncio.to_thread(table_of, view.model, view.name == VIEWS[0], PATH),
    }


def source(given: Given) -> Call | None:
    """Return the call for the links that the page shows; none where there is no theory of change."""
    return links_of(given["model"][0]) if "model" in given else None


async def draw(ask: Asker, given: Given) -> bytes:
    """Return the drawing as a file."""
    view = await look(ask, given)
    return await file(ask, view.drawn.graph, "columns", view.title, view.marks)


async def draw_png(ask: Asker, given: Given) -> bytes:
    """Return the drawing as a picture."""
    return await as_png(ask, await draw(ask, given))


async def ahead(_: Asker) -> Sequence[Given]:
    """Return the other view."""
    return [{"view": [VIEWS[1]]}]


PAGE = Page(
    PATH,
    NAME,
    "theory-of-change.html",
    show,
    parameters=("model", "view", "select"),
    source=source,
    complete=complete,
    formats=("csv", "json", "ttl", "jsonld"),
    files={"svg": ("image/svg+xml", draw), "png": ("image/png", draw_png)},
    ahead=ahead,
)

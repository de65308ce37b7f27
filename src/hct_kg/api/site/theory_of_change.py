"""`/theory-of-change`: how change was meant to come about, as a drawing in stages and as a table of the same links."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hct_kg.api.site.asking import Asker, Call, Refused
from hct_kg.api.site.causal_models import detail_of, links_of, model_of, selected_in
from hct_kg.api.site.drawn import file, shown
from hct_kg.api.site.given import choice, single
from hct_kg.api.site.pages import Given, Page
from hct_kg.drawing.marks import Marks
from hct_kg.web.causal_models import CausalModel
from hct_kg.web.drawings import Drawn, marks_for, overview, whole
from hct_kg.web.selections import Selection
from hct_kg.web.sentences import tally
from hct_kg.web.statements import Text
from hct_kg.web.theory import by_stage, theory_graph

PATH = "/theory-of-change"
NAME = "Theory of change"
THEORY = "model/hct-theory-of-change"
VIEWS = ("overview", "full")
NOTHING = CausalModel((), ())


@dataclass(frozen=True, slots=True)
class View:
    """What is looked at: the model, how it is drawn, what is selected in it and how that is marked."""

    name: str
    model: CausalModel
    drawn: Drawn
    selection: Selection | None
    marks: Marks | None

    @property
    def title(self) -> str:
        """Return what the page is called."""
        return f"{NAME}: {self.selection.name.label}" if self.selection else NAME

    @property
    def kept(self) -> str:
        """Return the view as addresses name it: the first one goes without saying."""
        return "" if self.name == VIEWS[0] else self.name

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
    model = await theory(ask)
    selection = selected_in(model, "select", single(given, "select"))
    graph = theory_graph(model)
    drawn = overview(graph) if name == VIEWS[0] else whole(graph)
    marks = marks_for(drawn.graph, drawn.drawn_as.get(selection.name.id, "")) if selection else None
    return View(name, model, drawn, selection, marks)


async def theory(ask: Asker) -> CausalModel:
    """Return the theory of change; one without links where the dataset has none."""
    try:
        return await model_of(ask, THEORY)
    except Refused:
        return NOTHING


async def show(ask: Asker, given: Given) -> dict[str, Any]:
    """Return the drawing, what is told of the selection, and all links of the model."""
    view = await look(ask, given)
    if not view.model.links:
        return {"model": view.model}
    return {
        "title": Text(view.title, "en"),
        "about": (await ask.json(f"/v1/models/{THEORY.partition('/')[2]}"))["data"],
        "model": view.model,
        "tally": tally(view.model.links),
        "view": view,
        "selected": view.selection.name.id if view.selection else "",
        "selection": view.selection,
        "detail": await detail_of(ask, view.selection),
        "drawing": await shown(view.drawn.graph, "columns", view.title, view.marks, PATH, view=view.kept),
        "sentences": by_stage(view.model),
        "drawn_as": view.drawn.drawn_as,
    }


def source(_: Given) -> Call:
    """Return the call for the links that the page shows."""
    return links_of(THEORY)


async def draw(ask: Asker, given: Given) -> bytes:
    """Return the drawing as a file."""
    view = await look(ask, given)
    return await file(ask, view.drawn.graph, "columns", view.title, view.marks)


PAGE = Page(
    PATH,
    NAME,
    "theory-of-change.html",
    show,
    parameters=("view", "select"),
    source=source,
    formats=("csv", "json", "ttl", "jsonld"),
    files={"svg": ("image/svg+xml", draw)},
)

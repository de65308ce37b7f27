"""`/map`: a causal map with questions to it: what leads to this, what it affects, how one factor reaches another."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from hct_kg.api.site.asking import Asker, Call
from hct_kg.api.site.causal_models import Choice, detail_of, links_of, model_of, models_with_links, of_kind, selected_in
from hct_kg.api.site.drawn import as_png, file, shown
from hct_kg.api.site.given import choice, single
from hct_kg.api.site.pages import Given, Page
from hct_kg.web.causal_models import CausalModel
from hct_kg.web.drawings import DIRECTIONS, Direction
from hct_kg.web.maps import LARGEST_WHOLE, Picture, picture_of, picture_of_paths
from hct_kg.web.paths import Path, read_path
from hct_kg.web.selections import Selection
from hct_kg.web.sentences import sentence, tally
from hct_kg.web.statements import Text

PATH = "/map"
NAME = "System map"
MAP = "hct:SystemMap"
TRACE = "/v1/trace"
QUESTIONS = ("both", "causes", "effects", "path", "connections")
STEPS = ("any", "1", "2", "3")
MOST_AHEAD = 8
"""Views of so many models are made ahead."""
MOST_PATHS, LONGEST_PATH, MOST_CONNECTIONS = 10, 6, 20


@dataclass(frozen=True, slots=True)
class Asked:
    """A question to a map, and what it is answered from."""

    question: str
    steps: str
    model_id: str
    model: CausalModel
    choices: Sequence[Choice]
    selection: Selection | None
    goal: Selection | None
    paths: tuple[Path, ...] = ()
    complete: bool = True

    @property
    def name(self) -> str:
        """Return what the model is called."""
        return next((each.label for each in self.choices if each.id == self.model_id), NAME)

    @property
    def first(self) -> str:
        """Return the model that goes without saying."""
        return beginning(self.choices)

    @property
    def title(self) -> str:
        """Return what the page is called."""
        about = self.selection.name.label if self.selection else ""
        if self.goal is not None and about and self.question == "path":
            about = f"from {about} to {self.goal.name.label}"
        named = NAME if self.model_id == self.first else self.name
        return f"{named}: {about}" if about else named

    @property
    def large(self) -> bool:
        """Return whether the model has more links than are drawn at once."""
        return len(self.model.links) > LARGEST_WHOLE

    @property
    def kept(self) -> dict[str, str]:
        """Return the parameters that the links of the drawing keep."""
        return {
            "model": "" if self.model_id == self.first else self.model_id,
            "ask": self.question if self.question in DIRECTIONS[:2] else "",
            "steps": "" if self.steps == STEPS[0] else self.steps,
        }

    def picture(self) -> Picture:
        """Return what is drawn."""
        graph = self.model.graph
        selected = self.selection.name.id if self.selection else ""
        if self.paths and self.goal:
            links = frozenset(link for path in self.paths for link in path.links)
            return picture_of_paths(graph, (selected, self.goal.name.id), links)
        direction: Direction = next((each for each in DIRECTIONS if each == self.question), "both")
        return picture_of(graph, selected, direction, int(self.steps) if self.steps.isdigit() else None)


def beginning(choices: Sequence[Choice]) -> str:
    """Return the model to begin with: the system map with the most links, else the smallest model; "" if none."""
    return next((each.id for each in (*of_kind(choices, MAP), *choices)), "")


async def complete(ask: Asker, given: Given) -> Given:
    """Return what is given with the model to begin with, where none is named."""
    first = beginning(await models_with_links(ask))
    return {"model": [first], **given} if first else given


async def read(ask: Asker, given: Given) -> Asked:
    """Return what is asked, with its paths; raises InvalidParameter for what the model has not."""
    model_id = single(given, "model")
    choices = await models_with_links(ask)
    model = await model_of(ask, model_id) if model_id else CausalModel((), ())
    asked = Asked(
        choice(given, "ask", QUESTIONS),
        choice(given, "steps", STEPS),
        model_id,
        model,
        choices,
        selected_in(model, "select", single(given, "select")),
        selected_in(model, "to", single(given, "to")),
    )
    return await with_paths(ask, given, asked)


async def with_paths(ask: Asker, given: Given, asked: Asked) -> Asked:
    """Return a question with the paths that it asks for."""
    call = source(given)
    if call is None or call.path != TRACE or not asked.model.links:
        return asked
    answer = await ask.json(call.path, dict(call.parameters))
    return replace(asked, paths=tuple(map(read_path, answer["data"]["chains"])), complete=answer["meta"]["complete"])


async def show(ask: Asker, given: Given) -> dict[str, Any]:
    """Return the drawing, what answers the question, and the links that are drawn."""
    asked = await read(ask, given)
    if not asked.model.links:
        return {"asked": asked}
    picture = asked.picture()
    drawn = {edge.id for edge in picture.graph.edges}
    started = asked.selection is not None or not asked.large
    # While the engine is asked, it is drawn.
    detail, drawing = await asyncio.gather(
        detail_of(ask, asked.selection),
        shown(picture.graph, "map", asked.title, picture.marks, PATH, **asked.kept) if drawn else nothing(),
    )
    return {
        "title": Text(asked.title, "en"),
        "asked": asked,
        "picture": picture,
        "tally": tally(asked.model.links),
        "detail": detail,
        "drawing": drawing,
        "sentences": [sentence(link) for link in asked.model.links if link.id in drawn],
        "longest": LONGEST_PATH,
        "connections": await connections(ask, asked) if asked.question == "connections" or not started else None,
    }


async def nothing() -> None:
    """Draw nothing: no factor is within reach."""


async def connections(ask: Asker, asked: Asked) -> dict[str, Any]:
    """Return the factors at which most claims meet, with what to be careful about."""
    answer = await ask.json("/v1/leverage", {"model": asked.model_id})
    data = answer["data"]
    return {"caution": data["caution"], "factors": data["factors"][:MOST_CONNECTIONS], "all": len(data["factors"])}


def source(given: Given) -> Call | None:
    """Return the call for the paths that are asked for, else for the links of the model; none where there is none."""
    model, start, goal = single(given, "model"), single(given, "select"), single(given, "to")
    if not model:
        return None
    if single(given, "ask") != "path" or not (start and goal):
        return links_of(model)
    bounds = {"depth": str(LONGEST_PATH), "limit": str(MOST_PATHS)}
    return Call.of(TRACE, {"from": start, "to": goal, "model": model, **bounds})


async def draw(ask: Asker, given: Given) -> bytes:
    """Return the drawing as a file."""
    asked = await read(ask, given)
    picture = asked.picture()
    return await file(ask, picture.graph, "map", asked.title, picture.marks)


async def draw_png(ask: Asker, given: Given) -> bytes:
    """Return the drawing as a picture."""
    return await as_png(ask, await draw(ask, given))


async def ahead(ask: Asker) -> Sequence[Given]:
    """Return the views of the other models."""
    choices = await models_with_links(ask)
    others = [each.id for each in choices if each.id != beginning(choices)]
    return [{"model": [other]} for other in others[:MOST_AHEAD]]


PAGE = Page(
    PATH,
    NAME,
    "map.html",
    show,
    parameters=("model", "select", "ask", "steps", "to"),
    source=source,
    complete=complete,
    formats=("csv", "json", "ttl", "jsonld"),
    files={"svg": ("image/svg+xml", draw), "png": ("image/png", draw_png)},
    ahead=ahead,
)

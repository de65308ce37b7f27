"""`/map/loops`: the loops that causal links close, and those that a document speaks of, each told as a story."""

from __future__ import annotations

from typing import Any

from hct_kg.api.site.asking import Asker, Call
from hct_kg.api.site.causal_models import models_with_links
from hct_kg.api.site.given import single
from hct_kg.api.site.pages import Given, Page
from hct_kg.web.paths import read_loop, read_stated_loop

MOST_LOOPS = 25


def source(given: Given) -> Call:
    """Return the call that the page shows."""
    return Call.of("/v1/loops", {"model": single(given, "model"), "limit": str(MOST_LOOPS)})


async def show(ask: Asker, given: Given) -> dict[str, Any]:
    """Return the loops, and the models that there are to choose."""
    call = source(given)
    answer = await ask.json(call.path, dict(call.parameters))
    return {
        "choices": await models_with_links(ask),
        "model": single(given, "model"),
        "loops": [read_loop(item) for item in answer["data"]["loops"]],
        "stated": [read_stated_loop(item) for item in answer["data"]["stated"]],
        "complete": answer["meta"]["complete"],
    }


PAGE = Page(
    "/map/loops",
    "Loops",
    "loops.html",
    show,
    parameters=("model",),
    source=source,
    formats=("json",),
)

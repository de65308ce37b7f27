"""Causal models for pages: asked of the curated endpoints, read once for as long as these answer the same."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from hct_kg.api.service import JSON, service_of
from hct_kg.api.site.asking import Asker, Call, Parameters
from hct_kg.errors import InvalidParameter
from hct_kg.web.causal_models import CausalModel, read_model
from hct_kg.web.selections import NO_DETAIL, Detail, Selection, read_detail, select

A_PAGE = 1000
MODELS_KEPT = 16


@dataclass(frozen=True, slots=True)
class Choice:
    """A causal model that there is to choose: what it is called and is, how many links it has, of which programme."""

    id: str
    label: str
    description: str
    links: int
    kinds: frozenset[str] = frozenset()
    """Its classes, such as hct:TheoryOfChange."""
    programme: str = ""


async def models_with_links(ask: Asker) -> Sequence[Choice]:
    """Return the causal models that have links, by how few: those that are drawn whole come first."""
    return await service_of(ask.request).once.get("models with links", lambda: read_models_with_links(ask))


async def read_models_with_links(ask: Asker) -> Sequence[Choice]:
    """Return the causal models that have links, asked for anew."""
    models = (await ask.json("/v1/models", {"limit": str(A_PAGE)}))["data"]
    facets = (await ask.json("/v1/links", {"limit": "1", "facets": "model"}))["facets"]
    counts = {facet["value"]["id"]: facet["count"] for facet in facets["model"]}
    found = [
        Choice(
            model["id"],
            model["label"],
            model["description"] or "",
            counts[model["id"]],
            frozenset(kind["id"] for kind in model["types"]),
            model["programme"]["label"] if model["programme"] else "",
        )
        for model in models
        if model["id"] in counts
    ]
    return tuple(sorted(found, key=lambda choice: (choice.links, choice.label)))


def of_kind(choices: Sequence[Choice], kind: str) -> list[Choice]:
    """Return the models of a class, that with the most links first."""
    found = [choice for choice in choices if kind in choice.kinds]
    return sorted(found, key=lambda choice: (-choice.links, choice.id))


def links_of(model: str) -> Call:
    """Return the call for the links of a model."""
    return Call.of("/v1/links", {"model": model, "limit": str(A_PAGE)})


async def model_of(ask: Asker, model: str) -> CausalModel:
    """Return a model with its factors and links; raises Refused where there is none of that identifier."""
    asked = {"model": model, "limit": str(A_PAGE)}
    factors, links = await bodies(ask, "/v1/factors", asked), await bodies(ask, "/v1/links", asked)
    return await asyncio.to_thread(read, factors, links)


async def bodies(ask: Asker, path: str, parameters: Parameters) -> tuple[bytes, ...]:
    """Return all pages of a collection as they are sent."""
    found: list[bytes] = []
    cursor = ""
    while cursor or not found:
        found.append((await ask.get(Call.of(path, {**parameters, "cursor": cursor}), JSON)).body)
        cursor = await asyncio.to_thread(next_page, found[-1])
    return tuple(found)


# What these remember hangs on nothing but what they are given: no version of the dataset can see another's.
@lru_cache(maxsize=4 * MODELS_KEPT)
def next_page(body: bytes) -> str:
    """Return the cursor of the page after one, "" after the last."""
    return json.loads(body)["meta"]["next"] or ""


@lru_cache(maxsize=MODELS_KEPT)
def read(factors: Sequence[bytes], links: Sequence[bytes]) -> CausalModel:
    """Return a model from the pages of its factors and of its links."""
    return read_model(items(factors), items(links))


async def to_select(ask: Asker, most: int) -> Sequence[str]:
    """Return the factors of the models that are drawn whole, up to so many: of those with the fewest links first."""
    found: dict[str, None] = {}
    for choice in await models_with_links(ask):
        if choice.links > most:
            break
        found.update(dict.fromkeys(sorted((await model_of(ask, choice.id)).linked)))
    return tuple(found)[:most]


def items(pages: Sequence[bytes]) -> list[dict[str, Any]]:
    """Return the things on pages."""
    return [item for page in pages for item in json.loads(page)["data"]]


def selected_in(model: CausalModel, parameter: str, identifier: str) -> Selection | None:
    """Return what a parameter names in a model, None where it names nothing; raises InvalidParameter."""
    if not identifier or not model.links:
        return None
    selection = select(model, identifier)
    if selection is None:
        raise InvalidParameter(f"{parameter}={identifier[:80]!r} is no factor and no link of this model", parameter)
    return selection


async def detail_of(ask: Asker, selection: Selection | None) -> Detail:
    """Return what the answer for a selected factor or link adds."""
    if selection is None:
        return NO_DETAIL
    kind, _, slug = selection.name.id.partition("/")
    return read_detail((await ask.json(f"/v1/{kind}s/{slug}"))["data"])

"""What the OpenAPI document says of the collections' answers, worked out when it is asked for.

FastAPI would build a model for each route at every start, and look through all of them for every document: that
takes longer than loading the data.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from hct_kg.api.collections import COLLECTIONS, Collection
from hct_kg.api.models import Item, Listing
from hct_kg.api.service import JSON

REF = "#/components/schemas/{model}"


def add_answers(document: dict[str, Any]) -> dict[str, Any]:
    """Return an OpenAPI document with the answers of the collections."""
    answers, definitions = schemas()
    known = document["components"].setdefault("schemas", {})
    for name, schema in definitions.items():
        # One name, one meaning: a test holds the two sides to it.
        known.setdefault(name, schema)
    for path, schema in answers.items():
        document["paths"][path]["get"]["responses"]["200"]["content"][JSON] = {"schema": schema}
    return document


@cache
def schemas() -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the schema of each path's answer, and those that they refer to by name."""
    wanted = {path: model for collection in COLLECTIONS for path, model in answers_of(collection).items()}
    found, rest = models_json_schema([(model, "serialization") for model in set(wanted.values())], ref_template=REF)
    return {path: found[model, "serialization"] for path, model in wanted.items()}, rest["$defs"]


def answers_of(collection: Collection) -> dict[str, type[BaseModel]]:
    """Return the models of a collection's answers, by path."""
    return {
        collection.path: Listing[collection.summary],  # type: ignore[name-defined]
        f"{collection.path}/{{slug}}": Item[collection.item],  # type: ignore[name-defined]
    }

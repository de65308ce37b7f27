"""Things in the cells of a comparison of sites: each is written once, for all comparisons that show it."""

from __future__ import annotations

from functools import lru_cache

from markupsafe import Markup

from hct_kg.web.pages import Place, environment
from hct_kg.web.records import Answer, Record, of_comparison


def thing_of(thing: Answer, aspect: str, path: str) -> Markup:
    """Return a thing of a cell of `/v1/compare` under an aspect, for a page at a path."""
    return written(of_comparison(thing), aspect, path)


# What this remembers hangs on nothing but what it is given: no version of the dataset can see another's.
@lru_cache(maxsize=8192)
def written(record: Record, aspect: str, path: str) -> Markup:
    """Return a record as a cell holds it."""
    thing = environment().get_template("compared.html").module.thing  # type: ignore[attr-defined]
    return Markup(thing(record, aspect, Place("", path)))  # noqa: S704

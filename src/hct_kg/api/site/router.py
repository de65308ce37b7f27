"""The routes of all pages."""

from __future__ import annotations

from fastapi import APIRouter

from hct_kg.api.site import (
    about,
    accessibility,
    compare,
    data,
    discrepancies,
    evidence,
    home,
    interface,
    loops,
    query,
    search,
    system_map,
    theory_of_change,
)
from hct_kg.api.site.pages import add

PAGES = (
    home.PAGE,
    about.PAGE,
    accessibility.PAGE,
    data.PAGE,
    theory_of_change.PAGE,
    system_map.PAGE,
    loops.PAGE,
    discrepancies.PAGE,
    evidence.PAGE,
    compare.PAGE,
    search.PAGE,
    query.PAGE,
    interface.PAGE,
)


def router() -> APIRouter:
    """Return the routes."""
    routes = APIRouter(tags=["pages"])
    for page in PAGES:
        add(routes, page)
    return routes

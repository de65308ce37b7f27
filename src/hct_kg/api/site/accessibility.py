"""`/accessibility`: the statement, in the form that UK public bodies use."""

from __future__ import annotations

from typing import Any

from hct_kg import __version__
from hct_kg.api.site.asking import Asker
from hct_kg.api.site.pages import Given, Page


async def show(_: Asker, __: Given) -> dict[str, Any]:
    """Return the version that the statement is of; all else is in its template."""
    return {
        "version": __version__,
        "summary": "How far these pages meet WCAG 2.2 AA, what was tested and what was not.",
    }


PAGE = Page("/accessibility", "Accessibility statement", "accessibility.html", show)

"""Which route a path belongs to, by its template: what a log line and a metric name instead of the path.

Not read from what the router leaves in the scope: answers from memory never reach it, and HEAD has a scope of
its own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from fastapi.routing import iter_route_contexts
from starlette.routing import BaseRoute, Mount

UNMATCHED = "unmatched"
REMEMBERED = 4096
LONGEST_REMEMBERED = 500


class RouteTable:
    """The templates of an application's routes, such as /v1/sites/{slug}."""

    def __init__(self, routes: Sequence[BaseRoute]) -> None:
        self._exact: dict[str, str] = {}
        self._patterns: list[tuple[re.Pattern[str], str]] = []
        for route in iter_route_contexts(routes):
            template = str(route.path)
            if "{" in template or isinstance(route.original_route, Mount):
                self._patterns.append((route.path_regex, template))
            else:
                self._exact[template] = template
        self._match = lru_cache(REMEMBERED)(self._search)

    def template(self, path: str) -> str:
        """Return the template of the route of a path, or `unmatched`."""
        # A client chooses paths: long ones are not kept, or they would fill the memory.
        return self._exact.get(path) or (self._match if len(path) <= LONGEST_REMEMBERED else self._search)(path)

    def _search(self, path: str) -> str:
        """Try the patterns in turn."""
        return next((template for pattern, template in self._patterns if pattern.match(path)), UNMATCHED)

"""How every page is written: its template, its place among the others, the headers that guard it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined

HERE = Path(__file__).parent
HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
"""What a page may load: our stylesheet, nothing else."""
MEDIA_TYPES = {".css": "text/css"}
SAFE = "/:@!$&'()*+,;=~._-#"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page stands: what our IRIs begin with, the path at which it was asked for, its other formats.

    `stem` is the path without a suffix; a format is its suffix, its media type and its name.
    """

    base: str
    path: str
    stem: str = ""
    formats: Sequence[tuple[str, str, str]] = ()

    @property
    def root(self) -> str:
        """Return the way from the page to the top of the service, for links that hold on any host."""
        return "../" * (self.path.count("/") - 1) or "./"

    def other(self, suffix: str) -> str:
        """Return the link to this page in another format."""
        return f"{self.root}{quote(self.stem.lstrip('/'), safe=SAFE)}.{suffix}"

    def href(self, iri: str) -> str | None:
        """Return the link for an IRI: ours to its document here, others as they are if they are of the web."""
        if not iri.startswith(self.base):
            return iri if iri.startswith(("https://", "http://")) else None
        path = iri.removeprefix(self.base)
        if path.startswith("graph/"):
            path = f"doc/{path}"
        elif path.startswith("id/"):
            path = f"doc/{path.removeprefix('id/')}"
        return self.root + quote(path, safe=SAFE)


@cache
def environment() -> Environment:
    """Return the templates; whatever is put into them is escaped, and a name that they lack is an error."""
    return Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def render(template: str, place: Place, **values: Any) -> str:
    """Return a page."""
    return environment().get_template(template).render(place=place, root=place.root, **values)


def static_files() -> dict[str, tuple[bytes, str]]:
    """Return what pages load, by name: its bytes and its media type."""
    return {path.name: (path.read_bytes(), MEDIA_TYPES[path.suffix]) for path in sorted((HERE / "static").iterdir())}

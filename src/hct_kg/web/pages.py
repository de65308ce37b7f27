"""How every page is written: its template, its place among the others, the headers that guard it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import quote, urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from hct_kg.drawing.style import page_style

HERE = Path(__file__).parent
HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
"""What a page may load: files of ours, nothing else and nothing inline."""
MEDIA_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".txt": "text/plain"}
DIGITS = 12
SAFE = "/:@!$&'()*+,;=~._-#"
SAFE_IN_QUERY = "/:@!$'()*,;~._-"


SECTIONS = (
    ("theory-of-change", "Theory of change"),
    ("map", "System map"),
    ("evidence", "Evidence"),
    ("discrepancies", "Disagreements"),
    ("compare", "Compare sites"),
    ("query", "Ask the data"),
)
"""The main navigation: path and name."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page stands: what our IRIs begin with, the path at which it was asked for, its other formats.

    `stem` is the path without a suffix; a format is its suffix, its media type and its name.
    """

    base: str
    path: str
    stem: str = ""
    formats: Sequence[tuple[str, str, str]] = ()
    query: str = ""
    """The query string that the page was asked for with."""
    call: str = ""
    """The call of the curated endpoints whose answer the page shows."""
    version: str = ""
    """The version of the dataset that the page is made from."""

    @property
    def root(self) -> str:
        """Return the way from the page to the top of the service, for links that hold on any host."""
        return "../" * (self.path.count("/") - 1) or "./"

    def other(self, suffix: str) -> str:
        """Return the link to this page in another format."""
        query = f"?{self.query}" if self.query else ""
        return f"{self.root}{quote(self.stem.lstrip('/'), safe=SAFE)}.{suffix}{query}"

    def link(self, path: str, **parameters: str) -> str:
        """Return the link to a page of ours, with parameters; those that are empty are left out."""
        query = urlencode({name: value for name, value in parameters.items() if value}, safe=SAFE_IN_QUERY)
        return f"{self.root}{quote(path.lstrip('/'), safe=SAFE)}{'?' if query else ''}{query}"

    def file(self, name: str) -> str:
        """Return the link to what pages load; it holds the file's digest, so that it can be kept for good."""
        return f"{self.root}static/{name}?v={static_files()[name].digest}"

    def thing(self, identifier: str) -> str:
        """Return the link to the page of a thing, from its identifier such as site/coventry."""
        return f"{self.root}doc/{quote(identifier, safe=SAFE)}"

    @property
    def sections(self) -> Sequence[tuple[str, str]]:
        """Return the main navigation."""
        return SECTIONS

    @property
    def section(self) -> str:
        """Return the first part of the path: what the navigation marks."""
        return self.path.split("/")[1].split(".")[0]

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


@dataclass(frozen=True, slots=True)
class StaticFile:
    """What pages load: its bytes, its media type, and the beginning of its digest."""

    body: bytes
    media_type: str
    digest: str

    @classmethod
    def of(cls, body: bytes, suffix: str) -> StaticFile:
        """Return a file with its digest."""
        return cls(body, MEDIA_TYPES[suffix], sha256(body).hexdigest()[:DIGITS])


@cache
def environment() -> Environment:
    """Return the templates; whatever is put into them is escaped, and a name that they lack is an error."""
    return Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        # A look at every file for each page would cost more than some pages do, and nobody edits them under a server.
        auto_reload=False,
    )


def render(template: str, place: Place, **values: Any) -> str:
    """Return a page."""
    return environment().get_template(template).render(place=place, root=place.root, **values)


@cache
def static_files() -> Mapping[str, StaticFile]:
    """Return what pages load, by name: that is the path below `static/`, and the style that drawings come with."""
    folder = HERE / "static"
    paths = (path for path in folder.rglob("*") if path.suffix in MEDIA_TYPES)
    files = {path.relative_to(folder).as_posix(): StaticFile.of(path.read_bytes(), path.suffix) for path in paths}
    files["diagram.css"] = StaticFile.of(page_style().encode(), ".css")
    return MappingProxyType(dict(sorted(files.items())))

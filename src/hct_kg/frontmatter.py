"""The declaration at the top of a .rq file: comment lines `#+ …` that hold TOML."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hct_kg.errors import CatalogueError
from hct_kg.files import read_text

MARK = "#+"
TOML_LINE = re.compile(r"at line (\d+)")


@dataclass(frozen=True, slots=True)
class DeclaredQuery:
    """A .rq file: where it is, what it declares of itself, and its whole text."""

    path: Path
    declaration: dict[str, Any]
    text: str

    @property
    def name(self) -> str:
        """The file's name without its suffix: also its URL and operation id."""
        return self.path.stem


def read(path: Path) -> DeclaredQuery:
    """Read a .rq file and its front matter.

    Raises CatalogueError with file and line where the front matter is missing or not TOML.
    """
    text = read_text(path)
    lines = text.splitlines()
    declared = [line[len(MARK) :].removeprefix(" ") if line.startswith(MARK) else "" for line in lines]
    if not any(declared):
        raise CatalogueError(f'no front matter: begin with lines `{MARK} title = "…"`', path, 1)
    try:
        return DeclaredQuery(path, tomllib.loads("\n".join(declared)), text)
    except tomllib.TOMLDecodeError as error:
        match = TOML_LINE.search(str(error))
        raise CatalogueError(f"front matter: {error}", path, int(match[1]) if match else 1) from None


def read_folder(folder: Path) -> tuple[DeclaredQuery, ...]:
    """Read every .rq file of a folder, by name; raises CatalogueError where there is none."""
    paths = sorted(folder.glob("*.rq"))
    if not paths:
        raise CatalogueError("holds no .rq file", folder)
    return tuple(read(path) for path in paths)


def placeholder(variable: str) -> str:
    """Return the line fragment at which `variable` is bound: valid SPARQL that binds nothing as it stands."""
    return f"VALUES ?{variable} {{ UNDEF }}"


def bind(text: str, variable: str, term: str) -> str:
    """Return the query with a term (in N-Triples form) at the variable's placeholder."""
    return text.replace(placeholder(variable), f"VALUES ?{variable} {{ {term} }}")

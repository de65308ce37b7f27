"""The tree is the diagram: a module imports only from lower levels."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "src" / "hct_kg"

LEVELS = [
    {"errors", "terms"},
    {"settings", "files", "durable", "apart", "drawing"},
    {"state"},
    {"store", "documents", "keys"},
    {"shapes"},
    {"frontmatter", "sources", "turtle", "copyguard", "links", "passages", "searching", "shacl", "keyring", "audit"},
    {"preparing", "projection", "reachability", "gaps", "parameters", "schemes", "comparison", "matrix"},
    {"components"},
    {"derivation", "catalogue", "tracing", "loops", "leverage", "disputes", "coverage", "statistics"},
    {"executables"},
    {"dataset", "building", "validation", "outcome", "examining", "web", "explaining"},
    {"reproducing", "batches"},
    {"loading"},
    {"api", "cli"},
]
# The zygote holds the dataset, so that the one process that is forked from has loaded it itself.
ALLOWED = {("store", "dataset"), ("cli", "api")}


def level(name: str) -> int:
    return next(number for number, names in enumerate(LEVELS) if name in names)


def part(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    names += [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    whole = {
        f"hct_kg.{alias.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "hct_kg"
        for alias in node.names
    }
    found = {name.split(".")[1] for name in {*names, *whole} if name.startswith("hct_kg.")}
    return {name for name in found if not name.startswith("_")}


MODULES = sorted(path for path in PACKAGE.rglob("*.py") if part(path) not in ("__init__", "__main__", "bundled"))


def test_there_are_modules_to_look_at() -> None:
    assert len(MODULES) > 20


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_module_imports_only_from_lower_levels(path: Path) -> None:
    own = part(path)
    upward = {name for name in imported(path) if name != own and level(name) >= level(own)}
    assert not {name for name in upward if (own, name) not in ALLOWED}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_only_the_store_imports_the_engine(path: Path) -> None:
    assert part(path) == "store" or "pyoxigraph" not in path.read_text(encoding="utf-8")

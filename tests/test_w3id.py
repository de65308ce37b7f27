"""The redirects of w3id.org: every IRI of ours comes to the same path of the host that serves it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from hct_kg.api.problems import KINDS
from hct_kg.dataset import Dataset
from hct_kg.store import NamedNode
from hct_kg.terms import BASE

RULES = Path(__file__).parents[1] / "deploy" / "w3id" / ".htaccess"
HOST = "https://hct-kg.example.org/"
RULE = re.compile(r"RewriteRule (\S+) (\S+) \[R=(\d+),L,NE\]")


def redirect(path: str) -> tuple[int, str] | None:
    """Do as Apache's mod_rewrite does in a folder: the first pattern that is found decides."""
    for pattern, target, status in RULE.findall(RULES.read_text(encoding="utf-8")):
        if found := re.search(pattern, path):
            return int(status), found.expand(target.replace("$", "\\"))
    return None


def test_each_line_that_rewrites_is_one_that_this_test_reads() -> None:
    text = RULES.read_text(encoding="utf-8")
    assert len(RULE.findall(text)) == len(re.findall(r"^RewriteRule", text, re.MULTILINE)) > 3


@pytest.mark.parametrize(
    ("path", "status", "target"),
    [
        ("id/site/coventry", 303, "id/site/coventry"),
        ("id/tree/p%C3%A4r", 303, "id/tree/p%C3%A4r"),
        ("graph/derived/signed-edges/hct-system-map", 303, "graph/derived/signed-edges/hct-system-map"),
        ("ns", 302, "ns"),
        ("ns.ttl", 302, "ns.ttl"),
        ("ns/", 302, "ns"),
        ("ns/0.2.0", 303, "ns/0.2.0"),
        ("shapes", 302, "shapes"),
        ("dataset.jsonld", 302, "dataset.jsonld"),
        (".well-known/void", 302, ".well-known/void"),
        ("context.jsonld", 302, "context.jsonld"),
        ("problem/query-timeout", 302, "problem/query-timeout"),
        ("", 302, "dataset"),
    ],
)
def test_an_iri_is_sent_to_the_service(path: str, status: int, target: str) -> None:
    assert redirect(path) == (status, HOST + target)


@pytest.mark.parametrize(
    "path", ["sparql", "v1/sites", "nsx", "contextxjsonld", "id/", "problem/../id", "https://elsewhere.example/"]
)
def test_what_is_no_iri_of_ours_is_left_alone(path: str) -> None:
    assert redirect(path) is None


def test_every_iri_of_the_story_and_every_problem_comes_to_the_same_path_of_the_host(story: Dataset) -> None:
    nodes = {node for quad in story.store.quads() for node in (*quad.triple, quad.graph_name)}
    iris = {node.value for node in nodes if isinstance(node, NamedNode) and node.value.startswith(BASE)}
    paths = {iri.removeprefix(BASE).partition("#")[0] for iri in iris} | {
        f"problem/{kind.slug}" for kind in KINDS.values()
    }
    assert len(paths) > 700
    assert [path for path in sorted(paths) if (redirect(path) or (0, ""))[1] != HOST + path] == []

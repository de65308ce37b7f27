"""The Turtle is the same graph to every tool that reads it: pyoxigraph, rdflib, Raptor, N3.js."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
import rdflib
from pyoxigraph import RdfFormat, parse

from hct_kg.sources import discover
from hct_kg.store import parse_turtle
from hct_kg.store.embedded import read_file

ROOT = Path(__file__).parents[1]
FILES = [source.path for source in discover(ROOT / "data")]
N3 = """
const {Parser, Writer} = require(process.env.N3_MODULE || "n3");
const quads = new Parser({format: "text/turtle"}).parse(require("fs").readFileSync(process.argv[1], "utf8"));
const writer = new Writer({format: "N-Triples"});
writer.addQuads(quads);
writer.end((error, text) => { if (error) throw error; process.stdout.write(text); });
"""


def tool(name: str) -> str:
    path = shutil.which(name)
    if path is None and "CI" not in os.environ:
        pytest.skip(f"{name} is not installed")
    assert path, f"CI installs {name}"
    return path


def lines(text: str | bytes) -> set[str]:
    """Triples in one spelling; there are no blank nodes, so equal sets are equal graphs."""
    return {str(triple) for triple in parse_turtle(text)}


def test_there_are_files_to_compare() -> None:
    assert len(FILES) > 5


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_rdflib_reads_the_same_graph(path: Path) -> None:
    text = rdflib.Graph().parse(path).serialize(format="nt")
    assert lines(text) == {str(quad.triple) for quad in read_file(path, "urn:graph")}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_raptor_reads_the_same_graph(path: Path) -> None:
    command = [tool("rapper"), "-q", "-i", "turtle", "-o", "ntriples", str(path)]
    text = subprocess.run(command, check=True, capture_output=True).stdout
    assert lines(text) == lines(path.read_bytes())


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_n3_js_reads_the_same_graph(path: Path) -> None:
    if "N3_MODULE" not in os.environ and "CI" not in os.environ:
        pytest.skip("set N3_MODULE to the folder of the npm package n3")
    assert "N3_MODULE" in os.environ, "CI sets N3_MODULE to the folder of the npm package n3"
    text = subprocess.run([tool("node"), "-e", N3, str(path)], check=True, capture_output=True).stdout
    assert lines(text) == lines(path.read_bytes())


# rdflib 7.6 uses a class of its own that it has deprecated.
@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")
@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_json_ld_compacted_with_our_context_is_the_same_graph(path: Path) -> None:
    """Written by rdflib and read by another, which would not repeat its mistakes; a second or two a file."""
    context = json.loads((ROOT / "ontology" / "context.jsonld").read_text(encoding="utf-8"))["@context"]
    document = json.loads(rdflib.Graph().parse(path).serialize(format="json-ld", context=context, auto_compact=False))
    things = document.get("@graph", [document])
    assert all("id" in thing and "@id" not in thing for thing in things), "our names are used"
    read = {str(quad.triple) for quad in parse(json.dumps(document), RdfFormat.JSON_LD)}
    assert read == {str(quad.triple) for quad in read_file(path, "urn:graph")}

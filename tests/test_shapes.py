"""Each shape has good and bad examples; the bad ones say which constraint must fail, and on what node."""

from __future__ import annotations

from pathlib import Path

import pytest

from hct_kg.shacl import ENGINES, ShapeViolation, validate
from hct_kg.sources import ontology_sources, read_all
from hct_kg.store import EmbeddedStore, Quad, read_file
from hct_kg.terms import BASE, GRAPH

ROOT = Path(__file__).parents[1]
SHAPES = ROOT / "ontology" / "shapes.ttl"
EXAMPLES = ROOT / "tests" / "shapes"
GOOD = sorted(EXAMPLES.glob("*/ok-*.ttl"))
BAD = sorted(EXAMPLES.glob("*/bad-*.ttl"))

NODE_SHAPES = """
PREFIX sh: <http://www.w3.org/ns/shacl#>
SELECT ?shape WHERE { ?shape a sh:NodeShape FILTER EXISTS { ?shape ?target ?what
  VALUES ?target { sh:targetClass sh:targetSubjectsOf sh:targetObjectsOf sh:targetNode } } }"""


def name(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


@pytest.fixture(scope="module")
def ontology() -> list[Quad]:
    return read_all(ontology_sources(ROOT / "ontology"))


def expected(path: Path) -> tuple[str, str, str]:
    """The first line of a bad example: `# expect: SHAPE COMPONENT FOCUS`."""
    first = path.read_text(encoding="utf-8").splitlines()[0]
    assert first.startswith("# expect: "), f"{path} says what must fail"
    shape, component, focus = first.removeprefix("# expect: ").split()
    return shape, component, focus


def results(ontology: list[Quad], path: Path, engine: str) -> list[ShapeViolation]:
    return validate([*ontology, *read_file(path, GRAPH + "example")], SHAPES, engine)


def found(violation: ShapeViolation) -> tuple[str, str, str]:
    shape = violation.shape.replace("#", "/").rsplit("/", 1)[-1]
    component = violation.component.rsplit("#", 1)[-1]
    return shape, component, violation.focus.removeprefix(BASE)


@pytest.mark.parametrize("path", GOOD, ids=name)
def test_a_good_example_conforms(ontology: list[Quad], path: Path) -> None:
    assert results(ontology, path, "pyrudof") == []


@pytest.mark.parametrize("path", BAD, ids=name)
def test_a_bad_example_breaks_the_constraint_that_it_names_and_no_other(ontology: list[Quad], path: Path) -> None:
    violations = results(ontology, path, "pyrudof")
    assert {found(violation) for violation in violations} == {expected(path)}
    assert all(len(violation.message) > 20 for violation in violations)


@pytest.mark.parametrize("examples", [GOOD, BAD], ids=["good", "bad"])
def test_both_engines_give_the_same_results_as_sets(ontology: list[Quad], examples: list[Path]) -> None:
    """All examples as one graph: what is wrong with it is the same to both."""
    quads = [*ontology, *(quad for path in examples for quad in read_file(path, GRAPH + "examples"))]
    rudof, pyshacl = ({result.key for result in validate(quads, SHAPES, engine)} for engine in ENGINES)
    assert rudof == pyshacl
    assert examples is GOOD or len(rudof) > 100


def test_every_shape_with_a_target_has_a_good_and_a_bad_example() -> None:
    graph = EmbeddedStore(read_file(SHAPES, GRAPH + "shapes"))
    shapes = {row["shape"].value.replace("#", "/").rsplit("/", 1)[-1] for row in graph.select(NODE_SHAPES)}
    assert len(shapes) > 20
    assert {path.parent.name for path in GOOD} == shapes
    assert {path.parent.name for path in BAD} == shapes

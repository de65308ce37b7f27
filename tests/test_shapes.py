"""Each shape has good and bad examples; the bad ones say which constraint must fail, and on what node."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from hct_kg.shacl import ENGINES, ShapeViolation, Validating, read_report, report_turtle, validate
from hct_kg.shapes import give_targets_to_properties, leave_out_messages, leave_out_names
from hct_kg.sources import ontology_sources, read_all
from hct_kg.store import BlankNode, EmbeddedStore, NamedNode, Quad, Triple, parse_turtle, read_file
from hct_kg.terms import BASE, GRAPH, SH

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


def test_shapes_rewritten_for_speed_find_what_the_written_ones_find(
    ontology: list[Quad], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With and without the examples that have blank nodes: without, shapes that ask for IRIs are left out."""
    examples = [[*read_file(path, GRAPH + "examples")] for path in (*GOOD, *BAD)]
    named = [quads for quads in examples if not any(isinstance(quad.subject, BlankNode) for quad in quads)]
    assert 100 < len(named) < len(examples)
    both = [[*ontology, *(quad for quads in chosen for quad in quads)] for chosen in (examples, named)]
    rewritten = [validate(quads, SHAPES) for quads in both]
    monkeypatch.setattr("hct_kg.shacl.give_targets_to_properties", list)
    monkeypatch.setattr("hct_kg.shacl.leave_out_names", list)
    monkeypatch.setattr("hct_kg.shacl.leave_out_messages", list)
    assert [validate(quads, SHAPES) for quads in both] == rewritten
    assert all(len(violations) > 100 for violations in rewritten)


def test_a_shape_that_asks_for_names_is_left_out_only_where_that_is_all_it_asks() -> None:
    only_names = parse_turtle(NAMES)
    left = {triple.subject.value for triple in leave_out_names(only_names) if isinstance(triple.subject, NamedNode)}
    assert {triple.subject.value for triple in only_names if isinstance(triple.subject, NamedNode)} - left == {
        "https://e.org/only-names"
    }
    written = [quad.triple for quad in read_file(SHAPES, GRAPH + "shapes")]
    gone = {str(triple.subject) for triple in {*written} - {*leave_out_names(written)}}
    assert gone == {"<https://w3id.org/hct-kg/shapes#NodeIsNamed>"}


def test_data_handed_over_in_parts_is_validated_as_one(ontology: list[Quad]) -> None:
    """What a part refers to stands in another one; nothing is found before all is there."""
    quads = [*ontology, *(quad for path in BAD for quad in read_file(path, GRAPH + "examples"))]
    with Validating(SHAPES) as validation:
        for start in range(0, len(quads), 997):
            validation.add(quads[start : start + 997])
        validation.add([])
        validation.begin()
        assert validation.results() == validate(quads, SHAPES)


def test_a_validation_that_nobody_waits_for_gives_up(ontology: list[Quad], monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []

    def engine(data: Iterable[str], shapes: Path) -> str:
        read.extend(data)
        raise AssertionError("not all is there")

    monkeypatch.setitem(ENGINES, "listening", engine)
    with Validating(SHAPES, "listening") as validation:
        validation.add(ontology)
    assert len(read) == 1
    assert validation.results() == []


def test_only_messages_that_a_result_leads_to_are_left_out() -> None:
    written = [quad.triple for quad in read_file(SHAPES, GRAPH + "shapes")]
    gone = {*written} - {*leave_out_messages(written)}
    constraints = {triple.object for triple in written if triple.predicate.value == SH + "sparql"}
    assert len(gone) > 100
    assert {triple.predicate.value for triple in gone} == {SH + "message"}
    assert all(isinstance(triple.subject, NamedNode) and triple.subject not in constraints for triple in gone)


def test_every_property_shape_of_a_node_shape_with_a_target_is_checked_on_its_own() -> None:
    written = [quad.triple for quad in read_file(SHAPES, GRAPH + "shapes")]
    rewritten = give_targets_to_properties(written)
    has = NamedNode(SH + "property")
    targets = {triple.subject for triple in written if triple.predicate.value.startswith(SH + "target")}
    assert len([triple for triple in written if triple.subject in targets and triple.predicate == has]) > 300
    assert [triple for triple in rewritten if triple.subject in targets and triple.predicate == has] == []


NAMES = """
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix e: <https://e.org/> .
e:only-names a sh:NodeShape ; sh:nodeKind sh:IRI ; sh:targetClass e:Thing .
e:of-values a sh:PropertyShape ; sh:path e:p ; sh:nodeKind sh:IRI ; sh:targetClass e:Thing .
e:of-objects a sh:NodeShape ; sh:nodeKind sh:IRI ; sh:targetClass e:Thing ; sh:targetObjectsOf e:p .
e:asks-more a sh:NodeShape ; sh:nodeKind sh:IRI ; sh:minLength 9 ; sh:targetClass e:Thing .
e:asks-otherwise a sh:NodeShape ; sh:nodeKind sh:BlankNode ; sh:targetClass e:Thing .
e:referred-to a sh:NodeShape ; sh:nodeKind sh:IRI ; sh:targetClass e:Thing .
e:refers a sh:NodeShape ; sh:targetClass e:Thing ; sh:node e:referred-to ."""

ODD_SHAPES = """
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix e: <https://e.org/> .
e:switched-off a sh:NodeShape ; sh:deactivated true ; sh:targetClass e:Thing ; sh:property e:path-p .
e:referred-to a sh:NodeShape ; sh:targetClass e:Thing ; sh:property e:path-p .
e:refers a sh:NodeShape ; sh:not e:referred-to .
e:Kind a sh:NodeShape , owl:Class ; sh:targetClass e:Thing ; sh:property e:path-p .
e:without-target a sh:NodeShape ; sh:property e:path-p .
e:chosen-by-query a sh:NodeShape ; sh:targetClass e:Thing ; sh:target e:query ; sh:property e:path-p .
e:path-p sh:path e:p ; sh:minCount 1 ."""


def test_a_shape_that_means_more_than_its_targets_and_parts_is_left_as_it_is() -> None:
    shapes = parse_turtle(ODD_SHAPES)
    assert give_targets_to_properties(shapes) == shapes


def test_a_closed_shape_still_allows_the_paths_of_the_parts_that_it_gave_away(tmp_path: Path) -> None:
    shapes = tmp_path / "shapes.ttl"
    shapes.write_text(
        """@prefix sh: <http://www.w3.org/ns/shacl#> .
        @prefix e: <https://e.org/> .
        e:closed a sh:NodeShape ; sh:closed true ; sh:targetSubjectsOf e:p ; sh:property e:one-p .
        e:one-p sh:path e:p ; sh:maxCount 1 .""",
        encoding="utf-8",
    )
    data = parse_turtle("<https://e.org/a> <https://e.org/p> 1 , 2 ; <https://e.org/q> _:b . _:b <https://e.org/p> 3 .")
    quads = [Quad(triple.subject, triple.predicate, triple.object) for triple in data]
    expected = [("one-p", "p", ""), ("closed", "q", "_:")]
    for engine in ENGINES:
        results = validate(quads, shapes, engine)
        assert {(r.shape[14:], r.path[14:], r.value) for r in results} == set(expected), engine
        assert {r.focus for r in results} == {"https://e.org/a"}


def said(report: list[Triple], name: str) -> set[str]:
    return {str(triple.object) for triple in report if triple.predicate.value == SH + name}


def test_a_report_says_in_turtle_what_the_violations_say(ontology: list[Quad]) -> None:
    quads = [*ontology, *(quad for path in BAD for quad in read_file(path, GRAPH + "examples"))]
    violations = validate(quads, SHAPES)
    report = parse_turtle(report_turtle(violations))
    assert sorted(read_report(report, {})) == violations
    assert said(report, "conforms") == {'"false"^^<http://www.w3.org/2001/XMLSchema#boolean>'}
    assert any(value.endswith("@cy") or "^^" in value for value in said(report, "value")), "literals keep their kind"


def test_the_report_of_no_violations_conforms() -> None:
    report = parse_turtle(report_turtle([]))
    assert len(report) == 2
    assert said(report, "conforms") == {'"true"^^<http://www.w3.org/2001/XMLSchema#boolean>'}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("shapes", ["", "@prefix sh: <http://www.w3.org/ns/shacl#> .\n"])
def test_without_shapes_or_without_data_nothing_is_out_of_shape(tmp_path: Path, shapes: str, engine: str) -> None:
    path = tmp_path / "shapes.ttl"
    path.write_text(shapes, encoding="utf-8")
    quad = Quad(NamedNode("urn:a"), NamedNode("urn:b"), NamedNode("urn:c"))
    assert validate([quad], path, engine) == []
    assert validate([], ROOT / "ontology" / "shapes.ttl", engine) == []

"""The only door to SHACL: two engines, one report."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from queue import SimpleQueue

from hct_kg.shapes import give_targets_to_properties, leave_out_messages, leave_out_names
from hct_kg.store import (
    BlankNode,
    EmbeddedStore,
    Literal,
    NamedNode,
    Quad,
    Term,
    Triple,
    in_graph,
    parse_turtle,
    read_file,
    serialize_ntriples,
    serialize_turtle,
)
from hct_kg.terms import NAMESPACES, SH, TYPE, XSD

REPORT = "urn:hct-kg:report"
BLANK = "_:"

# Only results of the report itself: sh:detail holds those of the parts of a failed sh:or.
RESULTS_QUERY = f"""
PREFIX sh: <{SH}>
SELECT ?focus ?path ?value ?component ?shape ?severity ?message WHERE {{
  ?report a sh:ValidationReport ; sh:result ?result .
  ?result sh:focusNode ?focus ; sh:sourceConstraintComponent ?component .
  OPTIONAL {{ ?result sh:resultPath ?path }}
  OPTIONAL {{ ?result sh:value ?value }}
  OPTIONAL {{ ?result sh:sourceShape ?shape }}
  OPTIONAL {{ ?result sh:resultSeverity ?severity }}
  OPTIONAL {{ ?result sh:resultMessage ?message }}
}} ORDER BY ?message"""

MESSAGES_QUERY = f"""
PREFIX sh: <{SH}>
SELECT ?shape (SAMPLE(?text) AS ?message) WHERE {{ ?shape sh:message ?text FILTER(isIRI(?shape)) }} GROUP BY ?shape"""


@dataclass(frozen=True, slots=True, order=True)
class ShapeViolation:
    """One SHACL result: what (focus, path, value), where it is written (shape), how to mend it (message)."""

    focus: str
    path: str
    value: str
    component: str
    shape: str
    severity: str
    message: str
    terms: Mapping[str, Term] = field(default_factory=dict, compare=False, repr=False)
    """Focus, path, value and shape as RDF terms, as far as known: `value` alone does not tell text from an IRI."""

    @property
    def key(self) -> tuple[str, str, str, str]:
        """Return what two engines must agree on."""
        return self.focus, self.path, self.value, self.component


def validate_with_pyrudof(data: Iterable[str], shapes: Path) -> str:
    """Validate N-Triples, read part by part, against a shapes file with rudof; returns the report as Turtle."""
    import pyrudof

    engine = pyrudof.Rudof(pyrudof.RudofConfig())
    quick = leave_out_messages(give_targets_to_properties(quad.triple for quad in read_file(shapes, REPORT)))
    named = True
    for number, part in enumerate(data):
        named = named and not has_blank_subject(part)
        engine.read_data(part, pyrudof.RDFFormat.NTriples, merge=number > 0)
    engine.read_shacl(serialize_turtle(leave_out_names(quick) if named else quick, {}), pyrudof.ShaclFormat.Turtle)
    engine.validate_shacl()
    return str(engine.serialize_shacl_validation_results(pyrudof.ResultShaclValidationFormat.Turtle))


def has_blank_subject(data: str) -> bool:
    """Tell whether a line of N-Triples is about a blank node."""
    return data.startswith(BLANK) or f"\n{BLANK}" in data


def validate_with_pyshacl(data: Iterable[str], shapes: Path) -> str:
    """Validate N-Triples against a shapes file with pySHACL; returns the report as N-Triples."""
    import pyshacl
    import rdflib

    _, report, _ = pyshacl.validate(
        rdflib.Graph().parse(data="".join(data), format="nt"),
        shacl_graph=rdflib.Graph().parse(shapes, format="turtle"),
        do_owl_imports=False,
        inference="none",
    )
    return str(report.serialize(format="nt"))


ENGINES: dict[str, Callable[[Iterable[str], Path], str]] = {
    "pyrudof": validate_with_pyrudof,
    "pyshacl": validate_with_pyshacl,
}
"""Name to engine; the first is the fast one, and the default."""


class Validating:
    """A validation of the union of all graphs whose data is read while more of it is being made.

    The engine has a thread of its own, and works outside the interpreter's lock; on leaving, it has ended.
    """

    def __init__(self, shapes: Path, engine: str = "pyrudof") -> None:
        """Get ready; raises RdfSyntaxError or DataError where the shapes file cannot be used."""
        self._messages = read_messages(shapes)
        self._vain = not read_file(shapes, REPORT)  # nothing can be out of shape
        self._parts: SimpleQueue[str | None] = SimpleQueue()
        self._given_up = False
        self._thread = ThreadPoolExecutor(max_workers=1)
        self._report = self._thread.submit(self._run, ENGINES[engine], shapes)

    def __enter__(self) -> Validating:
        """Return the validation."""
        return self

    def __exit__(self, *_: object) -> None:
        """Wait for the engine, which gives up where it was not told that all is there."""
        self._given_up = True
        self._parts.put(None)
        self._thread.shutdown()

    def add(self, quads: Iterable[Quad]) -> None:
        """Hand over what was read.

        In its own order, for engines read what stands together sooner than a shuffled set. A triple of two
        graphs comes twice, which costs them less than a set of all triples would cost us.
        """
        lines = serialize_ntriples(quad.triple for quad in quads)
        if lines:  # rudof refuses an empty text
            self._parts.put(lines)

    def begin(self) -> None:
        """Say that all is there, so that the engine need not wait until the results are wanted."""
        self._parts.put(None)

    def results(self) -> list[ShapeViolation]:
        """Return what is out of shape in all that was handed over, sorted; empty if the data conforms."""
        self.begin()
        return sorted(read_report(parse_turtle(self._report.result()), self._messages))

    def _run(self, engine: Callable[[Iterable[str], Path], str], shapes: Path) -> str:
        parts = self._arriving()
        first = next(parts, None)
        if first is None or self._vain:
            return ""
        try:
            return engine(chain([first], parts), shapes)
        except GivenUp:
            return ""

    def _arriving(self) -> Iterator[str]:
        yield from iter(self._parts.get, None)
        if self._given_up:
            raise GivenUp


class GivenUp(Exception):
    """Nobody wants the results any more."""


def validate(quads: Iterable[Quad], shapes: Path, engine: str = "pyrudof") -> list[ShapeViolation]:
    """Validate the union of all graphs against a shapes file; sorted; empty if it conforms.

    Raises RdfSyntaxError or DataError where the shapes file cannot be used.
    """
    with Validating(shapes, engine) as validation:
        validation.add(quads)
        validation.begin()
        return validation.results()


def read_messages(shapes: Path) -> dict[str, str]:
    """Return the message of each named shape: one engine puts it into some results only, one is not given it."""
    store = EmbeddedStore(read_file(shapes, REPORT))
    return {row["shape"].value: row["message"].value for row in store.select(MESSAGES_QUERY)}


def read_report(report: Iterable[Triple], messages: Mapping[str, str]) -> Iterable[ShapeViolation]:
    """Read a validation report graph; equal results are one.

    Source: https://www.w3.org/TR/shacl/#validation-report
    """
    graph = NamedNode(REPORT)
    rows = EmbeddedStore(in_graph(triple, graph) for triple in report).select(RESULTS_QUERY)
    found: dict[tuple[str, ...], ShapeViolation] = {}
    for row in rows:
        focus, path, value, component, shape, severity = (
            text(row.get(name)) for name in ("focus", "path", "value", "component", "shape", "severity")
        )
        message = messages.get(shape) or text(row.get("message"))
        terms: dict[str, Term] = {name: row[name] for name in ("focus", "path", "value", "shape") if name in row}
        result = ShapeViolation(focus, path, value, component, shape, severity, message, terms)
        found.setdefault((*result.key, shape), result)
    return found.values()


def text(term: Term | None) -> str:
    """Return a term's text; every blank node is called the same, for its name means nothing."""
    if term is None:
        return ""
    return BLANK if term.kind == "bnode" else term.value


def report_turtle(violations: Iterable[ShapeViolation]) -> str:
    """Return a whole validation report as Turtle, in the order given."""
    return serialize_turtle(report_triples(violations), NAMESPACES)


def report_triples(violations: Iterable[ShapeViolation]) -> list[Triple]:
    """Return a whole validation report, in the order given; it conforms if there is no violation.

    Source: https://www.w3.org/TR/shacl/#validation-report
    """
    report = BlankNode("report")
    results: list[Triple] = []
    for number, violation in enumerate(violations, 1):
        result = BlankNode(f"result{number}")
        results.append(Triple(report, NamedNode(SH + "result"), result))
        results.extend(result_triples(result, violation))
    conforms = Literal("false" if results else "true", datatype=NamedNode(XSD + "boolean"))
    head = [
        Triple(report, NamedNode(TYPE), NamedNode(SH + "ValidationReport")),
        Triple(report, NamedNode(SH + "conforms"), conforms),
    ]
    return [*head, *results]


def result_triples(result: BlankNode, violation: ShapeViolation) -> Iterable[Triple]:
    """Yield what a report says of one result; only what is known."""
    yield Triple(result, NamedNode(TYPE), NamedNode(SH + "ValidationResult"))
    said = {
        "focusNode": node_of(violation, "focus"),
        "resultPath": node_of(violation, "path"),
        "value": node_of(violation, "value"),
        "sourceConstraintComponent": NamedNode(violation.component),
        "sourceShape": node_of(violation, "shape"),
        "resultSeverity": NamedNode(violation.severity) if violation.severity else None,
        "resultMessage": Literal(violation.message, language="en") if violation.message else None,
    }
    for name, node in said.items():
        if node is not None:
            yield Triple(result, NamedNode(SH + name), node)


def node_of(violation: ShapeViolation, name: str) -> NamedNode | BlankNode | Literal | None:
    """Return the focus, path, value or shape of a violation as a node; a value of unknown kind is taken for text."""
    content: str = getattr(violation, name)
    term = violation.terms.get(name)
    if term is None:
        term = Term("literal" if name == "value" else "uri", content) if content else None
    if term is None:
        return None
    if term.kind == "bnode" or content == BLANK:
        return BlankNode()
    if term.kind == "uri":
        return NamedNode(term.value)
    if term.language:
        return Literal(term.value, language=term.language)
    return Literal(term.value, datatype=NamedNode(term.datatype) if term.datatype else None)

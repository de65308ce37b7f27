"""The only door to SHACL: two engines, one report."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from hct_kg.store import (
    EmbeddedStore,
    NamedNode,
    Quad,
    Term,
    Triple,
    in_graph,
    parse_turtle,
    read_file,
    serialize_ntriples,
)
from hct_kg.terms import SH

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

    @property
    def key(self) -> tuple[str, str, str, str]:
        """Return what two engines must agree on."""
        return self.focus, self.path, self.value, self.component


def validate_with_pyrudof(data: str, shapes: Path) -> str:
    """Validate N-Triples against a shapes file with rudof; returns the report as Turtle."""
    import pyrudof

    engine = pyrudof.Rudof(pyrudof.RudofConfig())
    engine.read_shacl(shapes, pyrudof.ShaclFormat.Turtle)
    engine.read_data(data, pyrudof.RDFFormat.NTriples)
    engine.validate_shacl()
    return str(engine.serialize_shacl_validation_results(pyrudof.ResultShaclValidationFormat.Turtle))


def validate_with_pyshacl(data: str, shapes: Path) -> str:
    """Validate N-Triples against a shapes file with pySHACL; returns the report as N-Triples."""
    import pyshacl
    import rdflib

    _, report, _ = pyshacl.validate(
        rdflib.Graph().parse(data=data, format="nt"),
        shacl_graph=rdflib.Graph().parse(shapes, format="turtle"),
        do_owl_imports=False,
        inference="none",
    )
    return str(report.serialize(format="nt"))


ENGINES: dict[str, Callable[[str, Path], str]] = {
    "pyrudof": validate_with_pyrudof,
    "pyshacl": validate_with_pyshacl,
}
"""Name to engine; the first is the fast one, and the default."""


def validate(quads: Iterable[Quad], shapes: Path, engine: str = "pyrudof") -> list[ShapeViolation]:
    """Validate the union of all graphs against a shapes file; sorted; empty if it conforms.

    Raises RdfSyntaxError or DataError where the shapes file cannot be used.
    """
    messages = read_messages(shapes)
    lines = serialize_ntriples({quad.triple for quad in quads})
    return sorted(read_report(parse_turtle(ENGINES[engine](lines, shapes)), messages))


def read_messages(shapes: Path) -> dict[str, str]:
    """Return the message of each named shape: engines differ in which results they put it into."""
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
        result = ShapeViolation(focus, path, value, component, shape, severity, message)
        found.setdefault((*result.key, shape), result)
    return found.values()


def text(term: Term | None) -> str:
    """Return a term's text; every blank node is called the same, for its name means nothing."""
    if term is None:
        return ""
    return BLANK if term.kind == "bnode" else term.value

"""The only door to SHACL: two engines, one report."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from hct_kg.errors import DataError
from hct_kg.store import EmbeddedStore, NamedNode, Quad, Triple, in_graph, parse_turtle, serialize_ntriples
from hct_kg.terms import SH

REPORT = "urn:hct-kg:report"

RESULTS_QUERY = f"""
PREFIX sh: <{SH}>
SELECT ?focus ?path ?value ?component ?shape ?severity ?message WHERE {{
  ?result a sh:ValidationResult ; sh:focusNode ?focus ; sh:sourceConstraintComponent ?component .
  OPTIONAL {{ ?result sh:resultPath ?path }}
  OPTIONAL {{ ?result sh:value ?value }}
  OPTIONAL {{ ?result sh:sourceShape ?shape }}
  OPTIONAL {{ ?result sh:resultSeverity ?severity }}
  OPTIONAL {{ ?result sh:resultMessage ?message }}
}} ORDER BY ?focus ?path ?component ?value ?message"""


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
    parse_turtle(read_shapes(shapes), shapes)
    lines = serialize_ntriples({quad.triple for quad in quads})
    report = parse_turtle(ENGINES[engine](lines, shapes))
    return sorted(read_report(report))


def read_shapes(shapes: Path) -> bytes:
    """Read the shapes file; raises DataError where that is not possible."""
    try:
        return shapes.read_bytes()
    except OSError as error:
        raise DataError(f"cannot be read: {error.strerror}", shapes) from None


def read_report(report: Iterable[Triple]) -> set[ShapeViolation]:
    """Read a validation report graph; equal results are one.

    Source: https://www.w3.org/TR/shacl/#validation-report
    """
    graph = NamedNode(REPORT)
    rows = EmbeddedStore(in_graph(triple, graph) for triple in report).select(RESULTS_QUERY)
    names = ("focus", "path", "value", "component", "shape", "severity", "message")
    return {ShapeViolation(*(row[name].value if name in row else "" for name in names)) for row in rows}

"""What a reasoner makes of the ontology and the data: nothing inconsistent, and no type that the shapes forbid."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
import rdflib

from hct_kg.dataset import Dataset
from hct_kg.sources import ontology_sources, read_all
from hct_kg.store import EmbeddedStore, Quad, serialize_ntriples
from hct_kg.terms import DERIVED, HCT, NAMESPACES, TYPE

PREFIXES = "".join(f"PREFIX {prefix}: <{namespace}>\n" for prefix, namespace in NAMESPACES.items())


@pytest.fixture(scope="module")
def ontology(root: Path) -> list[Quad]:
    return read_all(ontology_sources(root / "ontology"))


def test_the_ontology_is_consistent_and_every_class_satisfiable(ontology: list[Quad], tmp_path: Path) -> None:
    """HermiT, as it comes with owlready2, over ontology, schemes and alignments."""
    java = shutil.which("java")
    if java is None and "CI" not in os.environ:
        pytest.skip("no Java: HermiT cannot run")
    assert java, "CI has Java"
    import owlready2

    path = tmp_path / "ontology.rdf"
    triples = serialize_ntriples({quad.triple for quad in ontology})
    rdflib.Graph().parse(data=triples, format="nt").serialize(path, format="xml")
    jars = Path(owlready2.__file__).parent / "hermit"
    command = [java, "-cp", f"{jars}{os.pathsep}{jars / 'HermiT.jar'}", "org.semanticweb.HermiT.cli.CommandLine"]
    done = subprocess.run([*command, "-U", "-I", path.as_uri()], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    unsatisfiable = [line.strip() for line in done.stdout.splitlines() if line.startswith("\t") and HCT in line]
    assert unsatisfiable == [], done.stdout


def test_closure_under_owl_rl_adds_no_type_of_ours_that_is_not_asserted_or_derived_by_rule(real: Dataset) -> None:
    import reasonable

    def types(graph: str) -> set[tuple[str, str]]:
        rows = real.store.select(f'SELECT ?s ?c {{ {graph} FILTER(STRSTARTS(STR(?c), "{HCT}")) }}')
        return {(row["s"].value, row["c"].value) for row in rows}

    asserted = rdflib.Graph()
    triples = {quad.triple for quad in real.store.quads() if not str(quad.graph_name).startswith(f"<{DERIVED}")}
    asserted.parse(data=serialize_ntriples(triples), format="nt")
    reasoner = reasonable.PyReasoner()
    reasoner.from_graph(asserted)
    closed = {(str(s), str(o)) for s, p, o in reasoner.reason() if str(p) == TYPE and str(o).startswith(HCT)}
    assert closed - types("?s a ?c") == set()


def test_the_rules_give_what_owl_rl_gives(real: Dataset) -> None:
    """Partners by rule are those that the OWL definition of hct:Partner has."""
    store: EmbeddedStore = real.store
    rule = store.select(f"{PREFIXES} SELECT DISTINCT ?o {{ ?o a hct:Partner }}")
    definition = store.select(
        f"{PREFIXES} SELECT DISTINCT ?o {{ ?o a hct:Organisation . ?m a org:Membership ; org:member ?o ;"
        " org:organization ?s . ?s a hct:Site }"
    )
    assert {row["o"] for row in rule} == {row["o"] for row in definition}

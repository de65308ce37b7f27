"""A change of a copy of the dataset: what it makes, what it must not touch, and that nothing goes out."""

from __future__ import annotations

from pathlib import Path

import pytest

from hct_kg.errors import (
    EvaluationError,
    FederationDisabled,
    MalformedRequest,
    ProtectedGraph,
    QuerySyntaxError,
    UnknownResource,
)
from hct_kg.store import EmbeddedStore, Literal, NamedNode, Quad, read_snapshot
from hct_kg.store.changing import Protected, change
from hct_kg.store.formats import FORMATS, GRAPH_FORMATS
from hct_kg.store.values import Change, GraphChange, Payload, QueryAnswer, Update
from hct_kg.terms import DERIVED, GRAPH

EX = "https://example.org/"
ONTOLOGY, RULE = GRAPH + "ontology", DERIVED + "/rule"
PROTECTED = Protected(frozenset({ONTOLOGY}))
TURTLE, JSON_LD, RDF_XML = FORMATS["turtle"], FORMATS["jsonld"], FORMATS["rdfxml"]


def quad(name: str, graph: str | None) -> Quad:
    """Return a quad whose object is a name."""
    place = [] if graph is None else [NamedNode(graph)]
    return Quad(NamedNode(EX + "s"), NamedNode(EX + "p"), Literal(name), *place)


def store() -> EmbeddedStore:
    """Return a store with a graph of each kind."""
    return EmbeddedStore(
        [quad("term", ONTOLOGY), quad("fruit", EX + "fruit"), quad("tree", EX + "tree"), quad("derived", RULE)]
    )


def made(request: Change) -> QueryAnswer:
    """Make a change of that store."""
    return change(store(), request, PROTECTED)


def outcome(request: Change, folder: Path) -> set[tuple[str, str]]:
    """Return (object, graph) of each quad that can be changed, after a change; and ("", graph) of each empty graph."""
    path = folder / "snapshot.nq"
    path.write_bytes(made(request).body)
    quads, empty = read_snapshot(path)
    found = {(item.object.value, getattr(item.graph_name, "value", "")) for item in quads}  # type: ignore[union-attr]
    return {(value, graph.removeprefix(EX)) for value, graph in found | {("", name) for name in empty}}


BEFORE = {("fruit", "fruit"), ("tree", "tree")}
INSERT = f"INSERT DATA {{ GRAPH <{EX}fruit> {{ <{EX}s> <{EX}p> 'plum' }} }}"
PLUM = Payload(f"<{EX}s> <{EX}p> 'plum' .".encode(), TURTLE)


@pytest.mark.parametrize(
    ("request_", "after"),
    [
        (Update(INSERT), {*BEFORE, ("plum", "fruit")}),
        (Update(f"INSERT DATA {{ <{EX}s> <{EX}p> 'plum' }}"), {*BEFORE, ("plum", "")}),
        (Update(f"DROP GRAPH <{EX}fruit>"), {("tree", "tree")}),
        (Update(f"CLEAR GRAPH <{EX}fruit>"), {("tree", "tree"), ("", "fruit")}),
        (Update(f"CREATE GRAPH <{EX}new>"), {*BEFORE, ("", "new")}),
        (Update(f"{INSERT} ; DROP GRAPH <{EX}tree>"), {("fruit", "fruit"), ("plum", "fruit")}),
        (Update("DROP ALL"), set()),
        (Update("CLEAR ALL"), {("", "fruit"), ("", "tree")}),
        (Update(f"DROP ALL ; {INSERT}"), {("plum", "fruit")}),
        (Update("DELETE { GRAPH ?g { ?s ?p 'derived' } } WHERE { GRAPH ?g { ?s ?p 'derived' } }"), BEFORE),
        (
            Update(f"INSERT {{ GRAPH <{EX}n> {{ ?s ?p ?o }} }} WHERE {{ ?s ?p ?o }}", (EX + "fruit",)),
            {*BEFORE, ("fruit", "n")},
        ),
        (
            Update(
                f"INSERT {{ GRAPH <{EX}n> {{ ?s ?p ?o }} }} WHERE {{ GRAPH ?g {{ ?s ?p ?o }} }}", (), (EX + "tree",)
            ),
            {*BEFORE, ("tree", "n")},
        ),
        (GraphChange("replace", EX + "fruit", (PLUM,)), {("plum", "fruit"), ("tree", "tree")}),
        (GraphChange("merge", EX + "fruit", (PLUM,)), {*BEFORE, ("plum", "fruit")}),
        (
            GraphChange("merge", EX + "fruit", (PLUM, Payload(b"<urn:a> <urn:b> 'pear' .", TURTLE))),
            {*BEFORE, ("plum", "fruit"), ("pear", "fruit")},
        ),
        (GraphChange("replace", EX + "new", ()), {*BEFORE, ("", "new")}),
        (GraphChange("replace", None, (PLUM,)), {*BEFORE, ("plum", "")}),
        (GraphChange("drop", EX + "fruit"), {("tree", "tree")}),
        (GraphChange("drop", None), BEFORE),
    ],
)
def test_the_outcome_is_what_was_asked_for(request_: Change, after: set[tuple[str, str]], tmp_path: Path) -> None:
    assert outcome(request_, tmp_path) == after


def test_whether_the_graph_was_there_is_told() -> None:
    assert made(GraphChange("replace", EX + "fruit", (PLUM,))).existed
    assert not made(GraphChange("replace", EX + "new", (PLUM,))).existed
    assert made(GraphChange("merge", None, (PLUM,))).existed


@pytest.mark.parametrize(
    ("request_", "error"),
    [
        (Update(f"INSERT DATA {{ GRAPH <{ONTOLOGY}> {{ <{EX}s> <{EX}p> 1 }} }}"), ProtectedGraph),
        (
            Update(f"DROP GRAPH <{ONTOLOGY}> ; INSERT DATA {{ GRAPH <{ONTOLOGY}> {{ <{EX}s> <{EX}p> 1 }} }}"),
            ProtectedGraph,
        ),
        (Update(f"INSERT DATA {{ GRAPH <{RULE}> {{ <{EX}s> <{EX}p> 1 }} }}"), ProtectedGraph),
        (Update(f"INSERT DATA {{ GRAPH <{DERIVED}/new> {{ <{EX}s> <{EX}p> 1 }} }}"), ProtectedGraph),
        (GraphChange("replace", ONTOLOGY, (PLUM,)), ProtectedGraph),
        (GraphChange("merge", RULE, (PLUM,)), ProtectedGraph),
        (GraphChange("drop", EX + "unknown"), UnknownResource),
        (Update("INSERT DATA { <a b> <c> <d> }"), QuerySyntaxError),
        (Update("SELECT * { ?s ?p ?o }"), QuerySyntaxError),
        (Update(f"CREATE GRAPH <{EX}fruit>"), EvaluationError),
        (Update("LOAD <http://127.0.0.1:9/a.ttl>"), FederationDisabled),
        (Update("load silent <http://127.0.0.1:9/a.ttl> into graph <urn:g>"), FederationDisabled),
        (Update("INSERT { ?s ?p ?o } WHERE { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }"), FederationDisabled),
        (GraphChange("replace", EX + "n", (Payload(b"<a", TURTLE),)), MalformedRequest),
        (
            GraphChange("replace", EX + "n", (Payload(b'{"@context": "http://127.0.0.1:9/c", "a": 1}', JSON_LD),)),
            MalformedRequest,
        ),
        (
            GraphChange(
                "replace", EX + "n", (Payload(b'{"@id": "urn:g", "@graph": [{"@id": "urn:a", "urn:p": 1}]}', JSON_LD),)
            ),
            MalformedRequest,
        ),
        (
            GraphChange("replace", EX + "n", (Payload(b"<urn:s> <urn:p> 'a' <urn:g> .", FORMATS["nquads"]),)),
            MalformedRequest,
        ),
    ],
)
def test_what_must_not_be_is_refused(request_: Change, error: type[Exception]) -> None:
    with pytest.raises(error):
        made(request_)


def test_clearing_all_clears_the_data_and_leaves_the_ontology(tmp_path: Path) -> None:
    body = made(Update("DROP ALL")).body
    assert body == b""


@pytest.mark.parametrize("form", GRAPH_FORMATS, ids=lambda form: form.name)
def test_an_empty_body_of_any_format_but_those_that_need_one_makes_an_empty_graph(form: object, tmp_path: Path) -> None:
    body = {"rdfxml": b'<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>', "jsonld": b"[]"}
    name = form.name  # type: ignore[attr-defined]
    request = GraphChange("replace", EX + "new", (Payload(body.get(name, b""), FORMATS[name]),))
    assert outcome(request, tmp_path) == {*BEFORE, ("", "new")}


def test_blank_nodes_of_a_body_are_new_ones(tmp_path: Path) -> None:
    payload = Payload(b"_:a <urn:p> 'x' .", TURTLE)
    body = made(GraphChange("merge", EX + "new", (payload, payload))).body
    assert body.count(b"<urn:p>") == 2


def test_relative_iris_are_those_of_the_graph(tmp_path: Path) -> None:
    body = made(GraphChange("replace", EX + "new", (Payload(b"<> <#p> <other> .", TURTLE),))).body
    assert f"<{EX}new> <{EX}new#p> <{EX}other> <{EX}new> .".encode() in body


def test_a_snapshot_is_the_same_whatever_the_order_of_what_it_holds() -> None:
    quads = [quad(str(number), EX + "fruit") for number in range(50)]
    first, second = EmbeddedStore(quads), EmbeddedStore(reversed(quads))
    nothing = Update("CLEAR SILENT GRAPH <urn:none>")
    assert change(first, nothing, PROTECTED).body == change(second, nothing, PROTECTED).body

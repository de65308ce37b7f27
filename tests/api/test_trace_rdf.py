"""Chains as RDF say what the JSON says, with links and passages as the dataset has them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
import rdflib
from rdflib.namespace import RDFS

from hct_kg.settings import Settings
from hct_kg.terms import HCT, ID, OA, PROV
from serving import Server, running

# rdflib 7.6 uses a class of its own that it has deprecated.
pytestmark = pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")

PATH = "/v1/trace?from=factor/grant-funding&limit=7"
NS = {"hct": HCT, "prov": PROV, "oa": OA}
STEPS = """
SELECT ?chain ?position ?cause ?effect ?link WHERE {
  ?answer a prov:Collection ; prov:hadMember ?chain .
  ?chain a hct:Chain ; hct:chainStep ?step .
  ?step a hct:ChainStep ; hct:position ?position ; hct:stepLink ?link .
  ?link hct:cause ?cause ; hct:effect ?effect
}"""


@pytest.fixture(scope="module")
def published() -> Iterator[Server]:
    with ExitStack() as stack:
        yield running(Settings(), stack)


def found(graph: rdflib.Graph, query: str) -> list[tuple[str, ...]]:
    return [tuple(map(str, row)) for row in graph.query(query, initNs=NS)]  # type: ignore[arg-type]


def ask(server: Server, accept: str, path: str = PATH) -> httpx.Response:
    response = server.client.get(path, headers={"Accept": accept})
    assert response.status_code == 200, response.text
    return response


@pytest.fixture(scope="module")
def chains(published: Server) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = ask(published, "application/json").json()["data"]["chains"]
    assert len(found) == 7
    return found


@pytest.fixture(scope="module")
def graph(published: Server) -> rdflib.Graph:
    response = ask(published, "text/turtle")
    assert response.headers["content-type"] == "text/turtle; charset=utf-8"
    return rdflib.Graph().parse(data=response.text, format="turtle")


def test_each_step_of_each_chain_names_every_link_that_says_so(
    chains: list[dict[str, Any]], graph: rdflib.Graph
) -> None:
    told = {
        (f"chain-{number}", place, step["cause"]["iri"], step["effect"]["iri"], ID + claim["id"])
        for number, chain in enumerate(chains, 1)
        for place, step in enumerate(chain["steps"], 1)
        for claim in step["claims"]
    }
    rows = found(graph, STEPS)
    assert {(row[0].rpartition("#")[2], int(row[1]), *row[2:]) for row in rows} == told


def test_a_chain_has_its_sign_its_weakest_mark_its_warnings_and_a_label(
    chains: list[dict[str, Any]], graph: rdflib.Graph
) -> None:
    for number, chain in enumerate(chains, 1):
        name = next(node for node in graph.subjects() if str(node).endswith(f"#chain-{number}"))

        def said(prop: str, name: Any = name) -> list[str]:
            return sorted(str(value) for value in graph.objects(name, rdflib.URIRef(HCT + prop)))

        assert said("overallPolarity") == [f"{ID}polarity/{chain['sign']}"]
        assert said("weakestModality") == [ID + chain["weakest_modality"]]
        assert said("warning") == sorted(chain["warnings"])
        steps = chain["steps"]
        path = [steps[0]["cause"]["label"], *(step["effect"]["label"] for step in steps)]
        assert str(graph.value(name, RDFS.label)) == " → ".join(path)


def test_the_answer_says_that_it_is_not_all_and_nobody_claims_a_chain(published: Server, graph: rdflib.Graph) -> None:
    complete = list(graph.subject_objects(rdflib.URIRef(HCT + "complete")))
    assert [bool(value.toPython()) for _, value in complete] == [False]  # type: ignore[attr-defined]
    answer = complete[0][0]
    assert "claimed by nobody" in str(graph.value(answer, RDFS.comment))
    path = str(answer).removeprefix(str(published.client.base_url).rstrip("/"))
    assert path.startswith("/v1/results/")
    assert published.client.get(path).text == ask(published, "text/turtle").text


def test_every_passage_behind_a_link_is_there_with_its_offsets(
    chains: list[dict[str, Any]], graph: rdflib.Graph
) -> None:
    told = {
        (ID + passage["id"], passage["start"], passage["end"])
        for chain in chains
        for step in chain["steps"]
        for claim in step["claims"]
        for passage in claim["passages"]
    }
    rows = found(graph, "SELECT ?p ?start ?end { ?p a hct:Passage ; oa:hasSelector [ oa:start ?start ; oa:end ?end ] }")
    assert {(row[0], int(row[1]), int(row[2])) for row in rows} == told


def test_json_ld_is_the_same_graph_and_turtle_the_same_bytes_again(
    published: Server, root: Path, graph: rdflib.Graph
) -> None:
    document = ask(published, "application/ld+json").json()
    context = json.loads((root / "ontology" / "context.jsonld").read_text(encoding="utf-8"))
    held = rdflib.Graph().parse(data=json.dumps(document | context), format="json-ld")

    def of_the_dataset(graph: rdflib.Graph) -> set[tuple[str, ...]]:
        """Leave out what is about the answer: each format has a permalink of its own."""
        lines = {tuple(term.n3() for term in triple) for triple in graph}
        return {line for line in lines if "/v1/results/" not in line[0]}

    assert len(of_the_dataset(graph)) > 50
    assert of_the_dataset(held) == of_the_dataset(graph)
    assert len(held) == len(graph)
    assert ask(published, "text/turtle").text == ask(published, "text/turtle").text


def test_a_trace_that_finds_nothing_is_an_empty_collection(published: Server) -> None:
    text = ask(published, "text/turtle", f"{PATH}&min_passages=100").text
    graph = rdflib.Graph().parse(data=text, format="turtle")
    assert list(graph.objects(None, rdflib.URIRef(PROV + "hadMember"))) == []
    assert len(graph) == 3

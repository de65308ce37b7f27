"""The protocol's dataset of an update is written where the grammar has it, and nowhere else."""

from __future__ import annotations

import pytest

from hct_kg.errors import MalformedRequest
from hct_kg.store.datasets import with_dataset
from hct_kg.store.values import Update

CLAUSES = "USING <urn:g> USING NAMED <urn:h> "


def written(text: str) -> str:
    """Return an update's text with a graph of each kind written into it."""
    return with_dataset(Update(text, ("urn:g",), ("urn:h",)))


@pytest.mark.parametrize(
    "text",
    [
        "INSERT { ?s ?p ?o } |WHERE { ?s ?p ?o }",
        "delete { ?s ?p ?o } insert { ?s ?p 1 } |where { ?s ?p ?o }",
        "INSERT { ?s ?p ?o } |WHERE { SELECT ?s WHERE { ?s ?p ?o } }",
        "INSERT { ?s ?p 'where' } |WHERE { ?s <urn:where> \"x WHERE y\" . ?where ?p '''WHERE''' }",
        "# INSERT {} WHERE {}\nINSERT { ?s ?p ?o } |WHERE { ?s ?p ?o } # where\n",
        "INSERT { ?s ?p ?o } |WHERE { ?s ?p ?o } ;\n DELETE { ?s ?p ?o } |WHERE { ?s ?p ?o }",
        "PREFIX where: <urn:where/> INSERT { ?s ?p where:where } |WHERE { ?s ?p where:where } ; CLEAR ALL",
        "INSERT { ?s ?p ?o }\r|WHERE { ?s ?p ?o }\r",
        "INSERT DATA { <urn:a> <urn:where> <urn:b> }",
    ],
)
def test_the_graphs_go_in_front_of_the_where_of_each_modify(text: str) -> None:
    assert written(text.replace("|", "")) == text.replace("|", CLAUSES)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("INSERT { ?s ?p ?o } USING <urn:k> WHERE { ?s ?p ?o }", "USING"),
        ("INSERT { ?s ?p ?o } USING NAMED <urn:k> WHERE { ?s ?p ?o }", "USING"),
        ("WITH <urn:k> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }", "WITH"),
        ("DELETE WHERE { ?s ?p ?o }", "DELETE WHERE"),
        ("INSERT { ?s ?p ?o } WHERE { ?s ?p ?o } ; DELETE\nWHERE { ?s ?p ?o }", "DELETE WHERE"),
    ],
)
def test_an_update_with_a_dataset_of_its_own_or_no_place_for_one_is_refused(text: str, message: str) -> None:
    with pytest.raises(MalformedRequest, match=message):
        written(text)


def test_words_that_only_look_like_a_dataset_do_no_harm() -> None:
    text = "INSERT { ?using <urn:with> 'USING <urn:x>' } WHERE { ?using ?with ?o } # WITH <urn:k>"
    assert written(text) == text.replace("WHERE {", CLAUSES + "WHERE {")


def test_what_is_no_iri_is_refused() -> None:
    with pytest.raises(MalformedRequest, match="no IRI"):
        with_dataset(Update("INSERT { ?s ?p ?o } WHERE { ?s ?p ?o }", ("urn:g> WHERE {} #",)))


@pytest.mark.parametrize("text", ["INSERT { ?s ?p ?o WHERE { ?s ?p ?o }", "", "SELECT * { ?s ?p ?o }"])
def test_a_text_with_a_mistake_stays_as_it_is_so_that_its_place_is_named(text: str) -> None:
    assert written(text) == text

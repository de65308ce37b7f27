"""What a change makes can be read back and written in every format; what cannot is refused in words, not lost."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from hct_kg.errors import MalformedRequest, NotAcceptable
from hct_kg.store import EmbeddedStore, parse_turtle, read_snapshot
from hct_kg.store.changing import DEEPEST, Protected, change
from hct_kg.store.embedded import NamedNode, in_graph
from hct_kg.store.evaluation import answer
from hct_kg.store.formats import FORMATS
from hct_kg.store.pool import Pools
from hct_kg.store.received import LONGEST_TERM
from hct_kg.store.values import Change, GraphChange, GraphRequest, Limits, Payload, Update
from serving import invented

G = "urn:g"
NOTHING = Protected(frozenset())
LIMITS = Limits(1, 1, 10, 1)
RDF = '<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="urn:">{}</r:RDF>'
THING = RDF.format('<r:Description r:about="urn:s"><e:p>{}</e:p></r:Description>')
STATEMENT = "<urn:s> <urn:p> <<( <urn:a> <urn:b> <urn:c> )>> ."


def put(form: str, text: str) -> GraphChange:
    """Return the replacing of a graph."""
    return GraphChange("replace", G, (Payload(text.encode(), FORMATS[form]),))


def nested(depth: int) -> str:
    """Return a statement whose object is triple terms in triple terms."""
    return "<urn:s> <urn:p> " + "<<( <urn:s> <urn:p> " * depth + "1" + " )>>" * depth + " ."


TOO_LONG = "x" * (LONGEST_TERM + 1)


@pytest.mark.parametrize(
    "request_",
    [
        put("turtle", f'<urn:s> <urn:p> "{TOO_LONG}" .'),
        put("ntriples", f'<urn:s> <urn:p> "{TOO_LONG}" .'),
        put("jsonld", f'{{"@id": "urn:s", "urn:p": "{TOO_LONG}"}}'),
        put("rdfxml", THING.format(TOO_LONG)),
        put("turtle", '<urn:s> <urn:p> "{}" .'.format("\x01" * (LONGEST_TERM // 6 + 1))),
        Update(f"INSERT DATA {{ <urn:s> <urn:p> '{TOO_LONG}' }}"),
    ],
    ids=["turtle", "ntriples", "jsonld", "rdfxml", "longer when written", "update"],
)
def test_a_term_that_could_not_be_read_back_is_refused(request_: Change) -> None:
    with pytest.raises(MalformedRequest, match="16 MiB"):
        change(EmbeddedStore(), request_, NOTHING)


def test_a_long_term_that_can_be_read_back_is_taken(tmp_path: Path) -> None:
    body = change(EmbeddedStore(), put("rdfxml", THING.format("x" * (LONGEST_TERM - 100))), NOTHING).body
    (tmp_path / "snapshot.nq").write_bytes(body)
    assert len(read_snapshot(tmp_path / "snapshot.nq")[0]) == 1


def test_triple_terms_may_be_nested_up_to_a_depth() -> None:
    assert change(EmbeddedStore(), put("turtle", nested(DEEPEST)), NOTHING).body
    with pytest.raises(MalformedRequest, match=f"more than {DEEPEST} deep"):
        change(EmbeddedStore(), put("turtle", nested(DEEPEST + 1)), NOTHING)


def test_what_only_looks_like_a_triple_term_counts_for_nothing() -> None:
    text = "<<(" * (DEEPEST + 1)
    assert change(EmbeddedStore(), put("turtle", f'<urn:s> <urn:p> "\\"{text}" .'), NOTHING).body


def test_a_graph_that_a_format_cannot_write_is_not_acceptable_in_it() -> None:
    store = EmbeddedStore(in_graph(triple, NamedNode(G)) for triple in parse_turtle(STATEMENT))
    with pytest.raises(NotAcceptable, match="JSON-LD") as caught:
        answer(store, GraphRequest(G, FORMATS["jsonld"]), LIMITS)
    assert "text/turtle" in caught.value.offered
    assert answer(store, GraphRequest(G, FORMATS["turtle"]), LIMITS).rows == 1


def test_data_that_a_format_cannot_write_is_served_all_the_same(tmp_path: Path) -> None:
    settings = invented(tmp_path)
    (settings.data / "a.ttl").write_text(STATEMENT, encoding="utf-8")

    async def ask() -> int:
        pools = await Pools.start(settings)
        try:
            return len(await pools.public.select("SELECT ?o { <urn:s> <urn:p> ?o }"))
        finally:
            await pools.close()

    assert asyncio.run(ask()) == 1

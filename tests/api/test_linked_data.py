"""Every IRI of ours leads to a document that speaks of it, in each format, with nothing left out."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import httpx
import pytest
import rdflib

from hct_kg.api.problems import INTERNAL, INVALID_PARAMETER, KINDS, METHOD_NOT_ALLOWED, NOT_FOUND, URI_TOO_LONG
from hct_kg.api.representations import ALL, HTML, Representation, split
from hct_kg.dataset import Dataset
from hct_kg.settings import Settings
from hct_kg.store import EmbeddedStore, NamedNode, Triple, in_graph, parse_turtle
from hct_kg.terms import BASE, GRAPH, HCT, ID, SKOS
from serving import problem, running

ROOT = Path(__file__).parents[2]
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"
RDFLIB = {"ttl": "turtle", "jsonld": "json-ld", "nt": "nt", "rdf": "xml"}
LINK = "/doc/link/plan-coaching-to-room-to-act"
SAMPLE = 3


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    """The service over the story."""
    with ExitStack() as stack:
        yield running(Settings(data=ROOT / "tests" / "story"), stack).client


@pytest.fixture(scope="module")
def real_client() -> Iterator[httpx.Client]:
    """The service over the published data."""
    with ExitStack() as stack:
        yield running(Settings(), stack).client


def iris(dataset: Dataset) -> set[str]:
    """Return every IRI of ours: subjects, predicates, objects and graphs."""
    nodes = {node for quad in dataset.store.quads() for node in (*quad.triple, quad.graph_name)}
    return {node.value for node in nodes if isinstance(node, NamedNode) and node.value.startswith(BASE)}


def undescribed(client: httpx.Client, iris: set[str]) -> list[str]:
    """Return the IRIs that do not lead, sent to this service, to triples that speak of them."""
    paths: dict[str, list[str]] = defaultdict(list)
    for iri in sorted(iris):
        paths["/" + iri.removeprefix(BASE).partition("#")[0]].append(iri)
    return [iri for path, named in paths.items() for iri in named if f"<{iri}>" not in triples_at(client, path)]


@cache
def triples_at(client: httpx.Client, path: str) -> str:
    """Return the N-Triples that a path leads to; things and graphs lead there by 303."""
    response = client.get(path, headers={"Accept": "application/n-triples"})
    if path.startswith(("/id/", "/graph/")):
        assert response.status_code == 303, path
    if response.status_code == 303:
        response = client.get(response.headers["location"], headers={"Accept": "application/n-triples"})
    return response.text if response.status_code == 200 else ""


def graph(response: httpx.Response, suffix: str, context: Any) -> rdflib.Graph:
    """Parse a document with rdflib; JSON-LD with the context put in, for nothing may be fetched."""
    assert response.status_code == 200, response.text
    if suffix != "jsonld":
        return rdflib.Graph().parse(data=response.content, format=RDFLIB[suffix])
    document = response.json()
    assert document["@context"] == str(response.request.url.copy_with(path="/context.jsonld"))
    return rdflib.Graph().parse(data=json.dumps({**document, **context}), format="json-ld")


def test_every_iri_of_the_story_leads_to_a_document_that_speaks_of_it(client: httpx.Client, story: Dataset) -> None:
    found = iris(story)
    assert len(found) > 900
    assert undescribed(client, found) == []


def test_iris_of_each_type_in_the_published_data_lead_to_their_documents(
    real_client: httpx.Client, real: Dataset
) -> None:
    kinds: dict[str, list[str]] = defaultdict(list)
    for iri in sorted(iris(real)):
        kinds["/".join(iri.removeprefix(BASE).split("/")[:2]) if iri.startswith(ID) else "other"].append(iri)
    sample = {iri for kind, found in kinds.items() for iri in (found if kind == "other" else found[:SAMPLE])}
    assert len(kinds) > 50
    assert undescribed(real_client, sample) == []


def test_a_term_has_a_place_on_the_page_of_the_terms(client: httpx.Client, story: Dataset) -> None:
    page = client.get("/ns", headers={"Accept": BROWSER}).text
    anchors = set(re.findall(r'<section id="([^"]+)">', page))
    terms = {iri.removeprefix(HCT) for iri in iris(story) if iri.startswith(HCT)}
    assert len(terms) > 100
    assert terms <= anchors


def test_a_document_has_all_that_is_said_of_a_thing_and_what_it_names_is_called(
    client: httpx.Client, story: Dataset
) -> None:
    iri = NamedNode(ID + "link/plan-coaching-to-room-to-act")
    said = {quad.triple for quad in story.store.quads() if iri in (quad.subject, quad.object)}
    (row,) = story.store.select(
        f"SELECT ?p ?s {{ {iri} <{HCT}supportedBy> ?p . ?p <http://www.w3.org/ns/oa#hasSelector> ?s }}"
    )
    owned = {
        quad.triple
        for quad in story.store.quads()
        if str(quad.subject) in {f"<{row[name].value}>" for name in ("p", "s")}
    }
    cause = next(triple.object for triple in said if triple.predicate == NamedNode(HCT + "cause"))
    called = {
        quad.triple
        for quad in story.store.quads()
        if (quad.subject, quad.predicate.value) == (cause, SKOS + "prefLabel")
    }

    found = set(parse_turtle(client.get(f"{LINK}.nt").content))

    assert len(said) > 10
    assert owned
    assert called
    assert said | called <= found
    assert {triple for triple in owned if triple.predicate.value != HCT + "supports"} <= found
    assert found <= {quad.triple for quad in story.store.quads()}


# rdflib 7.6 uses a class of its own that it has deprecated.
@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")
@pytest.mark.parametrize("path", [LINK, "/doc/site/alder", "/doc/graph/derived/partner", "/ns", "/schemes", "/shapes"])
def test_all_rdf_formats_hold_the_same_graph(client: httpx.Client, path: str) -> None:
    context = client.get("/context.jsonld").json()
    graphs = {suffix: graph(client.get(f"{path}.{suffix}"), suffix, context) for suffix in RDFLIB}
    assert len(graphs["nt"]) > 3
    assert len({digest(found) for found in graphs.values()}) == 1


@pytest.mark.parametrize("item", ALL, ids=lambda item: item.suffix)
def test_a_format_is_had_by_accept_or_by_suffix_and_names_the_others(
    client: httpx.Client, item: Representation
) -> None:
    by_accept = client.get(LINK, headers={"Accept": item.media_type})
    by_suffix = client.get(f"{LINK}.{item.suffix}", headers={"Accept": "image/png"})

    assert by_accept.content == by_suffix.content
    for response in (by_accept, by_suffix):
        assert response.headers["content-type"] == item.content_type
        assert response.headers["vary"] == "Accept, Accept-Encoding"
        links = response.headers["link"]
        others = [other for other in ALL if other != item]
        url = str(response.request.url.copy_with(path=LINK))
        assert all(f'<{url}.{o.suffix}>; rel="alternate"; type="{o.media_type}"' in links for o in others)
        assert f'type="{item.media_type}"' not in links
        assert f'<{ID}link/plan-coaching-to-room-to-act>; rel="describes"' in links


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        (BROWSER, "text/html; charset=utf-8"),
        ("*/*", "text/turtle; charset=utf-8"),
        ("application/*", "application/ld+json"),
        ("application/rdf+xml, text/html;q=0.9", "application/rdf+xml"),
        ("text/turtle;q=0.3, application/n-triples;q=0.4", "application/n-triples"),
    ],
)
def test_browsers_get_a_page_and_programs_what_they_want(client: httpx.Client, accept: str, content_type: str) -> None:
    assert client.get(LINK, headers={"Accept": accept}).headers["content-type"] == content_type


def digest(found: rdflib.Graph) -> str:
    """Return the digest of a graph, the same whatever its blank nodes are called."""
    triples = parse_turtle(found.serialize(format="nt"))
    return EmbeddedStore(in_graph(triple, NamedNode("urn:graph")) for triple in triples).digest()


UNKNOWN = """
    /id/site/no-such /doc/site/no-such.ttl /id/site/a<b /graph/no-such /doc/graph/no-such /doc/x /ns/0.0.0 /ns.doc
    /dataset.doc /problem/no-such /static/no-such.css /static/..%2Fpages.py
"""
PAGES = (LINK, f"{LINK}.html", "/doc/graph/river-report", "/doc/graph/derived/partner", "/ns", "/dataset")


@pytest.mark.parametrize("path", UNKNOWN.split())
def test_what_is_unknown_is_not_found(client: httpx.Client, path: str) -> None:
    assert problem(client.get(path)) == (404, "not-found")


def test_a_format_that_there_is_not_is_refused_with_a_list_of_those_there_are(client: httpx.Client) -> None:
    response = client.get(LINK, headers={"Accept": "image/png"})
    assert problem(response) == (406, "not-acceptable")
    assert response.json()["offered"] == [item.media_type for item in ALL]


def test_head_is_as_get_without_the_body(client: httpx.Client) -> None:
    got, head = client.get(f"{LINK}.ttl"), client.head(f"{LINK}.ttl")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["link"] == got.headers["link"]
    assert client.head("/id/site/alder").status_code == 303


def test_the_ontology_is_terms_schemes_and_alignments_and_the_shapes_are_those_of_the_file(
    client: httpx.Client,
) -> None:
    def file(name: str) -> set[Triple]:
        return set(parse_turtle((ROOT / "ontology" / f"{name}.ttl").read_bytes()))

    def named(triples: set[Triple]) -> set[Triple]:
        return {triple for triple in triples if "_:" not in str(triple)}

    for path, names in {"/ns": ["hct"], "/ontology": ["hct", "schemes", "alignments"], "/shapes": ["shapes"]}.items():
        wanted = set().union(*(file(name) for name in names))
        found = set(parse_turtle(client.get(f"{path}.nt").content))
        assert (len(found), named(found)) == (len(wanted), named(wanted))
    assert client.get("/context.jsonld").text == (ROOT / "ontology" / "context.jsonld").read_text(encoding="utf-8")


def test_the_version_of_the_terms_leads_to_the_terms(client: httpx.Client, story: Dataset) -> None:
    (row,) = story.store.select("SELECT ?v { ?o <http://www.w3.org/2002/07/owl#versionIRI> ?v }")
    response = client.get("/" + row["v"].value.removeprefix(BASE))
    assert (response.status_code, httpx.URL(response.headers["location"]).path) == (303, "/ns")


def test_a_graph_tells_its_size_its_sources_and_what_filled_it(client: httpx.Client, story: Dataset) -> None:
    void, prov = "http://rdfs.org/ns/void#", "http://www.w3.org/ns/prov#"
    for name, predicate, value in (
        ("river-report", prov + "wasDerivedFrom", ID + "document/river-report"),
        ("derived/partner", prov + "wasGeneratedBy", ID + "rule/partner"),
    ):
        found = {str(triple) for triple in parse_turtle(client.get(f"/doc/graph/{name}.nt").content)}
        size = len(list(story.store.quads(NamedNode(GRAPH + name))))
        integer = "<http://www.w3.org/2001/XMLSchema#integer>"
        assert f'<{GRAPH}{name}> <{void}triples> "{size}"^^{integer}' in found
        assert f"<{GRAPH}{name}> <{predicate}> <{value}>" in found
        (dump,) = (line.split("> <")[2] for line in found if f"<{void}dataDump>" in line)
        assert httpx.URL(dump.strip("<>")).params["graph"] == GRAPH + name
        assert f"<{BASE}dataset> <{void}subset> <{GRAPH}{name}>" in found


def test_a_dot_in_a_slug_is_part_of_the_name() -> None:
    assert split("site/coventry.ttl") == ("site/coventry", ALL[0])
    assert split("site/coventry.gov.uk") == ("site/coventry.gov.uk", None)
    assert split("site/.ttl") == ("site/.ttl", None)


def test_the_iris_are_those_of_the_base_that_the_service_is_told(tmp_path: Path) -> None:
    """An orchard of one's own, with IRIs beyond ASCII, a dot and a percent sign in its slugs."""
    base = "https://example.org/orchard/"
    slugs = {"pear": "pear", "p%C3%A4r": "pär", "a.ttl": "a.ttl", "a%20b": "a%20b"}
    data = "".join(
        f"<{base}id/tree/{slug}> <{base}ns#bears> <{base}id/fruit/x{number}> .\n"
        for number, slug in enumerate(slugs.values())
    )
    (tmp_path / "trees.ttl").write_text(data, encoding="utf-8")
    with ExitStack() as stack:
        settings = Settings(data=tmp_path, base_iri=base, public_url="https://orchard.example/kg/")
        client = running(settings, stack).client
        for sent, slug in slugs.items():
            response = client.get(f"/id/tree/{sent}")
            assert response.status_code == 303, slug
            location = response.headers["location"]
            assert location.startswith("https://orchard.example/kg/doc/tree/")
            document = client.get("/doc/" + location.partition("/doc/")[2], headers={"Accept": "application/n-triples"})
            assert f"<{base}id/tree/{slug}> <{base}ns#bears>" in document.text
            assert (
                client.get("/doc/" + location.partition("/doc/")[2], headers={"Accept": "text/html"}).status_code == 200
            )


class Links(HTMLParser):
    """The links of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if name == "href" and value]


@pytest.mark.parametrize("path", [*PAGES, "/.well-known/void"])
def test_no_link_of_a_page_is_dead_and_none_needs_this_host(client: httpx.Client, path: str) -> None:
    response = client.get(path, headers={"Accept": BROWSER})
    own = [link for link in Links(response.text).found if not link.startswith(("http://", "https://"))]
    assert len(own) > 8
    # The dumps are routes of another module.
    paths = {str(response.request.url.join(link).copy_with(fragment=None)) for link in own if "/dumps/" not in link}
    assert [
        url for url in sorted(paths) if client.get(url, headers={"Accept": "*/*"}).status_code not in (200, 303)
    ] == []
    assert "127.0.0.1" not in "".join(own)


def test_a_page_is_guarded_and_loads_files_of_ours_only(client: httpx.Client) -> None:
    response = client.get(f"{LINK}.html")
    policy = response.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "style-src 'self'" in policy
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert response.headers["x-content-type-options"] == "nosniff"
    scripts = re.findall(r"<script[^>]*>[^<]*", response.text)
    assert scripts, "the field for searching has suggestions"
    assert all(re.fullmatch(r'<script src="\.\./\.\./static/[a-z.]+\?v=[0-9a-f]+" defer>', tag) for tag in scripts)
    assert "style=" not in response.text
    assert client.get("/static/style.css").headers["content-type"].startswith("text/css")
    assert response.headers["content-type"] == HTML.content_type


@pytest.mark.parametrize("slug", ["not-found", "query-timeout", "internal-error", "method-not-allowed"])
def test_the_type_of_a_problem_leads_to_what_it_means(client: httpx.Client, slug: str) -> None:
    told = client.get(f"/problem/{slug}").json()
    page = client.get(f"/problem/{slug}", headers={"Accept": BROWSER})
    assert told["type"].endswith(f"/problem/{slug}")
    assert len(told["description"]) > 20
    assert f"<h1>{told['title']}</h1>" in page.text
    assert str(told["status"]) in page.text


def test_every_kind_of_problem_has_a_page(client: httpx.Client) -> None:
    slugs = {
        kind.slug
        for kind in (*KINDS.values(), INTERNAL, INVALID_PARAMETER, METHOD_NOT_ALLOWED, NOT_FOUND, URI_TOO_LONG)
    }
    assert len(slugs) > 20
    assert [slug for slug in sorted(slugs) if client.get(f"/problem/{slug}").status_code != 200] == []

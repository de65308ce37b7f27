"""Every page of the service over the published data: its HTML, its title, and where its links lead.

Asked for: the document of every IRI of ours that the data speaks of, as `/sparql` lists them; every page that is
reached from `/` by links without a query string, until there are no more; of links with a query string so many of
each form (route and names of parameters), evenly spread. What these show is checked as well, and where they lead.

Left out, so that two cores are done in a few minutes: of the states of drawings those beyond the spread, which
`test_every_drawing.py` asks for; the other formats of each document but for one of a kind, for all are written by the
same few functions from the same triples; permalinks but for a spread; the addresses of single records under `/v1`,
which are compared with those that the collections list. What is left out is of a form of which others were asked for,
and names things that have pages.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, quote, unquote, urlsplit

import httpx
import pytest

from hct_kg.api.representations import BY_SUFFIX
from hct_kg.settings import Settings
from hct_kg.terms import BASE, GRAPH, ID, SHORT_ID
from pagefacts import SOUND, Facts, faults, form, gather, spread, stem, targets, told
from pagerules import RULES
from serving import running

A_PAGE = 5000
MOST_OF_A_FORM, MOST_FILES = 40, 4
"""So many pages are asked for of each form of address, and so many files: tables, and drawings, which take long."""
SAFE = "/:@!$&'()*+,;=~._-"
SUBJECTS = """
SELECT DISTINCT ?thing WHERE {{
  {{ GRAPH ?g {{ ?thing ?p ?o }} }} UNION {{ GRAPH ?thing {{ ?s ?p ?o }} }}
  FILTER(isIRI(?thing) && STRSTARTS(STR(?thing), "{base}"))
}} ORDER BY ?thing LIMIT {limit} OFFSET {offset}"""
NAMED_OTHERWISE = {
    # Numbers for who writes queries, under the names that queries use.
    "calls_our_terms_by_their_labels": {"/dataset", "/.well-known/void"},
    # What our terms are aligned with has no other name here.
    "has_words_for_names": {"/alignments", "/ontology", "/doc/graph/alignments"},
}
"""The pages to which a rule does not apply."""
ONE_THING = {"/.well-known/void": "/dataset"}
"""Addresses that are for the same page."""


@dataclass(frozen=True, slots=True)
class Site:
    """All that has been asked for, by address, and what there is to know without asking."""

    facts: dict[str, Facts]
    iris: tuple[str, ...]
    records: frozenset[str]
    """The addresses of single records, as the collections list them."""

    @property
    def pages(self) -> list[Facts]:
        """What came as a page."""
        return [facts for facts in self.facts.values() if facts.is_page]

    @property
    def forms(self) -> set[tuple[str, ...]]:
        """The forms of which some have been asked for, of what may be left out."""
        return {form(address) for address in self.facts if may_be_left_out(address)}

    @property
    def whole(self) -> list[Facts]:
        """The pages that need no parameters."""
        return [page for page in self.pages if "?" not in page.address]


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    """The service over the published data, with the documents where copies are held."""
    held = os.environ.get("HCT_KG_DOCUMENTS")
    with ExitStack() as stack:
        # On a busy machine a page may wait for long.
        settings = Settings(documents=Path(held) if held else None, query_seconds=60)
        yield running(settings, stack).client


@pytest.fixture(scope="module")
def site(client: httpx.Client) -> Site:
    iris = tuple(subjects(client))
    facts = gather(client.base_url, ["/", *dict.fromkeys(map(document, iris))])
    records = listed(client, targets(facts.values()))
    site = Site(facts, iris, records)
    while further := unknown(site):
        facts.update(gather(client.base_url, further))
    return site


def subjects(client: httpx.Client) -> Iterator[str]:
    """Yield every IRI of ours that something is said of, and every graph."""
    rows = [""] * A_PAGE
    offset = 0
    while len(rows) == A_PAGE:
        query = SUBJECTS.format(base=BASE, limit=A_PAGE, offset=offset)
        rows = [row["thing"]["value"] for row in selected(client, query)]
        yield from rows
        offset += A_PAGE


def selected(client: httpx.Client, query: str) -> list[dict[str, dict[str, str]]]:
    response = client.get("/sparql", params={"query": query}, headers={"Accept": "application/sparql-results+json"})
    assert response.status_code == 200, response.text
    found: list[dict[str, dict[str, str]]] = response.json()["results"]["bindings"]
    return found


def document(iri: str) -> str:
    """Return the address of the page on which an IRI is described."""
    path = iri.removeprefix(BASE).partition("#")[0]
    folder = "doc/" if iri.startswith((ID, GRAPH)) else ""
    return "/" + quote(folder + path.removeprefix("id/"), safe=SAFE)


def listed(client: httpx.Client, links: dict[str, str]) -> frozenset[str]:
    """Return the addresses of all records of the collections that some links lead into."""
    single = (link.split("/") for link in links if link.startswith("/v1/") and "?" not in link)
    found = set()
    for collection in {parts[2] for parts in single if len(parts) > 3} - {"results"}:
        cursor = ""
        while True:
            asked = {"limit": "1000", "cursor": cursor} if cursor else {"limit": "1000"}
            answer = client.get(f"/v1/{collection}", params=asked).json()
            found |= {item["href"] for item in answer["data"]}
            cursor = answer["meta"]["next"]
            if not cursor:
                break
    return frozenset(found)


def unknown(site: Site) -> list[str]:
    """Return the links of which only asking tells where they lead: of a form of which none has answered, so many."""
    found = [link for link in targets(site.pages) if not is_known(site, link)]
    asked = site.forms
    spare = (link for link in found if may_be_left_out(link) and form(link) not in asked)
    return [*(link for link in found if not may_be_left_out(link)), *spread(spare, MOST_OF_A_FORM, MOST_FILES)]


def is_known(site: Site, link: str) -> bool:
    """Tell whether what a link leads to has been asked for, or is a record or a format of what has."""
    return link in site.facts or link in site.records or stem(link) in site.facts


def may_be_left_out(link: str) -> bool:
    """Tell whether others of its form may stand for a link."""
    return "?" in link or link.startswith("/v1/results/")


def stranger(site: Site, link: str) -> str:
    """Return what a link with a query string names that has no page, "" if there is nothing."""
    values = (value for _, value in parse_qsl(urlsplit(link).query))
    ids = (value for value in values if SHORT_ID.fullmatch(value))
    return next((value for value in ids if f"/doc/{value}" not in site.facts), "")


def test_every_iri_of_the_data_leads_to_a_page(site: Site) -> None:
    assert len(site.iris) > 10_000
    asked = ((document(iri), site.facts[document(iri)]) for iri in site.iris)
    lost = [
        (address, f"{facts.status} {facts.media_type}")
        for address, facts in asked
        if not facts.is_page and facts.status != 303
    ]
    assert not lost, told(lost)


def test_every_iri_with_a_fragment_has_its_place_on_the_page(site: Site) -> None:
    ours = [iri.partition("#") for iri in site.iris if "#" in iri]
    assert len(ours) > 100
    lost = [
        (document(iri), f"no #{anchor}") for iri, _, anchor in ours if anchor not in site.facts[document(iri)].anchors
    ]
    assert not lost, told(lost)


@pytest.mark.parametrize("rule", [SOUND, *RULES])
def test_every_page_keeps_a_rule(site: Site, rule: str) -> None:
    apart = NAMED_OTHERWISE.get(rule, set())
    broken = [(address, how) for address, how in faults(site.pages, rule) if address not in apart]
    assert not broken, told(broken)


def test_no_two_pages_have_one_title(site: Site) -> None:
    named: dict[str, list[str]] = defaultdict(list)
    for page in site.whole:
        if page.address not in ONE_THING:
            named[page.title].append(page.address)
    shared = [(found[0], f"{title!r} is the title of {found[1:]} too") for title, found in named.items() if found[1:]]
    assert len(named) > 10_000
    assert not shared, told(shared)


def test_the_title_of_a_page_begins_as_its_heading_does(site: Site) -> None:
    others = [
        (page.address, f"{page.title!r} over {page.heading!r}")
        for page in site.pages
        if not page.title.startswith(page.heading)
    ]
    assert not others, told(others)


def test_every_link_leads_somewhere(site: Site) -> None:
    found, asked = targets(site.pages), site.forms
    assert len(found) > 50_000
    lost = []
    for link, page in found.items():
        if link in site.facts and site.facts[link].status not in (200, 303):
            lost.append((page, f"{link} answers {site.facts[link].status}"))
        elif not is_known(site, link) and not (may_be_left_out(link) and form(link) in asked):
            lost.append((page, f"{link} leads to nothing that is known"))
        elif name := stranger(site, link):
            lost.append((page, f"{link} names {name}, which has no page"))
    assert not lost, told(lost)


def test_every_fragment_is_on_the_page_that_its_link_leads_to(site: Site) -> None:
    found = ((page.address, *link.partition("#")) for page in site.pages for link in page.links if "#" in link)
    lost = [
        (address, f"{link} has no #{anchor}")
        for address, link, _, anchor in found
        if link in site.facts and site.facts[link].is_page and unquote(anchor) not in site.facts[link].anchors
    ]
    assert not lost, told(lost)


def test_the_other_formats_of_a_page_are_what_they_are_said_to_be(site: Site, client: httpx.Client) -> None:
    # One of each kind of thing stands for all.
    pages = sorted(page.address for page in site.whole)
    kinds = {address.rpartition("/")[0] if address.startswith("/doc/") else address: address for address in pages}
    wanted = {
        f"{address}.{suffix}": known.media_type
        for address in kinds.values()
        for suffix, known in BY_SUFFIX.items()
        if f"{address}.{suffix}" in site.facts[address].links
    }
    assert len(wanted) > 150
    answers = gather(client.base_url, wanted)
    others = [
        (address, f"{answers[address].status} {answers[address].media_type}, not {media_type}")
        for address, media_type in wanted.items()
        if (answers[address].status, answers[address].media_type) != (200, media_type)
    ]
    assert not others, told(others)

"""Pages: whatever is in the data, they are sound, escaped, readable, and their links hold on any host."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html.parser import HTMLParser

import pytest

from hct_kg.store import parse_turtle
from hct_kg.terms import BASE, ID
from hct_kg.web.dataset import Measured, dataset_page
from hct_kg.web.pages import HERE, Place, static_files
from hct_kg.web.things import MOST_SHOWN, thing_page
from hct_kg.web.vocabulary import vocabulary_page

PREFIXES = f"""
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix factor: <{ID}factor/> .
@prefix hct: <{BASE}ns#> .
@prefix oa: <http://www.w3.org/ns/oa#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix id: <{ID}> .
"""
TRUST = ID + "factor/trust"
VOID_ELEMENTS = {"link", "meta", "br", "input"}


class Outline(HTMLParser):
    """What a page is made of: its headings, links and text; fails where an element is not closed."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.headings: list[str] = []
        self.links: dict[str, str] = {}
        self.languages: dict[str, str] = {}
        self.ids: list[str] = []
        self._at: dict[str, str | None] = {}
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID_ELEMENTS:
            self.open.append(tag)
        self._at = dict(attrs)
        self.ids += [value for name, value in attrs if name == "id" and value]
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.links.setdefault(data.strip(), self._at.get("href") or "")
            self.languages.setdefault(data.strip(), self._at.get("lang") or "")


def page_of(data: str, iri: str = TRUST, path: str = "/doc/factor/trust") -> str:
    """Return the page of a thing."""
    place = Place(BASE, path, "/doc/factor/trust", (("ttl", "text/turtle", "Turtle"),))
    return thing_page(iri)(parse_turtle(PREFIXES + data), place)


def test_a_thing_is_called_by_its_label_and_links_stay_on_the_host_that_serves_it() -> None:
    page = Outline(
        page_of("""
        factor:trust skos:prefLabel "Trust"@en ; skos:altLabel "Vertrauen"@de ; hct:enables factor:care ;
            dcterms:source <https://elsewhere.example/a> .
        factor:care skos:prefLabel "Care" . hct:enables rdfs:label "enables"@en .
        id:link-1 hct:cause factor:trust ; hct:effect factor:care .
        """)
    )
    assert page.links["Care"] == "../../doc/factor/care"
    assert page.links["enables"] == "../../ns#enables"
    assert page.links["Trust → Care"] == "../../doc/link-1"
    assert page.links["https://elsewhere.example/a"] == "https://elsewhere.example/a"
    assert page.links["Turtle"] == "../../doc/factor/trust.ttl"
    assert page.languages["Vertrauen"] == "de"
    assert page.headings == ["h1", "h2", "h2", "h3", "h3"]


def test_a_passage_is_shown_by_document_section_offsets_and_digest() -> None:
    text = page_of("""
        factor:trust hct:supportedBy id:passage .
        id:passage a hct:Passage ; oa:hasSource id:document ; hct:section id:section ; oa:hasSelector id:selector ;
            hct:sha256 "abc123" .
        id:document dcterms:title "The river report"@en . id:section dcterms:title "Findings"@en ; skos:notation "3.1" .
        id:selector oa:start 10 ; oa:end 42 .
    """)
    assert Outline(text).links["The river report"] == "../../doc/passage"
    assert "section “3.1 Findings”, characters 10 to 42, SHA-256 abc123" in text


def test_nothing_of_the_data_becomes_markup() -> None:
    attack = "<script>alert(1)</script>\\\" onload='x' {{ 7*7 }} </title> &amp;"
    page = page_of(f"""
        factor:trust skos:prefLabel "{attack}" ; rdfs:comment "{attack}"@en ; hct:note <javascript:alert%281%29> ;
            hct:url "javascript:alert(1)"^^xsd:anyURI ; hct:home "https://elsewhere.example/?a=1&b=2"^^xsd:anyURI .
    """)
    outline = Outline(page)
    assert "<script>" not in page
    assert "alert(1)<" not in page
    assert "49" not in page
    assert "onload='" not in page
    assert 'href="javascript' not in page
    assert outline.links["https://elsewhere.example/?a=1&b=2"] == "https://elsewhere.example/?a=1&b=2"


def test_blank_nodes_and_lists_are_spelt_out_even_if_they_go_in_circles() -> None:
    page = page_of("""
        factor:trust hct:parts ( factor:care "time" [ rdfs:label "space" ] ) ; hct:holds [ hct:holds _:round ] .
        _:round hct:holds _:round . factor:care skos:prefLabel "Care" .
    """)
    assert "Care, time, rdfs:label: space" in page
    assert "something unnamed" in page


def test_a_page_says_how_many_values_it_does_not_show() -> None:
    values = ", ".join(f'"value {number:03}"' for number in range(MOST_SHOWN + 7))
    page = page_of(f"factor:trust rdfs:comment {values} .")
    assert f"value {MOST_SHOWN - 1:03}" in page
    assert f"value {MOST_SHOWN:03}" not in page
    assert "and 7 more, which the other formats have" in page


def test_a_vocabulary_has_an_anchor_for_each_term_under_a_heading_for_its_class() -> None:
    text = vocabulary_page(
        parse_turtle(
            PREFIXES
            + """
        <https://w3id.org/hct-kg/ns> a owl:Ontology ; dcterms:title "Terms"@en .
        hct:Site a owl:Class ; rdfs:label "site"@en ; skos:definition "A place where people work together."@en .
        hct:cause a owl:ObjectProperty ; rdfs:range hct:Site .
        """
        ),
        Place(BASE, "/ns"),
    )
    page = Outline(text)
    assert page.ids == ["site-search", "content", "Site", "cause"]
    assert page.headings == ["h1", "h2", "h3", "h2", "h3"]
    assert "Classes" in page.links
    assert "A place where people work together." in page.links
    assert 'href="./ns#Site"' in text


def test_a_dataset_of_which_nothing_is_known_has_a_page() -> None:
    page = Outline(dataset_page(BASE + "dataset", Measured(()), ())([], Place(BASE, "/dataset")))
    assert page.headings[0] == "h1"
    assert "none stated" in page.links


@pytest.mark.parametrize(
    ("path", "root"),
    [
        ("/ns", "./"),
        ("/doc/x", "../"),
        ("/doc/site/coventry.html", "../../"),
        ("/doc/graph/derived/x/y", "../../../../"),
    ],
)
def test_the_way_to_the_top_is_as_long_as_the_path_is_deep(path: str, root: str) -> None:
    assert Place(BASE, path).root == root


def test_characters_of_an_iri_that_a_url_gives_another_meaning_are_encoded() -> None:
    assert Place(BASE, "/ns").href(ID + "tree/a%20b?c=ä") == "./doc/tree/a%2520b%3Fc=%C3%A4"


def test_every_template_and_static_file_is_in_use() -> None:
    templates = {path.name for path in (HERE / "templates").iterdir()}
    source = "".join(
        path.read_text(encoding="utf-8")
        for folder in (HERE, HERE.parent / "api")
        for path in sorted(folder.rglob("*"))
        if path.suffix in (".py", ".html")
    )
    # What others have made comes with its licence, and is looked at on its own.
    there = {*templates, *(name for name in static_files() if not name.startswith("vendor/"))}
    assert {name for name in there if f'"{name}"' in source or f"static/{name}" in source} == there
    assert len(templates) > 4


def luminance(colour: str) -> float:
    """Return the relative luminance of #rrggbb: https://www.w3.org/TR/WCAG22/#dfn-relative-luminance."""
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours: https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def palettes() -> Sequence[dict[str, str]]:
    """Return the colours of the stylesheet, in light and in dark."""
    css = static_files()["style.css"].body.decode()
    return [dict(re.findall(r"--(\w+): (#\w{6})", block)) for block in re.findall(r":root \{([^}]*)\}", css)]


def test_all_text_has_the_contrast_that_wcag_asks_for() -> None:
    found = palettes()
    assert len(found) == 2
    for palette in found:
        pairs = [(text, ground) for text in ("ink", "quiet", "link") for ground in ("paper", "shade")]
        # The passage within its paragraph, and marks; a button's words are of the paper's colour.
        pairs += [("ink", "tint"), ("paper", "link")]
        assert [pair for pair in pairs if contrast(palette[pair[0]], palette[pair[1]]) < 4.5] == []


def test_the_edges_of_controls_and_marks_have_the_contrast_that_wcag_asks_for() -> None:
    """https://www.w3.org/TR/WCAG22/#non-text-contrast"""
    for palette in palettes():
        pairs = [(edge, ground) for edge in ("edge", "link") for ground in ("paper", "shade")]
        assert [pair for pair in pairs if contrast(palette[pair[0]], palette[pair[1]]) < 3] == []


def test_the_contrast_of_black_on_white_is_21() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)

"""The rules that every page keeps: a good page breaks none, and each finds the fault that it is for."""

from __future__ import annotations

import pytest

from pagefacts import SOUND, read_page
from pagerules import RULES

GOOD = """<!doctype html>
<html lang="en-GB">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Pears – hct-kg</title></head>
<body>
<a class="skip" href="#content">Skip to content</a>
<header><nav aria-label="Main"><ul><li><a href="./about">About</a></li></ul></nav></header>
<main id="content">
<h1>Pears</h1>
<p lang="fr">Des poires <a href="https://example.org/">ailleurs</a></p>
<h2 id="table">In a table</h2>
<div class="scroll" tabindex="0" role="region" aria-label="Pears by colour">
<table><caption>Pears</caption><tbody><tr><th scope="col">Colour</th></tr><tr><td>green</td></tr></tbody></table>
</div>
<form action="./pears"><label for="of">Of</label><select id="of"><option value="">None</option></select>
<button>Show</button></form>
<svg role="img" aria-label="A pear"></svg><svg aria-hidden="true"></svg>
<code>{{ not a template }}</code>
<ul><li><a href="https://w3id.org/hct-kg/ns#">https://w3id.org/hct-kg/ns#</a> <small>xsd:anyURI</small></li></ul>
</main>
<footer><p>The end</p></footer>
</body>
</html>"""
CASES = [
    (SOUND, "<p>The end</p>", "<p>The end"),
    (SOUND, "<p>The end</p>", "The end</p>"),
    (SOUND, '<h2 id="table">', '<h2 id="table" id="other">'),
    (SOUND, "<!doctype html>", ""),
    ("stands_where_it_may", "<p>The end</p>", "<p>The <div>end</div></p>"),
    ("stands_where_it_may", "<li>", "of these<li>"),
    ("stands_where_it_may", "About</a>", 'About <button type="button">it</button></a>'),
    ("stands_where_it_may", "<ul><li>", "<ul><p>Or</p><li>"),
    ("has_one_title", "Pears – hct-kg", " – hct-kg"),
    ("tells_its_language", "en-GB", "en"),
    ("tells_its_language", 'lang="fr"', 'lang=""'),
    ("tells_browsers_how_to_show_it", "device-width", "device-width, maximum-scale=1"),
    ("has_its_landmarks", "</main>", "</main><main></main>"),
    ("has_its_landmarks", ' aria-label="Main"', ""),
    ("has_its_landmarks", 'href="#content"', 'href="./about"'),
    ("has_its_headings_in_order", "<h2", "<h2>One</h2><h4>Two</h4><h2"),
    ("has_its_headings_in_order", "<h1>Pears</h1>", "<h1>Pears</h1><h1>Plums</h1>"),
    ("gives_each_id_once", 'id="table"', 'id="of"'),
    ("gives_each_id_once", 'id="table"', 'id="the table"'),
    ("refers_to_what_is_there", 'for="of"', 'for="off"'),
    ("refers_to_what_is_there", "<h2", '<h2 aria-describedby="nowhere"'),
    ("names_its_pictures", ' aria-label="A pear"', ""),
    ("names_its_pictures", "<svg aria", '<img src="./a.png"><svg aria'),
    ("labels_its_controls", 'for="of"', ""),
    ("labels_its_controls", "<button>Show</button>", "<button></button>"),
    ("sets_out_its_tables", "<caption>Pears</caption>", ""),
    ("sets_out_its_tables", ' scope="col"', ""),
    ("sets_out_its_tables", "<td>green</td>", "<td>green</td><td>yellow</td>"),
    ("lets_the_keyboard_scroll", ' tabindex="0"', ""),
    ("leaves_nothing_empty", "In a table", " "),
    ("leaves_nothing_empty", "The end", ""),
    ("leaves_nothing_empty", '<option value="">None</option>', ""),
    ("leaves_nothing_over", "The end", "None"),
    ("leaves_nothing_over", "The end", "The {{ end }}"),
    ("leaves_nothing_over", 'href="./about"', 'href="None"'),
    ("has_words_for_names", "In a table", "http://example.org/table"),
    ("calls_our_terms_by_their_labels", "In a table", "hct:Pear"),
    ("holds_nothing_inline", "<h2", '<h2 style="color: red"'),
    ("holds_nothing_inline", "<h2", '<h2 onclick="go()"'),
    ("holds_nothing_inline", "</body>", "<script>go()</script></body>"),
    ("links_within_relatively", "./about", "/about"),
    ("links_within_relatively", "./about", "https://w3id.org/hct-kg/about"),
    ("links_within_relatively", "./about", "javascript:go()"),
]


def broken(page: str) -> set[str]:
    return {rule for rule, _ in read_page("/pears", page).broken}


def test_a_good_page_breaks_no_rule() -> None:
    assert read_page("/pears", GOOD).broken == ()


@pytest.mark.parametrize(("rule", "good", "bad"), CASES)
def test_a_rule_finds_its_fault(rule: str, good: str, bad: str) -> None:
    assert good in GOOD
    assert rule in broken(GOOD.replace(good, bad))


def test_every_rule_has_a_fault_to_find() -> None:
    assert {rule for rule, _, _ in CASES} == {SOUND, *RULES}


def test_links_are_kept_as_addresses_of_the_service() -> None:
    links = read_page(
        "/doc/pear/green", '<p><a href="../../ns#Pear">a</a> <a href="https://example.org/">b</a></p>'
    ).links
    assert links == {"/ns#Pear"}

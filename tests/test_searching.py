"""Full text, pure: what is asked, what it is taken for, what is found, in which order and why."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hct_kg.searching import QUERIES, Index, Results, build
from hct_kg.searching.spelling import Speller, distance
from hct_kg.searching.terms import read_terms
from hct_kg.searching.words import compounds, fold, words
from hct_kg.store import EmbeddedStore, NamedNode, in_graph, parse_turtle
from hct_kg.terms import HCT, ID, NAMESPACES

PREFIXES = "".join(f"@prefix {prefix}: <{namespace}> .\n" for prefix, namespace in NAMESPACES.items())
GARDEN = f"""
{PREFIXES}
@prefix garden: <{ID}garden/> . @prefix shed: <{ID}shed/> . @prefix book: <{ID}book/> .
hct:Garden rdfs:subClassOf hct:Ground ; rdfs:label "garden"@en .
garden:meadow a hct:Garden , hct:Ground , prov:Entity ;
    skos:prefLabel "River Meadow"@en ; skos:altLabel "the wet field"@en ;
    dcterms:description "Neighbours grow pears here, in a co-production with the school."@en .
garden:pear a hct:Garden , hct:Ground ; skos:prefLabel "Pears"@en ; skos:notation "3.2" ;
    dcterms:description "An orchard by the river. Cafés and St Anne's Guild buy from it."@en .
garden:hill a hct:Garden , hct:Ground ; skos:prefLabel "Hill"@en ; skos:altLabel "Pear hill"@en , "Upper meadow"@en .
shed:tools a hct:Shed ; skos:prefLabel "The Tool Shed"@en ; dcterms:description "Spades for whoever gardens."@en .
book:almanac a hct:Book ; dcterms:title "Almanac of organisational gardening"@en .
shed:nameless a hct:Shed .
"""


def index_of(turtle: str) -> Index:
    store = EmbeddedStore(in_graph(triple, NamedNode("urn:g")) for triple in parse_turtle(turtle))
    return build({name: store.select(query) for name, query in QUERIES.items()})


@pytest.fixture(scope="module")
def garden() -> Iterator[Index]:
    index = index_of(GARDEN)
    yield index
    index.close()


def found(results: Results) -> list[str]:
    return [hit.thing.iri.removeprefix(ID) for hit in results.hits]


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("King’s FUND", ["kings", "fund"]),
        ("Café Zoë", ["cafe", "zoe"]),
        ("Cafe\u0301s", ["cafes"]),
        ("Straße", ["strasse"]),
        ("snake_case", ["snake", "case"]),
        ("£2,549,438", ["2", "549", "438"]),
        ("partners’ view", ["partners", "view"]),
        ("Ελλάδα 中文", ["ελλαδα", "中文"]),
        ("…?!— \x00", []),
    ],
)
def test_text_is_read_as_folded_words(text: str, folded: list[str]) -> None:
    assert [word.text for word in words(text)] == folded


@given(st.text(max_size=60))
def test_a_word_stands_where_it_says(text: str) -> None:
    read = words(text)
    assert all(fold(text[word.start : word.end]) == word.text and word.text.isalnum() for word in read)
    assert all(left.end <= right.start for left, right in pairwise(read))


def test_what_hyphens_join_is_a_word_as_well() -> None:
    text = "a co-production, and well-to-do - really"
    joined = list(compounds(text, words(text)))
    assert [(word.text, text[word.start : word.end]) for word in joined] == [
        ("coproduction", "co-production"),
        ("welltodo", "well-to-do"),
    ]


@pytest.mark.parametrize(
    ("question", "terms"),
    [
        ("river meadow", [(("river",), False, False), (("meadow",), False, True)]),
        ('"river meadow" hill', [(("river", "meadow"), False, False), (("hill",), False, True)]),
        ("“river meadow”", [(("river", "meadow"), False, False)]),
        ("mead* hill", [(("mead",), True, False), (("hill",), False, True)]),
        ('"river mead"*', [(("river", "mead"), True, False)]),
        ('an "open quotation', [(("an",), False, False), (("open",), False, False), (("quotation",), False, True)]),
        ("co-production", [(("co", "production"), False, True)]),
        ("river River RIVER", [(("river",), False, True)]),
        ("meadow AND * NOT (", [(("meadow",), False, False), (("and",), False, False), (("not",), False, True)]),
        ('?! * "" \'', []),
    ],
)
def test_a_question_is_read_into_terms(question: str, terms: list[tuple[tuple[str, ...], bool, bool]]) -> None:
    assert [(term.words, term.starred, term.last) for term in read_terms(question)] == terms


@pytest.mark.parametrize(
    ("one", "other", "changes"),
    [
        ("pear", "pear", 0),
        ("pear", "paer", 1),
        ("pear", "per", 1),
        ("pear", "pearl", 1),
        ("meadow", "maedwo", 2),
        ("", "ab", 2),
    ],
)
def test_the_distance_of_words_is_that_of_changed_letters(one: str, other: str, changes: int) -> None:
    assert distance(one, other) == distance(other, one) == changes


@given(st.lists(st.text("abcdefg", min_size=3, max_size=9), max_size=40), st.text("abcdefg", min_size=1, max_size=9))
def test_the_nearest_words_are_those_that_a_look_at_all_words_gives(known: list[str], asked: str) -> None:
    counts = {word: known.count(word) for word in known if word != asked}
    allowed = 0 if len(asked) < 4 else 1 if len(asked) < 8 else 2
    near = {word: distance(asked, word) for word in counts if distance(asked, word) <= allowed}
    least = min(near.values(), default=0)
    expected = sorted((word for word in near if near[word] == least), key=lambda word: (-counts[word], word))
    assert Speller(counts).nearest(asked) == expected[:3]


@pytest.mark.parametrize(
    ("question", "things"),
    [
        ("river meadow", ["garden/meadow"]),
        ("River", ["garden/meadow", "garden/pear"]),
        ("pears", ["garden/pear", "garden/meadow"]),
        ("mead", ["garden/meadow", "garden/hill"]),
        ("pear", ["garden/hill", "garden/pear", "garden/meadow"]),
        ('"river meadow"', ["garden/meadow"]),
        ('"meadow river"', []),
        ('"wet field neighbours"', []),
        ('"hill upper"', []),
        ("tool shed", ["shed/tools"]),
        ("almanac", ["book/almanac"]),
        ("cafes", ["garden/pear"]),
        ("CAFÉS", ["garden/pear"]),
        ("st annes", ["garden/pear"]),
        ("st anne’s", ["garden/pear"]),
        ("coproduction", ["garden/meadow"]),
        ("co-production", ["garden/meadow"]),
        ("co production", ["garden/meadow"]),
        ("3.2", ["garden/pear"]),
        ("2.3", []),
        ("garden/meadow", ["garden/meadow"]),
        (f"{ID}shed/nameless", ["shed/nameless"]),
        ("organizational", ["book/almanac"]),
        ("zzz", []),
    ],
)
def test_a_question_finds_its_things_in_order(garden: Index, question: str, things: list[str]) -> None:
    results = garden.search(question)
    assert found(results) == things
    assert results.total == len(things)
    scores = [hit.score for hit in results.hits]
    assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize(
    ("question", "match"),
    [
        ("meadow", ("meadow", "label", "exact", "Meadow")),
        ("mead", ("mead", "label", "prefix", "Meadow")),
        ('"river meadow"', ("river meadow", "label", "phrase", "River Meadow")),
        ("maedow", ("maedow", "label", "spelling", "Meadow")),
        ("niehgbours", ("niehgbours", "description", "spelling", "Neighbours")),
        ("coproduction", ("coproduction", "description", "exact", "co-production")),
    ],
)
def test_the_reason_says_where_and_how_and_what_was_taken_instead(
    garden: Index, question: str, match: tuple[str, str, str, str]
) -> None:
    (hit, *_) = garden.search(question).hits
    (only,) = hit.matches
    assert (hit.thing.iri, (only.asked, only.field, only.how, only.found)) == (f"{ID}garden/meadow", match)


@pytest.mark.parametrize("asked", ["trsut", "turst", "rtust", "trut", "trusst"])
def test_a_slip_of_two_neighbouring_letters_is_mended(asked: str) -> None:
    thing = 'a:t a hct:Factor ; skos:prefLabel "Trust in partners"@en .'
    index = index_of(f"{PREFIXES} @prefix a: <{ID}factor/> . {thing}")
    (hit,) = index.search(asked).hits
    assert [(match.asked, match.how, match.found) for match in hit.matches] == [(asked, "spelling", "Trust")]


def test_a_known_word_is_never_taken_for_another_one(garden: Index) -> None:
    assert found(garden.search("hill")) == ["garden/hill"]
    assert found(garden.search('"maedow"')) == []


def test_where_nothing_has_all_words_any_will_do_and_the_reason_names_what_is_missing(garden: Index) -> None:
    results = garden.search("spades zebra river")
    assert set(found(results)) == {"shed/tools", "garden/meadow", "garden/pear"}
    missing = {hit.thing.iri.removeprefix(ID): hit.missing for hit in results.hits}
    assert missing["shed/tools"] == ("zebra", "river")
    assert missing["garden/pear"] == ("spades", "zebra")
    assert garden.search("river pears").hits[0].missing == ()


def test_a_label_weighs_more_than_another_name_and_that_more_than_a_description(garden: Index) -> None:
    index = index_of(
        f"{PREFIXES} @prefix x: <{ID}x/> ."
        'x:a a hct:A ; skos:prefLabel "one two"@en ; dcterms:description "three apple"@en .'
        'x:b a hct:A ; skos:prefLabel "one two"@en ; skos:altLabel "three apple"@en .'
        'x:c a hct:A ; skos:prefLabel "one apple"@en ; dcterms:description "three two"@en .'
        'x:d a hct:A ; skos:prefLabel "one two"@en ; skos:notation "three apple" .'
        'x:e a hct:A ; dcterms:title "three apple"@en ; skos:notation "one two" .'
        'x:f a hct:A ; skos:prefLabel "pear"@en .'
        'x:g a hct:A ; skos:prefLabel "plum"@en .'
        'x:h a hct:A ; skos:prefLabel "fig"@en .'
        'x:i a hct:A ; skos:prefLabel "nut"@en .'
        'x:j a hct:A ; skos:prefLabel "hop"@en .'
        'x:k a hct:A ; skos:prefLabel "rye"@en .'
    )
    assert found(index.search("apple")) == ["x/c", "x/b", "x/d", "x/e", "x/a"]


def test_classes_choose_among_the_hits_and_facets_count_whatever_is_chosen(garden: Index) -> None:
    everything = garden.search("garden meadow zzz")
    chosen = garden.search("garden meadow zzz", frozenset({HCT + "Garden"}))
    assert set(found(chosen)) == {"garden/meadow", "garden/hill"}
    assert chosen.facets == everything.facets
    assert everything.facets[HCT + "Garden"] == everything.facets[HCT + "Ground"] == chosen.total
    assert {hit.thing.kind for hit in chosen.hits} == {HCT + "Garden"}
    assert chosen.hits[0].thing.classes == {HCT + "Garden", HCT + "Ground"}


def test_pages_together_are_the_whole(garden: Index) -> None:
    whole = found(garden.search("a river pear meadow the zzz", limit=100))
    pages = [found(garden.search("a river pear meadow the zzz", offset=at, limit=2)) for at in range(0, len(whole), 2)]
    assert len(whole) > 3
    assert [iri for page in pages for iri in page] == whole


def test_a_long_text_is_cut_between_words_around_what_matches() -> None:
    text = f"{'Filling words stand here. ' * 30}A lonely quince, {'and more words there. ' * 30}"
    index = index_of(f'{PREFIXES} <{ID}x/a> a hct:A ; skos:prefLabel "Tree"@en ; dcterms:description "{text}"@en .')
    shown = index.search("quince").hits[0].excerpt
    assert shown is not None
    ((start, end),) = shown.highlights
    assert shown.content[start:end] == "quince"
    assert len(shown.content) < 250
    assert shown.content.startswith("…")
    assert shown.content.endswith("…")
    assert f" {shown.content.strip('…')} " in f" {text} "


@settings(max_examples=150, deadline=None)
@given(st.text(st.sampled_from("abcdeinorst '\"*()-:^{}+.,/\\\x00éß’“”;ANDOR"), max_size=60))
def test_whatever_is_typed_is_text_and_every_hit_says_why(garden: Index, question: str) -> None:
    for hit in garden.search(question).hits:
        assert hit.matches or hit.identified
        assert hit.excerpt is None or all(
            0 <= start < end <= len(hit.excerpt.content) for start, end in hit.excerpt.highlights
        )


@pytest.mark.parametrize("question", ["a " * 100, "ab-" * 66, '"a" ' * 50, "x* " * 60, " ".join(map(str, range(70)))])
def test_many_words_are_no_trouble(garden: Index, question: str) -> None:
    assert garden.search(question).total >= 0
    assert read_terms(question)

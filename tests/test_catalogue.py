"""A query file that breaks its own declaration is refused at load, with file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from hct_kg.catalogue import CuratedQuery, load
from hct_kg.errors import CatalogueError, InvalidParameter

GOOD = """\
#+ question = "What is it called?"
#+ number = 7
#+ audience = "funder"
#+ summary = "One row a name."
#+ [params.thing]
#+ type = "iri"
#+ class = "hct:Site"
#+ description = "The thing."
#+ optional = true
#+ example = "site/alder"
SELECT ?thing ?name WHERE {
  VALUES ?thing { UNDEF }
  ?thing <http://example.org/name> ?name
}
ORDER BY ?thing ?name
"""
PARAMETER = GOOD[GOOD.index("#+ [params.thing]") : GOOD.index("SELECT")]


def read(folder: Path, text: str) -> CuratedQuery:
    (folder / "what-is-it-called.rq").write_text(text, encoding="utf-8")
    return load(folder)["what-is-it-called"]


def test_a_good_file_gives_question_columns_and_parameters(tmp_path: Path) -> None:
    query = read(tmp_path, GOOD)
    assert (query.question, query.number, query.audience) == ("What is it called?", 7, "funder")
    assert query.columns == ("thing", "name")
    assert query.parameters["thing"].class_iri == "https://w3id.org/hct-kg/ns#Site"
    assert not query.parameters["thing"].required


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        (GOOD[: GOOD.index("SELECT")], "", 1, "no front matter"),
        ("#+ number = 7", "#+ number = ", 2, "front matter: Invalid value"),
        ('#+ question = "What is it called?"\n', "", 1, 'question = "…" is missing'),
        ('"One row a name."', "1", 1, 'summary = "…" is missing'),
        ("#+ number = 7\n", "", 1, "number = … is missing"),
        ("#+ number = 7", '#+ number = "7"', 1, "number = … is missing, an integer"),
        ('"funder"', '"everybody"', 3, "audience is one of funder, evaluator, partnership lead"),
        ("#+ number", "#+ colour = 1\n#+ number", 2, "unknown key 'colour'; known: audience, number"),
        (PARAMETER, "#+ params = 1\n", 5, "params are tables"),
        (PARAMETER, "#+ [params]\n#+ thing = 1\n", 1, r"params.thing is a table, \[params.thing\]"),
        ("#+ optional = true", "#+ optinal = true", 9, "params.thing: unknown key 'optinal'; known: class, default"),
        ('"iri"', '"url"', 5, "params.thing: type is one of iri, string, integer, date"),
        ('"hct:Site"', '"no class"', 7, "params.thing: 'no class' is no IRI"),
        ('#+ description = "The thing."\n', "", 5, "params.thing: description is missing"),
        ('"site/alder"', '"two words"', 5, "params.thing: thing='two words' is not an identifier"),
        ("  VALUES ?thing { UNDEF }\n", "", 5, r"params.thing is not used: add `VALUES \?thing \{ UNDEF \}`"),
        (PARAMETER, "", 6, r"\?thing is used and not declared: add \[params.thing\]"),
        ("[params.thing]", "[params.limit]", 5, "params.limit: this name is taken, for the rows of an answer"),
        ("[params.thing]", "[params.cursor]", 5, "params.cursor: this name is taken"),
        ('"iri"', '"string"', 5, 'params.thing: class and scheme go with type = "iri"'),
        ('"hct:Site"', '"hct:Site"\n#+ scheme = "scheme/modality"', 5, "params.thing: give class or scheme, not both"),
        ("SELECT ?thing ?name WHERE", "ASK", 1, "is not a SELECT"),
        ("  ?thing <http", "  ?thing (<http", 13, "line 13, column"),
    ],
)
def test_a_bad_file_is_refused_with_file_and_line(tmp_path: Path, old: str, new: str, line: int, message: str) -> None:
    assert GOOD.count(old) == 1
    with pytest.raises(CatalogueError, match=message) as refusal:
        read(tmp_path, GOOD.replace(old, new))
    assert (refusal.value.file, refusal.value.line) == (tmp_path / "what-is-it-called.rq", line)


def test_a_file_name_with_capitals_is_refused(tmp_path: Path) -> None:
    (tmp_path / "WhatIsIt.rq").write_text(GOOD, encoding="utf-8")
    with pytest.raises(CatalogueError, match="words in lower case joined by hyphens"):
        load(tmp_path)


def test_a_folder_without_queries_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match=r"holds no \.rq file"):
        load(tmp_path)


@pytest.mark.parametrize(
    ("kind", "value", "term"),
    [
        ("iri", "site/alder", "<https://w3id.org/hct-kg/id/site/alder>"),
        ("iri", "hct:Site", "<https://w3id.org/hct-kg/ns#Site>"),
        ("string", 'a "b" }\n', r'"a \"b\" }\n"'),
        ("integer", "+07", '"7"^^<http://www.w3.org/2001/XMLSchema#integer>'),
        ("date", "2025-03-31", '"2025-03-31"^^<http://www.w3.org/2001/XMLSchema#date>'),
    ],
)
def test_a_value_is_bound_as_a_term(tmp_path: Path, kind: str, value: str, term: str) -> None:
    plain = GOOD.replace('#+ class = "hct:Site"\n', "").replace('#+ example = "site/alder"\n', "")
    query = read(tmp_path, plain.replace('"iri"', f'"{kind}"'))
    assert f"VALUES ?thing {{ {term} }}" in query.bind({"thing": value})


@pytest.mark.parametrize(
    ("kind", "value", "wanted"),
    [
        ("iri", "a> . ?s ?p ?o", "is not an identifier"),
        ("integer", "1.5", "is not an integer"),
        ("integer", "9" * 19, "is not an integer"),
        ("date", "31 March 2025", "is not a date such as 2024-12-31"),
    ],
)
def test_a_value_of_another_type_is_refused_by_name(tmp_path: Path, kind: str, value: str, wanted: str) -> None:
    plain = GOOD.replace('#+ class = "hct:Site"\n', "").replace('#+ example = "site/alder"\n', "")
    query = read(tmp_path, plain.replace('"iri"', f'"{kind}"'))
    with pytest.raises(InvalidParameter, match=wanted) as refusal:
        query.bind({"thing": value})
    assert refusal.value.parameter == "thing"


def test_a_default_is_used_where_nothing_is_given(tmp_path: Path) -> None:
    query = read(tmp_path, GOOD.replace("#+ optional = true", '#+ default = "site/birch"'))
    assert "/id/site/birch> }" in query.bind({})
    assert "/id/site/alder> }" in query.bind({"thing": "site/alder"})


def test_an_optional_parameter_left_out_leaves_the_text_as_it_stands(tmp_path: Path) -> None:
    assert read(tmp_path, GOOD).bind({}) == GOOD


def test_a_required_parameter_left_out_is_refused_by_name_with_its_example(tmp_path: Path) -> None:
    query = read(tmp_path, GOOD.replace("#+ optional = true\n", ""))
    with pytest.raises(InvalidParameter, match=r"needs thing: The thing\. For example thing=site/alder") as refusal:
        query.bind({})
    assert refusal.value.parameter == "thing"


def test_all_that_is_unknown_is_named_with_what_there_is(tmp_path: Path) -> None:
    query = read(tmp_path, GOOD)
    with pytest.raises(InvalidParameter, match=r"has no parameter 'colour', 'shade'; known: thing, limit$") as refusal:
        query.bind({"colour": "blue", "thing": "site/alder", "shade": "dark"}, also=("limit",))
    assert refusal.value.parameter == "colour"


def test_a_value_as_long_as_a_book_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidParameter, match="is not of 2000 characters at most"):
        read(tmp_path, GOOD).bind({"thing": "site/" + "a" * 2000})


def test_a_scheme_is_named_in_short_form_or_as_iri(tmp_path: Path) -> None:
    schemes = {
        read(tmp_path, GOOD.replace('class = "hct:Site"', f'scheme = "{name}"')).parameters["thing"].scheme_iri
        for name in ("scheme/modality", "https://w3id.org/hct-kg/id/scheme/modality")
    }
    assert schemes == {"https://w3id.org/hct-kg/id/scheme/modality"}


def test_an_example_of_the_answer_is_read_from_its_file(tmp_path: Path) -> None:
    (tmp_path / "examples").mkdir()
    text = '{"rows": [{"thing": "site/alder", "name": null}], "total": 7}'
    (tmp_path / "examples" / "what-is-it-called.json").write_text(text, encoding="utf-8")
    example = read(tmp_path, GOOD).example
    assert example is not None
    assert (example.rows, example.total) == (({"thing": "site/alder", "name": None},), 7)


@pytest.mark.parametrize(
    "text", ["{", "[]", '{"rows": []}', '{"rows": 1, "total": 1}', '{"rows": [{"name": "a"}], "total": 1}']
)
def test_an_example_that_does_not_fit_is_refused_with_its_file(tmp_path: Path, text: str) -> None:
    path = tmp_path / "examples" / "what-is-it-called.json"
    path.parent.mkdir()
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CatalogueError, match="is no example of this query") as refusal:
        read(tmp_path, GOOD)
    assert refusal.value.file == path


def test_the_text_without_front_matter_is_the_query_alone(tmp_path: Path) -> None:
    assert read(tmp_path, GOOD).sparql == GOOD[GOOD.index("SELECT") :]

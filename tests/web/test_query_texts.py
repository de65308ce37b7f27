"""What is written for people around queries: where a mistake is, how to ask from elsewhere, how a result begins."""

from __future__ import annotations

import ast
import json
import shlex

import pytest

from hct_kg.web.asking import curl, literal, python
from hct_kg.web.sparql import find_fault, read_beginning, undeclared

HOSTILE = 'a\'b"c\\d$(touch x)`y`\n"""; import os # \u00e4 \\'


def results(count: int) -> bytes:
    rows = [{"x": {"type": "literal", "value": f"}}],{{{number} \u20ac"}} for number in range(count)]
    document = {"head": {"vars": ["x"]}, "results": {"bindings": rows}}
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode()


def test_a_mistake_is_shown_with_its_line_and_the_one_before() -> None:
    fault = find_fault("SELECT * {\n  ?s ?p }\n", 2, 9)
    assert fault is not None
    assert fault.shown == "1 | SELECT * {\n2 |   ?s ?p }\n  |         ^"


def test_a_mistake_at_the_end_is_shown_below_the_last_line() -> None:
    fault = find_fault("ASK {\n", 2, 1)
    assert fault is not None
    assert fault.shown == "1 | ASK {\n2 | \n  | ^"


@pytest.mark.parametrize(("line", "column"), [(None, None), (0, 1), (9, 1)])
def test_a_mistake_that_has_no_place_has_no_line(line: int | None, column: int | None) -> None:
    assert find_fault("ASK {}", line, column) is None


def test_a_query_is_shown_without_its_declaration() -> None:
    assert undeclared('#+ question = "?"\n#+ number = 1\n\nASK {}\n') == "ASK {}\n"


def test_all_rows_of_a_short_result_are_read() -> None:
    beginning = read_beginning(results(3), 10)
    assert [row["x"]["value"] for row in beginning.bindings] == [f"}}],{{{number} \u20ac" for number in range(3)]
    assert not beginning.more


def test_of_a_long_result_as_many_rows_are_read_as_are_wanted() -> None:
    beginning = read_beginning(results(30), 10)
    assert len(beginning.bindings) == 10
    assert beginning.more
    assert not read_beginning(results(10), 10).more


@pytest.mark.parametrize("end", range(len(results(0)) - 3, len(results(3))))
def test_of_a_result_that_is_cut_anywhere_the_whole_rows_are_read(end: int) -> None:
    beginning = read_beginning(results(3)[:end], 10)
    assert [row["x"]["type"] for row in beginning.bindings] == ["literal"] * len(beginning.bindings)
    assert beginning.more or len(beginning.bindings) == 3


def test_the_answer_of_an_ask_is_read() -> None:
    assert read_beginning(b'{"head":{},"boolean":false}', 10).boolean is False


def test_the_command_for_a_shell_holds_each_value_as_it_is() -> None:
    command = curl("http://here/v1/x", [("q", HOSTILE)], "text/csv")
    assert shlex.split(command.replace("\\\n", " ")) == [
        *("curl", "--get", "http://here/v1/x", "--header", "Accept: text/csv"),
        *("--data-urlencode", f"q={HOSTILE}"),
    ]


@pytest.mark.parametrize("text", [HOSTILE, 'ends in "', 'lines\nend in "', "", "\\\n\\", '""""\n""""', "a\r\nb"])
def test_a_literal_of_python_is_read_as_the_text_that_it_was_made_of(text: str) -> None:
    assert ast.literal_eval(literal(text)) == text


@pytest.mark.parametrize("parameters", [[], [("query", HOSTILE)]])
def test_the_program_is_python_that_asks_for_json(parameters: list[tuple[str, str]]) -> None:
    tree = ast.parse(python("http://here/sparql", parameters))
    texts = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    assert {"http://here/sparql", "application/json", *(value for pair in parameters for value in pair)} <= texts

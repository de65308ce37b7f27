"""Requests that take all they can get: queries, updates and RDF bodies, and how each of them must end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from serving import EX, problem

Outcome = tuple[int, str]

LIMITS: Mapping[str, Any] = {"query_seconds": 0.5, "write_seconds": 2.0, "query_memory": 256, "write_bytes": 32}
"""Settings of the server that they are sent to: limits that one can wait for."""

TIME: Outcome = (504, "query-timeout")
MEMORY: Outcome = (507, "query-memory")
SIZE: Outcome = (507, "result-too-large")
SYNTAX: Outcome = (400, "query-syntax")
MALFORMED: Outcome = (400, "malformed-request")
BODY: Outcome = (413, "body-too-large")
CUT: Outcome = (200, "cut")
"""The status was sent before the answer failed; the connection was broken, so that nobody takes it as whole."""


@dataclass(frozen=True)
class Bomb:
    """A request, and the ways in which it may end."""

    path: str
    content: bytes
    media_type: str
    ends: frozenset[Outcome]
    method: str = "POST"
    headers: Mapping[str, str] = field(default_factory=dict)

    def send(self, client: httpx.Client, headers: Mapping[str, str]) -> Outcome:
        """Send it; return how it ended."""
        sent = {**headers, **self.headers, "Content-Type": self.media_type}
        try:
            response = client.request(self.method, self.path, content=self.content, headers=sent)
            return (response.status_code, "") if response.is_success else problem(response)
        except httpx.RemoteProtocolError:
            return CUT


def query(text: str, *ends: Outcome) -> Bomb:
    """Return a query as a bomb."""
    return Bomb("/sparql", text.encode(), "application/sparql-query", frozenset(ends))


def update(text: str, *ends: Outcome) -> Bomb:
    """Return an update as a bomb."""
    return Bomb("/update", text.encode(), "application/sparql-update", frozenset(ends))


def body(text: str, media_type: str, *ends: Outcome) -> Bomb:
    """Return the content of a graph as a bomb."""
    return Bomb(f"/graphs?graph={EX}bomb", text.encode(), media_type, frozenset(ends), "PUT")


CROSS = "{ ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
FREE = f"(<{EX}next>|!<{EX}next>)*"
DEPTH = 20_000
TWICE = "BIND(CONCAT(?x%d, ?x%d) AS ?x%d)"
DOUBLED = " ".join(TWICE % (step, step, step + 1) for step in range(40))
REPLACED = " ".join(f"BIND(REPLACE(?x{step}, 'a', 'aaaaaaaaaa') AS ?x{step + 1})" for step in range(12))


def nested(before: str, opening: str, middle: str, closing: str, after: str, depth: int = DEPTH) -> str:
    """Return a text with something in itself, again and again."""
    return before + opening * depth + middle + closing * depth + after


DEEP = {
    "deep groups": nested("ASK ", "{", "", "}", ""),
    "deep parentheses": nested("ASK { FILTER(", "(", "1", ")", ") }"),
    "deep negation": "ASK { FILTER(" + "!" * DEPTH + "true) }",
    "deep OPTIONAL": nested("ASK { ", "OPTIONAL { ", "", "} ", "}"),
    "deep UNION": nested("ASK { ", "{ {} UNION ", "{}", "} ", "}"),
    "deep sub-selects": nested("ASK { ", "{ SELECT * { ", "?a ?b ?c", "} } ", "}"),
    "deep EXISTS": nested("ASK { ", "FILTER EXISTS { ", "?a ?b ?c ", "} ", "}"),
    "deep property path": nested("ASK { ?a ", "(", f"<{EX}next>", ")*", " ?b }"),
    "deep collection": nested("ASK { ?a ?b ", "( ", "1", " )", " }"),
    "deep blank nodes": nested("ASK { ?a ?b ", "[ <urn:p> ", "1", " ]", " }"),
    "long sum": "ASK { FILTER(1" + "+1" * DEPTH + ") }",
    "long sequence path": f"ASK {{ ?a <{EX}next>" + f"/<{EX}next>" * DEPTH + " ?b }",
}

QUERIES = {
    "count of a cross product": query(f"SELECT (COUNT(*) AS ?n) {CROSS}", TIME),
    "stream of a cross product": query(f"SELECT * {CROSS}", SIZE, CUT),
    "stream of long rows": query(f"SELECT ('{'x' * 5000}' AS ?x) * {CROSS}".replace(" *", " ?a"), SIZE, CUT),
    "ordered cross product": query(f"SELECT * {CROSS} ORDER BY ?a ?d ?i", TIME, MEMORY),
    "distinct cross product": query(f"SELECT DISTINCT ?a ?f ?i {CROSS} OFFSET 100000000", TIME, MEMORY),
    "grouped cross product": query(f"SELECT (GROUP_CONCAT(CONCAT(STR(?a), STR(?i))) AS ?o) {CROSS}", TIME, MEMORY),
    "constructed cross product": query(f"CONSTRUCT {{ ?a ?e ?i }} WHERE {CROSS}", SIZE, TIME),
    "path with both ends free": query(f"SELECT (COUNT(*) AS ?n) {{ ?a {FREE} ?b . ?c {FREE} ?d }}", TIME, MEMORY),
    "regular expression": query(
        f"SELECT * {CROSS[:-1]} FILTER(REGEX(CONCAT(STR(?a), STR(?d), STR(?g)), '^(a?){{40}}(b|c)+never$')) }}", TIME
    ),
    "regular expression of great size": query(
        "ASK { ?a ?b ?c FILTER(REGEX(STR(?a), '((a{1000}){1000}){1000}')) }", TIME
    ),
    "growth by REPLACE": query(f"SELECT * {{ BIND('a' AS ?x0) {REPLACED} }}", MEMORY, TIME, SIZE, CUT),
    "growth by CONCAT": query(f"SELECT (STRLEN(?x40) AS ?n) {{ BIND('a' AS ?x0) {DOUBLED} }}", MEMORY, TIME),
    "large VALUES": query(
        f"SELECT (COUNT(*) AS ?n) {{ VALUES ?v {{ {'1 ' * 50_000} }} {CROSS[1:-1]} FILTER(?a = ?v) }}", TIME, MEMORY
    ),
    "VALUES beyond the body limit": query(f"ASK {{ VALUES ?v {{ {'1 ' * 600_000} }} }}", BODY),
    **{name: query(text, MEMORY, TIME, SYNTAX) for name, text in DEEP.items()},
}

UPDATES = {
    "update from a cross product": update(f"INSERT {{ ?a ?e ?i }} WHERE {{ GRAPH ?x {CROSS} }}", TIME, MEMORY),
    "update from a path": update(
        f"INSERT {{ ?a <{EX}p> ?d }} WHERE {{ GRAPH ?x {{ ?a {FREE} ?b . ?c {FREE} ?d }} }}", TIME, MEMORY
    ),
    "update with growth": update(
        f"INSERT {{ <urn:s> <urn:p> ?x40 }} WHERE {{ BIND('a' AS ?x0) {DOUBLED} }}", MEMORY, TIME
    ),
    "update from a sub-select": update(
        f"INSERT {{ <urn:s> <urn:p> ?n }} WHERE {{ {{ SELECT (COUNT(*) AS ?n) {{ GRAPH ?x {CROSS} }} }} }}", TIME
    ),
    **{
        f"update with {name}": update(
            f"INSERT {{ <urn:s> <urn:p> 1 }} WHERE {text.removeprefix('ASK ')}", MEMORY, TIME, SYNTAX
        )
        for name, text in DEEP.items()
    },
}

TURTLE, JSON_LD, RDF_XML = "text/turtle", "application/ld+json", "application/rdf+xml"
RDF = 'xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="urn:"'
LAUGHS = '<!ENTITY l0 "ha ha ha ha">' + "".join(f'<!ENTITY l{step} "{f"&l{step - 1};" * 10}">' for step in range(1, 10))
ABOUT = f'<r:RDF {RDF}><r:Description r:about="urn:s"><e:p>%s</e:p></r:Description></r:RDF>'
GREAT = 17 << 20
TRIPLE = "<<( <urn:s> <urn:p> "

BODIES = {
    "billion laughs": body(f"<!DOCTYPE r:RDF [{LAUGHS}]>{ABOUT % '&l9;'}", RDF_XML, MEMORY, MALFORMED),
    "billion laughs in an attribute": body(
        f'<!DOCTYPE r:RDF [{LAUGHS}]><r:RDF {RDF}><r:Description r:about="urn:&l9;"/></r:RDF>',
        RDF_XML,
        MEMORY,
        MALFORMED,
    ),
    "quadratic entity": body(
        f'<!DOCTYPE r:RDF [<!ENTITY a "{"x" * 1_000_000}">]>{ABOUT % ("&a;" * 10_000)}', RDF_XML, MEMORY, MALFORMED
    ),
    "deep RDF/XML": body(
        nested(f"<r:RDF {RDF}>", "<r:Description><e:p>", "x", "</e:p></r:Description>", "</r:RDF>", 100_000),
        RDF_XML,
        TIME,
    ),
    "deep JSON-LD": body(nested("", '{"urn:p":', "1", "}", "", 60_000), JSON_LD, MEMORY, MALFORMED, TIME),
    "deeper JSON-LD": body(nested("", '{"urn:p":', "1", "}", "", 200_000), JSON_LD, MALFORMED),
    "deep JSON-LD lists": body(nested('{"urn:p":', "[", "1", "]", "}", 200_000), JSON_LD, MALFORMED),
    "deep JSON-LD context": body(
        '{"@context":{' + "".join(f'"p{n}":"p{n + 1}:x",' for n in range(20_000)) + '"p20000":"urn:"},"p0:x":1}',
        JSON_LD,
        MEMORY,
        MALFORMED,
    ),
    "deep triple terms": body(
        nested("<urn:s> <urn:p> ", TRIPLE, "1", " )>>", " .", 100_000), TURTLE, MEMORY, MALFORMED
    ),
    "nested triple terms": body(
        nested("<urn:s> <urn:p> ", TRIPLE, "1", " )>>", " .", 9_000), TURTLE, MALFORMED, MEMORY
    ),
    "great literal in Turtle": body(f'<urn:s> <urn:p> "{"x" * GREAT}" .', TURTLE, MALFORMED, TIME),
    "great literal in JSON-LD": body('{"@id":"urn:s","urn:p":"%s"}' % ("x" * GREAT), JSON_LD, MALFORMED, TIME),
    "great literal in RDF/XML": body(ABOUT % ("x" * GREAT), RDF_XML, MALFORMED, TIME),
    "literal that grows when it is written": body('<urn:s> <urn:p> "%s" .' % ("\x01" * (3 << 20)), TURTLE, MALFORMED),
    "deep Turtle collection": body(nested("<urn:s> <urn:p> ", "(", "1", ")", " .", 50_000), TURTLE, TIME, MEMORY),
    "body beyond its limit": body(" " * ((LIMITS["write_bytes"] << 20) + 1), TURTLE, BODY),
}

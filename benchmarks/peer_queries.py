"""What the SPARQL servers are asked: for each kind of question many texts, each about another thing.

With one text over and over a server may answer from memory, and nothing of its engine is measured. Ours remembers
answers, of some hundred texts all of them: so there are workloads with more texts than it has memory for.
"""

from __future__ import annotations

from dataclasses import dataclass

from hct_kg.store import EmbeddedStore

TEXTS = 200
MORE_THAN_REMEMBERED = 100_000
"""Asked in turn, each is forgotten before it comes again: 64 MiB hold fewer, at 500 bytes and more for each."""
PREFIXES = """PREFIX hct: <https://w3id.org/hct-kg/ns#>
PREFIX oa: <http://www.w3.org/ns/oa#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
"""
SPOKEN_OF = f"""{PREFIXES}
SELECT ?thing (COUNT(*) AS ?claims) WHERE {{ ?claim hct:about ?thing }}
GROUP BY ?thing ORDER BY DESC(?claims) ?thing LIMIT {TEXTS}"""
SITES = f"{PREFIXES} SELECT ?thing WHERE {{ ?thing a hct:Site }} ORDER BY ?thing"


@dataclass(frozen=True, slots=True)
class Workload:
    """One kind of question: its name, its texts, and whether it is small (an answer of some kilobytes)."""

    name: str
    texts: tuple[str, ...]
    small: bool
    fixed: bool = True
    """Whether the rows are the same with every engine: LIMIT without an order leaves them open."""


def workloads(store: EmbeddedStore) -> list[Workload]:
    """Return the workloads: about the things that most is said of, the sites among them."""
    things = [row["thing"].value for row in store.select(SPOKEN_OF)]
    sites = [row["thing"].value for row in store.select(SITES)]
    star = tuple(map(star_of, things))
    return [
        Workload("star", star, small=True),
        Workload("1 hop with labels", tuple(map(neighbours_of, things)), small=True),
        Workload("ASK", tuple(map(whether_spoken_of, things)), small=True),
        Workload("star, never the same text", never_the_same(star), small=True),
        Workload("ASK, never the same text", never_the_same(tuple(map(whether_spoken_of, things))), small=True),
        Workload("star, one text", (star[len(star) // 2],), small=True),
        Workload("claims of a site", tuple(claims_of(sites[i % len(sites)], i) for i in range(TEXTS)), small=False),
        Workload("10000 rows", tuple(map(many_rows, range(TEXTS))), small=False, fixed=False),
    ]


def never_the_same(texts: tuple[str, ...]) -> tuple[str, ...]:
    """Return the texts many times over, each time with another comment."""
    return tuple(f"{texts[number % len(texts)]} # {number}" for number in range(MORE_THAN_REMEMBERED))


def star_of(thing: str) -> str:
    return f"SELECT ?p ?o WHERE {{ <{thing}> ?p ?o }}"


def neighbours_of(thing: str) -> str:
    return f"{PREFIXES}SELECT ?p ?o ?label WHERE {{ <{thing}> ?p ?o . ?o skos:prefLabel ?label }}"


def whether_spoken_of(thing: str) -> str:
    return f"{PREFIXES}ASK {{ ?claim hct:about <{thing}> ; hct:supportedBy ?passage }}"


def claims_of(thing: str, start: int) -> str:
    return f"""{PREFIXES}SELECT ?claim ?label ?modality ?passage ?start ?end WHERE {{
  ?claim hct:about <{thing}> ; hct:modality ?modality ; hct:supportedBy ?passage .
  ?passage oa:hasSelector ?selector .
  ?selector oa:start ?start ; oa:end ?end .
  OPTIONAL {{ ?claim skos:prefLabel ?label }}
  FILTER (?start >= {start})
}}"""


def many_rows(offset: int) -> str:
    return f"SELECT ?s ?p ?o WHERE {{ ?s ?p ?o }} OFFSET {offset} LIMIT 10000"

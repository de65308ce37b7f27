"""What the dataset has no evidence for: kinds of gaps, each found by a query.

A gap is silence of the documents, or of what was read from them: no proof that something is not so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from hct_kg.links import text
from hct_kg.store import Row
from hct_kg.terms import DCTERMS, HCT, ID, OA, SKOS

PREFIXES = f"""PREFIX dcterms: <{DCTERMS}>
PREFIX hct: <{HCT}>
PREFIX modality: <{ID}modality/>
PREFIX oa: <{OA}>
PREFIX skos: <{SKOS}>
"""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of gap: what it means, and the query that finds the things that have it.

    The query's columns: ?thing ?label, where it belongs (?place ?placeLabel), and how many there are of what
    `counted` names (?number).
    """

    meaning: str
    counted: str | None
    query: str


@dataclass(frozen=True, slots=True)
class Gap:
    """One thing that lacks something; `place` is its causal model, level or document, empty where it has none."""

    kind: str
    thing: str
    label: str
    place: str
    place_label: str
    number: int | None


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "links-without-findings": Kind(
            "No finding puts the link in words, nor any other link between the same two factors.",
            None,
            PREFIXES
            + """SELECT ?thing ?label ?place ?placeLabel WHERE {
  ?thing a hct:Link ; hct:cause ?cause ; hct:effect ?effect ; hct:model ?place .
  ?place skos:prefLabel ?placeLabel .
  ?cause skos:prefLabel ?causeLabel .
  ?effect skos:prefLabel ?effectLabel .
  BIND (CONCAT(?causeLabel, " -> ", ?effectLabel) AS ?label)
  MINUS { ?finding hct:finds ?other . ?other hct:cause ?cause ; hct:effect ?effect }
}
ORDER BY ?thing ?place""",
        ),
        "outcomes-without-findings": Kind(
            "No finding is about the outcome, nor puts a link to it in words.",
            None,
            PREFIXES
            + """SELECT ?thing ?label ?place ?placeLabel WHERE {
  ?thing a hct:Outcome ; skos:prefLabel ?label .
  OPTIONAL { ?thing hct:level ?place . ?place skos:prefLabel ?placeLabel }
  MINUS { ?about a hct:Finding ; hct:about ?thing }
  MINUS { ?finding hct:finds ?link . ?link hct:effect ?thing }
}
ORDER BY ?thing""",
        ),
        "findings-on-one-source": Kind(
            "All passages that support the finding are of one document.",
            "passages",
            PREFIXES
            + """SELECT ?thing ?label (MIN(?document) AS ?place) (MIN(?title) AS ?placeLabel)
       (COUNT(DISTINCT ?passage) AS ?number) WHERE {
  ?thing a hct:Finding ; skos:prefLabel ?label ; hct:supportedBy ?passage .
  ?passage oa:hasSource ?document .
  ?document dcterms:title ?title .
}
GROUP BY ?thing ?label
HAVING (COUNT(DISTINCT ?document) = 1)
ORDER BY ?thing""",
        ),
        "outcomes-only-intended": Kind(
            "A claim intends the outcome, and none reports it as perceived or observed.",
            "claims that intend it",
            PREFIXES
            + """SELECT ?thing ?label ?place ?placeLabel (COUNT(DISTINCT ?plan) AS ?number) WHERE {
  ?thing a hct:Outcome ; skos:prefLabel ?label .
  ?plan hct:effect|hct:about ?thing ; hct:modality modality:intended .
  OPTIONAL { ?thing hct:level ?place . ?place skos:prefLabel ?placeLabel }
  MINUS {
    VALUES ?happened { modality:observed modality:perceived }
    ?report hct:modality ?happened ; hct:effect|hct:about ?thing .
  }
}
GROUP BY ?thing ?label ?place ?placeLabel
ORDER BY ?thing""",
        ),
        "sections-without-claims": Kind(
            "No claim, nor any other record, cites a passage of the section or of a part of it.",
            None,
            PREFIXES
            + """SELECT ?thing ?label ?place ?placeLabel WHERE {
  ?thing a hct:Section ; dcterms:title ?title ; oa:hasSource ?place .
  ?place dcterms:title ?placeLabel .
  OPTIONAL { ?thing skos:notation ?notation }
  BIND (IF(BOUND(?notation), CONCAT(?notation, " ", ?title), ?title) AS ?label)
  MINUS {
    { SELECT DISTINCT ?part WHERE { ?record hct:supportedBy ?passage . ?passage hct:section ?part } }
    ?part dcterms:isPartOf* ?thing .
  }
}
ORDER BY ?place ?thing""",
        ),
    }
)


def read_gaps(kind: str, rows: Iterable[Row]) -> Iterator[Gap]:
    """Read the rows of a kind's query."""
    for row in rows:
        yield Gap(
            kind,
            row["thing"].value,
            row["label"].value.replace(" -> ", " → "),  # Virtuoso mars what CONCAT adds beyond ASCII
            text(row, "place"),
            text(row, "placeLabel"),
            int(row["number"].value) if "number" in row else None,
        )

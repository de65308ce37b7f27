"""Findings by what they are about and by of whom they are said: the counts of an evidence matrix.

A finding stands in one column: what is said of all sites, of some that are not named, or of nobody in particular
is counted there, and spread over no site that the text does not name. It stands in the row of each of its themes,
or of each outcome that it is about.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from hct_kg.links import PREFIXES, text
from hct_kg.store import NamedNode, Row
from hct_kg.terms import ID

SEVERAL, ALL, SOME, UNSTATED, OTHERS = "several-named", "all-sites", "some-unnamed", "sites-unstated", "others"
NONE_STATED = f"{ID}quantifier/none-stated"
EVERY = f"{ID}quantifier/all"

MARKS = (
    PREFIXES
    + """SELECT DISTINCT ?finding ?modality ?population ?quantifier ?site WHERE {
  ?finding a hct:Finding ; hct:modality ?modality .
  OPTIONAL { ?finding hct:scope ?scope . ?scope hct:population ?population ; hct:quantifier ?quantifier }
  OPTIONAL { ?finding hct:about|(hct:about/hct:site)|(hct:scope/hct:member) ?site . ?site a hct:Site }
}"""
)
"""Each finding with its modality, of which group and how many of it is said, and the sites that it names."""

GROUPS = (
    PREFIXES
    + """SELECT DISTINCT ?population WHERE {
  ?scope hct:population ?population ; hct:member ?one , ?other .
  ?one a hct:Site . ?other a hct:Site . FILTER (?one != ?other)
}"""
)
"""The groups that are made of sites: those of which a scope names two or more."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of row: which things are rows, with the group that they are in, and how a finding is about one."""

    things: str
    about: str

    @property
    def rows(self) -> str:
        """The query of the rows: ?row ?label, and ?group ?groupLabel where rows are in groups."""
        return f"{PREFIXES}SELECT ?row ?label ?group ?groupLabel WHERE {{ {self.things} }}"

    def findings(self, row: str | None = None) -> str:
        """Return the query of the findings of all rows, or of one: ?finding ?row."""
        only = f"VALUES ?row {{ {NamedNode(row)} }} " if row else ""
        return f"{PREFIXES}SELECT DISTINCT ?finding ?row WHERE {{ {only}{self.about} ?finding a hct:Finding }}"


KINDS: Mapping[str, Kind] = {
    "themes": Kind(
        f"?row skos:inScheme <{ID}scheme/theme> ; skos:prefLabel ?label",
        "?finding hct:theme ?row .",
    ),
    "outcomes": Kind(
        """?row a hct:Outcome ; skos:prefLabel ?label .
  OPTIONAL { ?row hct:level ?group . ?group skos:prefLabel ?groupLabel }""",
        "?row a hct:Outcome . ?finding hct:about|(hct:finds/hct:effect) ?row .",
    ),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """A finding, its column (the IRI of a site, or one of SEVERAL to OTHERS), and its modality."""

    iri: str
    column: str
    modality: str


@dataclass(frozen=True, slots=True)
class Heading:
    """What a row is about, and the group that it is in, empty if none."""

    iri: str
    label: str
    group: str
    group_label: str


@dataclass(frozen=True, slots=True)
class Line:
    """A row: by column and modality, how many findings; without a heading, of all findings, each counted once."""

    heading: Heading | None
    counts: Mapping[tuple[str, str], int]

    @property
    def count(self) -> int:
        """Return how many findings the row has."""
        return sum(self.counts.values())


def column(sites: Iterable[str], of_sites: bool, quantifier: str) -> str:
    """Return the column of a finding: it names sites, or is said of so many of a group made of sites, or of others."""
    named = sorted(set(sites))
    if of_sites and quantifier == EVERY:
        return ALL
    if named:
        return named[0] if len(named) == 1 else SEVERAL
    if not of_sites:
        return OTHERS
    return UNSTATED if quantifier == NONE_STATED else SOME


def read_findings(marks: Iterable[Row], groups: Iterable[Row]) -> Mapping[str, Finding]:
    """Read the rows of MARKS and GROUPS into findings by IRI."""
    of_sites = {row["population"].value for row in groups}
    sites: dict[str, set[str]] = defaultdict(set)
    first: dict[str, Row] = {}
    for row in marks:
        iri = row["finding"].value
        first.setdefault(iri, row)
        if "site" in row:
            sites[iri].add(row["site"].value)
    return {
        iri: Finding(
            iri,
            column(sites[iri], text(row, "population") in of_sites, text(row, "quantifier")),
            row["modality"].value,
        )
        for iri, row in first.items()
    }


def read_headings(rows: Iterable[Row]) -> Sequence[Heading]:
    """Read the rows of a kind's query of its rows."""
    return [Heading(row["row"].value, row["label"].value, text(row, "group"), text(row, "groupLabel")) for row in rows]


def count(headings: Iterable[Heading], about: Iterable[Row], findings: Mapping[str, Finding]) -> list[Line]:
    """Return the rows with their counts, those with most findings first, then by label."""
    counts: dict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
    for row in about:
        found = findings.get(row["finding"].value)
        if found is not None:
            counts[row["row"].value][found.column, found.modality] += 1
    lines = [Line(heading, counts[heading.iri]) for heading in headings]
    return sorted(lines, key=lambda line: (-line.count, line.heading.label.casefold() if line.heading else ""))


def overall(findings: Iterable[Finding]) -> Line:
    """Return the row of all findings: each is counted once, however many rows it stands in."""
    return Line(None, Counter((found.column, found.modality) for found in findings))

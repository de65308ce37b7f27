"""Causal links as the dataset holds them, read into plain values with marks and evidence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from types import MappingProxyType

from hct_kg.store import Row
from hct_kg.terms import ID, NAMESPACES

PREFIXES = "".join(f"PREFIX {prefix}: <{namespace}>\n" for prefix, namespace in NAMESPACES.items())

LINKS_QUERY = (
    PREFIXES
    + """
SELECT ?link ?cause ?effect ?polarity ?explicitness ?modality ?scope ?scopeLabel ?note ?description
       ?condition WHERE {
  ?link a hct:Link ; hct:cause ?cause ; hct:effect ?effect ; hct:polarity ?polarity ;
    hct:explicitness ?explicitness ; hct:modality ?modality ; hct:scope ?scope .
  ?scope skos:prefLabel ?scopeLabel .
  OPTIONAL { ?link hct:curatorNote ?note }
  OPTIONAL { ?link dcterms:description ?description }
  OPTIONAL { ?link hct:condition ?condition }
} ORDER BY ?link"""
)

MODELS_QUERY = PREFIXES + "SELECT ?link ?model WHERE { ?link a hct:Link ; hct:model ?model } ORDER BY ?link ?model"

VOICES_QUERY = (
    PREFIXES
    + """
SELECT ?link ?label WHERE { ?link a hct:Link ; hct:voice/skos:prefLabel ?label } ORDER BY ?link ?label"""
)

MEMBERS_QUERY = (
    PREFIXES
    + """
SELECT DISTINCT ?scope ?member WHERE { ?link a hct:Link ; hct:scope ?scope . ?scope hct:member ?member }"""
)

EVIDENCE_QUERY = (
    PREFIXES
    + """
SELECT ?link ?passage ?document ?documentTitle ?section ?notation ?title ?start ?end ?sha256 WHERE {
  ?link a hct:Link ; hct:supportedBy ?passage .
  ?passage oa:hasSource ?document ; hct:section ?section ; hct:sha256 ?sha256 ; oa:hasSelector ?at .
  ?at oa:start ?start ; oa:end ?end .
  ?section dcterms:title ?title .
  ?document dcterms:title ?documentTitle .
  OPTIONAL { ?section skos:notation ?notation }
} ORDER BY ?link ?document ?start"""
)

FACTORS_QUERY = (
    PREFIXES
    + """
SELECT ?factor ?label WHERE { ?factor a hct:Factor ; skos:prefLabel ?label } ORDER BY ?factor"""
)

CAUSAL_MODELS_QUERY = (
    PREFIXES
    + """
SELECT ?model ?label WHERE { ?model a hct:CausalModel ; skos:prefLabel ?label } ORDER BY ?model"""
)

FINDINGS_QUERY = (
    PREFIXES
    + """
SELECT ?link ?finding ?label ?modality WHERE {
  ?finding a hct:Finding ; hct:finds ?link ; skos:prefLabel ?label ; hct:modality ?modality .
} ORDER BY ?link ?finding"""
)

LOOPS_QUERY = (
    PREFIXES
    + """
SELECT ?loop ?label ?model ?link WHERE {
  ?loop a hct:FeedbackLoop ; skos:prefLabel ?label ; hct:model ?model ; hct:loopLink ?link .
} ORDER BY ?loop ?model ?link"""
)

QUERIES: Mapping[str, str] = MappingProxyType(
    {
        "links": LINKS_QUERY,
        "models": MODELS_QUERY,
        "voices": VOICES_QUERY,
        "members": MEMBERS_QUERY,
        "evidence": EVIDENCE_QUERY,
        "factors": FACTORS_QUERY,
        "causal models": CAUSAL_MODELS_QUERY,
        "findings": FINDINGS_QUERY,
        "loops": LOOPS_QUERY,
    }
)
"""The queries whose rows `read_network` takes, by name."""

IMPLIED = f"{ID}explicitness/implied"
SIGNS = MappingProxyType({f"{ID}polarity/positive": 1, f"{ID}polarity/negative": -1, f"{ID}polarity/unsigned": 0})


@dataclass(frozen=True, slots=True)
class Citation:
    """A passage with what a reader needs to look it up; offsets in code points, end exclusive."""

    passage: str
    document: str
    document_title: str
    section: str
    section_title: str
    start: int
    end: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Scope:
    """Of whom a claim speaks: in words, and the members that the source names."""

    iri: str
    label: str
    members: frozenset[str]


@dataclass(frozen=True, slots=True)
class Link:
    """One claim that a factor leads to another: sign +1, -1 or 0 (not said), marks and evidence."""

    iri: str
    cause: str
    effect: str
    sign: int
    models: frozenset[str]
    explicitness: str
    modality: str
    scope: Scope
    voices: tuple[str, ...]
    note: str
    description: str
    evidence: tuple[Citation, ...]
    condition: str = ""

    @property
    def implied(self) -> bool:
        """Return whether the curator read the link out of the text, which does not say it in words."""
        return self.explicitness == IMPLIED


@dataclass(frozen=True, slots=True)
class Finding:
    """A finding that puts a link in words."""

    iri: str
    label: str
    modality: str


@dataclass(frozen=True, slots=True)
class StatedLoop:
    """A feedback loop that the text states: the links that it names, which need not close it."""

    iri: str
    label: str
    model: str
    links: frozenset[str]


@dataclass(frozen=True, slots=True)
class Network:
    """All links of a dataset, the labels of factors and of causal models, findings by link, stated loops."""

    links: tuple[Link, ...]
    labels: Mapping[str, str]
    models: Mapping[str, str] = field(default_factory=dict)
    findings: Mapping[str, tuple[Finding, ...]] = field(default_factory=dict)
    stated_loops: tuple[StatedLoop, ...] = ()


def read_network(rows: Mapping[str, Sequence[Row]]) -> Network:
    """Read the rows of QUERIES into a network; links in the order of their IRIs."""
    models = grouped(rows["models"], "link", "model")
    voices = grouped(rows["voices"], "link", "label")
    members = grouped(rows["members"], "scope", "member")
    evidence: dict[str, list[Citation]] = defaultdict(list)
    for row in rows["evidence"]:
        evidence[row["link"].value].append(read_citation(row))
    links = tuple(
        Link(
            iri=(iri := row["link"].value),
            cause=row["cause"].value,
            effect=row["effect"].value,
            sign=SIGNS[row["polarity"].value],
            models=frozenset(models[iri]),
            explicitness=row["explicitness"].value,
            modality=row["modality"].value,
            scope=Scope(row["scope"].value, row["scopeLabel"].value, frozenset(members[row["scope"].value])),
            voices=tuple(voices[iri]),
            note=text(row, "note"),
            description=text(row, "description"),
            evidence=tuple(evidence[iri]),
            condition=text(row, "condition"),
        )
        for row in rows["links"]
    )
    return Network(
        links,
        labels=MappingProxyType({row["factor"].value: row["label"].value for row in rows["factors"]}),
        models=MappingProxyType({row["model"].value: row["label"].value for row in rows["causal models"]}),
        findings=read_findings(rows["findings"]),
        stated_loops=tuple(read_loops(rows["loops"])),
    )


def read_findings(rows: Iterable[Row]) -> Mapping[str, tuple[Finding, ...]]:
    """Read the rows of FINDINGS_QUERY into findings by link."""
    found: dict[str, list[Finding]] = defaultdict(list)
    for row in rows:
        found[row["link"].value].append(Finding(row["finding"].value, row["label"].value, row["modality"].value))
    return MappingProxyType({link: tuple(findings) for link, findings in found.items()})


def read_loops(rows: Iterable[Row]) -> Iterator[StatedLoop]:
    """Read the rows of LOOPS_QUERY, those of one loop side by side."""
    for (iri, label, model), group in groupby(
        rows, lambda row: (row["loop"].value, row["label"].value, row["model"].value)
    ):
        yield StatedLoop(iri, label, model, frozenset(row["link"].value for row in group))


def read_citation(row: Row) -> Citation:
    """Read one row of EVIDENCE_QUERY."""
    return Citation(
        passage=row["passage"].value,
        document=row["document"].value,
        document_title=row["documentTitle"].value,
        section=row["section"].value,
        section_title=f"{text(row, 'notation')} {row['title'].value}".strip(),
        start=int(row["start"].value),
        end=int(row["end"].value),
        sha256=row["sha256"].value,
    )


def grouped(rows: Iterable[Row], key: str, value: str) -> dict[str, list[str]]:
    """Return the values by key, in order; a key that is not there has none."""
    groups: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        groups[row[key].value].append(row[value].value)
    return groups


def text(row: Row, name: str) -> str:
    """Return a variable's text, empty where unbound."""
    return row[name].value if name in row else ""

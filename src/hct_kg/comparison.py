"""Sites side by side: by aspect, which records name which site, and how many claims are made of sites left unnamed.

A record belongs to a site only where it names it: it is about the site, or about something done there, or its
scope names the site as a member. A claim of “two of five sites” belongs to none; such claims are counted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from hct_kg import frontmatter
from hct_kg.links import PREFIXES, text
from hct_kg.store import NamedNode, Row
from hct_kg.terms import ID, XSD

HEAD = (
    PREFIXES
    + "".join(f"PREFIX {name}: <{ID}{name}/>\n" for name in ("measure", "modality", "polarity", "scheme", "theme"))
    + f"PREFIX xsd: <{XSD}>\n"
)
BIND = frontmatter.placeholder("site")
NAMES = "hct:about|(hct:about/hct:site)|(hct:scope/hct:member)"

SITES = (
    HEAD
    + """SELECT ?site ?label ?programme ?phase ?phaseLabel ?member WHERE {
  ?site a hct:Site ; skos:prefLabel ?label ; hct:programme ?programme .
  ?phase a hct:Phase ; skos:prefLabel ?phaseLabel ; hct:programme ?programme .
  BIND (xsd:boolean(EXISTS { ?site hct:phase ?phase }) AS ?member)
} ORDER BY ?site ?phase"""
)
"""All sites, each with every phase of its programme and whether a document places it there."""

UNNAMED = f"""?thing hct:scope ?scope .
  ?scope skos:prefLabel ?label .
  {{
    SELECT DISTINCT ?scope {{
      {BIND}
      ?site hct:programme ?programme .
      ?one a hct:Site ; hct:programme ?programme .
      ?other a hct:Site ; hct:programme ?programme .
      FILTER (?one != ?other)
      ?several hct:member ?one , ?other ; hct:population ?population .
      ?scope hct:population ?population .
      FILTER NOT EXISTS {{ ?scope hct:member ?named . ?named a hct:Site }}
    }}
  }}
  FILTER NOT EXISTS {{ ?thing hct:site|hct:about|(hct:about/hct:site) ?named . ?named a hct:Site }}"""
"""What is claimed of sites of the programme, as many as are meant, without naming any."""


@dataclass(frozen=True, slots=True)
class Aspect:
    """One way to compare sites.

    `pattern` binds ?thing and, where the aspect has a row for each of several things, ?about; `named` ties ?thing
    to ?site. `rows` gives those things (?about ?label), `overall` what is stated of all sites together (?about
    ?thing), and `unnamed` ties ?thing to the ?scope (with its ?label) of a claim that names no site.
    """

    name: str
    meaning: str
    pattern: str
    named: str
    rows: str | None = None
    overall: str | None = None
    unnamed: str | None = UNNAMED

    @property
    def query(self) -> str:
        """The query of the things: ?about ?site ?thing."""
        return f"{HEAD}SELECT DISTINCT ?about ?site ?thing WHERE {{\n  {BIND}\n  {self.named}\n  {self.pattern}\n}}"

    @property
    def counting(self) -> str | None:
        """The query of claims that name no site: ?about ?scope ?label, and how many of each, ?number."""
        if self.unnamed is None:
            return None
        return (
            f"{HEAD}SELECT ?about ?scope ?label (COUNT(DISTINCT ?thing) AS ?number) WHERE {{\n"
            f"  {self.unnamed}\n  {self.pattern}\n}}\nGROUP BY ?about ?scope ?label\nORDER BY DESC(?number) ?scope"
        )


REPORTED = "VALUES ?happened { modality:observed modality:perceived } ?thing a hct:Finding ; hct:modality ?happened ."
BY_SIGN = "Whether more or less of it is welcome is not marked: read the finding."

ASPECTS = (
    Aspect(
        "spectrum",
        "Claims that place the site on this spectrum. Where there is none the documents place it nowhere.",
        "?about a hct:Spectrum . ?thing hct:about ?about ; hct:explicitness ?marked .",
        "?thing hct:about ?site .",
        rows=HEAD
        + """SELECT ?about ?label WHERE {
  ?about a hct:Spectrum ; skos:prefLabel ?label ; skos:notation ?rank } ORDER BY ?rank ?about""",
        unnamed="""?thing hct:scope ?scope . ?scope skos:prefLabel ?label .
  FILTER NOT EXISTS { ?thing hct:about ?named . ?named a hct:Site }""",
    ),
    Aspect(
        "members",
        "Who belonged to the partnership, named or by kind. A moment left out says nothing: it is no absence.",
        "?thing a org:Membership .",
        "?thing org:organization ?site .",
        unnamed=None,
    ),
    Aspect(
        "funding",
        "Grants awarded for this phase. Totals are those that a document states; none is computed.",
        "?thing a hct:Grant ; hct:phase ?about .",
        "?thing hct:recipient ?site .",
        rows=HEAD
        + f"""SELECT DISTINCT ?about ?label WHERE {{
  {BIND}
  ?site hct:programme ?programme . ?about a hct:Phase ; hct:programme ?programme ; skos:prefLabel ?label
}} ORDER BY ?about""",
        overall=HEAD
        + """SELECT DISTINCT ?about ?thing WHERE {
  ?thing hct:measure measure:grant-funding-total ; hct:phase ?about } ORDER BY ?about ?thing""",
        unnamed=None,
    ),
    Aspect(
        "funding-total",
        "What a document states as the whole of the grants. Nothing is added up here.",
        "?thing a hct:StatedValue ; hct:measure measure:grant-funding-total .",
        "?thing hct:about ?site .",
        overall=HEAD
        + f"""SELECT DISTINCT ?thing WHERE {{
  {BIND}
  ?site hct:programme ?programme . ?thing hct:measure measure:grant-funding-total ; hct:about ?programme
  FILTER NOT EXISTS {{ ?thing hct:phase ?phase }} }} ORDER BY ?thing""",
        unnamed=None,
    ),
    Aspect(
        "initiatives",
        "What was really done there. Sessions and other parts of an initiative are with it, not listed here.",
        """?thing a hct:Initiative .
  FILTER NOT EXISTS { ?thing dcterms:isPartOf ?whole . ?whole a hct:Initiative }""",
        "?thing hct:site ?site .",
    ),
    Aspect(
        "helped",
        f"Findings, observed or perceived, that one thing makes more of another. {BY_SIGN}",
        f"{REPORTED} ?thing hct:finds/hct:polarity polarity:positive .",
        f"?thing {NAMES} ?site .",
    ),
    Aspect(
        "hindered",
        f"Findings, observed or perceived, that one thing makes less of another. {BY_SIGN}",
        f"{REPORTED} ?thing hct:finds/hct:polarity polarity:negative .",
        f"?thing {NAMES} ?site .",
    ),
    Aspect(
        "outcomes",
        "Findings on an outcome, and links to one that no finding on the site puts in words, of this modality.",
        """?thing hct:modality ?about .
  FILTER (
    EXISTS { ?thing a hct:Finding ; hct:about|(hct:finds/hct:effect) ?outcome . ?outcome a hct:Outcome }
    || EXISTS { ?thing a hct:Link ; hct:effect ?outcome . ?outcome a hct:Outcome }
  )""",
        f"""?thing {NAMES} ?site .
  FILTER NOT EXISTS {{ ?thing a hct:Link . ?finding hct:finds ?thing ; {NAMES} ?site }}""",
        rows=HEAD
        + """SELECT ?about ?label WHERE {
  ?about skos:inScheme scheme:modality ; skos:prefLabel ?label ; skos:notation ?rank } ORDER BY DESC(?rank)""",
        unnamed=f"""{UNNAMED}
  FILTER NOT EXISTS {{ ?thing a hct:Link . ?finding hct:finds ?thing }}""",
    ),
)
"""The aspects, in the order in which they are shown."""


@dataclass(frozen=True, slots=True)
class Phase:
    """A phase of a site's programme, and whether a document places the site in it."""

    iri: str
    label: str
    took_part: bool


@dataclass(frozen=True, slots=True)
class Site:
    """A site with its programmes and every phase of them."""

    iri: str
    label: str
    phases: tuple[Phase, ...]
    programmes: frozenset[str]


def among(query: str, sites: Iterable[str]) -> str:
    """Return a query with the sites that are compared bound in it."""
    return frontmatter.bind(query, "site", " ".join(str(NamedNode(site)) for site in sites))


def read_sites(rows: Iterable[Row]) -> Mapping[str, Site]:
    """Read the rows of SITES into sites by IRI."""
    labels: dict[str, str] = {}
    phases: dict[str, list[Phase]] = {}
    programmes: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        programmes[row["site"].value].add(row["programme"].value)
        labels.setdefault(row["site"].value, row["label"].value)
        phase = Phase(row["phase"].value, row["phaseLabel"].value, row["member"].value == "true")
        phases.setdefault(row["site"].value, []).append(phase)
    return MappingProxyType(
        {iri: Site(iri, label, tuple(phases[iri]), frozenset(programmes[iri])) for iri, label in labels.items()}
    )


def read_things(rows: Iterable[Row]) -> Mapping[tuple[str, str], tuple[str, ...]]:
    """Read the rows of an aspect into the things of each (about, site); about is empty where the aspect is one row."""
    found: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        found.setdefault((text(row, "about"), text(row, "site")), []).append(row["thing"].value)
    return MappingProxyType({place: tuple(things) for place, things in found.items()})

"""What a thing is, in one sentence for people who have never seen this data."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from hct_kg.web.causal_links import Json

KINDS: Mapping[str, str] = MappingProxyType(
    {
        "programme": "A programme that funds and supports partnerships.",
        "phase": "A phase of a programme.",
        "site": "A site: a partnership of organisations in one place, funded by the programme.",
        "place": "A place in which a site, or an initiative, works.",
        "organisation": "An organisation that takes part in, or speaks about, the programme.",
        "body": "A body that steers or advises a programme.",
        "role": "A role: what somebody does in an organisation or a partnership. No person is named.",
        "membership": "A membership: that an organisation, or a kind of organisation, belongs to a site.",
        "strand": "A strand of the support that the programme gave.",
        "support-activity": "Something that was done to support the sites.",
        "grant": "A grant: money awarded to a site.",
        "initiative": "Something that was done: an initiative, an event or a series of them.",
        "factor": "Something that is said to lead to other things, or to follow from them.",
        "model": "An account of how change comes about: a set of links between things that lead to one another.",
        "loop": "A feedback loop that a document tells of: a chain of links that comes back to its start.",
        "link": "A claim that one thing leads to another.",
        "finding": "A finding: what an evaluation or a case study found, in one sentence of ours.",
        "statement": "A statement that a document makes.",
        "value": "A number, an amount or a date, as a document states it.",
        "recommendation": "A recommendation: what somebody is advised to do.",
        "hypothesis": "A hypothesis: what somebody set out to test.",
        "limitation": "A limitation: what the evidence cannot show.",
        "quotation": "A quotation in a document, by the role of the speaker. No person is named.",
        "discrepancy": "A disagreement: records of the documents that do not fit each other. All of them are kept.",
        "evaluation-objective": "What the evaluation was for.",
        "evaluation-question": "A question that the evaluation was to answer.",
        "evidence-activity": "A way in which evidence was gathered, in one round of the evaluation.",
        "spectrum": "A spectrum along which the sites differ.",
        "document": "A public document that the data is made from.",
        "section": "A section of a document.",
        "passage": "A passage of a document, given by its place and a digest of its text.",
        "table": "A table or figure of a document.",
        "publication": "A work that a document cites.",
        "term": "A word of the documents, with what they mean by it.",
        "population": "A group of people or organisations that claims speak of.",
        "scope": "Of whom a claim speaks: which group, and how many of it. Named only where the text names them.",
        "period": "A span of time.",
        "scheme": "A list of terms that the data uses for one purpose.",
        "rule": "A rule by which the data is added to.",
    }
)
"""By the first part of an identifier."""
CONCEPT = "A term of a list that the data uses for one purpose."


def kind_of(identifier: str) -> str:
    """Return the first part of an identifier: site of site/coventry."""
    return identifier.partition("/")[0]


def sentence_of(item: Json) -> str:
    """Return what a thing is; "" where its kind is not known here."""
    kind = kind_of(item["id"])
    if kind == "factor":
        return of_factor(item)
    return KINDS.get(kind, CONCEPT if item.get("scheme") else "")


def of_factor(item: Json) -> str:
    """Return what a factor is: its own kind comes before what all factors are."""
    own = [
        name["label"] for name in item.get("types", ()) if name["id"].startswith("hct:") and name["id"] != "hct:Factor"
    ]
    if not own:
        return KINDS["factor"]
    level = f", {item['level']['label'].lower()}" if item.get("level") else ""
    return f"{own[-1].capitalize()}{level}: {KINDS['factor'][0].lower()}{KINDS['factor'][1:]}"

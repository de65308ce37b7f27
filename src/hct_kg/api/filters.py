"""What lists are narrowed down and ordered by: each filter and each order, declared once."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Filter:
    """A query parameter that keeps the things with a value: its path, and the collection that its values are of.

    Without a collection a value may be anything that the dataset speaks of.
    """

    name: str
    path: str
    of: str | None
    says: str


@dataclass(frozen=True, slots=True)
class Sort:
    """An order: the graph pattern that binds ?x, and ?y where that is not enough; of several values the first counts.

    By label and by identifier there is no pattern.
    """

    name: str
    says: str
    pattern: str = ""


BY_LABEL = Sort("label", "by label")
BY_ID = Sort("id", "by identifier")
BY_NOTATION = Sort("notation", "by number in the source", "?s skos:notation ?x")
BY_ISSUED = Sort("issued", "by date of issue", "?s dcterms:issued ?x")
BY_AMOUNT = Sort("amount", "by amount", "?s hct:amount ?x")
BY_SIZE = Sort("size", "by size", "?s hct:size ?x")
BY_START = Sort("start", "by start", "?s hct:start ?x")
BY_PERIOD = Sort("start", "by start", "?s hct:period/hct:start ?x")
BY_LEVEL = Sort("level", "from the nearest level to the furthest", "?s hct:level/skos:notation ?x")
IN_DOCUMENT = Sort("place", "as they stand in the documents", "?s oa:hasSource ?x ; oa:hasSelector/oa:start ?y")
BY_PASSAGE = Sort(
    "place",
    "as the first passage of each stands in the documents",
    "?s hct:supportedBy ?passage . ?passage oa:hasSource ?x ; oa:hasSelector/oa:start ?y",
)

EXPLICITNESS = Filter("explicitness", "hct:explicitness", "explicitness", "Stated, or implied.")
MODALITY = Filter("modality", "hct:modality", "modalities", "In what way the source holds it.")
VOICE = Filter("voice", "hct:voice", "voices", "Whose view it is.")
QUANTIFIER = Filter("quantifier", "hct:scope/hct:quantifier", "quantifiers", "Of how many it is said.")
POPULATION = Filter("population", "hct:scope/hct:population", "populations", "Of which group it is said.")
SCOPE = Filter("scope", "hct:scope", "scopes", "Of whom just so it is said.")
SITE = Filter(
    "site",
    "hct:site|hct:about|(hct:about/hct:site)|(hct:scope/hct:member)",
    "sites",
    "A site that it was done in, is about, or is said of by name.",
)
DOCUMENT = Filter("document", "hct:supportedBy/oa:hasSource", "documents", "The document that it is written in.")
SECTION = Filter(
    "section",
    "hct:supportedBy/hct:section/dcterms:isPartOf*",
    "sections",
    "The section that it is written in, or one within that.",
)
THEME = Filter("theme", "hct:theme", "themes", "The part of the subject that it belongs to.")
ABOUT = Filter("about", "hct:about", None, "What it is about.")
MODEL = Filter("model", "hct:model", "models", "The causal model that it is part of.")
PHASE = Filter("phase", "hct:phase", "phases", "The phase.")
PROGRAMME = Filter("programme", "hct:programme", "programmes", "The programme that it belongs to.")
PROGRAMME_OF_MODEL = Filter(
    "programme", "hct:model/hct:programme", "programmes", "The programme of the causal model that it is part of."
)
PROGRAMME_OF_SITE = Filter(
    "programme", "hct:site/hct:programme", "programmes", "The programme of the site that it was done in."
)
PROGRAMME_OF_GROUP = Filter(
    "programme", "org:organization/hct:programme", "programmes", "The programme of the site that it is a membership of."
)
PROGRAMME_OF_STRAND = Filter(
    "programme", "hct:strand/hct:programme", "programmes", "The programme of the strand of support that it is part of."
)
CAUSE = Filter("cause", "hct:cause", "factors", "The factor that it starts from.")
EFFECT = Filter("effect", "hct:effect", "factors", "The factor that it arrives at.")
POLARITY = Filter("polarity", "hct:polarity", "polarities", "Whether the cause makes more of the effect, or less.")
DURING = Filter("during", "hct:during", "moments", "When in the course of the programme.")
LINK = Filter("link", "hct:finds", "links", "The causal link that it puts in words.")
METHOD_BEHIND = Filter(
    "method", "hct:evidencedBy/hct:method", "methods", "By what it was found, where a source says so."
)
ROUND_BEHIND = Filter("round", "hct:evidencedBy/hct:round", "rounds", "In which round, where a source says so.")
MEASURE = Filter("measure", "hct:measure", "measures", "What kind of quantity or date it is.")
UNIT = Filter("unit", "hct:unit", "units", "The unit of the number.")
PRECISION = Filter("precision", "hct:precision", "precisions", "How exactly it is stated.")
TABLE = Filter("table", "hct:table", "tables", "The table that it is a cell of.")
AUDIENCE = Filter("audience", "hct:audience", "audiences", "Whom it is addressed to.")
BASED_ON = Filter("finding", "hct:basedOn", "findings", "The finding that it rests on.")
BEARS_ON = Filter("bears_on", "hct:bearsOn", None, "What it bears on.")
SPEAKER = Filter("voice", "hct:speaker", "voices", "Who spoke.")
OF_SITE = Filter("site", "hct:site", "sites", "The site.")
KIND = Filter("kind", "hct:discrepancyKind", "discrepancy-kinds", "In what way the records differ.")
RESOLUTION = Filter("resolution", "hct:resolution", "resolutions", "Whether the documents explain it.")
BETWEEN = Filter("record", "hct:between|hct:preferredClaim", None, "A record that does not agree.")
DOCUMENT_BETWEEN = Filter(
    "document",
    "(hct:between|hct:preferredClaim)/hct:supportedBy/oa:hasSource",
    "documents",
    "A document that one of the records is written in.",
)
METHOD = Filter("method", "hct:method", "methods", "The way in which evidence was gathered.")
ROUND = Filter("round", "hct:round", "rounds", "The round of fieldwork.")
OBJECTIVE = Filter("objective", "skos:broader", "evaluation-objectives", "The objective that it is under.")
ANSWERED_IN = Filter("section", "hct:answeredIn/dcterms:isPartOf*", "sections", "The section that answers it.")
LEVEL = Filter("level", "hct:level", "levels", "The level that it is placed at.")
PART_OF_FACTOR = Filter("part_of", "skos:broader", "factors", "The factor that it is a part of.")
STRAND = Filter("strand", "hct:strand", "support-strands", "The strand of support.")
PROVIDER = Filter("provider", "hct:provider", "organisations", "Who gives it.")
FUNDER = Filter("funder", "hct:funder", "organisations", "Who pays for it.")
RECIPIENT = Filter("site", "hct:recipient", "sites", "The site that it was awarded to.")
SECTOR = Filter("sector", "hct:sector", "sectors", "The sector that it works in.")
MEMBER_OF = Filter("site", "org:memberOf", "sites", "A site that it belongs, or belonged, to.")
MEMBER = Filter("organisation", "org:member", "organisations", "The member.")
GROUP = Filter("site", "org:organization", "sites", "The site that it is a membership of.")
ROLE = Filter("role", "org:role", "roles", "What part the member has.")
MEMBER_SECTOR = Filter("sector", "hct:memberKind|(org:member/hct:sector)", "sectors", "The sector of the member.")
MOMENT = Filter("moment", "hct:memberAt", "moments", "A moment at which it is said to have belonged.")
CHANGE = Filter("change", "hct:membershipChange", "membership-changes", "What happened to it over time.")
EMPLOYER = Filter("employer", "hct:employer", "organisations", "The organisation that it belongs to.")
INITIATIVE = Filter("initiative", "dcterms:isPartOf", "initiatives", "The initiative that it is a part of.")
ORGANISER = Filter("organiser", "hct:organiser", "organisations", "Who ran it.")
PLACE_OF_SITE = Filter("site", "^hct:place", "sites", "The site that works there.")
PLACE = Filter("place", "hct:place", "places", "The area that it works in.")
PUBLISHER = Filter("publisher", "hct:publisher", "organisations", "Who published it.")
IN = Filter("document", "oa:hasSource", "documents", "The document that it is in.")
IN_SECTION = Filter("section", "hct:section/dcterms:isPartOf*", "sections", "The section that it is in, or one within.")
WITHIN = Filter("part_of", "dcterms:isPartOf", "sections", "The section that holds it.")
SUPPORTS = Filter("supports", "^hct:supportedBy", None, "What it carries.")
CITED_IN = Filter("document", "hct:citedIn", "documents", "The document that cites it.")
BROADER = Filter("broader", "skos:broader", None, "The concept above it.")
OF_POPULATION = Filter("population", "hct:population", "populations", "The population that it is a part of.")
OF_QUANTIFIER = Filter("quantifier", "hct:quantifier", "quantifiers", "How much of the population.")
MEMBER_OF_SCOPE = Filter("site", "hct:member", "sites", "A site that it names.")

RECORD = (EXPLICITNESS, MODALITY, VOICE, QUANTIFIER, POPULATION, SCOPE, SITE, DOCUMENT, SECTION)
"""What every record can be chosen by: its marks, and where it is written."""

# What each collection is chosen by, in the order in which its facets are shown.
RECORD_WITHOUT_SITE = tuple(item for item in RECORD if item is not SITE)
CLAIM = (*RECORD, ABOUT, THEME)
PROGRAMMES = (FUNDER,)
PHASES = GOVERNANCE_BODIES = (PROGRAMME,)
SITES = (PROGRAMME, PHASE, PLACE)
PLACES = (PLACE_OF_SITE, DOCUMENT)
ORGANISATIONS = PARTNERS = (SECTOR, MEMBER_OF, DOCUMENT)
ROLES = (EMPLOYER,)
MEMBERSHIPS = (GROUP, PROGRAMME_OF_GROUP, MEMBER, MEMBER_SECTOR, ROLE, MOMENT, CHANGE, *RECORD_WITHOUT_SITE)
SUPPORT_STRANDS = (PROGRAMME, PROVIDER)
SUPPORT_ACTIVITIES = (STRAND, PROGRAMME_OF_STRAND, PROVIDER, *RECORD_WITHOUT_SITE)
GRANTS = (RECIPIENT, PHASE, PROGRAMME, FUNDER, *RECORD_WITHOUT_SITE)
INITIATIVES = EVENTS = (INITIATIVE, PROGRAMME_OF_SITE, ORGANISER, THEME, *RECORD)
MODELS = (PROGRAMME, VOICE, DOCUMENT)
FEEDBACK_LOOPS = (MODEL, PROGRAMME_OF_MODEL, *RECORD)
FACTORS = (LEVEL, MODEL, PROGRAMME_OF_MODEL, STRAND, PART_OF_FACTOR, DOCUMENT)
LINKS = (CAUSE, EFFECT, POLARITY, MODEL, PROGRAMME_OF_MODEL, THEME, DURING, *RECORD)
FINDINGS = (LINK, METHOD_BEHIND, ROUND_BEHIND, DURING, *CLAIM)
STATEMENTS = (ABOUT, *RECORD)
VALUES = (MEASURE, UNIT, PRECISION, PHASE, TABLE, ABOUT, *RECORD)
RECOMMENDATIONS = (AUDIENCE, BASED_ON, *CLAIM)
HYPOTHESES = (*CLAIM,)
LIMITATIONS = (BEARS_ON, ABOUT, *RECORD)
QUOTATIONS = (SPEAKER, OF_SITE, THEME, DOCUMENT, SECTION)
DISCREPANCIES = (KIND, RESOLUTION, BETWEEN, DOCUMENT_BETWEEN)
EVALUATION_OBJECTIVES = SPECTRA = (DOCUMENT,)
EVALUATION_QUESTIONS = (OBJECTIVE, OF_SITE, ANSWERED_IN, DOCUMENT)
EVIDENCE_ACTIVITIES = (METHOD, ROUND, OF_SITE, DOCUMENT, SECTION)
DOCUMENTS = (PUBLISHER,)
SECTIONS = (IN, WITHIN)
PASSAGES = (IN, IN_SECTION, SUPPORTS)
TABLES = (IN,)
PUBLICATIONS = (CITED_IN,)
TERMS = (IN, EXPLICITNESS, BROADER, SECTION)
SCOPES = (OF_POPULATION, OF_QUANTIFIER, MEMBER_OF_SCOPE)

LABELLED = (BY_LABEL, BY_ID)
PLACED = (*LABELLED, BY_PASSAGE)
"""The orders of what has passages."""
NUMBERED = (*PLACED, BY_NOTATION)
DATED = (*PLACED, BY_PERIOD)
ISSUED = (*LABELLED, BY_ISSUED)

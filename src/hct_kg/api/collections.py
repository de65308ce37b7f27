"""The collections of `/v1`: which there are, of what, and what each is narrowed down and ordered by."""

from __future__ import annotations

from dataclasses import dataclass

from hct_kg.api import filters as by
from hct_kg.api import models
from hct_kg.api.assembly import ORDER, Reader
from hct_kg.api.filters import Filter, Sort
from hct_kg.api.service import Service
from hct_kg.terms import HCT, ID, ORG, SKOS


@dataclass(frozen=True, slots=True)
class Collection:
    """Things under `/v1`: its name there, their class, the type in their identifiers, its models, and one of them.

    Several collections may be of one type: the first one declared is where such a thing has its home. The first
    order is the one that is followed unless another is asked for. With a scheme, its concepts only.
    """

    name: str
    class_iri: str
    kind: str
    summary: type[models.Resource]
    item: type[models.Resource]
    example: str
    filters: tuple[Filter, ...] = ()
    sorts: tuple[Sort, ...] = by.LABELLED
    scheme: str | None = None

    @property
    def path(self) -> str:
        """Return the path of the list."""
        return f"/v1/{self.name}"

    @property
    def noun(self) -> str:
        """Return what its things are called."""
        return self.name.replace("-", " ")

    def members(self, variable: str = "?s") -> str:
        """Return the graph pattern that binds a variable to its things."""
        if self.scheme is not None:
            return f"{variable} <{SKOS}inScheme> <{self.scheme}> ."
        return f"{variable} a <{self.class_iri}> ."


def factors(name: str, local: str, example: str) -> Collection:
    """Return a collection of factors of one class."""
    return Collection(
        name, HCT + local, "factor", models.Factor, models.FactorItem, example, by.FACTORS, (*by.NUMBERED, by.BY_LEVEL)
    )


def concepts(name: str, scheme: str, example: str) -> Collection:
    """Return the collection of a scheme's concepts."""
    return Collection(
        name,
        SKOS + "Concept",
        scheme,
        models.Concept,
        models.ConceptItem,
        example,
        (by.BROADER,),
        (*by.LABELLED, by.BY_NOTATION),
        f"{ID}scheme/{scheme}",
    )


COLLECTIONS = (
    Collection(
        "programmes", HCT + "Programme", "programme", models.Programme, models.ProgrammeItem, "hct", by.PROGRAMMES
    ),
    Collection("phases", HCT + "Phase", "phase", models.Phase, models.PhaseItem, "hct-1", by.PHASES),
    Collection("sites", HCT + "Site", "site", models.Site, models.SiteItem, "coventry", by.SITES),
    Collection("places", HCT + "Place", "place", models.Place, models.PlaceItem, "leeds", by.PLACES),
    Collection(
        "organisations",
        HCT + "Organisation",
        "organisation",
        models.Organisation,
        models.OrganisationItem,
        "the-kings-fund",
        by.ORGANISATIONS,
    ),
    Collection(
        "partners",
        HCT + "Partner",
        "organisation",
        models.Organisation,
        models.OrganisationItem,
        "grapevine",
        by.PARTNERS,
    ),
    Collection(
        "governance-bodies",
        HCT + "GovernanceBody",
        "body",
        models.GovernanceBody,
        models.GovernanceBodyItem,
        "advisory-group",
        by.GOVERNANCE_BODIES,
    ),
    Collection("roles", ORG + "Role", "role", models.Role, models.RoleItem, "trustee", by.ROLES),
    Collection(
        "memberships",
        ORG + "Membership",
        "membership",
        models.Membership,
        models.MembershipItem,
        "leeds-lassn",
        by.MEMBERSHIPS,
        by.PLACED,
    ),
    Collection(
        "support-strands",
        HCT + "SupportStrand",
        "strand",
        models.SupportStrand,
        models.SupportStrandItem,
        "learning-support",
        by.SUPPORT_STRANDS,
        by.NUMBERED,
    ),
    Collection(
        "support-activities",
        HCT + "SupportActivity",
        "support-activity",
        models.SupportActivity,
        models.SupportActivityItem,
        "full-grants",
        by.SUPPORT_ACTIVITIES,
        by.PLACED,
    ),
    Collection(
        "grants",
        HCT + "Grant",
        "grant",
        models.Grant,
        models.GrantItem,
        "coventry-phase-2",
        by.GRANTS,
        (*by.PLACED, by.BY_AMOUNT),
    ),
    Collection(
        "initiatives",
        HCT + "Initiative",
        "initiative",
        models.Initiative,
        models.InitiativeItem,
        "plymouth-the-buzz",
        by.INITIATIVES,
        by.DATED,
    ),
    Collection(
        "events",
        HCT + "Event",
        "initiative",
        models.Initiative,
        models.InitiativeItem,
        "leeds-5as-workshop",
        by.EVENTS,
        by.DATED,
    ),
    factors("factors", "Factor", "grant-funding"),
    factors("inputs", "Input", "grant-funding"),
    factors("planned-activities", "PlannedActivity", "wide-outreach"),
    factors("mechanisms", "Mechanism", "time-and-capacity"),
    factors("processes", "Process", "convening"),
    factors("outcomes", "Outcome", "ultimate-impact"),
    Collection(
        "models",
        HCT + "CausalModel",
        "model",
        models.CausalModel,
        models.CausalModelItem,
        "hct-hypotheses",
        by.MODELS,
        by.PLACED,
    ),
    Collection(
        "feedback-loops",
        HCT + "FeedbackLoop",
        "loop",
        models.FeedbackLoop,
        models.FeedbackLoopItem,
        "map-evidencing-value-for-money",
        by.FEEDBACK_LOOPS,
        by.PLACED,
    ),
    Collection(
        "links",
        HCT + "Link",
        "link",
        models.Link,
        models.LinkItem,
        "toc-learning-support-to-skills",
        by.LINKS,
        by.PLACED,
    ),
    Collection(
        "findings",
        HCT + "Finding",
        "finding",
        models.Finding,
        models.FindingItem,
        "leeds-aa-uses",
        by.FINDINGS,
        by.PLACED,
    ),
    Collection(
        "statements",
        HCT + "Statement",
        "statement",
        models.Statement,
        models.StatementItem,
        "pip-aim",
        by.STATEMENTS,
        by.PLACED,
    ),
    Collection(
        "values",
        HCT + "StatedValue",
        "value",
        models.StatedValue,
        models.StatedValueItem,
        "pip-areas",
        by.VALUES,
        by.DATED,
    ),
    Collection(
        "recommendations",
        HCT + "Recommendation",
        "recommendation",
        models.Recommendation,
        models.RecommendationItem,
        "funders-action-learning",
        by.RECOMMENDATIONS,
        by.PLACED,
    ),
    Collection(
        "hypotheses",
        HCT + "Hypothesis",
        "hypothesis",
        models.Hypothesis,
        models.HypothesisItem,
        "gloucestershire-relationships-key",
        by.HYPOTHESES,
        by.PLACED,
    ),
    Collection(
        "limitations",
        HCT + "Limitation",
        "limitation",
        models.Limitation,
        models.LimitationItem,
        "limited-comparability",
        by.LIMITATIONS,
        by.PLACED,
    ),
    Collection(
        "quotations",
        HCT + "Quotation",
        "quotation",
        models.Quotation,
        models.Quotation,
        "3-5-5-cynical",
        by.QUOTATIONS,
        by.PLACED,
    ),
    Collection(
        "discrepancies",
        HCT + "Discrepancy",
        "discrepancy",
        models.Discrepancy,
        models.DiscrepancyItem,
        "heading-2-4-3",
        by.DISCREPANCIES,
    ),
    Collection(
        "evaluation-objectives",
        HCT + "EvaluationObjective",
        "evaluation-objective",
        models.EvaluationObjective,
        models.EvaluationObjectiveItem,
        "support",
        by.EVALUATION_OBJECTIVES,
        by.NUMBERED,
    ),
    Collection(
        "evaluation-questions",
        HCT + "EvaluationQuestion",
        "evaluation-question",
        models.EvaluationQuestion,
        models.EvaluationQuestionItem,
        "wider-impacts",
        by.EVALUATION_QUESTIONS,
        by.NUMBERED,
    ),
    Collection(
        "evidence-activities",
        HCT + "EvidenceActivity",
        "evidence-activity",
        models.EvidenceActivity,
        models.EvidenceActivityItem,
        "survey-year-1",
        by.EVIDENCE_ACTIVITIES,
        by.DATED,
    ),
    Collection(
        "spectra",
        HCT + "Spectrum",
        "spectrum",
        models.Spectrum,
        models.SpectrumItem,
        "vcse-breadth",
        by.SPECTRA,
        by.NUMBERED,
    ),
    Collection(
        "documents",
        HCT + "SourceDocument",
        "document",
        models.SourceDocument,
        models.SourceDocumentItem,
        "evaluation-report",
        by.DOCUMENTS,
        by.ISSUED,
    ),
    Collection(
        "sections",
        HCT + "Section",
        "section",
        models.Section,
        models.SectionItem,
        "phase-one-page",
        by.SECTIONS,
        (by.IN_DOCUMENT, *by.LABELLED, by.BY_NOTATION),
    ),
    Collection(
        "passages",
        HCT + "Passage",
        "passage",
        models.Citation,
        models.PassageItem,
        "case-studies-47-56",
        by.PASSAGES,
        (by.IN_DOCUMENT, by.BY_ID),
    ),
    Collection(
        "tables",
        HCT + "Table",
        "table",
        models.Table,
        models.TableItem,
        "evaluation-report-figure-1",
        by.TABLES,
        by.PLACED,
    ),
    Collection(
        "publications",
        HCT + "Publication",
        "publication",
        models.Publication,
        models.PublicationItem,
        "allen-2020",
        by.PUBLICATIONS,
        by.ISSUED,
    ),
    Collection("terms", HCT + "Term", "term", models.Term, models.TermItem, "hct", by.TERMS, by.PLACED),
    Collection(
        "populations",
        HCT + "Population",
        "population",
        models.Population,
        models.PopulationItem,
        "hct-sites",
        (),
        (*by.LABELLED, by.BY_SIZE),
    ),
    Collection("scopes", HCT + "Scope", "scope", models.Scope, models.Scope, "leeds", by.SCOPES),
    Collection(
        "periods",
        HCT + "Period",
        "period",
        models.Period,
        models.PeriodItem,
        "evaluation",
        (),
        (*by.LABELLED, by.BY_START),
    ),
    Collection(
        "concept-schemes", SKOS + "ConceptScheme", "scheme", models.ConceptScheme, models.ConceptSchemeItem, "unit"
    ),
    concepts("audiences", "audience", "funders"),
    concepts("discrepancy-kinds", "discrepancy-kind", "time"),
    concepts("explicitness", "explicitness", "stated"),
    concepts("levels", "level", "community"),
    concepts("measures", "measure", "budget"),
    concepts("membership-changes", "membership-change", "left"),
    concepts("methods", "method", "survey"),
    concepts("modalities", "modality", "intended"),
    concepts("moments", "moment", "end"),
    concepts("polarities", "polarity", "negative"),
    concepts("precisions", "precision", "about"),
    concepts("quantifiers", "quantifier", "all"),
    concepts("resolutions", "resolution", "explained"),
    concepts("rounds", "round", "year-1"),
    concepts("sectors", "sector", "nhs"),
    concepts("themes", "theme", "staff-turnover"),
    concepts("units", "unit", "day"),
    concepts("voices", "voice", "evaluator"),
)

BY_NAME = {collection.name: collection for collection in COLLECTIONS}
HOMES = {collection.kind: collection.path for collection in reversed(COLLECTIONS)}
"""The route of each type of thing: that of the first collection of it."""
ROUTES = {item.class_iri: HOMES[item.kind] for item in COLLECTIONS if item.scheme is None}
"""The route of the things of each class."""


def reader(service: Service) -> Reader:
    """Return how a service's dataset is read."""
    return Reader(lambda text: service.select_all(text, ORDER), service.names, service.texts, HOMES)

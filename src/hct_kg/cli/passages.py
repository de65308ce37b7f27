"""`passages check`, `passages cite` and `passages coverage`."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from itertools import groupby

from hct_kg import passages
from hct_kg.cli.parser import FOUND, OK
from hct_kg.coverage import LEFT_OUT, SectionCoverage, cover, read_left_out
from hct_kg.dataset import load_dataset
from hct_kg.documents import Document
from hct_kg.errors import DocumentError
from hct_kg.passages import Evidence
from hct_kg.settings import Settings
from hct_kg.terms import ID


def evidence(settings: Settings) -> tuple[Evidence, dict[str, Document]]:
    """Return what the data says of the documents, and the documents themselves."""
    if settings.documents is None:
        raise DocumentError("name the folder of your copies: --documents DIR or HCT_KG_DOCUMENTS")
    known = passages.read_evidence(load_dataset(settings.ontology, settings.data, settings.queries).store)
    return known, passages.open_documents(known.sources, settings.documents)


def check(options: argparse.Namespace, settings: Settings) -> int:
    """Print every pointer that does not hold."""
    known, documents = evidence(settings)
    problems = passages.check(known, documents)
    summary = f"{len(known.passages)} passages, {len(known.sections)} sections, {len(documents)} documents"
    if options.json:
        print(json.dumps({"holds": not problems, "checked": summary, "problems": problems}, indent=2))
    else:
        print(*problems, f"{summary}: {len(problems)} to mend", sep="\n")
    return FOUND if problems else OK


def cite(options: argparse.Namespace, settings: Settings) -> int:
    """Print the Turtle of each place where the text stands."""
    known, documents = evidence(settings)
    iri = f"{ID}document/{options.document}"
    if iri not in documents:
        names = ", ".join(iri.rsplit("/", 1)[-1] for iri in documents)
        raise DocumentError(f"{options.document!r} is not there; there are: {names}", settings.documents)
    found = list(passages.cite(known, iri, documents[iri], options.find))
    if not found:
        raise DocumentError(f"does not hold {options.find!r}: mind quotation marks and line ends", documents[iri].path)
    for prefix, namespace in passages.CITE_PREFIXES.items():
        print(f"@prefix {prefix}: <{namespace}> .")
    print("", *found, sep="\n", end="")
    if len(found) > 1:
        print(f"{len(found)} places; a longer text names one", file=sys.stderr)
    return OK


def coverage(options: argparse.Namespace, settings: Settings) -> int:
    """Print the paragraphs that no passage touches, and the share that is cited."""
    known, documents = evidence(settings)
    left_out = read_left_out(settings.data / LEFT_OUT)
    covered = cover(known, documents, left_out)
    if options.json:
        print(json.dumps([asdict(section) | {"cited": section.cited} for section in covered], indent=2))
        return OK
    for iri, sections in groupby(covered, key=lambda section: section.section.document):
        print_document(documents[iri], list(sections))
    print(f"left out, each with its reason in {settings.data / LEFT_OUT}: {len(left_out)} slices")
    unsectioned = [documents[iri].path.name for iri in documents if not has_sections(iri, covered)]
    if unsectioned:
        print(f"no section yet, so nothing to count: {', '.join(unsectioned)}")
    return OK


def has_sections(iri: str, covered: list[SectionCoverage]) -> bool:
    """Tell whether a document has sections in the data."""
    return any(section.section.document == iri for section in covered)


def print_document(document: Document, sections: list[SectionCoverage]) -> None:
    """Print one document's coverage, section by section."""
    paragraphs = sum(section.paragraphs for section in sections)
    cited = sum(section.cited for section in sections)
    print(f"{document.path.name}: {cited} of {paragraphs} paragraphs cited ({cited / paragraphs:.0%})")
    for section in sections:
        if not section.uncited:
            continue
        lines = ", ".join(str(paragraph.line) for paragraph in section.uncited)
        print(f"  {section.section.name}: {section.cited} of {section.paragraphs}; not cited: lines {lines}")

"""Whether a dataset may be published: well-formed, in shape, with no dangling reference, in our own words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from hct_kg.copyguard import find_copies
from hct_kg.documents import Document
from hct_kg.errors import RdfSyntaxError
from hct_kg.shacl import ShapeViolation, Validating
from hct_kg.sources import SHAPES_FILE, Source, discover, ontology_sources, read_all
from hct_kg.store import BlankNode, NamedNode, Quad, read_file
from hct_kg.terms import BASE, HCT, ID, shorten

SUBJECT = re.compile(r"([A-Za-z]+):([A-Za-z0-9._~-]+) a ")
KEBAB = re.compile(r"[A-Z]")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to mend: which check found it, in which file and line, on what, and how to mend it."""

    check: str
    message: str
    file: str = ""
    line: int | None = None
    focus: str = ""
    path: str = ""
    value: str = ""
    severity: str = "Violation"

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.file, self.line) if part)
        subject = " ".join(part for part in (self.focus, self.path, self.value) if part)
        return f"{place}: " * bool(place) + f"{subject}: " * bool(subject) + f"{self.message} [{self.check}]"


def validate(ontology: Path, data: Path, engine: str = "pyrudof", documents: Iterable[Document] = ()) -> list[Finding]:
    """Return everything to mend in a data folder; empty if it may be published.

    Raises DataError for a missing folder.
    """
    with Validating(ontology / SHAPES_FILE, engine) as shapes:
        return find(parse(ontology, data, shapes), shapes, documents)


@dataclass(frozen=True, slots=True)
class Parsed:
    """What ontology and data hold, what is malformed in their files, and what has no name."""

    vocabulary: list[Quad]
    data: list[Quad]
    broken: list[Finding]
    nameless: list[Finding]
    sources: tuple[Source, ...] = ()
    """The files that `data` was read from; none where it was kept otherwise."""

    @property
    def quads(self) -> list[Quad]:
        """All quads."""
        return [*self.vocabulary, *self.data]

    @property
    def sound(self) -> bool:
        """Whether rules can be run over it: all is well-formed and has a name."""
        return not self.broken and not self.nameless

    def places(self) -> Mapping[str, tuple[str, int | None]]:
        """Return where each thing is described, by its short form: file and line, or the graph."""
        if self.sources:
            return dict(place for source in self.sources for place in subject_places(source.path))
        return {
            shorten(quad.subject.value): (str(quad.graph_name).strip("<>"), None)
            for quad in self.data
            if isinstance(quad.subject, NamedNode)
        }


def parse(ontology: Path, data: Path, shapes: Validating) -> Parsed:
    """Parse each file once, and hand it over for validation; one that is malformed gives a finding and no quads.

    Raises DataError for a missing folder.
    """
    sources = discover(data)
    broken: list[Finding] = []
    vocabulary = read(ontology_sources(ontology), shapes, broken)
    quads = read(sources, shapes, broken)
    return Parsed(vocabulary, quads, broken, list(blank(quads)), sources)


def of_quads(ontology: Path, quads: list[Quad], shapes: Validating) -> Parsed:
    """Hand over data that was read already, with the ontology; raises RdfSyntaxError and DataError."""
    vocabulary = read_all(ontology_sources(ontology))
    shapes.add(vocabulary)
    shapes.add(quads)
    return Parsed(vocabulary, quads, [], list(blank(quads)))


def read(sources: Iterable[Source], shapes: Validating, broken: list[Finding]) -> list[Quad]:
    """Return the quads of files; one that is malformed is added to `broken`."""
    found: list[Quad] = []
    for source in sources:
        try:
            quads = read_file(source.path, source.graph)
        except RdfSyntaxError as error:
            broken.append(Finding("syntax", error.message, str(error.file), error.line))
            continue
        shapes.add(quads)
        found += quads
    return found


def find(parsed: Parsed, shapes: Validating, documents: Iterable[Document] = ()) -> list[Finding]:
    """Return everything to mend in what was parsed.

    Only when all files are well-formed is the rest looked at: blank nodes, shapes (where there is no blank
    node), references and (where documents are given) copied text.
    """
    if parsed.broken:
        return parsed.broken
    # The engines tell different stories of blank nodes: shapes are for things that have a name.
    if not parsed.nameless:
        shapes.begin()
    others = [*dangling(parsed.data, parsed.vocabulary), *copied(parsed.data, documents)]
    shaped = [] if parsed.nameless else in_shape(shapes.results())
    findings = [*parsed.nameless, *shaped, *others]
    places = parsed.places() if findings else {}
    return [locate(finding, places) for finding in findings]


def subject_places(path: Path) -> Iterator[tuple[str, tuple[str, int]]]:
    """Yield (short form, (file, line)) of each subject that stands at the start of a line."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        match = SUBJECT.match(line)
        if match:
            yield (
                f"{KEBAB.sub(lambda capital: '-' + capital[0].lower(), match[1])}/{match[2]}",
                (str(path), number),
            )


def locate(finding: Finding, places: Mapping[str, tuple[str, int | None]]) -> Finding:
    """Return a finding with the place of its focus, where that is known."""
    file, line = places.get(finding.focus, ("", None))
    return replace(finding, file=file, line=line)


def in_shape(results: Iterable[ShapeViolation]) -> list[Finding]:
    """Return a finding for each SHACL result."""
    return [
        Finding(
            "shape",
            result.message or shorten(result.component),
            focus=shorten(result.focus),
            path=shorten(result.path),
            value=shorten(result.value),
            severity=shorten(result.severity).removeprefix("sh:"),
        )
        for result in results
    ]


def dangling(quads: list[Quad], ontology: list[Quad]) -> Iterator[Finding]:
    """Yield a finding for each IRI of ours that is used and nowhere described."""
    described = {quad.subject for quad in (*quads, *ontology)}
    for quad in quads:
        for node in (quad.predicate, quad.object):
            if node not in described and isinstance(node, NamedNode) and is_ours(node.value):
                subject = quad.subject.value if isinstance(quad.subject, NamedNode) else ""
                yield Finding(
                    "reference",
                    f"{shorten(node.value)} is described nowhere: add it, or mend its spelling",
                    focus=shorten(subject),
                    path=shorten(quad.predicate.value),
                )


def is_ours(iri: str) -> bool:
    """Tell whether an IRI must be described by our data or ontology."""
    return iri.startswith((ID, HCT)) and iri != BASE


def blank(quads: list[Quad]) -> Iterator[Finding]:
    """Yield a finding for each statement about a blank node: nobody can cite one."""
    for quad in quads:
        if isinstance(quad.subject, BlankNode):
            yield Finding("blank node", f"a thing without an IRI: name it under {ID}", value=str(quad.object))


def copied(quads: list[Quad], documents: Iterable[Document]) -> Iterator[Finding]:
    """Yield a finding for each text of ours that holds nine words in a row of a document."""
    for run in find_copies(quads, documents):
        yield Finding(
            "copy",
            f"says in the words of {run.document} what we must say in our own: “{run.words}”",
            focus=shorten(run.subject.strip("<>")),
            path=shorten(run.predicate),
        )

"""`query` and `trace`."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from hct_kg import tracing
from hct_kg.catalogue import load
from hct_kg.cli.held import Held, held
from hct_kg.cli.parser import FOUND, OK
from hct_kg.documents import Document
from hct_kg.errors import InvalidParameter, UnknownResource
from hct_kg.files import decode, read_text
from hct_kg.links import QUERIES, Citation, Link, Network, read_network
from hct_kg.passages import open_documents, read_evidence
from hct_kg.settings import Settings
from hct_kg.store import Row, parse_rows
from hct_kg.store.formats import FORMATS, JSON, ROW_FORMATS, TURTLE, Format
from hct_kg.store.values import QueryRequest
from hct_kg.terms import expand, shorten

SIGNS = {1: "→ (+)", -1: "→ (–)", 0: "→ (?)"}


def query(options: argparse.Namespace, settings: Settings) -> int:
    """Print the answer to a query file or a curated query, under the same limits as the service."""
    text = query_text(options, settings)
    rows, graph = formats(options.format)
    with held(settings) as dataset:
        result = dataset.query(QueryRequest(text, row_format=rows, graph_format=graph))
    if options.format in (None, "table") and result.format is JSON:
        print_result(result.body)
    else:
        sys.stdout.buffer.write(result.body)
    return OK


def formats(name: str | None) -> tuple[Format | None, Format | None]:
    """Return the format for rows and that for a graph; a named one is for one of the two."""
    if name in (None, "table"):
        return JSON, TURTLE if name is None else None
    chosen = FORMATS[str(name)]
    return (chosen, None) if chosen in ROW_FORMATS else (None, chosen)


def print_result(body: bytes) -> None:
    """Print SPARQL results JSON as a table, or the truth value of an ASK."""
    document = json.loads(body)
    if "boolean" in document:
        print("yes" if document["boolean"] else "no")
    else:
        print_table(document["head"]["vars"], parse_rows(body))


def query_text(options: argparse.Namespace, settings: Settings) -> str:
    """Return the text of the query that is asked for, its parameters bound."""
    path = Path(options.query)
    if options.query == "-":
        return decode(sys.stdin.buffer.read())
    if path.suffix == ".rq" or path.is_file():
        return read_text(path)
    catalogue = load(settings.queries)
    if options.query not in catalogue:
        raise UnknownResource(f"{options.query!r} is no file and no curated query; there are: {', '.join(catalogue)}")
    given = dict(pair.partition("=")[::2] for pair in options.parameters)
    return catalogue[options.query].bind(given)


def print_table(columns: Sequence[str], rows: Sequence[Row]) -> None:
    """Print rows in aligned columns, identifiers in short form."""
    cells = [[shorten(row[name].value) if name in row else "" for name in columns] for row in rows]
    widths = [max(map(len, column)) for column in zip(columns, *cells, strict=True)]
    for line in (columns, ["-" * width for width in widths], *cells):
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())
    print(f"{len(rows)} rows", file=sys.stderr)


def trace(options: argparse.Namespace, settings: Settings) -> int:
    """Print the chains from a factor, each link with its marks and passages."""
    with held(settings) as dataset:
        network = read_network({name: dataset.select(text) for name, text in QUERIES.items()})
        documents = held_documents(dataset, settings)
    start = find_factor(network, options.start)
    goal = find_factor(network, options.to) if options.to else None
    if start == goal:
        raise InvalidParameter("FROM and TO are the same factor; a chain never returns to where it began", "TO")
    model = find_model(network, options.model) if options.model else None
    links = [link for link in network.links if not (options.stated and link.implied)]
    links = [link for link in links if model is None or model in link.models]
    bounds = tracing.Bounds(depth=options.depth, chains=options.limit)
    result = tracing.trace(links, start, goal, "upstream" if options.upstream else "downstream", bounds)
    if options.json:
        print(json.dumps([asdict(chain) for chain in result.chains], indent=2, default=sorted))
    else:
        print(*report(network, result, documents), sep="\n")
    return OK if result.chains else FOUND


def held_documents(dataset: Held, settings: Settings) -> Mapping[str, Document]:
    """Return the documents that are held, by IRI; none where no folder is given."""
    if settings.documents is None:
        return {}
    return open_documents(read_evidence(dataset).sources, settings.documents)


def find_factor(network: Network, text: str) -> str:
    """Return the one factor that an identifier, its last part, or words of a label name.

    Raises UnknownResource where none or several fit, and lists those.
    """
    for iri in (expand(text), expand(f"factor/{text}")):
        if iri in network.labels:
            return str(iri)
    wanted = text.casefold()
    exact = [iri for iri, label in network.labels.items() if label.casefold() == wanted]
    fitting = exact or [iri for iri, label in network.labels.items() if wanted in label.casefold()]
    if len(fitting) != 1:
        listed = "".join(f"\n  {shorten(iri)}  {network.labels[iri]}" for iri in fitting[:20])
        raise UnknownResource(f"{len(fitting)} factors are called {text!r}{listed}")
    return fitting[0]


def find_model(network: Network, text: str) -> str:
    """Return the causal model that an identifier, or its last part, names; raises UnknownResource."""
    models = {model for link in network.links for model in link.models}
    for iri in (expand(text), expand(f"model/{text}")):
        if iri in models:
            return str(iri)
    raise UnknownResource(f"{text!r} is no causal model; there are: {', '.join(sorted(map(shorten, models)))}")


def report(network: Network, result: tracing.Trace, documents: Mapping[str, Document]) -> Iterator[str]:
    """Yield the lines of a readable account of a trace."""
    for number, chain in enumerate(result.chains, 1):
        implied = f"{chain.implied} implied" if chain.implied else "all stated"
        yield f"Chain {number}: {len(chain.steps)} links, {implied}, weakest mark {shorten(chain.modality)}"
        yield f"  {network.labels[chain.steps[0].cause]}"
        for step in chain.steps:
            yield f"  {SIGNS[step.sign]} {network.labels[step.effect]}"
            for link in step.links:
                yield from report_link(link, documents)
        yield from (f"  ! {warning}" for warning in chain.warnings)
        yield ""
    yield f"{len(result.chains)} chains; {f'there may be more: bound of {result.bound} hit' if result.bound else 'all'}"
    yield tracing.CAUTION


def report_link(link: Link, documents: Mapping[str, Document]) -> Iterator[str]:
    """Yield the lines on one claim: marks, scope, voice, passages."""
    marks = ", ".join(shorten(mark).rpartition("/")[2] for mark in (link.explicitness, link.modality))
    yield f"        {marks}; of {link.scope.label}; says {', '.join(link.voices)}  [{shorten(link.iri)}]"
    if link.note:
        yield f"        curator's note: {link.note}"
    for citation in link.evidence:
        yield f"        at {shorten(citation.passage)}, {citation.section_title}"
        quoted = quote(citation, documents)
        if quoted is not None:
            yield f"           “{' '.join(quoted.split())}”"


def quote(citation: Citation, documents: Mapping[str, Document]) -> str | None:
    """Return a passage's text from a held copy; None where it is not held or has changed."""
    document = documents.get(citation.document)
    if document is None or document.digest(citation.start, citation.end) != citation.sha256:
        return None
    return document.text[citation.start : citation.end]
